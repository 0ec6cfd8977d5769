"""What TAXII is spoken over: one server, each answer within limits of time and size.

The TAXII client speaks through requests, whose time-outs hold between two bytes, so that a
server which sends one now and then is listened to for ever; it reads whatever comes, and
follows to any host. The adapter here hands each request to aiohttp instead, under one
deadline, and sends nothing to any server but the one of the settings.
"""

from __future__ import annotations

import asyncio
import io
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urlsplit

import aiohttp
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from yarl import URL

from abusetrack import __version__
from abusetrack.errors import ExternalError
from abusetrack.lookup import http_reading
from abusetrack.records import Clock, Outcome

NOT_TAXII = "answers with something that is not TAXII 2.1; ask its operator"

_MEDIA_TYPE = "application/taxii+json"
_SENT = ("Accept", "Content-Type", "Authorization")
_KEPT = ("Content-Type", "Location", "X-TAXII-Date-Added-Last")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 3  # a missing slash takes one, a moved collection another
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server may take of us. A page of 200 of our own objects is about 200 kB."""

    answer_bytes: int = 16 * 2**20  # unpacked; read as JSON it can take thirty times as much
    answer_seconds: float = 60  # connecting and sending included; a slow line takes 2 Mbit/s
    all_seconds: float = 15 * _MINUTE  # of one push or pull; what was read is gone on from
    pages: int = 10_000  # all objects that are taken at once, in pages of twenty
    kept_bytes: int = 128 * 2**20  # of what is read of objects: 600 for each taken at once
    wait_seconds: float = 60  # for a server that takes objects in later


LIMITS = Limits()


def session(
    partner: str,
    url: str,
    login: tuple[str, str] | None,
    *,
    clock: Clock,
    limits: Limits,
) -> requests.Session:
    """Return a session that reaches the server of ``url`` and no other.

    Every failure is an ExternalError of one sentence, without addresses or words of the
    server. Nothing of the environment is used: neither proxies nor a ``.netrc``.
    """
    made = requests.Session()
    made.trust_env = False
    made.max_redirects = _MOST_REDIRECTS
    if login:
        # As bytes: requests can write no more than Latin-1, and its error shows the password.
        user, password = (part.encode("utf-8", "surrogatepass") for part in login)
        made.auth = requests.auth.HTTPBasicAuth(user, password)
    adapter = _Adapter(partner, url, clock, limits, known=login is not None)
    made.mount("http://", adapter)
    made.mount("https://", adapter)
    return made


class _Adapter(HTTPAdapter):
    """Carries requests to one server; redirects come back here as requests of their own."""

    def __init__(
        self, partner: str, url: str, clock: Clock, limits: Limits, *, known: bool
    ) -> None:
        super().__init__()
        self._known = known
        self._tls = ssl.create_default_context()
        self._partner = partner
        self._server = _server(url)
        self._clock = clock
        self._limits = limits
        self._end = time.monotonic() + limits.all_seconds

    def send(
        self,
        request: requests.PreparedRequest,
        *_args: Any,
        **_options: Any,
    ) -> requests.Response:
        """Send one request and read its answer.

        Raises:
            ExternalError: it is meant for another server, or the answer is none to go on with.
        """
        if _server(request.url or "") != self._server:
            self._fail(
                "sends us on to another one, to which nothing was sent; ask its operator for "
                "the collection's address"
            )
        left = self._end - time.monotonic()
        if left <= 0:
            self._fail("takes too long for all of it; do it again to go on")
        raw = asyncio.run(self._fetch(request, min(left, self._limits.answer_seconds)))
        answer: requests.Response = self.build_response(request, raw)
        answer.encoding = "utf-8"  # else it is guessed, which takes minutes for a large one
        return answer

    async def _fetch(self, request: requests.PreparedRequest, seconds: float) -> HTTPResponse:
        try:
            async with (
                asyncio.timeout(seconds),
                self._client() as client,
                client.request(
                    request.method or "GET",
                    URL(request.url or "", encoded=True),
                    headers={k: _text(request.headers[k]) for k in _SENT if k in request.headers},
                    data=request.body,
                    allow_redirects=False,
                ) as response,
            ):
                return await self._read(response)
        except TimeoutError:
            self._fail("is too slow: no whole answer came in time; try again later")
        except aiohttp.ClientSSLError:
            self._fail("has a certificate that is not valid for it; ask its operator")
        except aiohttp.ClientConnectorError:
            self._fail(
                f"cannot be reached; try again later, and check partners.{self._partner}.taxii_url"
            )
        except (aiohttp.ClientOSError, aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError):
            self._fail("broke off in the middle of an answer; do it again to go on")
        except (aiohttp.ClientError, ValueError):
            self._fail("does not answer as an HTTP server; ask its operator")

    def _client(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=self._tls, force_close=True),
            headers={"User-Agent": f"abusetrack/{__version__}", "Accept-Encoding": "gzip"},
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),  # the whole request has one
            auto_decompress=False,
            trust_env=False,
        )

    async def _read(self, response: aiohttp.ClientResponse) -> HTTPResponse:
        status, headers = response.status, response.headers
        kept = {name: headers[name] for name in _KEPT if name in headers}
        if status in _REDIRECTS and "Location" in kept:
            return _raw(status, kept, b"")
        if not 200 <= status < 300:
            self._fail(self._refusal(status, headers))
        failure, body = await http_reading.body(response, self._limits.answer_bytes)
        if failure is not None and failure[0] is Outcome.TOO_LARGE:
            self._fail(
                f"sends {failure[1]} in one answer, which was not taken; ask its operator for "
                "smaller pages"
            )
        kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if failure is not None or kind != _MEDIA_TYPE:
            self._fail(NOT_TAXII)
        return _raw(status, kept, body)

    def _refusal(self, status: int, headers: Mapping[str, str]) -> str:
        after = http_reading.retry_after(headers.get("Retry-After"), self._clock.now())
        if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
            minutes = -int(-(after or 0) // _MINUTE)
            when = f"in {minutes} min" if minutes else "later"
            return f"is busy; do it again {when} to go on"
        match status:
            case HTTPStatus.UNAUTHORIZED if not self._known:
                return f"asks for a user name; set partners.{self._partner}.taxii_user"
            case HTTPStatus.UNAUTHORIZED:
                return (
                    "does not take our user name and password: 'abusetrack taxii password "
                    f"{self._partner}' asks for it again"
                )
            case HTTPStatus.FORBIDDEN:
                return "does not let our account do this; ask its operator"
            case HTTPStatus.NOT_FOUND:
                return (
                    "has no such collection, or none for our account; check "
                    f"partners.{self._partner}.taxii_url"
                )
            case HTTPStatus.NOT_ACCEPTABLE:
                return "does not speak TAXII 2.1; ask its operator"
        return f"answers with an error (HTTP {status}); try again later, or ask its operator"

    def _fail(self, what: str) -> NoReturn:
        # Without the cause: its words hold addresses, and what was sent.
        raise failure(self._partner, what) from None


def failure(partner: str, what: str) -> ExternalError:
    """Return the error that says what the server of a partner does."""
    return ExternalError(f"The server of {partner} {what}.")


def _raw(status: int, headers: Mapping[str, str], body: bytes) -> HTTPResponse:
    return HTTPResponse(io.BytesIO(body), headers, status, preload_content=False)


def _server(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")

"""What TAXII is spoken over: one server, each answer within limits of time and size.

The TAXII client speaks through requests, whose time-outs hold between two bytes, so that a
server which sends one now and then is listened to for ever; it reads whatever comes, and
follows to any host. The adapter here hands each request to aiohttp instead, under one
deadline, and sends nothing to any server but the one of the settings. A proxy of the
settings is asked for a tunnel and sees nothing of what goes through it but the server's name.
"""

from __future__ import annotations

import asyncio
import io
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urlsplit

import aiohttp
import requests
from aiohttp.abc import AbstractResolver, ResolveResult
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from yarl import URL

from abusetrack import __version__
from abusetrack.errors import ExternalError
from abusetrack.exchange.errand import Doing, Errand, Step
from abusetrack.lookup import http_reading
from abusetrack.lookup.dialing import Dialer
from abusetrack.lookup.http_connections import ProxiedConnector
from abusetrack.records import Clock, Outcome

NOT_TAXII = "answers with something that is not TAXII 2.1; ask its operator"

_MEDIA_TYPE = "application/taxii+json"
_SENT = ("Accept", "Content-Type", "Authorization")
_KEPT = ("Content-Type", "Location", "X-TAXII-Date-Added-Last")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 3  # a missing slash takes one, a moved collection another
_MINUTE = 60
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server may take of us. A page of 200 of our own objects is about 200 kB."""

    answer_bytes: int = 16 * 2**20  # unpacked; read as JSON it can take thirty times as much
    answer_seconds: float = 60  # connecting and sending included; a slow line takes 2 Mbit/s
    all_seconds: float = 15 * _MINUTE  # of one push or pull; what was read is gone on from
    pages: int = 10_000  # all objects that are taken at once, in pages of twenty
    kept_bytes: int = 128 * 2**20  # of what is read of objects: 600 for each taken at once
    wait_seconds: float = 60  # for a server that takes objects in later
    busy_seconds: float = 5 * _MINUTE  # in all, where it says when to come again


LIMITS = Limits()


class LoginError(ExternalError):
    """The server does not take our user name and password."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a partner's server is reached.

    ``login`` is a user name and a password. The server alone gets it: a proxy of the dialer
    carries TLS, and plain http is for this machine, to which no proxy leads.
    """

    url: str
    login: tuple[str, str] | None = None
    dialer: Dialer = field(default_factory=Dialer)


def session(
    partner: str, way: Way, *, clock: Clock, limits: Limits, errand: Errand
) -> requests.Session:
    """Return a session that reaches the server of ``way`` and no other.

    Every failure is an ExternalError of one sentence, without addresses or words of the
    server. Nothing of the environment is used: neither proxies nor a ``.netrc``.
    """
    made = requests.Session()
    made.trust_env = False
    made.max_redirects = _MOST_REDIRECTS
    if way.login:
        # As bytes: requests can write no more than Latin-1, and its error shows the password.
        user, password = (part.encode("utf-8", "surrogatepass") for part in way.login)
        made.auth = requests.auth.HTTPBasicAuth(user, password)
    adapter = _Adapter(partner, way, clock, limits, errand)
    made.mount("http://", adapter)
    made.mount("https://", adapter)
    return made


class _Adapter(HTTPAdapter):
    """Carries requests to one server; redirects come back here as requests of their own."""

    def __init__(
        self, partner: str, way: Way, clock: Clock, limits: Limits, errand: Errand
    ) -> None:
        super().__init__()
        self._way = way
        self._tls = ssl.create_default_context()
        self._partner = partner
        self._server = _server(way.url)
        self._clock = clock
        self._limits = limits
        self._errand = errand
        self._patience = limits.busy_seconds
        self._end = time.monotonic() + limits.all_seconds

    def send(
        self,
        request: requests.PreparedRequest,
        *_args: Any,
        **_options: Any,
    ) -> requests.Response:
        """Send one request and read its answer; wait before it where the server asks for it.

        Raises:
            ExternalError: it is meant for another server, or the answer is none to go on with.
        """
        if _server(request.url or "") != self._server:
            self._fail(
                "sends us on to another one, to which nothing was sent; ask its operator for "
                "the collection's address"
            )
        while (raw := asyncio.run(self._fetch(request, self._seconds))).status in _BUSY:
            self._wait(raw.headers.get("Retry-After"))
        answer: requests.Response = self.build_response(request, raw)
        answer.encoding = "utf-8"  # else it is guessed, which takes minutes for a large one
        return answer

    @property
    def _seconds(self) -> float:
        """How long the next answer may take."""
        left = self._end - time.monotonic()
        if left <= 0:
            self._fail("takes too long for all of it; do it again to go on")
        return min(left, self._limits.answer_seconds)

    def _wait(self, asked: str | None) -> None:
        """Wait as long as a busy server asks for, if that is not too long."""
        seconds = http_reading.retry_after(asked, self._clock.now()) or 0.0
        if not 0 < seconds <= min(self._patience, self._end - time.monotonic()):
            minutes = -int(-seconds // _MINUTE)
            when = f"in {minutes} min" if minutes else "later"
            self._fail(f"is busy; do it again {when} to go on")
        self._patience -= seconds
        self._errand.tell(Step(Doing.WAITING, -int(-seconds // 1)))
        self._errand.wait(seconds)

    async def _fetch(self, request: requests.PreparedRequest, seconds: float) -> HTTPResponse:
        return await self._errand.of(self._ask(request, seconds))

    async def _ask(self, request: requests.PreparedRequest, seconds: float) -> HTTPResponse:
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
                try:
                    return await self._read(response)
                finally:  # a server may take its time to say good-bye
                    if client.connector is not None:
                        await client.connector.close(abort_ssl=True)
        except TimeoutError:
            self._fail("is too slow: no whole answer came in time; try again later")
        except aiohttp.ClientSSLError:
            self._fail("has a certificate that is not valid for it; ask its operator")
        except aiohttp.ClientConnectorError as error:
            if self._way.dialer.is_proxied:  # whose refusal says nothing of an address
                self._fail(f"cannot be reached: {error.strerror}; check the proxy's settings")
            self._fail(
                f"cannot be reached; try again later, and check partners.{self._partner}.taxii_url"
            )
        except (aiohttp.ClientOSError, aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError):
            self._fail("broke off in the middle of an answer; do it again to go on")
        except (aiohttp.ClientError, ValueError):
            self._fail("does not answer as an HTTP server; ask its operator")

    def _client(self) -> aiohttp.ClientSession:
        connector = (
            ProxiedConnector(self._way.dialer, resolver=_ByProxy(), ssl=self._tls)
            if self._way.dialer.is_proxied
            else aiohttp.TCPConnector(ssl=self._tls)
        )
        return aiohttp.ClientSession(
            connector=connector,
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
        if status in _BUSY:
            return _raw(status, {k: headers[k] for k in ("Retry-After",) if k in headers}, b"")
        if status == HTTPStatus.UNAUTHORIZED and self._way.login:
            raise LoginError(
                f"The server of {self._partner} does not take our user name and password: "
                f"'abusetrack taxii password {self._partner}' asks for it again."
            )
        if not 200 <= status < 300:
            self._fail(self._refusal(status))
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

    def _refusal(self, status: int) -> str:
        match status:
            case HTTPStatus.UNAUTHORIZED:
                return f"asks for a user name; set partners.{self._partner}.taxii_user"
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


class _ByProxy(AbstractResolver):
    """Leaves names as they are: the proxy looks them up."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the name in the place of an address."""
        return [ResolveResult(hostname=host, host=host, port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is open."""


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

"""A bounded HTTP client for answers of strangers.

Every request is limited in time and size, goes only to a public address that was
checked after resolving and is then used for the connection, never steps down from
https, and carries nothing but our name. Resolving is done by our own resolver, so
the system's is never asked. Hosts of the allow-list may be private and plain http.
Through a proxy, the proxy is told the checked address.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import aiohttp
from dns.rdatatype import RdataType
from yarl import URL

from abusetrack.lookup import http_reading, texts
from abusetrack.lookup.addresses import endpoint, is_public, literal
from abusetrack.lookup.dialing import Dialer
from abusetrack.lookup.dns_records import Resolver
from abusetrack.lookup.flight import SingleFlight
from abusetrack.lookup.http_connections import Pins, ProxiedConnector
from abusetrack.lookup.http_status import outcome_of
from abusetrack.lookup.pacing import BusyError, Pacer
from abusetrack.records import Clock, Outcome

MAX_BODY = 2 * 1024 * 1024  # bytes, packed and unpacked
MAX_REDIRECTS = 4
MAX_URL = 2000
_TRIES = 3  # of one request, where the server asks us to come later
_PIN_SECONDS = 300.0  # how long a checked address is used
_CONNECTIONS = 256

_WEB_PORTS = frozenset({80, 443})
_FIRST_FREE_PORT = 1024  # below it, ports belong to services that do not speak HTTP
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Reply(NamedTuple):
    """What came of one request; ``plain`` marks an answer that came without TLS."""

    outcome: Outcome
    detail: str = ""
    status: int = 0
    body: bytes = b""
    media_type: str = ""
    headers: Mapping[str, str] = MappingProxyType({})
    plain: bool = False
    location: str | None = None
    url: str = ""  # where the answer came from, after redirects
    retry_after: float | None = None


class _UnsafeError(Exception):
    """A place that we do not go to; the message says why."""


class Http:
    """GET within limits; opened and closed inside the event loop that uses it."""

    def __init__(
        self,
        *,
        resolver: Resolver,
        pacer: Pacer,
        clock: Clock,
        user_agent: str,
        allowed: frozenset[tuple[str, int]],
        seconds: float,
        tls: ssl.SSLContext | None = None,
        dialer: Dialer | None = None,
    ) -> None:
        self._dialer = dialer or Dialer()
        self._resolver = resolver
        self._pacer = pacer
        self._clock = clock
        self._allowed = allowed
        self._seconds = seconds
        self._pins = Pins()
        self._resolving: SingleFlight[tuple[str, int], Reply | None] = SingleFlight()
        self._user_agent = user_agent
        self._tls = tls
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> None:
        """Make the connection pool; inside the running loop that will use it."""
        self._session = aiohttp.ClientSession(
            connector=self._connector(
                resolver=self._pins,
                use_dns_cache=False,
                limit=_CONNECTIONS,
                ssl=self._tls or True,
            ),
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "gzip"},
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),  # each request has one of ours
            auto_decompress=False,
            trust_env=False,
        )

    def _connector(self, **options: Any) -> aiohttp.TCPConnector:
        if self._dialer.is_proxied:
            return ProxiedConnector(self._dialer, **options)
        return aiohttp.TCPConnector(**options)

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(
        self,
        url: str,
        *,
        accept: str,
        deadline: float,
        plain: bool = False,
        avoid: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Fetch ``url``, following redirects; every failure is an outcome.

        Args:
            url: where to go first.
            accept: the Accept header.
            deadline: loop time at which to give up.
            plain: whether the first request may be plain http to a public host.
            avoid: a domain that is never gone to, nor any name under it.
            headers: further headers, such as those of a conditional request.
        """
        sent = {"Accept": accept, **(headers or {})}
        try:
            async with asyncio.timeout_at(deadline):
                return await self._follow(url, sent, deadline, plain=plain, avoid=avoid)
        except TimeoutError:
            return Reply(Outcome.TIMED_OUT, "the time for this name is spent")
        except _UnsafeError as error:
            return Reply(Outcome.UNSAFE, str(error))

    async def _follow(
        self,
        start: str,
        headers: Mapping[str, str],
        deadline: float,
        *,
        plain: bool,
        avoid: str | None,
    ) -> Reply:
        url = self._checked(start, plain=plain, avoid=avoid)
        seen: set[URL] = set()
        came_plain = False
        while True:
            seen.add(url)
            came_plain |= url.scheme == "http" and not self._is_allowed(url)
            reply = await self._politely(url, headers, deadline)
            if reply.location is None:
                break
            url = self._next(url, reply.location, avoid)
            if url in seen:
                raise _UnsafeError("a redirect loop")
            if len(seen) > MAX_REDIRECTS:
                raise _UnsafeError(f"more than {MAX_REDIRECTS} redirects")
        return reply._replace(plain=came_plain, url=str(url))

    def _next(self, url: URL, location: str, avoid: str | None) -> URL:
        try:
            target = url.join(URL(location[:MAX_URL]))
        except ValueError:
            raise _UnsafeError("a redirect to something that is no URL") from None
        return self._checked(str(target), plain=url.scheme == "http", avoid=avoid)

    def _checked(self, text: str, *, plain: bool, avoid: str | None) -> URL:
        """Return the URL if its form is fit to go to; addresses are checked later."""
        try:
            url = URL(text)
            host, port = url.raw_host, url.port
        except ValueError:
            raise _UnsafeError("not a URL") from None
        if len(text) > MAX_URL or url.scheme not in {"http", "https"} or not host or not port:
            raise _UnsafeError("not an http or https URL")
        if url.user is not None or url.password is not None:
            raise _UnsafeError("a URL with a user name or password")
        host = host.removesuffix(".")
        if avoid is not None and (host == avoid or host.endswith(f".{avoid}")):
            raise _UnsafeError("the reported domain itself")
        if self._is_allowed(url):
            return url
        # Only digits in the last label: an address in one of its odd spellings.
        if literal(host) is not None or "." not in host or host.rpartition(".")[2][0].isdigit():
            raise _UnsafeError("an address or a bare word instead of a host name")
        if texts.host(host) != host:
            raise _UnsafeError("a host name that cannot be one")
        if port < _FIRST_FREE_PORT and port not in _WEB_PORTS:
            raise _UnsafeError("the port of another service")
        if url.scheme == "http" and not plain:
            raise _UnsafeError("plain http instead of https")
        return url

    def _is_allowed(self, url: URL) -> bool:
        return (url.raw_host or "", url.port or 0) in self._allowed

    async def _politely(self, url: URL, headers: Mapping[str, str], deadline: float) -> Reply:
        name = endpoint(url.raw_host or "", url.port or 0)
        failure = await self._pin(url)
        reply = None
        for _ in range(_TRIES):
            if failure is not None:
                return failure
            try:
                async with self._pacer.turn(name, deadline):
                    reply = await self._once(url, headers)
            except BusyError as error:
                return reply or Reply(error.outcome, str(error))
            come_later = reply.status == 429 or (
                reply.status == 503 and reply.retry_after is not None
            )
            if not come_later:
                self._pacer.answered(name)
                return reply
            self._pacer.refused(name, reply.retry_after)
        return reply or Reply(Outcome.RATE_LIMITED)

    async def _pin(self, url: URL) -> Reply | None:
        """Resolve and check the host's addresses; return what went wrong, if anything."""
        host, port = url.raw_host or "", url.port or 0
        if literal(host) is not None:
            return None  # listed by the user: everything else was refused before
        key = (host, port)
        _addresses, until = self._pins.addresses.get(key, ((), 0.0))
        if asyncio.get_running_loop().time() < until:
            return None
        return await self._resolving.do(key, lambda: self._resolve(host, port))

    async def _resolve(self, host: str, port: int) -> Reply | None:
        addresses, failure = await resolve_checked(
            self._resolver, host, private=(host, port) in self._allowed
        )
        if failure is not None:
            return Reply(*failure)
        until = asyncio.get_running_loop().time() + _PIN_SECONDS
        self._pins.addresses[host, port] = (addresses, until)
        return None

    async def _once(self, url: URL, headers: Mapping[str, str]) -> Reply:
        if self._session is None:
            raise RuntimeError("the client is not open")
        try:
            async with (
                asyncio.timeout(self._seconds),
                self._session.get(url, headers=headers, allow_redirects=False) as response,
            ):
                return await self._read(response)
        except TimeoutError:
            return Reply(Outcome.TIMED_OUT, f"no answer in {self._seconds:g} s")
        except aiohttp.ClientSSLError:
            return Reply(Outcome.UNSAFE, "the certificate is not valid for the host")
        except aiohttp.ClientConnectorError as error:
            told = error.strerror if self._dialer.is_proxied else None  # the proxy's refusal
            return Reply(Outcome.UNREACHABLE, told or "no connection")
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
            return Reply(Outcome.UNREACHABLE, "the connection was lost")
        except (aiohttp.ClientError, ValueError):
            return Reply(Outcome.MALFORMED, "not an HTTP answer")

    async def _read(self, response: aiohttp.ClientResponse) -> Reply:
        status = response.status
        headers = response.headers
        if status in _REDIRECTS:
            location = headers.get("Location")
            response.close()
            if not location:
                return Reply(Outcome.MALFORMED, "a redirect to nowhere", status)
            return Reply(Outcome.OK, "", status, location=location)
        failure, body = await http_reading.body(response, MAX_BODY)
        if failure is not None:
            response.close()
            return Reply(*failure, status=status)
        outcome = outcome_of(status)
        return Reply(
            outcome,
            "" if outcome is Outcome.OK else f"HTTP {status}",
            status,
            body,
            http_reading.told(headers.get("Content-Type", "").partition(";")[0], 100).lower(),
            {
                k: text
                for k in ("ETag", "Last-Modified")
                if (text := headers.get(k, "")) and text.isascii()
            },
            retry_after=http_reading.retry_after(headers.get("Retry-After"), self._clock.now()),
        )


async def resolve_checked(
    resolver: Resolver, host: str, *, private: bool
) -> tuple[tuple[str, ...], tuple[Outcome, str] | None]:
    """Resolve ``host`` by our resolver; keep public addresses, or all where ``private``.

    Returns the addresses, IPv4 first, or else the outcome and its detail.
    """
    answers = await asyncio.gather(
        resolver.ask(host, RdataType.A), resolver.ask(host, RdataType.AAAA)
    )
    found = [address for answer in answers for address in answer.values]
    fit = tuple(
        text for text in found if private or ((a := literal(text)) is not None and is_public(a))
    )
    if fit:
        return fit, None
    if found:
        return (), (Outcome.UNSAFE, "the server's name leads to a private address")
    worst = answers[0]
    outcome = Outcome.UNREACHABLE if worst.outcome is not Outcome.TIMED_OUT else worst.outcome
    return (), (outcome, f"the server's name does not resolve: {worst.outcome.value}")

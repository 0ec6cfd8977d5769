"""WHOIS over port 43 (RFC 3912): one bounded read from a known server.

Servers come from the settings or the shipped table only; what an answer refers to
is never followed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass

from abusetrack.lookup import texts, whois_parse
from abusetrack.lookup.addresses import endpoint, literal
from abusetrack.lookup.dialing import Dialer, Streams
from abusetrack.lookup.dns_records import Resolver
from abusetrack.lookup.http import resolve_checked
from abusetrack.lookup.pacing import BusyError, Pacer
from abusetrack.lookup.tables import shipped
from abusetrack.records import Evidence, Outcome, RegistrationFacts

MAX_ANSWER = 64 * 1024  # bytes
PORT = 43
_TRIES = 2  # where the server says that it was asked too often
_CHUNK = 4096
_NAME = re.compile(r"[a-z0-9._-]{1,253}")


@dataclass(frozen=True, slots=True)
class WhoisServer:
    """Where to ask; ``listed`` by the user, so that it may be private."""

    host: str
    port: int
    query: str
    listed: bool

    @property
    def source(self) -> str:
        """How observations name it."""
        return f"whois {endpoint(self.host, self.port)}"


@dataclass(frozen=True, slots=True)
class WhoisAnswer:
    """What came of one question."""

    outcome: Outcome
    detail: str = ""
    facts: RegistrationFacts | None = None
    evidence: Evidence | None = None


class Whois:
    """Asks port-43 servers; ``servers`` are those of the settings, by suffix."""

    def __init__(
        self,
        *,
        resolver: Resolver,
        pacer: Pacer,
        servers: Mapping[str, tuple[str, int]],
        seconds: float,
        dialer: Dialer | None = None,
    ) -> None:
        self._dialer = dialer or Dialer()
        self._resolver = resolver
        self._pacer = pacer
        self._servers = {suffix.strip(".").lower(): place for suffix, place in servers.items()}
        self._seconds = seconds

    def server(self, domain: str, *, suffix: str | None = None) -> WhoisServer | None:
        """Return who answers for ``domain``: the longest suffix; or just for ``suffix``."""
        labels = domain.split(".")
        suffixes = [suffix] if suffix else [".".join(labels[i:]) for i in range(1, len(labels))]
        for ending in suffixes:
            place = self._servers.get(ending)
            if place is not None:
                return WhoisServer(*place, query="{name}", listed=True)
            host = shipped("whois_servers.toml")["servers"].get(ending)
            if host is not None:
                query = shipped("whois_servers.toml")["query"].get(ending, "{name}")
                return WhoisServer(host, PORT, query=query, listed=False)
        return None

    async def ask(self, server: WhoisServer, domain: str, deadline: float) -> WhoisAnswer:
        """Ask ``server`` for ``domain``; every failure is an outcome."""
        if not _NAME.fullmatch(domain):
            return WhoisAnswer(Outcome.NOT_ASKED, "the name cannot be put into a query")
        query = server.query.replace("{name}", domain).encode("ascii") + b"\r\n"
        try:
            async with asyncio.timeout_at(deadline):
                return await self._politely(server, query, domain, deadline)
        except TimeoutError:
            return WhoisAnswer(Outcome.TIMED_OUT, "the time for this name is spent")

    async def _politely(
        self, server: WhoisServer, query: bytes, domain: str, deadline: float
    ) -> WhoisAnswer:
        addresses: tuple[str, ...] = (server.host,)
        if literal(server.host) is None or not server.listed:
            addresses, failure = await resolve_checked(
                self._resolver, server.host, private=server.listed
            )
            if failure is not None:
                return WhoisAnswer(*failure)
        name = endpoint(server.host, server.port)
        answer = None
        for _ in range(_TRIES):
            try:
                async with self._pacer.turn(name, deadline):
                    answer = await self._once(addresses, server.port, query, domain)
            except BusyError as error:
                return answer or WhoisAnswer(error.outcome, str(error))
            if answer.outcome is not Outcome.RATE_LIMITED:
                self._pacer.answered(name)
                return answer
            self._pacer.refused(name, None)
        return answer or WhoisAnswer(Outcome.RATE_LIMITED)

    async def _once(
        self, addresses: tuple[str, ...], port: int, query: bytes, domain: str
    ) -> WhoisAnswer:
        received = bytearray()
        try:
            async with asyncio.timeout(self._seconds):
                await self._read(addresses, port, query, received)
        except TimeoutError:
            kept = texts.evidence("text/plain", bytes(received))
            detail = f"not finished in {self._seconds:g} s" if received else "no answer"
            return WhoisAnswer(Outcome.TIMED_OUT, detail, evidence=kept)
        except OSError as error:
            return WhoisAnswer(Outcome.UNREACHABLE, error.strerror or "no connection")
        kept = texts.evidence("text/plain", bytes(received[:MAX_ANSWER]))
        if len(received) > MAX_ANSWER:
            detail = f"more than {MAX_ANSWER // 1024} KiB"
            return WhoisAnswer(Outcome.TOO_LARGE, detail, evidence=kept)
        reading = whois_parse.parse(whois_parse.decode(bytes(received)), domain)
        return WhoisAnswer(reading.outcome, reading.detail, reading.facts, kept)

    async def _read(
        self, addresses: tuple[str, ...], port: int, query: bytes, received: bytearray
    ) -> None:
        """Send ``query`` and collect the answer until its end, or just over the limit."""
        reader, writer = await self._connect(addresses, port)
        try:
            writer.write(query)
            while len(received) <= MAX_ANSWER:
                chunk = await reader.read(_CHUNK)
                if not chunk:
                    break
                received += chunk
        finally:
            writer.transport.abort()

    async def _connect(self, addresses: tuple[str, ...], port: int) -> Streams:
        for address in addresses[:-1]:
            try:
                return await self._dialer.open(address, port)
            except OSError:
                continue
        return await self._dialer.open(addresses[-1], port)

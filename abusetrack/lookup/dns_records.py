"""DNS questions to the configured resolvers, and to nobody else.

By datagram from random ports; id and question of an answer are checked, and a
truncated one is asked for again over TCP. Through a proxy all questions go over TCP.
"""

from __future__ import annotations

import asyncio
import math
import secrets
import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dns.rdatatype import RdataType

from abusetrack.lookup.addresses import endpoint
from abusetrack.lookup.datagrams import Datagrams
from abusetrack.lookup.dialing import Dialer, Streams
from abusetrack.lookup.dns_wire import (
    Query,
    Reading,
    WireError,
    answers,
    is_truncated,
    make_query,
    read_answer,
)
from abusetrack.lookup.landmarks import Landmarks, Meaning
from abusetrack.lookup.shared import SPENT
from abusetrack.records import Outcome

# These settle a question; after any other the next resolver is asked.
_CONCLUSIVE = frozenset(
    {Outcome.OK, Outcome.NOT_FOUND, Outcome.NO_DATA, Outcome.CNAME_LOOP, Outcome.BOGUS}
)
# After these the same resolver may be asked once more.
_WORTH_A_RETRY = frozenset({Outcome.TIMED_OUT, Outcome.MALFORMED})
_ROUNDS = 2
_MANY = struct.Struct("!512H")
_MAX_IDLE = 32  # connections kept for further questions, for each resolver


class DnsAnswer(NamedTuple):
    """What came of one question, and which resolver said so."""

    source: str
    outcome: Outcome
    detail: str = ""
    values: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()
    text: str = ""
    validated: bool = False  # as the resolver says


class Resolver:
    """Asks the resolvers of the settings in turn; ``seconds`` is the time of one try.

    An answer that ``landmarks`` know as a stop page is the resolver's own word and not
    the truth. With a proxied ``dialer`` no datagram is sent.
    """

    def __init__(
        self,
        servers: Sequence[tuple[str, int]],
        *,
        seconds: float,
        sockets: int,
        dialer: Dialer | None = None,
        landmarks: Landmarks | None = None,
    ) -> None:
        self.servers = tuple(servers)
        self._seconds = seconds
        self._sockets = asyncio.Semaphore(sockets)
        self._datagrams = Datagrams()
        self._streams = _Streams(dialer or Dialer())
        self._numbers = _random_numbers()
        self._landmarks = landmarks

    @property
    def source(self) -> str:
        """How the first resolver is named where none came to answer."""
        return self.named(self.servers[0])

    @staticmethod
    def named(server: tuple[str, int]) -> str:
        """How observations name a resolver."""
        return f"resolver {endpoint(*server)}"

    def close(self) -> None:
        """Close the connections that are kept."""
        self._streams.close()

    async def ask(
        self,
        name: str,
        rdtype: RdataType,
        *,
        servers: Sequence[tuple[str, int]] | None = None,
        deadline: float = math.inf,
    ) -> DnsAnswer:
        """Ask for ``name`` (A-labels); every failure is an outcome.

        A conclusive answer ends the matter; else the most telling failure counts.
        ``servers`` are some of the resolvers; all if not given. At the ``deadline``
        (loop time) it times out, whatever was said before.
        """
        failures: dict[tuple[str, int], DnsAnswer] = {}
        for server in tuple(servers or self.servers) * _ROUNDS:
            earlier = failures.get(server)
            if earlier is not None and earlier.outcome not in _WORTH_A_RETRY:
                continue
            answer = await self._try(server, name, rdtype, deadline)
            if answer.outcome in _CONCLUSIVE or answer.detail == SPENT:
                return answer
            failures[server] = answer
        return min(failures.values(), key=lambda answer: answer.outcome in _WORTH_A_RETRY)

    async def _try(
        self, server: tuple[str, int], name: str, rdtype: RdataType, deadline: float
    ) -> DnsAnswer:
        source = self.named(server)
        try:
            query = make_query(name, rdtype, next(self._numbers))
        except WireError as error:
            return DnsAnswer(source, Outcome.MALFORMED, f"not asked: {error}")
        until = deadline
        try:
            if self._sockets.locked():
                async with asyncio.timeout_at(None if deadline == math.inf else deadline):
                    await self._sockets.acquire()
            else:
                await self._sockets.acquire()
            try:
                until = min(asyncio.get_running_loop().time() + self._seconds, deadline)
                reading = await self._exchange(server, query, until)
            finally:
                self._sockets.release()
        except TimeoutError:
            detail = SPENT if until == deadline else f"no answer in {self._seconds:g} s"
            return DnsAnswer(source, Outcome.TIMED_OUT, detail)
        except OSError as error:
            return DnsAnswer(source, Outcome.UNREACHABLE, error.strerror or "no connection")
        answer = DnsAnswer(
            source, reading.outcome, reading.detail, reading.values, reading.chain, reading.text,
            reading.validated,
        )  # fmt: skip
        return self._without_stop_page(answer, rdtype)

    async def _exchange(self, server: tuple[str, int], query: Query, until: float) -> Reading:
        if not self._streams.are_all:
            wire = await self._datagrams.ask(server, query, until)
            if not is_truncated(wire):
                return read_answer(query, wire)
        try:
            async with asyncio.timeout_at(until):
                wire = await self._streams.ask(server, query)
        except asyncio.IncompleteReadError:
            return Reading(Outcome.MALFORMED, "cut off over TCP")
        if not answers(query, wire):
            return Reading(Outcome.MALFORMED, "the answer over TCP is to another question")
        if is_truncated(wire):
            return Reading(Outcome.MALFORMED, "truncated even over TCP")
        return read_answer(query, wire)

    def _without_stop_page(self, answer: DnsAnswer, rdtype: RdataType) -> DnsAnswer:
        if self._landmarks is None or rdtype not in {RdataType.A, RdataType.AAAA}:
            return answer
        page = self._landmarks.of(answer.values, Meaning.STOP_PAGE)
        if page is None:
            return answer
        return DnsAnswer(
            answer.source, Outcome.BLOCKED_BY_RESOLVER, f"a stop page: {page}", text=answer.text
        )


def _random_numbers() -> Iterator[int]:
    """Give message ids; the system is asked for many at a time."""
    while True:
        yield from _MANY.unpack(secrets.token_bytes(_MANY.size))


class _Streams:
    """Connections to the resolvers over TCP (RFC 7766); through a proxy they are kept."""

    def __init__(self, dialer: Dialer) -> None:
        self._dialer = dialer
        self._idle: dict[tuple[str, int], list[Streams]] = {}

    @property
    def are_all(self) -> bool:
        """Whether no question may go by datagram."""
        return self._dialer.is_proxied

    def close(self) -> None:
        """Close what is kept."""
        for kept in self._idle.values():
            for _reader, writer in kept:
                writer.transport.abort()
        self._idle.clear()

    async def ask(self, server: tuple[str, int], query: Query) -> bytes:
        """Send ``query`` and return the answer, over a kept connection if one still stands."""
        kept = self._idle.setdefault(server, [])
        while kept:
            try:
                return await self._over(kept.pop(), server, query)
            except (OSError, asyncio.IncompleteReadError):
                continue  # closed meanwhile, as resolvers do
        return await self._over(await self._dialer.open(*server), server, query)

    async def _over(self, streams: Streams, server: tuple[str, int], query: Query) -> bytes:
        reader, writer = streams
        wire = b""
        try:
            writer.write(struct.pack("!H", len(query.wire)) + query.wire)
            (length,) = struct.unpack("!H", await reader.readexactly(2))
            wire = await reader.readexactly(length)
        finally:
            kept = self._idle.setdefault(server, [])
            if self.are_all and len(kept) < _MAX_IDLE and answers(query, wire):
                kept.append(streams)
            else:
                writer.transport.abort()
        return wire

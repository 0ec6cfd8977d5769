"""DNS questions to the configured resolvers, and to nobody else.

One connected socket with a random port per question: the kernel drops what comes
from anywhere else, the id and the question are checked besides, and a truncated
answer is asked for again over TCP.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from dns.rdatatype import RdataType

from abusetrack.lookup.addresses import endpoint
from abusetrack.lookup.dns_wire import (
    Query,
    Reading,
    WireError,
    answers,
    is_truncated,
    make_query,
    read_answer,
)
from abusetrack.records import Outcome

# These settle a question; after any other the next resolver is asked.
_CONCLUSIVE = frozenset(
    {Outcome.OK, Outcome.NOT_FOUND, Outcome.NO_DATA, Outcome.CNAME_LOOP, Outcome.BOGUS}
)
# After these the same resolver may be asked once more.
_WORTH_A_RETRY = frozenset({Outcome.TIMED_OUT, Outcome.MALFORMED})
_ROUNDS = 2
_MAX_UDP = 4096


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """What came of one question, and which resolver said so."""

    source: str
    outcome: Outcome
    detail: str = ""
    values: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()
    text: str = ""


class Resolver:
    """Asks the resolvers of the settings in turn; ``seconds`` is the time of one try."""

    def __init__(self, servers: Sequence[tuple[str, int]], *, seconds: float, sockets: int) -> None:
        self._servers = tuple(servers)
        self._seconds = seconds
        self._sockets = asyncio.Semaphore(sockets)

    @property
    def source(self) -> str:
        """How the first resolver is named where none came to answer."""
        return _source(self._servers[0])

    async def ask(self, name: str, rdtype: RdataType) -> DnsAnswer:
        """Ask for ``name`` (A-labels); every failure is an outcome.

        A conclusive answer ends the matter; else the most telling failure counts.
        """
        failures: dict[tuple[str, int], DnsAnswer] = {}
        for server in self._servers * _ROUNDS:
            earlier = failures.get(server)
            if earlier is not None and earlier.outcome not in _WORTH_A_RETRY:
                continue
            answer = await self._try(server, name, rdtype)
            if answer.outcome in _CONCLUSIVE:
                return answer
            failures[server] = answer
        return min(failures.values(), key=lambda answer: answer.outcome in _WORTH_A_RETRY)

    async def _try(self, server: tuple[str, int], name: str, rdtype: RdataType) -> DnsAnswer:
        source = _source(server)
        try:
            query = make_query(name, rdtype, secrets.randbits(16))
        except WireError as error:
            return DnsAnswer(source, Outcome.MALFORMED, f"not asked: {error}")
        async with self._sockets:
            try:
                async with asyncio.timeout(self._seconds):
                    reading = await _exchange(server, query)
            except TimeoutError:
                return DnsAnswer(source, Outcome.TIMED_OUT, f"no answer in {self._seconds:g} s")
            except OSError as error:
                return DnsAnswer(source, Outcome.UNREACHABLE, error.strerror or "no connection")
        return DnsAnswer(
            source, reading.outcome, reading.detail, reading.values, reading.chain, reading.text
        )


def _source(server: tuple[str, int]) -> str:
    return f"resolver {endpoint(*server)}"


async def _exchange(server: tuple[str, int], query: Query) -> Reading:
    wire = await _udp(server, query)
    if is_truncated(wire):
        try:
            wire = await _tcp(server, query)
        except asyncio.IncompleteReadError:
            return Reading(Outcome.MALFORMED, "truncated, and cut off over TCP")
        if not answers(query, wire):
            return Reading(Outcome.MALFORMED, "the answer over TCP is to another question")
        if is_truncated(wire):
            return Reading(Outcome.MALFORMED, "truncated even over TCP")
    return read_answer(query, wire)


async def _udp(server: tuple[str, int], query: Query) -> bytes:
    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.connect(server)
        sock.send(query.wire)
        while True:
            wire = await loop.sock_recv(sock, _MAX_UDP)
            if answers(query, wire):
                return wire


async def _tcp(server: tuple[str, int], query: Query) -> bytes:
    reader, writer = await asyncio.open_connection(*server)
    try:
        writer.write(struct.pack("!H", len(query.wire)) + query.wire)
        (length,) = struct.unpack("!H", await reader.readexactly(2))
        return await reader.readexactly(length)
    finally:
        writer.transport.abort()

"""The resolver of the practice internet: answers about the world, over UDP and TCP."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from abusetrack.practice import wire
from abusetrack.practice.faults import Fault, Service
from abusetrack.practice.model import NetworkService
from abusetrack.practice.wire import Answer, Query
from abusetrack.practice.world import Address, Moment

_OWN_ZONE = "practice.invalid"
ASN_ZONE = f"asn.{_OWN_ZONE}"
ORIGIN_ZONE = f"origin.{ASN_ZONE}"
ORIGIN6_ZONE = f"origin6.{ASN_ZONE}"

_TCP_IDLE_SECONDS = 30.0
_ROUND = 256  # datagrams before other work of the loop gets its turn
_BLOCKED, _NO_AUTHORITY, _BOGUS = 15, 22, 6  # extended errors (RFC 8914)


class Zone:
    """Answers questions about the world at one moment."""

    def __init__(self, moment: Moment, servers: Mapping[str, str]) -> None:
        """``servers`` maps host names of RDAP and WHOIS servers to their address."""
        self._moment = moment
        self._world = moment.world
        self._servers = servers
        self._endings = {
            *(e for registry in self._world.tables.registries for e in registry.endings),
            *(record.ending for record in self._world.domains.values()),
        }
        self._blocks = [
            (ip_network(block), service)
            for service in self._world.tables.network_services
            for block in service.blocks
        ]
        self._as_names = {
            asn: (network.as_country or "", network.as_name)
            for network in self._world.tables.networks
            for asn in network.asns
            if network.as_name
        }

    def answer(self, name: str, qtype: int) -> Answer:
        """Answer one question about ``name`` (lower case, no trailing dot)."""
        if name in self._servers:
            return _host(name, (), (self._servers[name],), qtype, wire.soa(_OWN_ZONE))
        if name == _OWN_ZONE or name.endswith(f".{_OWN_ZONE}"):
            return self._origin(name, qtype)
        domain = self._domain_of(name)
        if domain is None:
            code = wire.NOERROR if name in self._endings else wire.NXDOMAIN
            return Answer(code, authority=wire.soa(name.rpartition(".")[2]))
        standing = self._moment.standings[domain]
        if not standing.delegated:
            return Answer(wire.NXDOMAIN, authority=wire.soa(self._world.domains[domain].ending))
        soa = wire.soa(domain)
        host = self._moment.hosts.get(name)
        if qtype in {wire.A, wire.AAAA} and host is not None:
            return _host(name, host.cname_chain, host.addresses, qtype, soa)
        if name != domain:
            code = wire.NXDOMAIN if host is None else wire.NOERROR
            return Answer(code, authority=soa)
        if qtype == wire.NS and standing.name_servers is None:
            return Answer(wire.SERVFAIL)
        servers = standing.name_servers or ()
        data: list[bytes] = []
        if qtype == wire.NS:
            data = [wire.encode_name(server) for server in servers]
        elif qtype == wire.SOA and servers:
            data = [wire.soa(domain, servers[0])[1]]
        elif qtype == wire.MX:
            data = [wire.mail_exchanger(10 * n, mx) for n, mx in enumerate(standing.mail, start=1)]
        if not data:
            return Answer(authority=soa)
        return Answer(records=[(name, qtype, item) for item in data])

    def _domain_of(self, name: str) -> str | None:
        while name and name not in self._moment.standings:
            name = name.partition(".")[2]
        return name or None

    def _origin(self, name: str, qtype: int) -> Answer:
        """Answer as Team Cymru's mapping of addresses to origin ASes does."""
        soa = wire.soa(_OWN_ZONE)
        text = self._origin_text(name)
        if text is None:
            return Answer(wire.NXDOMAIN, authority=soa)
        if qtype != wire.TXT:
            return Answer(authority=soa)
        return Answer(records=[(name, wire.TXT, wire.text(text))])

    def _origin_text(self, name: str) -> str | None:
        for zone, read in ((ORIGIN_ZONE, _reversed_v4), (ORIGIN6_ZONE, _reversed_v6)):
            if name.endswith(f".{zone}"):
                address = read(name.removesuffix(f".{zone}"))
                return None if address is None else self._announced(address)
        label = name.removesuffix(f".{ASN_ZONE}").removeprefix("as")
        if not label.isascii() or not label.isdigit() or int(label) not in self._as_names:
            return None
        country, as_name = self._as_names[int(label)]
        return f"{int(label)} | {country} | ripencc | 2020-01-01 | {as_name}"

    def _announced(self, address: Address) -> str | None:
        found = self._world.network(address)
        if found is None or not (found[1].asns or found[1].as_country):
            return None
        prefix, network = found
        asns = " ".join(map(str, network.asns)) or "NA"
        registry = self._service_of(address).allocation_name
        return f"{asns} | {prefix} | {network.as_country or ''} | {registry} | 2020-01-01"

    def _service_of(self, address: Address) -> NetworkService:
        return next(service for block, service in self._blocks if address in block)


class Resolver(asyncio.DatagramProtocol):
    """Serves a zone over UDP; :meth:`serve_stream` serves the same over TCP."""

    def __init__(self, service: Service, zone: Zone, sock: socket.socket) -> None:
        """``sock`` is the bound, non-blocking datagram socket of the transport."""
        self.zone = zone
        self._service = service
        self._socket = sock
        self._loop = asyncio.get_running_loop()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer this datagram and those that wait behind it.

        The transport alone would read one in each round of the loop, and a busy
        loop would let the socket's buffer overflow.
        """
        self._answer(data, addr)
        with contextlib.suppress(OSError):  # BlockingIOError: none is waiting
            for _ in range(_ROUND):
                self._answer(*self._socket.recvfrom(65535))

    def _answer(self, data: bytes, addr: tuple[str, int]) -> None:
        response = self.respond(data, tcp=False)
        if response is None:
            return
        if latency := self._service.faults.latency:
            self._loop.call_later(latency, self._send, response, addr)
        else:
            self._send(response, addr)

    def _send(self, response: bytes, addr: tuple[str, int]) -> None:
        with contextlib.suppress(OSError):  # the asker went away, or we stop
            self._socket.sendto(response, addr)

    async def serve_stream(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer questions over one TCP connection until it idles or closes."""
        try:
            with contextlib.suppress(TimeoutError, ConnectionError, asyncio.IncompleteReadError):
                while True:
                    async with asyncio.timeout(_TCP_IDLE_SECONDS):
                        (length,) = struct.unpack("!H", await reader.readexactly(2))
                        message = await reader.readexactly(length)
                    response = self.respond(message, tcp=True)
                    if response is None:
                        continue
                    await asyncio.sleep(self._service.faults.latency)
                    writer.write(struct.pack("!H", len(response)) + response)
                    await writer.drain()
        finally:
            writer.close()  # also when the servers stop in the middle of an answer

    def respond(self, message: bytes, *, tcp: bool) -> bytes | None:
        """Return the answer to a message; None where there is none."""
        query = wire.parse(message)
        if query is None:
            return None
        fault = self._service.meets(query.name, self._loop.time())
        if fault is None or (fault is Fault.TRUNCATED and tcp):
            return wire.build(query, self.zone.answer(query.name, query.qtype), tcp=tcp)
        return _faulty(query, fault, tcp=tcp)


def _faulty(query: Query, fault: Fault, *, tcp: bool) -> bytes | None:
    if fault is Fault.TIMEOUT:
        return None
    if fault is Fault.EMPTY:
        return b""
    if fault is Fault.MALFORMED:
        return wire.malformed(query)
    if fault is Fault.TRUNCATED:
        return wire.truncated(query)
    if fault is Fault.WRONG_ID:
        refused = wire.build(query, Answer(wire.NXDOMAIN), tcp=tcp)
        return struct.pack("!H", query.ident ^ 1) + refused[2:]
    return wire.build(query, _bad_answer(query, fault), tcp=tcp)


def _bad_answer(query: Query, fault: Fault) -> Answer:
    if fault is Fault.CNAME_LOOP:
        other = f"loop.{_OWN_ZONE}"
        there, back = wire.encode_name(other), wire.encode_name(query.name)
        return Answer(records=[(query.name, wire.CNAME, there), (other, wire.CNAME, back)])
    return {
        Fault.SERVER_ERROR: Answer(wire.SERVFAIL),
        Fault.REFUSED: Answer(wire.REFUSED),
        Fault.RATE_LIMITED: Answer(wire.REFUSED),
        Fault.BLOCKED_BARE: Answer(wire.NXDOMAIN),
        Fault.BLOCKED: Answer(
            wire.NXDOMAIN, authority=wire.soa("blocked.invalid"), extended_error=_BLOCKED
        ),
        Fault.LAME: Answer(wire.SERVFAIL, extended_error=_NO_AUTHORITY),
        Fault.BOGUS: Answer(wire.SERVFAIL, extended_error=_BOGUS),
    }[fault]


def _host(
    name: str,
    chain: Sequence[str],
    addresses: Sequence[str],
    qtype: int,
    soa: tuple[str, bytes],
) -> Answer:
    records: list[tuple[str, int, bytes]] = []
    owner = name
    for alias in chain:
        records.append((owner, wire.CNAME, wire.encode_name(alias)))
        owner = alias
    wanted = {wire.A: 4, wire.AAAA: 6}.get(qtype)
    parsed = [address for address in map(ip_address, addresses) if address.version == wanted]
    records += [(owner, qtype, address.packed) for address in parsed]
    return Answer(records=records, authority=None if parsed else soa)


def _reversed_v4(labels: str) -> IPv4Address | None:
    try:
        return IPv4Address(".".join(reversed(labels.split("."))))
    except ValueError:
        return None


def _reversed_v6(labels: str) -> IPv6Address | None:
    nibbles = labels.split(".")[::-1]
    if len(nibbles) > 32 or not all(len(n) == 1 and n in "0123456789abcdef" for n in nibbles):
        return None
    # A question may leave out the host part.
    return IPv6Address(int("".join(nibbles).ljust(32, "0"), 16))

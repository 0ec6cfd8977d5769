"""Real servers on loopback: DNS over UDP and TCP, RDAP, WHOIS and raw HTTP."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from aiohttp import web

from abusetrack.lookup import Lookup
from abusetrack.lookup.addresses import endpoint
from abusetrack.records import Domain, Host, HostKind, SuffixKind
from abusetrack.settings import Settings, of_tables

LOOPBACK = "127.0.0.1"
SOA = "ns.registry.test. hostmaster.registry.test. 1 3600 600 86400 300"


class DnsServer:
    """Answers from ``records``; ``answer`` may be replaced for odd answers.

    ``answer(query, via)`` returns a message, raw bytes, a list of raw datagrams, or
    None to stay silent.
    """

    def __init__(self, address: str = LOOPBACK) -> None:
        self.address = address
        self.records: dict[tuple[str, str], list[str]] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.answer: Callable[[dns.message.Message, str], Any] = self.from_records
        self.clients: set[tuple[str, int]] = set()
        self.keeps_open = False  # TCP connections, for further questions
        self.port = 0

    async def start(self, stack: AsyncExitStack) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(20):
            server = await asyncio.start_server(self._tcp, self.address, 0)
            self.port = server.sockets[0].getsockname()[1]
            try:
                transport, _ = await loop.create_datagram_endpoint(
                    lambda: _Udp(self), local_addr=(self.address, self.port)
                )
            except OSError:
                server.close()
                continue
            break
        stack.callback(transport.close)
        stack.callback(server.close)

    def from_records(self, query: dns.message.Message, via: str) -> dns.message.Message:
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        response = dns.message.make_response(query, recursion_available=True)
        seen = 0
        while (name, kind) not in self.records and (name, "CNAME") in self.records and seen < 30:
            target = self.records[name, "CNAME"][0]
            response.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "CNAME", target))
            name, seen = target.rstrip(".").lower(), seen + 1
        if (name, kind) in self.records:
            values = self.records[name, kind]
            response.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, *values))
            return response
        if not any(known == name for known, _ in self.records):
            response.set_rcode(dns.rcode.NXDOMAIN)
        response.authority.append(dns.rrset.from_text("test.", 60, "IN", "SOA", SOA))
        return response

    def wire_answers(self, data: bytes, via: str) -> list[bytes]:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True)
        self.asked.append((name, dns.rdatatype.to_text(question.rdtype), via))
        answer = self.answer(query, via)
        if answer is None:
            return []
        answers = answer if isinstance(answer, list) else [answer]
        return [a if isinstance(a, bytes) else a.to_wire(max_size=65535) for a in answers]

    async def _tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                (length,) = struct.unpack("!H", await reader.readexactly(2))
                for wire in self.wire_answers(await reader.readexactly(length), "tcp"):
                    writer.write(struct.pack("!H", len(wire)) + wire)
                await writer.drain()
                if not self.keeps_open:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, server: DnsServer) -> None:
        self.server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.server.clients.add(addr)
        for wire in self.server.wire_answers(data, "udp"):
            self.transport.sendto(wire, addr)


class RdapServer:
    """Serves ``answers`` by path: a JSON value, a web response, or a request handler."""

    def __init__(self, address: str = LOOPBACK) -> None:
        self.address = address
        self.answers: dict[str, Any] = {}
        self.asked: list[str] = []
        self.requests: list[web.BaseRequest] = []
        self.port = 0

    @property
    def base(self) -> str:
        return f"http://{endpoint(self.address, self.port)}/"

    async def start(self, stack: AsyncExitStack) -> None:
        server = web.Server(self._handle)
        runner = web.ServerRunner(server, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, self.address, 0)
        await site.start()
        self.port = runner.addresses[0][1]

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(request.path)
        self.requests.append(request)
        answer = self.answers.get(request.path)
        if callable(answer):
            answer = answer(request)
            if isinstance(answer, Awaitable):
                answer = await answer
        if isinstance(answer, web.StreamResponse):
            return answer
        if answer is None:
            return web.json_response({"errorCode": 404, "title": "Not found"}, status=404)
        return web.Response(body=json.dumps(answer).encode(), content_type="application/rdap+json")


class StreamServer:
    """A TCP server whose ``talk(reader, writer)`` is the test's own."""

    def __init__(self, address: str = LOOPBACK) -> None:
        self.address = address
        self.talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
        self.answers: dict[str, bytes] = {}
        self.asked: list[bytes] = []
        self.talk = self.whois
        self.port = 0
        self._tasks: set[asyncio.Task[Any]] = set()

    async def start(self, stack: AsyncExitStack) -> None:
        server = await asyncio.start_server(self._serve, self.address, 0)
        self.port = server.sockets[0].getsockname()[1]
        stack.push_async_callback(self._stop)
        stack.callback(server.close)

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def whois(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        self.asked.append(line)
        writer.write(self.answers.get(line.decode().strip(), b"No match.\r\n"))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self.talk(reader, writer)
            await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort() if writer.transport.is_closing() else writer.close()


class Internet:
    """The three servers together, and settings that lead to them alone."""

    def __init__(self, folder: Path, address: str = LOOPBACK) -> None:
        self.folder = folder
        self.address = address
        self.dns = DnsServer(address)
        self.rdap = RdapServer(address)
        self.whois = StreamServer(address)
        self.endings = {"test": "registry/"}
        self.further: set[int] = set()  # ports of a test's own servers

    async def start(self, stack: AsyncExitStack) -> None:
        for server in (self.dns, self.rdap, self.whois):
            await server.start(stack)

    @property
    def endpoints(self) -> set[tuple[str, int]]:
        ports = {self.dns.port, self.rdap.port, self.whois.port, *self.further}
        return {(self.address, port) for port in ports}

    def bootstrap(self) -> Path:
        folder = self.folder / "bootstrap"
        folder.mkdir(exist_ok=True)
        blocks4 = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"]
        files = {
            "dns.json": [[[e], [self.rdap.base + path]] for e, path in self.endings.items()],
            "ipv4.json": [[blocks4, [self.rdap.base + "net/"]]],
            "ipv6.json": [[["2001:db8::/32"], [self.rdap.base + "net/"]]],
        }
        for name, services in files.items():
            (folder / name).write_text(json.dumps({"version": "1.0", "services": services}))
        return folder

    def settings(self, **tables: dict[str, Any]) -> Settings:
        base: dict[str, dict[str, Any]] = {
            "resolver": {"nameservers": (endpoint(self.address, self.dns.port),)},
            "lookup": {"question_seconds": 2.0, "name_seconds": 20.0},
            "rdap": {
                "bootstrap": str(self.bootstrap()),
                "allowed_hosts": (endpoint(self.address, self.rdap.port),),
            },
            "whois": {"servers": {"test": endpoint(self.address, self.whois.port)}},
            "network": {
                "origin_zone": "origin.test",
                "origin6_zone": "origin6.test",
                "asn_zone": "asn.test",
            },
            "pace": {"per_host_per_second": 0},
            "geo": {"shipped_tables": False},
        }
        for name, values in tables.items():
            base[name] = {**base.get(name, {}), **values}
        return of_tables(base, self.folder)

    def add_host(self, name: str, *addresses: str, domain: str | None = None) -> None:
        """Let ``name`` have addresses, and its domain the usual records."""
        for address in addresses:
            kind = "AAAA" if ":" in address else "A"
            self.dns.records.setdefault((name, kind), []).append(address)
        domain = domain or name
        self.dns.records[domain, "NS"] = [f"ns1.{domain}.", "ns2.elsewhere.example."]
        self.dns.records[domain, "SOA"] = [SOA]
        self.dns.records[domain, "MX"] = ["20 mx2.elsewhere.example.", "10 mx1.elsewhere.example."]

    def add_network(self, prefix: str, reverse: str, asn: int = 64500, country: str = "NL") -> None:
        """Let one address (by its reversed labels) have an origin AS."""
        zone = "origin6.test" if ":" in prefix else "origin.test"
        text = f'"{asn} | {prefix} | {country} | ripencc | 2001-01-01"'
        self.dns.records[f"{reverse}.{zone}", "TXT"] = [text]
        name = f'"{asn} | {country} | ripencc | 2001-01-01 | EXAMPLE-AS Example Hosting, {country}"'
        self.dns.records[f"as{asn}.asn.test", "TXT"] = [name]

    def lookup(self, clock: Any, **tables: dict[str, Any]) -> Lookup:
        return Lookup(self.settings(**tables), clock, cache=self.folder / "cache")


@pytest.fixture
async def internet(tmp_path: Path, socket_guard: Any) -> AsyncIterator[Internet]:
    """Servers for one test; afterwards nothing but them was reached for."""
    async with AsyncExitStack() as stack:
        built = Internet(tmp_path)
        await built.start(stack)
        yield built
        # Replies of our own DNS server aside, only configured endpoints were reached for.
        assert set(socket_guard.touched) - built.dns.clients <= built.endpoints


@pytest.fixture
async def internet6(tmp_path: Path, socket_guard: Any) -> AsyncIterator[Internet]:
    """The same servers on the loopback of IPv6."""
    async with AsyncExitStack() as stack:
        built = Internet(tmp_path, "::1")
        try:
            await built.start(stack)
        except OSError:
            pytest.skip("this machine has no IPv6 loopback")
        yield built
        touched = {place[:2] for place in socket_guard.touched}
        assert touched - {client[:2] for client in built.dns.clients} <= built.endpoints


@pytest.fixture
async def second_resolver(internet: Internet) -> AsyncIterator[DnsServer]:
    """A second resolver."""
    async with AsyncExitStack() as stack:
        server = DnsServer()
        await server.start(stack)
        internet.further.add(server.port)
        yield server
        internet.dns.clients |= server.clients


@pytest.fixture
async def stream_server(internet: Internet) -> AsyncIterator[StreamServer]:
    """A further TCP server of the test's own."""
    async with AsyncExitStack() as stack:
        server = StreamServer()
        await server.start(stack)
        internet.further.add(server.port)
        yield server


@pytest.fixture
def host_of() -> Callable[..., Host]:
    """Make a host of a name under a one-label suffix."""

    def make(name: str, kind: SuffixKind = SuffixKind.ICANN, suffix: str | None = None) -> Host:
        suffix = suffix or name.rpartition(".")[2]
        label = name[: -len(suffix) - 1].rpartition(".")[2]
        domain = Domain(f"{label}.{suffix}", f"{label}.{suffix}", suffix, kind)
        return Host(name, name, HostKind.NAME, domain)

    return make


def registrar_entity(iana_id: int = 9101) -> dict[str, Any]:
    """Write a registrar with a nested abuse contact, as generic endings do."""
    return {
        "objectClassName": "entity",
        "roles": ["registrar"],
        "handle": str(iana_id),
        "publicIds": [{"type": "IANA Registrar ID", "identifier": str(iana_id)}],
        "vcardArray": [
            "vcard",
            [["version", {}, "text", "4.0"], ["fn", {}, "text", "Alpha Names"]],
        ],
        "entities": [
            {
                "objectClassName": "entity",
                "roles": ["abuse"],
                "vcardArray": [
                    "vcard",
                    [
                        ["fn", {}, "text", "Abuse Desk"],
                        ["tel", {"type": "voice"}, "uri", "tel:+31.205550100"],
                        ["email", {}, "text", "abuse@alpha.example"],
                    ],
                ],
            }
        ],
    }


@pytest.fixture
def rdap_domain() -> Callable[..., dict[str, Any]]:
    """Write an RDAP answer for a domain."""

    def make(name: str, **changes: Any) -> dict[str, Any]:
        return {
            "objectClassName": "domain",
            "ldhName": name.upper(),
            "handle": "D1-TEST",
            "status": ["client transfer prohibited", "active"],
            "events": [
                {"eventAction": "registration", "eventDate": "2025-01-02T03:04:05Z"},
                {"eventAction": "expiration", "eventDate": "2027-01-02T03:04:05Z"},
                {"eventAction": "last changed", "eventDate": "2026-01-02T03:04:05Z"},
            ],
            "nameservers": [{"objectClassName": "nameserver", "ldhName": f"NS1.{name}"}],
            "secureDNS": {"delegationSigned": False},
            "entities": [registrar_entity()],
            **changes,
        }

    return make


@pytest.fixture
def rdap_network() -> Callable[..., dict[str, Any]]:
    """Write an RDAP answer for a network."""

    def make(start: str, end: str, **changes: Any) -> dict[str, Any]:
        return {
            "objectClassName": "ip network",
            "handle": f"{start} - {end}",
            "startAddress": start,
            "endAddress": end,
            "name": "EXAMPLE-NET",
            "country": "NL",
            "entities": [
                {
                    "objectClassName": "entity",
                    "handle": "ORG-1",
                    "roles": ["registrant"],
                    "vcardArray": ["vcard", [["fn", {}, "text", "Example Hosting"]]],
                    "entities": [
                        {
                            "objectClassName": "entity",
                            "roles": ["ABUSE"],
                            "vcardArray": [
                                "vcard",
                                [["email", {}, "text", "abuse@hosting.example"]],
                            ],
                        }
                    ],
                }
            ],
            **changes,
        }

    return make

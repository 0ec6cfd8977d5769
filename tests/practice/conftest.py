"""Worlds and running servers for the tests of the practice internet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import dns.asyncquery
import dns.message
import pytest

from abusetrack.practice import PracticeServers, World, build

Ask = Callable[[str, str], Awaitable[dns.message.Message]]
Fetch = Callable[[str, str], Awaitable[tuple[int, dict]]]

CSV_HEADER = (
    "domain,reported_at,status,registered_at,registrar,name_servers,ips,asn_routeviews,"
    "org_routeviews,country_geo_whois_asn,country_ipfire,checked_at"
)
CSV_ROWS = """\
agree.test,,ok,2025-01-02T03:04:05Z,Amber Names,ns1.dns.test;ns2.dns.test,192.0.2.1,64500,AMBER,DE,DE,
differ.test,,ok,2025-01-02T03:04:05.123Z,Birch Names,ns1.dns.test,192.0.2.2;192.0.2.3,64501,BIRCH,DE,NL,
shared.test,,ok,2025-01-02T03:04:05+02:00,Birch Names,ns1.dns.test,192.0.2.3,64502,CEDAR,FR,FR,
noorigin.test,,ok,2025-01-02T03:04:05Z,Amber Names,ns1.dns.test,192.0.2.4,,,SE,PL,
noaddress.test,,ok,2025-01-02T03:04:05Z,Amber Names,ns1.dns.test,,,,,,
undelegated.test,,ok,2025-01-02T03:04:05Z,Amber Names,,,,,,,
gone.test,,nxdomain,,,,,,,,,
remembered.test,,nxdomain,,,,192.0.2.5,64500,AMBER,DE,DE,
unseen.example,,tld_unsupported,,,,192.0.2.6,64500,AMBER,DE,DE,
lost.example,,nxdomain,,,,,,,,,
bücher.test,,ok,2025-01-02T03:04:05Z,Käfer Names,ns1.dns.test,2001:db8::7,64500,AMBER,DE,DE,
"""  # noqa: E501 - rows of a table


@pytest.fixture(scope="session")
def world() -> World:
    """The synthetic world of seed 1."""
    return build(1)


@pytest.fixture
def csv_path(tmp_path: Path) -> Path:
    """A list of known facts under reserved names."""
    path = tmp_path / "world.csv"
    path.write_text(f"{CSV_HEADER}\n{CSV_ROWS}", encoding="utf-8")
    return path


@pytest.fixture
async def servers(world: World) -> AsyncIterator[PracticeServers]:
    """The servers of the synthetic world."""
    async with PracticeServers(world) as running:
        yield running


@pytest.fixture
async def csv_servers(csv_path: Path) -> AsyncIterator[PracticeServers]:
    """The servers of the world of known facts."""
    async with PracticeServers(World.from_csv(csv_path)) as running:
        yield running


async def ask_dns(servers: PracticeServers, name: str, rtype: str) -> dns.message.Message:
    """Ask over UDP, and over TCP where the answer is truncated."""
    service = servers.services["dns"]
    query = dns.message.make_query(name, rtype, use_edns=0, payload=1232)
    answer, _ = await dns.asyncquery.udp_with_fallback(
        query, service.host, port=service.port, timeout=5
    )
    return answer


async def fetch_rdap(servers: PracticeServers, service: str, path: str) -> tuple[int, dict]:
    """Get a path of an RDAP service; return status and body."""
    url = f"http://{servers.services[service].endpoint}/{path}"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.json(content_type=None)


@pytest.fixture
def ask(servers: PracticeServers) -> Ask:
    """Ask the resolver of the synthetic world."""

    async def run(name: str, rtype: str) -> dns.message.Message:
        return await ask_dns(servers, name, rtype)

    return run


@pytest.fixture
def ask_csv(csv_servers: PracticeServers) -> Ask:
    """Ask the resolver of the world of known facts."""

    async def run(name: str, rtype: str) -> dns.message.Message:
        return await ask_dns(csv_servers, name, rtype)

    return run


@pytest.fixture
def fetch(servers: PracticeServers) -> Fetch:
    """Ask an RDAP service of the synthetic world."""

    async def run(service: str, path: str) -> tuple[int, dict]:
        return await fetch_rdap(servers, service, path)

    return run


@pytest.fixture
def fetch_csv(csv_servers: PracticeServers) -> Fetch:
    """Ask an RDAP service of the world of known facts."""

    async def run(service: str, path: str) -> tuple[int, dict]:
        return await fetch_rdap(csv_servers, service, path)

    return run


@pytest.fixture
def asked() -> Callable[[PracticeServers, str], Awaitable[None]]:
    """Wait until a service was asked."""

    async def run(servers: PracticeServers, service: str) -> None:
        for _ in range(1000):
            if servers.services[service].questions:
                return
            await asyncio.sleep(0.005)
        raise AssertionError(f"{service} was not asked")

    return run

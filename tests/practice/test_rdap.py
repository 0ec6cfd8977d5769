from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
import pytest

from abusetrack.practice import EventKind, Fault, Faults, PracticeServers, Truth, World
from abusetrack.practice.model import RdapStyle
from abusetrack.practice.rdap import UNCONFIGURED_PORT


def spelled(status: str) -> str:
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in status)
    return "active" if status == "ok" else words


def name_of(entity: dict) -> str | None:
    fields = entity.get("vcardArray", ["vcard", []])[1]
    return next((f[3] for f in fields if f[0] == "fn"), None)


def emails(entities: list[dict]) -> list[str]:
    found = []
    for entity in entities:
        if "abuse" in entity["roles"]:
            found += [f[3] for f in entity["vcardArray"][1] if f[0] == "email"]
        found += emails(entity.get("entities", []))
    return found


def registry_service(world: World, domain: str) -> str | None:
    key = world.domains[domain].registry
    registry = world.registries[key] if key else None
    return f"rdap/{key}" if registry and registry.rdap is not RdapStyle.NONE else None


async def test_every_registry_answers_the_truth(fetch, world: World) -> None:
    asked = 0
    for truth in world.truths():
        service = registry_service(world, truth.domain)
        if service is None:
            continue
        status, body = await fetch(service, f"domain/{truth.domain}")
        registration = world.at().standings[truth.domain].registration
        if registration is None:
            assert (status, body["errorCode"]) == (404, 404)
            continue
        asked += 1
        assert body["ldhName"] == truth.domain
        assert body["status"] == [spelled(s) for s in registration.statuses]
        assert {n["ldhName"] for n in body["nameservers"]} == set(registration.name_servers)
        events = {e["eventAction"]: e["eventDate"] for e in body["events"]}
        assert events["registration"] == truth.created.isoformat().replace("+00:00", "Z")
        entity = next(e for e in body["entities"] if "registrar" in e["roles"])
        ids = [int(i["identifier"]) for i in entity.get("publicIds", [])]
        assert ids == ([truth.iana_id] if truth.iana_id else [])
        if world.registries[service.removeprefix("rdap/")].rdap is RdapStyle.THIN:
            assert name_of(entity) is None
            assert emails(body["entities"]) == []
            await check_registrar(body, truth)
        else:
            assert name_of(entity) == truth.registrar
            assert emails(body["entities"]) == ([truth.abuse_email] if truth.abuse_email else [])
    assert asked > 300


async def check_registrar(body: dict, truth: Truth) -> None:
    (link,) = [item for item in body["links"] if item["rel"] == "related"]
    async with aiohttp.ClientSession() as session, session.get(link["href"]) as response:
        answer = await response.json(content_type=None)
    assert name_of(answer["entities"][0]) == truth.registrar
    assert emails(answer["entities"]) == ([truth.abuse_email] if truth.abuse_email else [])


async def test_a_registrar_knows_only_its_own(fetch, world: World) -> None:
    truth = next(t for t in world.truths() if t.iana_id == 9_000_001)
    assert (await fetch("rdap/r01", f"domain/{truth.domain}"))[0] == 200
    assert (await fetch("rdap/r02", f"domain/{truth.domain}"))[0] == 404


async def test_networks_answer_for_their_addresses(fetch, world: World) -> None:
    network = world.tables.networks[0]
    status, body = await fetch("rdap/north", "ip/192.0.2.5")
    assert status == 200
    assert body["country"] == network.country
    assert body["startAddress"] == "192.0.2.0"
    assert body["endAddress"] == "192.0.2.31"
    assert emails(body["entities"]) == [network.abuse_email]
    assert (await fetch("rdap/north", "ip/2001:db8:100::1"))[1]["handle"] == network.handle


@pytest.mark.parametrize("path", ["ip/10.0.0.1", "ip/nonsense", "domain/nobody.test", "help", ""])
async def test_what_is_not_there_is_not_found(fetch, path: str) -> None:
    assert (await fetch("rdap/north", path))[0] == 404


async def test_the_clock_changes_the_answers(fetch, servers: PracticeServers, world: World) -> None:
    change = next(
        event
        for event in world.events
        if event.kind is EventKind.HOLD_SET and registry_service(world, event.domain)
    )
    service = registry_service(world, change.domain)
    assert "client hold" not in (await fetch(service, f"domain/{change.domain}"))[1]["status"]
    servers.set_time(change.at)
    assert "client hold" in (await fetch(service, f"domain/{change.domain}"))[1]["status"]


@dataclass(frozen=True)
class Raw:
    status: int
    headers: Mapping[str, str]
    body: bytes


async def raw(servers: PracticeServers, fault: Fault | None = None) -> Raw:
    service = servers.services["rdap/north"]
    if fault is not None:
        service.faults = Faults(fault, retry_after=7)
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        url = f"http://{service.endpoint}/ip/192.0.2.5"
        async with session.get(url, allow_redirects=False) as response:
            return Raw(response.status, response.headers, await response.read())


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Fault.SERVER_ERROR, 503), (Fault.REFUSED, 403), (Fault.RATE_LIMITED, 429)],
)
async def test_refusals(servers: PracticeServers, fault: Fault, status: int) -> None:
    response = await raw(servers, fault)
    assert response.status == status
    assert response.headers.get("Retry-After") == ("7" if fault is Fault.RATE_LIMITED else None)


@pytest.mark.parametrize(
    ("fault", "target"),
    [
        (Fault.REDIRECT_LOOPBACK, f"http://127.0.0.1:{UNCONFIGURED_PORT}/"),
        (Fault.REDIRECT_FILE, "file:///"),
        (Fault.REDIRECT_LOOP, "http://127.0.0.1:"),
    ],
)
async def test_redirects(servers: PracticeServers, fault: Fault, target: str) -> None:
    response = await raw(servers, fault)
    assert response.status == 302
    assert response.headers["Location"].startswith(target)


async def test_bodies_that_lie(servers: PracticeServers) -> None:
    malformed = await raw(servers, Fault.MALFORMED)
    with pytest.raises(json.JSONDecodeError):
        json.loads(malformed.body)
    assert (await raw(servers, Fault.EMPTY)).body == b""
    assert (await raw(servers, Fault.WRONG_TYPE)).headers["Content-Type"] == "text/html"
    assert b"errorCode" in (await raw(servers, Fault.ERROR_BODY)).body
    assert b"[" * 10_000 in (await raw(servers, Fault.DEEP_JSON)).body
    bomb = await raw(servers, Fault.BOMB)
    assert bomb.headers["Content-Encoding"] == "gzip"
    assert len(bomb.body) < 1_000_000
    assert len(gzip.decompress(bomb.body)) == 100 * 1024 * 1024


async def test_a_connection_breaks_off(servers: PracticeServers) -> None:
    with pytest.raises(aiohttp.ClientError):
        await raw(servers, Fault.RESET)


@pytest.mark.parametrize("fault", [Fault.HUGE, Fault.ENDLESS])
async def test_bodies_without_measure(servers: PracticeServers, fault: Fault) -> None:
    service = servers.services["rdap/north"]
    service.faults = Faults(fault)
    url = f"http://{service.endpoint}/ip/192.0.2.5"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert len(await response.content.readexactly(3_000_000)) == 3_000_000
        response.close()


async def test_servers_that_drip_or_are_silent_do_not_hold_up_the_end(world: World, asked) -> None:
    async with PracticeServers(world) as servers:
        for name, fault in (("rdap/north", Fault.SLOW_DRIP), ("rdap/south", Fault.TIMEOUT)):
            servers.services[name].faults = Faults(fault)
        tasks = [
            asyncio.create_task(fetch_until_cut(servers.services[name].endpoint))
            for name in ("rdap/north", "rdap/south")
        ]
        await asked(servers, "rdap/north")
        await asked(servers, "rdap/south")
    await asyncio.wait_for(asyncio.gather(*tasks), 10)


async def fetch_until_cut(endpoint: str) -> None:
    async with aiohttp.ClientSession() as session:
        try:
            async with session.get(f"http://{endpoint}/ip/192.0.2.5") as response:
                await response.read()
        except aiohttp.ClientError:
            return


async def test_a_rate_limit_lets_the_burst_through(servers: PracticeServers) -> None:
    servers.services["rdap/north"].faults = Faults(per_second=2)
    statuses = [(await raw(servers)).status for _ in range(4)]
    assert statuses[:2] == [200, 200]
    assert 429 in statuses


def test_a_fault_that_does_not_fit_is_refused(servers: PracticeServers) -> None:
    with pytest.raises(ValueError, match="rdap/north"):
        servers.services["rdap/north"].faults = Faults(Fault.BOGUS)

"""The registries of RDAP services: folder, URL, cache, and what is broken."""

from __future__ import annotations

import asyncio
import json
from ipaddress import ip_address

import pytest
from aiohttp import web

from abusetrack.errors import SettingsError
from abusetrack.lookup.bootstrap import Bootstrap, NoBootstrap, read_folder
from abusetrack.lookup.dns_records import Resolver
from abusetrack.lookup.http import Http
from abusetrack.lookup.pacing import Pacer
from abusetrack.lookup.reference import Place
from abusetrack.records import Outcome
from abusetrack.settings import RdapSettings, Settings


def _registry(*services):
    return {"version": "1.0", "services": [list(service) for service in services]}


FILES = {
    "dns.json": _registry(
        [["test", "Example"], ["http://plain.test/rdap", "https://safe.test/rdap"]],
        [["co.test"], ["https://co.test/"]],
        [["broken"], []],
        ["x"],
        [["invalid"], [5, "https://ok.test"]],
    ),
    "ipv4.json": _registry(
        [["192.0.0.0/8"], ["https://wide.test/"]],
        [["192.0.2.0/24", "nonsense"], ["https://narrow.test/"]],
    ),
    "ipv6.json": _registry([["2001:db8::/32"], ["https://six.test/"]]),
}


UNLISTED = {"zz": "https://unlisted.test/", "test": "https://elsewhere.test/"}


@pytest.fixture
def folder(tmp_path):
    for name, value in FILES.items():
        (tmp_path / name).write_text(json.dumps(value))
    return tmp_path


def test_the_longest_match_and_https_win(folder):
    services = read_folder(folder)
    assert services.for_domain("shop.test") == "https://safe.test/rdap/"
    assert services.for_domain("a.shop.co.test") == "https://co.test/"
    assert services.for_domain("shop.example") == "https://safe.test/rdap/"
    assert services.for_domain("shop.invalid") == "https://ok.test/"
    assert services.for_domain("shop.broken") is None
    assert services.for_domain("test") is None
    assert services.for_domain("shop.co.test", suffix="other.test") is None
    assert services.for_address(ip_address("192.0.2.9")) == "https://narrow.test/"
    assert services.for_address(ip_address("192.9.2.9")) == "https://wide.test/"
    assert services.for_address(ip_address("198.51.100.1")) is None
    assert services.for_address(ip_address("2001:db8::1")) == "https://six.test/"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"services": 5}', "[" * 10_000, "\x00"])
def test_a_folder_that_cannot_be_used_is_said(folder, text):
    (folder / "ipv4.json").write_text(text)
    with pytest.raises(SettingsError, match=r"rdap\.bootstrap"):
        read_folder(folder)


@pytest.fixture
async def served(internet, clock, tmp_path):
    """Make a bootstrap of the RDAP server's folder ``/iana``."""
    http = Http(
        resolver=Resolver([("127.0.0.1", internet.dns.port)], seconds=1, sockets=10),
        pacer=Pacer(0),
        clock=clock,
        user_agent="abusetrack/0",
        allowed=frozenset({("127.0.0.1", internet.rdap.port)}),
        seconds=2,
    )
    http.open()

    def make():
        settings = Settings(rdap=RdapSettings(bootstrap=f"{internet.rdap.base}iana"))
        place = Place.of(settings, tmp_path / "cache")
        return Bootstrap(place, http=http, clock=clock, unlisted=UNLISTED)

    def serve(request):
        if request.headers.get("If-None-Match") == '"v1"':
            return web.Response(status=304)
        name = request.path.rpartition("/")[2]
        return web.Response(body=json.dumps(FILES[name]).encode(), headers={"ETag": '"v1"'})

    for name in FILES:
        internet.rdap.answers[f"/iana/{name}"] = serve
    yield make
    await http.close()


async def _services(made):
    return await made.services(asyncio.get_running_loop().time() + 10)


async def test_services_that_iana_does_not_list_come_second(served):
    services = await _services(served())
    assert services.for_domain("shop.zz") == "https://unlisted.test/"
    assert services.for_domain("shop.test") == "https://safe.test/rdap/"


async def test_asked_again_when_told(internet, served, clock):
    made = served()
    await _services(made)
    clock.move(days=1)
    found = await made.update(asyncio.get_running_loop().time() + 10)
    assert [(f.name, f.as_of, f.problem) for f in found] == [
        (f"RDAP {name}", clock.now(), "") for name in FILES
    ]
    assert internet.rdap.requests[3].headers["If-None-Match"] == '"v1"'
    internet.rdap.answers.clear()
    found = await made.update(asyncio.get_running_loop().time() + 10)
    assert all("not found" in f.problem and f.as_of == clock.now() for f in found)


async def test_fetched_once_for_many(internet, served):
    made = served()
    found = await asyncio.gather(*(_services(made) for _ in range(20)))
    assert all(services.for_domain("shop.test") for services in found)
    assert sorted(internet.rdap.asked) == ["/iana/dns.json", "/iana/ipv4.json", "/iana/ipv6.json"]


async def test_kept_for_a_week_and_then_asked_whether_it_changed(internet, served, clock):
    await _services(served())
    clock.move(days=6)
    assert (await _services(served())).for_domain("shop.test")
    assert len(internet.rdap.asked) == 3
    clock.move(days=2)
    made = served()
    assert (await _services(made)).for_domain("shop.test")
    assert len(internet.rdap.asked) == 6
    assert internet.rdap.requests[5].headers["If-None-Match"] == '"v1"'
    await _services(made)
    await _services(served())  # confirmed: fresh for another week
    assert len(internet.rdap.asked) == 6
    clock.move(days=8)
    await _services(made)  # a long-lived one looks again by itself
    assert len(internet.rdap.asked) == 9


async def test_an_old_one_serves_on_when_the_source_is_gone(internet, served, clock):
    await _services(served())
    clock.move(days=30)
    internet.rdap.answers.clear()
    made = served()
    assert (await _services(made)).for_domain("shop.test")
    asked = len(internet.rdap.asked)
    await _services(made)
    assert len(internet.rdap.asked) == asked  # not hammered
    clock.move(minutes=10)
    await _services(made)
    assert len(internet.rdap.asked) > asked


@pytest.mark.parametrize("damage", ["file", "notes"])
async def test_a_damaged_cache_is_fetched_again(internet, served, tmp_path, damage):
    await _services(served())
    for path in (tmp_path / "cache").rglob("*.json" if damage == "file" else "*.meta"):
        path.write_text("{")
    assert (await _services(served())).for_domain("shop.test")
    assert len(internet.rdap.asked) == 6


async def test_a_cache_that_cannot_be_written_costs_nothing_else(served, tmp_path, monkeypatch):
    (tmp_path / "cache").write_text("in the way")
    assert (await _services(served())).for_domain("shop.test")


@pytest.mark.parametrize(
    ("response", "outcome"),
    [({"status": 500}, Outcome.SERVER_ERROR), ({"body": b"<html>"}, Outcome.MALFORMED)],
)
async def test_nothing_usable_says_why(internet, served, clock, response, outcome):
    internet.rdap.answers["/iana/dns.json"] = lambda request: web.Response(**response)
    made = served()
    failure = await _services(made)
    assert isinstance(failure, NoBootstrap)
    assert (failure.outcome, failure.source) == (outcome, f"{internet.rdap.base}iana/dns.json")

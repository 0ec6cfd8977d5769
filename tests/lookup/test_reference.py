"""IANA's lists from a folder, from a URL, from the cache, and when nobody answers."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest
from aiohttp import web

from abusetrack.lookup import NothingKnown
from abusetrack.lookup.reference import Place, ReferenceFiles, tld_kind
from abusetrack.records import Outcome, Question, TldKind
from abusetrack.settings import RdapSettings, Settings

CSV = b"ID,Registrar Name,Status,RDAP Base URL\n9000001,Alpha Names,Accredited,\n"


def _record(ending, operator="Meridian Registry", **more):
    card = ["vcard", [["fn", {}, "text", operator]]]
    registrant = {"roles": ["registrant"], "vcardArray": card}
    return {"objectClassName": "domain", "ldhName": ending, "entities": [registrant], **more}


@pytest.fixture
def iana(internet):
    """Serve all of IANA's files below ``/iana/``; answers may be replaced."""
    files = {"registrar-ids-1.csv": CSV, "domain/test": json.dumps(_record("test")).encode()}
    folder = internet.bootstrap()
    for name in ("dns.json", "ipv4.json", "ipv6.json"):
        files[name] = (folder / name).read_bytes()

    def serve(request):
        if request.headers.get("If-None-Match") == '"v1"':
            return web.Response(status=304)
        body = files.get(request.path.removeprefix("/iana/"))
        if body is None:
            return web.Response(status=404)
        return web.Response(body=body, headers={"ETag": '"v1"'})

    for name in files:
        internet.rdap.answers[f"/iana/{name}"] = serve
    return files


@pytest.fixture
def asking(internet):
    """Settings tables that name the URL."""
    return {"rdap": {"bootstrap": f"{internet.rdap.base}iana"}}


def _asked(internet, name):
    return internet.rdap.asked.count(f"/iana/{name}")


def _files(internet, asking):
    return ReferenceFiles.of(internet.settings(**asking), internet.folder / "cache")


def test_places():
    place = Place.of(Settings())
    assert place.registrars.endswith("/assignments/registrar-ids/registrar-ids-1.csv")
    assert place.ending("test").endswith("/domain/test")
    assert place.registrars.startswith("https://www.iana.org/")
    assert place.ending("test").startswith("https://rdap.iana.org/")


def test_from_a_folder_nothing_is_fetched(tmp_path):
    settings = Settings(rdap=RdapSettings(bootstrap="data"), base=tmp_path)
    files = ReferenceFiles.of(settings)
    assert files.registrars().registrars == ()
    assert files.stamp() == (0, 0)
    assert files.registry("test") is None
    (tmp_path / "data" / "domain").mkdir(parents=True)
    (tmp_path / "data" / "domain" / "test.json").write_text(json.dumps(_record("test")))
    (tmp_path / "data" / "registrar-ids-1.csv").write_bytes(CSV)
    assert files.registrars().registrars[0].name == "Alpha Names"
    assert files.stamp() != (0, 0)
    (tmp_path / "data" / "registrar-ids.csv").write_bytes(CSV.replace(b"Alpha", b"Beta"))
    listed = files.registrars()
    assert (listed.registrars[0].name, listed.as_of.tzinfo is not None) == ("Beta Names", True)
    assert listed.source.endswith("registrar-ids.csv")
    assert files.registry("test").operator == "Meridian Registry"
    assert files.registry("../test") is None
    assert files.endings() == ["test"]
    assert files.folder == tmp_path / "data"


async def test_registrar_ids_are_fetched_once_a_week(internet, iana, asking, clock):
    async with internet.lookup(clock, **asking) as lookup:
        await lookup.prepare()
        await lookup.prepare()
    listed = _files(internet, asking).registrars()
    assert (listed.registrars[0].iana_id, listed.as_of) == (9000001, clock.now())
    assert listed.source == f"{internet.rdap.base}iana/registrar-ids-1.csv"
    assert _asked(internet, "registrar-ids-1.csv") == 1
    before = _files(internet, asking).stamp()
    clock.move(days=8)
    async with internet.lookup(clock, **asking) as lookup:
        await lookup.prepare()
    assert internet.rdap.requests[-1].headers["If-None-Match"] == '"v1"'
    assert _files(internet, asking).registrars().as_of == clock.now()
    assert _files(internet, asking).stamp() != before


async def test_a_top_level_domain_is_asked_for_when_first_needed(
    internet, iana, asking, clock, host_of
):
    async with internet.lookup(clock, **asking) as lookup:
        await asyncio.gather(
            *(lookup.ask(host_of(f"shop{n}.test"), NothingKnown()) for n in range(5))
        )
    assert _asked(internet, "domain/test") == 1
    found = _files(internet, asking).registry("test")
    assert (found.operator, found.as_of) == ("Meridian Registry", clock.now())
    assert found.source == f"{internet.rdap.base}iana/domain/test"


async def test_no_name_waits_for_it_and_closing_ends_it(internet, iana, asking, clock, host_of):
    reached = asyncio.Event()

    async def never(request):
        reached.set()
        await asyncio.Event().wait()

    internet.rdap.answers["/iana/domain/test"] = never
    internet.add_host("shop.test", "192.0.2.1")
    lookup = internet.lookup(clock, **asking)
    async with lookup:
        answer = await lookup.ask(host_of("shop.test"), NothingKnown())
        await reached.wait()
        assert answer.observations
        await lookup.__aexit__(RuntimeError, None, None)  # at once, as when cancelled
    assert _files(internet, asking).registry("test") is None


async def test_a_failure_is_tried_again_after_a_while(internet, iana, asking, clock, host_of):
    internet.rdap.answers["/iana/domain/test"] = lambda request: web.Response(status=500)
    async with internet.lookup(clock, **asking) as lookup:
        reference = lookup._reference

        async def read():
            return await reference.registry("test", asyncio.get_running_loop().time() + 5)

        assert await read() is None
        assert await read() is None
        assert _asked(internet, "domain/test") == 1
        internet.rdap.answers["/iana/domain/test"] = _record("test")
        clock.move(minutes=10)
        assert (await read()).operator == "Meridian Registry"
        clock.move(days=3)
        assert await read()
        assert _asked(internet, "domain/test") == 2
        clock.move(days=5)
        assert await read()
        assert _asked(internet, "domain/test") == 3


async def test_the_listed_whois_server_is_asked_where_none_is_known(
    internet, iana, asking, clock, host_of
):
    body = json.dumps(_record("example", port43="whois.registry.test")).encode()
    internet.rdap.answers["/iana/domain/example"] = lambda request: web.Response(body=body)
    async with internet.lookup(clock, **asking) as lookup:
        answer = await lookup.ask(host_of("shop.example"), NothingKnown())
    (asked,) = (o for o in answer.observations if o.question is Question.WHOIS)
    assert asked.source == "whois whois.registry.test:43"
    assert asked.outcome is Outcome.UNREACHABLE  # nobody has that name in this test
    assert ("whois.registry.test", "A", "udp") in internet.dns.asked


async def test_update_asks_for_everything_again(internet, iana, asking, clock, host_of):
    async with internet.lookup(clock, **asking) as lookup:
        await lookup.prepare()
        await lookup.ask(host_of("shop.test"), NothingKnown())
    clock.move(hours=1)
    internet.rdap.answers["/iana/ipv4.json"] = lambda request: web.Response(status=503)
    async with internet.lookup(clock, **asking) as lookup:
        found = {item.name: item for item in await lookup.update_data()}
    assert list(found) == [
        "RDAP dns.json",
        "RDAP ipv4.json",
        "RDAP ipv6.json",
        "registrar IDs",
        ".test",
    ]
    assert {name for name, item in found.items() if item.problem} == {"RDAP ipv4.json"}
    assert found["RDAP ipv4.json"].as_of == clock.now() - timedelta(hours=1)
    assert found[".test"].as_of == clock.now()


async def test_update_of_a_folder_has_nothing_to_do(internet, clock):
    async with internet.lookup(clock) as lookup:
        await lookup.prepare()
        assert await lookup.update_data() == ()
    assert internet.rdap.asked == []


@pytest.mark.parametrize(
    ("tld", "kind"),
    [("zz", TldKind.CCTLD), ("test", TldKind.GTLD), ("xn--p1ai", TldKind.CCTLD),
     ("xn--zckzah", TldKind.GTLD)],
)  # fmt: skip
def test_country_codes_are_told_by_form_and_by_table(tld, kind):
    assert tld_kind(tld) is kind

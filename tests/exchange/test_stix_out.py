from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest
import stix2
from stix2validator import ValidationOptions, validate_string

from abusetrack.casefile import hashes, partners
from abusetrack.exchange.leaving import outgoing
from abusetrack.exchange.stix_out import bundle
from abusetrack.records import AssessmentOutcome, HashItem, HashKind, Level, PartnerKind
from abusetrack.settings import HashSettings, PartnerSettings


def made(desk, case, partner="url"):
    return bundle(outgoing(desk, case, partner), desk.settings.organisation)


def objects(body, kind=None):
    found = json.loads(body)["objects"]
    return [item for item in found if kind in (None, item["type"])]


def at(item):
    return datetime.fromisoformat(item["modified"])


@pytest.mark.parametrize("partner", ["url", "host", "domain", "counts", "police"])
def test_every_bundle_passes_the_validator(desk, case, told, partner):
    results = validate_string(made(desk, case, partner).decode(), ValidationOptions(version="2.1"))
    assert results.is_valid, [str(error) for error in results.errors]


def test_another_program_reads_names_addresses_and_pages(desk, case, told):
    found = stix2.parse(made(desk, case).decode(), allow_custom=True)
    by_kind = {}
    for item in found.objects:
        by_kind.setdefault(item["type"], []).append(item)
    names = {item["value"] for item in by_kind["domain-name"]}
    assert {"example.com", "www.example.com", "example.net"} <= names
    assert {item["value"] for item in by_kind["url"]} >= {"https://example.net/other"}
    assert {item["value"] for item in by_kind["ipv4-addr"]} == {"192.0.2.1", "198.51.100.9"}
    assert {item["number"] for item in by_kind["autonomous-system"]} == {64500}
    assert {"Example Registrar", "Test Hotline"} <= {i["name"] for i in by_kind["identity"]}
    (sighting,) = [s for s in by_kind["sighting"] if s["count"] == 2]
    assert sighting["sighting_of_ref"].startswith("indicator--")
    notes = [item["content"] for item in by_kind["note"]]
    assert any("Notified registrar Example Registrar" in text for text in notes)


def test_everything_is_marked_by_tlp_2(desk, case, told):
    (marking,) = objects(made(desk, case, "police"), "marking-definition")
    assert marking["name"] == "TLP:RED"
    assert marking["id"] == "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
    others = [o for o in objects(made(desk, case, "police")) if o["type"] != "marking-definition"]
    assert all(item["object_marking_refs"] == [marking["id"]] for item in others)


def test_a_second_bundle_has_the_same_ids_and_grows(desk, case, told, revise, clock):
    def give():
        found = outgoing(desk, case, "url")
        given = {item.domain: item.since for item in found.domains}
        partners.gave(case, "url", given, form="stix", level=Level.URL, sha256="00", counts={})
        return {item["id"]: item for item in objects(made(desk, case))}

    first = give()
    assert made(desk, case) == made(desk, case)
    clock.move(hours=1)
    revise("example.net")
    revise("example.com", AssessmentOutcome.CONFIRMED)
    second = {item["id"]: item for item in objects(made(desk, case))}
    same = [(first[id_], second[id_]) for id_ in first.keys() & second.keys()]
    assert all(a.get("created") == b.get("created") for a, b in same)
    assert all(a.get("modified", "") <= b.get("modified", "") for a, b in same)
    revoked = {item["name"] for item in second.values() if item.get("revoked")}
    assert revoked == {"example.net"}
    taken = [item for item in second.values() if item.get("revoked")]
    assert {item["type"] for item in taken} == {"indicator", "infrastructure"}
    assert all(item["id"] in first for item in taken)
    assert all(at(item) > at(first[item["id"]]) for item in taken)


def test_names_that_a_pattern_would_read_otherwise_are_escaped(desk, case, take):
    header = "url,outcome,kind,legal category,law\n"
    take(f"{header}https://b\u00f6se.com/x,confirmed,dedicated,A,Law 1\n", filename="idn.csv")
    (indicator,) = objects(made(desk, case), "indicator")
    assert indicator["pattern"] == "[domain-name:value = 'xn--bse-sna.com']"


def test_hashes_go_to_hotlines_and_authorities_that_see_urls_and_to_nobody_else(
    desk, case, told, clock
):
    item = HashItem({HashKind.MD5: "a" * 32, HashKind.SHA256: "c" * 64, HashKind.PDQ: "d" * 64})
    hashes.add(case, "example.com", [item], label="list")
    assert objects(made(desk, case, "police"), "file") == []  # they are off
    keeps = desk.settings.but({"hashes": HashSettings(enabled=True)})
    desk = replace(desk, settings=keeps)
    body = made(desk, case, "police")
    (file,) = objects(body, "file")
    assert file["hashes"]["SHA-256"] == "c" * 64
    results = validate_string(body.decode(), ValidationOptions(version="2.1"))
    assert results.is_valid, [str(error) for error in results.errors]
    assert made(desk, case, "police") == body
    for partner in ("host", "domain"):
        assert objects(made(desk, case, partner), "file") == []
    shop = PartnerSettings(kind=PartnerKind.INDUSTRY, level=Level.URL)
    known = {**desk.settings.partners, "shop": shop}
    desk = replace(desk, settings=desk.settings.but({"partners": known}))
    assert objects(made(desk, case, "shop"), "file") == []

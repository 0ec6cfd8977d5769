from __future__ import annotations

import json

from pymisp import MISPEvent

from abusetrack.casefile import partners
from abusetrack.exchange import receiving
from abusetrack.exchange.leaving import outgoing
from abusetrack.exchange.misp_out import event
from abusetrack.records import Level


def made(desk, case, partner="url"):
    return event(outgoing(desk, case, partner), desk.settings.organisation)


def read(body):
    found = MISPEvent()
    found.from_json(body)
    return found


def test_misps_own_library_reads_it(desk, case, told):
    found = read(made(desk, case))
    assert [tag.name for tag in found.tags] == ["tlp:amber+strict"]
    names = {o.name for o in found.objects}
    assert names == {"domain-ip", "whois", "url"}
    about = next(
        o
        for o in found.objects
        if [a.value for a in o.get_attributes_by_relation("domain")] == ["example.com"]
    )
    (domain,) = about.get_attributes_by_relation("domain")
    assert {tag.name for tag in domain.tags} == {
        'domain-abuse:domain-status="active"',
        'domain-abuse:domain-access-method="criminal-registration"',
        "action-taken:informed Registrar",
    }
    assert {a.value for a in about.get_attributes_by_relation("ip")} == {"192.0.2.1"}
    hosts = {a.value for o in found.objects for a in o.get_attributes_by_relation("hostname")}
    assert {"example.com", "www.example.com"} <= hosts
    assert "notified registrar Example Registrar" in about.comment


def test_the_same_facts_give_the_same_bytes(desk, case, told):
    assert made(desk, case) == made(desk, case)


def test_a_level_without_pages_has_none(desk, case, told):
    body = made(desk, case, "domain").decode()
    assert "path/of/page" not in body
    assert "www.example.com" not in body


def test_ids_stay_and_what_no_longer_stands_is_deleted(desk, case, told, revise):
    first = read(made(desk, case))
    given = {item.domain: item.since for item in outgoing(desk, case, "url").domains}
    partners.gave(case, "url", given, form="misp", level=Level.URL, sha256="00", counts={})
    revise("example.net")
    second = json.loads(made(desk, case))
    assert second["uuid"] == first.uuid
    (gone,) = [o for o in second["Object"] if o.get("deleted")]
    assert gone["uuid"] in {o.uuid for o in first.objects}
    assert gone["Attribute"][0]["value"] == "example.net"
    assert gone["Attribute"][0]["deleted"]


def test_what_comes_back_from_a_partner_says_nothing(desk, case, told, clock):
    first = made(desk, case)
    clock.move(minutes=5)
    found = receiving.parse(desk, "url", first, "file")
    assert found.said == []
    assert found.left_out["what came from us"] >= 3
    document = json.loads(first)
    theirs = {"type": "domain", "value": "theirs.com", "uuid": "5d2a", "timestamp": "1700000000"}
    whole = document.get("Event", document)
    whole["Attribute"] = [*whole.get("Attribute", []), theirs]
    found = receiving.parse(desk, "url", json.dumps(document).encode(), "file")
    assert [said.record.domain for said in found.said] == ["theirs.com"]

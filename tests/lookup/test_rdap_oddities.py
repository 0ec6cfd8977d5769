"""Breaches of the RDAP format that cost nothing but a remark among the oddities."""

from __future__ import annotations

import json

import pytest

from abusetrack.lookup.rdap_parse import load, parse_domain
from abusetrack.records import Outcome


def card(*properties):
    return ["vcard", [["version", {}, "text", "4.0"], *properties]]


def name(text="Alpha"):
    return ["fn", {}, "text", text]


def mail(value="abuse@alpha.example", kind="text"):
    return ["email", {}, kind, value]


def registrar(**changes):
    return {
        "objectClassName": "entity",
        "roles": ["registrar"],
        "handle": "9995",
        "vcardArray": card(name()),
        "publicIds": [{"type": "IANA Registrar ID", "identifier": "9995"}],
    } | changes


def abuse(*properties):
    return {"objectClassName": "entity", "roles": ["abuse"], "vcardArray": card(*properties)}


def facts(**members):
    answer = {"objectClassName": "domain", "ldhName": "shop.test"} | members
    reading = parse_domain(json.loads(json.dumps(answer)), "shop.test")
    assert reading.outcome is Outcome.OK
    return reading.registration


@pytest.mark.parametrize(
    "entities",
    [
        registrar(),
        {"first": registrar()},
        [registrar(roles="registrar")],
        [registrar(roles="registrar, sponsor")],
        [registrar(roles=[{"value": "Registrar"}])],
        [registrar(vcardArray=[["version", {}, "text", "4.0"], name()])],
        [registrar(vcardArray=[card(name())])],
        [registrar(vcardArray={"fn": "Alpha"})],
        [registrar(vcardArray=card(["fn", "text", "Alpha"]))],
        [registrar(vcardArray=card(["FN", {"language": "en"}, "text", ["", "Alpha"]]))],
        [registrar(vcardArray=card(name(""), ["org", {}, "text", ["Alpha", "Desk"]]))],
    ],
    ids=str,
)
def test_the_registrar_is_found(entities):
    found = facts(entities=entities)
    assert (found.registrar_name, found.registrar_iana_id) == ("Alpha", 9995)


def test_a_name_that_was_redacted_is_none():
    hidden = registrar(vcardArray=card(name("REDACTED FOR PRIVACY")))
    assert facts(entities=[hidden]).registrar_name is None


@pytest.mark.parametrize(
    "given",
    [
        [{"type": "iana registrar id", "identifier": "9995"}],
        [{"type": "IANARegistrarID", "identifier": "9995"}],
        [{"type": "Registrar IANA ID", "identifier": "9995"}],
        [{"type": "IANA_REGISTRAR_ID", "identifier": " 9995 "}],
        {"type": "IANA Registrar ID", "identifier": 9995},
        [{"type": "other", "identifier": "1"}, {"type": "IANA Registrar Id", "identifier": 9995.0}],
    ],
    ids=str,
)
def test_the_iana_id_is_found(given):
    assert facts(entities=[registrar(publicIds=given)]).registrar_iana_id == 9995
    assert facts(entities=[registrar(publicIds=None, publicIDs=given)]).registrar_iana_id == 9995


@pytest.mark.parametrize(
    "entities",
    [
        [registrar(entities=abuse(mail()))],
        [registrar(entities=[abuse(mail(["info@alpha.example", "abuse@alpha.example"]))])],
        [registrar(entities=[abuse(mail("info@alpha.example; abuse@alpha.example"))])],
        [registrar(entities=[abuse(mail("mailto:abuse@alpha.example", "uri"))])],
        [registrar(entities=[abuse(name(""))]), abuse(mail())],
        [registrar(entities=[abuse(["tel", {}, "text", "+1 555"]), abuse(mail())])],
        [
            registrar(entities=[{"handle": "ab-1", "roles": ["abuse"]}]),
            abuse(mail()) | {"handle": "AB-1", "roles": ["technical"]},
        ],
    ],
    ids=str,
)
def test_the_abuse_address_is_found(entities):
    assert facts(entities=entities).abuse_email == "abuse@alpha.example"


def test_the_abuse_contact_of_another_is_not_taken_where_the_owner_names_one():
    reseller = {"roles": ["reseller"], "entities": [abuse(mail("abuse@other.example"))]}
    silent = registrar(entities=[abuse(["tel", {}, "text", "+1 555"])])
    found = facts(entities=[silent, reseller])
    assert (found.abuse_email, found.abuse_phone) == (None, "+1 555")


@pytest.mark.parametrize("text", ["write to abuse@alpha.example", "abuse@alpha.example; call us"])
def test_an_address_inside_prose_is_none(text):
    assert facts(entities=[registrar(entities=[abuse(mail(text))])]).abuse_email is None


@pytest.mark.parametrize(
    "date",
    [
        "2020-01-02T03:04:05.123456789Z",
        "2020-01-02T03:04:05+0000",
        "2020-01-02T05:04:05+02:00",
        "2020-01-02T03:04:05Z[UTC]",
        "Thu, 02 Jan 2020 03:04:05 GMT",
    ],
)
def test_a_date_in_other_forms(date):
    created = facts(events={"eventAction": " Registration", "eventDate": date}).created
    assert created.isoformat()[:19] == "2020-01-02T03:04:05"


@pytest.mark.parametrize("date", [1577934245, "02/03/2020", "soon", None, {}])
def test_a_date_that_would_be_a_guess_is_none(date):
    found = facts(events=[{"eventAction": "registration", "eventDate": date}])
    assert found.created is None
    assert found.oddities


def test_the_end_of_the_registrars_sponsorship_is_the_next_best_expiry():
    late = {"eventAction": "registrar expiration", "eventDate": "2028-01-02T00:00:00Z"}
    early = {"eventAction": "expiration", "eventDate": "2027-01-02T00:00:00Z"}
    assert facts(events=[late]).expires.year == 2028
    assert facts(events=[late, early]).expires.year == 2027


@pytest.mark.parametrize(
    "status",
    [
        "client hold, server hold",
        ["clientHold https://epp.example/#clientHold", "serverHold"],
        [{"value": "client hold"}, {"value": "server hold"}, {"value": None}],
    ],
    ids=str,
)
def test_statuses_in_other_shapes(status):
    assert facts(status=status).statuses == ("clientHold", "serverHold")


def test_other_shapes_of_the_rest():
    found = facts(
        nameServers=[{"ldhName": "NS1.Alpha.example."}],
        secureDNS=[{"delegationSigned": True}],
        ldhName=["shop.test"],
        objectClassName=["domain"],
        links={
            "rel": ["related"],
            "type": "application/json",
            "href": "https://alpha.example/domain/shop.test",
        },
    )
    assert found.name_servers == ("ns1.alpha.example",)
    assert found.dnssec is True
    assert found.related == ("https://alpha.example/domain/shop.test",)


def test_an_answer_in_a_list_and_one_beside_no_error():
    answer = {"objectClassName": "domain", "ldhName": "shop.test", "events": [], "errorCode": 0}
    assert parse_domain(answer, "shop.test").outcome is Outcome.OK
    assert parse_domain([answer], "shop.test").outcome is Outcome.OK
    assert parse_domain([answer, answer], "shop.test").outcome is Outcome.MALFORMED


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf{"a": "b"}',
        '{"a": "b"}'.encode("utf-16"),
        b' {"a": "b"}\r\n\0',
    ],
)
def test_bytes_around_json(body):
    assert load(body) == {"a": "b"}


def test_a_stray_byte_costs_its_character_only():
    assert load(b'{"a": "caf\xe9"}') == {"a": "caf\ufffd"}

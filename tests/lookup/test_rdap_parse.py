"""RDAP answers as servers really write them, and JSON of any kind."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abusetrack.lookup.rdap import base_of, registrar_link
from abusetrack.lookup.rdap_parse import load, parse_domain, parse_network
from abusetrack.records import Outcome

RECORDED = Path(__file__).parents[3] / "shared" / "data" / "rdap-dev"
ADDRESS = ip_address("192.0.2.10")


@pytest.fixture
def parsed(rdap_domain):
    """Parse an answer for shop.test with some members changed."""

    def parse(**changes):
        reading = parse_domain(rdap_domain("shop.test", **changes), "shop.test")
        assert reading.outcome is Outcome.OK, reading
        return reading.registration

    return parse


def _card(*properties):
    return ["vcard", [list(p) for p in properties]]


def test_a_good_answer(parsed):
    facts = parsed(port43="WHOIS.registry.test", lang="en")
    assert (facts.registrar_name, facts.registrar_iana_id) == ("Alpha Names", 9101)
    assert (facts.abuse_email, facts.abuse_phone) == ("abuse@alpha.example", "+31.205550100")
    assert facts.created == datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert facts.updated == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert facts.expires == datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert facts.statuses == ("clientTransferProhibited", "ok")
    assert facts.name_servers == ("ns1.shop.test",)
    assert (facts.dnssec, facts.whois_server) == (False, "whois.registry.test")
    assert facts.oddities == ()


def test_strings_where_lists_belong(parsed):
    facts = parsed(
        status="server hold",
        nameservers="NS1.SHOP.TEST.",
        entities={"roles": "Registrar", "vcardArray": _card(("fn", {}, "text", "Beta"))},
        events={"eventAction": "Registration", "eventDate": "2025-01-02T00:00:00+02:00"},
    )
    assert facts.statuses == ("serverHold",)
    assert facts.name_servers == ("ns1.shop.test",)
    assert facts.registrar_name == "Beta"
    assert facts.created == datetime(2025, 1, 1, 22, tzinfo=UTC)
    assert {"status is not a list", "roles is not a list"} <= set(facts.oddities)


def test_a_missing_class_name_is_remembered_and_a_wrong_one_refused(parsed, rdap_domain):
    facts = parsed(objectClassName=None)
    assert "objectClassName is missing" in facts.oddities
    wrong = parse_domain(rdap_domain("shop.test", objectClassName="entity"), "shop.test")
    assert (wrong.outcome, "class entity" in wrong.detail) == (Outcome.MALFORMED, True)


@pytest.mark.parametrize(
    "name", [{"ldhName": "SHOP.TEST."}, {"ldhName": None, "unicodeName": "Shop.Test"}]
)
def test_the_name_in_its_forms(parsed, name):
    assert parsed(**name).registrar_iana_id == 9101


def test_an_answer_about_another_name_is_none(rdap_domain):
    reading = parse_domain(rdap_domain("other.test"), "shop.test")
    assert (reading.outcome, reading.registration) == (Outcome.MALFORMED, None)


def test_an_internationalised_name_in_u_labels(rdap_domain):
    answer = rdap_domain("bücher.test")
    assert parse_domain(answer, "xn--bcher-kva.test").outcome is Outcome.OK


@pytest.mark.parametrize(
    ("entities", "expected"),
    [
        # beside the registrar
        (
            [
                {"roles": ["registrar"], "handle": "R1"},
                {"roles": ["abuse"], "vcardArray": _card(("email", {}, "text", "a@beside.test"))},
            ],
            "a@beside.test",
        ),
        # by handle only, spelt out elsewhere
        (
            [
                {"roles": ["registrar"], "entities": [{"roles": ["abuse"], "handle": "A1"}]},
                {
                    "roles": ["technical"],
                    "handle": "A1",
                    "vcardArray": _card(("email", {}, "text", "a@handle.test")),
                },
            ],
            "a@handle.test",
        ),
        # inside the registrar wins over beside
        (
            [
                {"roles": ["abuse"], "vcardArray": _card(("email", {}, "text", "a@beside.test"))},
                {
                    "roles": ["registrar"],
                    "entities": [
                        {
                            "roles": ["ABUSE"],
                            "vcardArray": _card(("email", {}, "text", "a@inside.test")),
                        }
                    ],
                },
            ],
            "a@inside.test",
        ),
        # deeper still
        (
            [
                {
                    "roles": ["registrar"],
                    "entities": [
                        {
                            "roles": ["technical"],
                            "entities": [
                                {
                                    "roles": ["abuse"],
                                    "vcardArray": _card(("email", {}, "text", "a@deep.test")),
                                }
                            ],
                        }
                    ],
                }
            ],
            "a@deep.test",
        ),
    ],
)
def test_where_the_abuse_contact_may_stand(parsed, entities, expected):
    assert parsed(entities=entities).abuse_email == expected


def test_an_abuse_contact_by_handle_only_is_remembered(parsed):
    facts = parsed(
        entities=[{"roles": ["registrar"], "entities": [{"roles": ["abuse"], "handle": "A1"}]}]
    )
    assert facts.abuse_email is None
    assert "the abuse contact is given by handle only" in facts.oddities


@pytest.mark.parametrize(
    ("properties", "name"),
    [
        ([("fn", {}, "text", ""), ("org", {}, "text", "Gamma")], "Gamma"),
        ([("fn", {}, "text", ["", "Delta"])], "Delta"),
        (
            [("fn", {"language": "en"}, "text", "Eps"), ("fn", {"language": "nl"}, "text", "X")],
            "Eps",
        ),
        ([("org", {}, "text", [["Unit", "Sub"]])], "Unit"),
        ([("FN", {}, "text", "Caps")], "Caps"),
        ([("fn", {}, "text", "Two\nlines\x00")], "Two lines"),
        ([("fn",), (), ("fn", {}, "text", 5)], "5"),
    ],
)
def test_names_in_odd_cards(parsed, properties, name):
    entity = {"roles": ["registrar"], "vcardArray": _card(*properties)}
    assert parsed(entities=[entity]).registrar_name == name


@pytest.mark.parametrize(
    "card", [[], ["vcard"], ["vcard", None], ["vcard", {}], {}, "vcard", ["vcard", [[]]], 5]
)
def test_cards_that_are_none(parsed, card):
    facts = parsed(entities=[{"roles": ["registrar"], "handle": "H7", "vcardArray": card}])
    assert facts.registrar_name == "H7"
    assert facts.oddities


@pytest.mark.parametrize(
    ("properties", "email", "phone"),
    [
        ([("email", {}, "text", "x@a.test"), ("email", {}, "text", "abuse@a.test")],
         "abuse@a.test", None),
        ([("email", {}, "text", "no mail"), ("email", {}, "text", "x@a.test")], "x@a.test", None),
        ([("email", {}, "text", "mailto:x@a.test?subject=y")], "x@a.test", None),
        ([("tel", {"type": "fax"}, "uri", "tel:+1"), ("tel", {}, "text", "+31 20 555")],
         None, "+31 20 555"),
        ([("tel", {"type": ["voice"]}, "uri", "TEL:+31.1;ext=2")], None, "+31.1;ext=2"),
        ([("tel", {}, "uri", "tel:")], None, None),
    ],
)  # fmt: skip
def test_several_mails_and_phones(parsed, properties, email, phone):
    inside = {"roles": ["abuse"], "vcardArray": _card(*properties)}
    facts = parsed(entities=[{"roles": ["registrar"], "entities": [inside]}])
    assert (facts.abuse_email, facts.abuse_phone) == (email, phone)


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([{"type": "iana registrar id", "identifier": 9102}], 9102),
        ([{"type": "IANA REGISTRAR ID", "identifier": " 9103 "}], 9103),
        ({"type": "IANA Registrar ID", "identifier": "9104"}, 9104),
        (
            [
                {"type": "Other", "identifier": "1"},
                {"type": "IANA Registrar ID", "identifier": "2"},
            ],
            2,
        ),
        ([{"type": "IANA Registrar ID", "identifier": "not applicable"}], None),
        ([{"type": "IANA Registrar ID", "identifier": True}], None),
        ([None, 5, "x"], None),
        (None, None),
    ],
)
def test_iana_ids(parsed, ids, expected):
    assert (
        parsed(entities=[{"roles": ["registrar"], "publicIds": ids}]).registrar_iana_id == expected
    )


@pytest.mark.parametrize("turn", [list, lambda events: events[::-1]])
def test_events_in_any_case_and_order(parsed, turn):
    events = turn(
        [
            {"eventAction": "LAST CHANGED", "eventDate": "2026-02-01T00:00:00Z"},
            {"eventAction": "last changed", "eventDate": "2026-03-01T00:00:00.123456789Z"},
            {"eventAction": "Expiration", "eventDate": "2027-01-01T00:00:00"},
            {"eventAction": "Expiration", "eventDate": "2026-12-01T00:00:00"},
            {"eventAction": "registration", "eventDate": "2025-06-01"},
            {"eventAction": "Registration", "eventDate": "2025-07-01"},
            {"eventAction": "registration", "eventDate": "soon"},
            {"eventAction": "registration", "eventDate": "0001-01-01T00:00:00+14:00"},
            {"eventAction": None},
            "x",
        ]
    )
    facts = parsed(events=events)
    assert facts.created == datetime(2025, 6, 1, tzinfo=UTC)
    assert facts.updated == datetime(2026, 3, 1, 0, 0, 0, 123456, tzinfo=UTC)
    assert facts.expires == datetime(2027, 1, 1, tzinfo=UTC)
    assert "a date of created that is none" in facts.oddities


@pytest.mark.parametrize(
    ("said", "epp"),
    [
        ("client hold", "clientHold"),
        ("ServerHold", "serverHold"),
        ("active", "ok"),
        ("redemption period", "redemptionPeriod"),
        ("pending delete", "pendingDelete"),
        ("auto renew period", "autoRenewPeriod"),
        ("associated", "linked"),
        ("locked by court", "locked by court"),
    ],
)
def test_statuses_in_epp_spelling(parsed, said, epp):
    assert parsed(status=[said, said, None, ""]).statuses == (epp,)


@pytest.mark.parametrize(
    ("secure", "expected"),
    [
        ({"delegationSigned": True}, True),
        ({"delegationSigned": "false"}, False),
        ({"dsData": [{"keyTag": 1}]}, True),
        ({}, None),
        ("yes", None),
        (None, None),
    ],
)
def test_dnssec(parsed, secure, expected):
    assert parsed(secureDNS=secure).dnssec is expected


def test_redactions_and_reseller(parsed):
    facts = parsed(
        redacted=[
            {"name": {"type": "Registrant Name"}},
            {"name": {"description": "Tech Email"}},
            {"name": "Plain"},
            "text",
            {"name": None},
        ],
        entities=[{"roles": ["reseller"], "vcardArray": _card(("fn", {}, "text", "Shop Resale"))}],
    )
    assert facts.redacted == ("Registrant Name", "Tech Email", "Plain", "text")
    assert facts.reseller == "Shop Resale"


def test_related_links(parsed):
    rdap = "application/rdap+json"
    facts = parsed(
        links=[
            {"rel": "self", "type": rdap, "href": "https://a.test/domain/shop.test"},
            {"rel": "RELATED", "type": "Application/RDAP+JSON", "href": "https://b.test/domain/x"},
            {"rel": "related", "type": "text/html", "href": "https://c.test/"},
            {"rel": "related", "href": "https://d.test/domain/shop.test"},
            {"rel": "related", "href": "https://e.test/"},
            {"rel": "related", "type": rdap},
            "x",
        ]
    )
    assert facts.related == ("https://b.test/domain/x", "https://d.test/domain/shop.test")
    assert "a related link without href" in facts.oddities


def test_the_link_to_follow_never_leads_back():
    base = "https://registry.test/rdap/"
    own = "https://REGISTRY.test/rdap/domain/shop.test/"
    other = "https://registrar.test/domain/shop.test"
    assert registrar_link((own, other), base, "shop.test") == other
    assert registrar_link((own,), base, "shop.test") is None
    # Help pages, entities and plain http may be related too.
    help_page, entity = "https://registrar.test/help", "https://registrar.test/entity/9101"
    plain = "http://registrar.test/domain/shop.test"
    assert registrar_link((help_page, entity, plain, other, own), base, "shop.test") == other
    assert registrar_link((plain, help_page), base, "shop.test") == plain
    assert registrar_link((help_page, entity), base, "shop.test") == help_page
    assert base_of(other, "shop.test") == "https://registrar.test/"
    assert base_of("https://registrar.test/q?x", "shop.test") == "https://registrar.test/q?x"


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ({"errorCode": 404, "title": "Not here"}, Outcome.NOT_FOUND),
        ({"errorCode": "429", "title": ["quota"]}, Outcome.RATE_LIMITED),
        ({"errorCode": 403}, Outcome.REFUSED),
        ({"errorCode": 501}, Outcome.NO_SERVICE),
        ({"errorCode": 500}, Outcome.SERVER_ERROR),
        ({"errorCode": 200, "ldhName": "shop.test"}, Outcome.MALFORMED),
        ({"errorCode": "quota"}, Outcome.MALFORMED),
        ({}, Outcome.MALFORMED),
        ({"rdapConformance": ["rdap_level_0"]}, Outcome.MALFORMED),
        ([], Outcome.MALFORMED),
        ("x", Outcome.MALFORMED),
        (None, Outcome.MALFORMED),
        (5, Outcome.MALFORMED),
    ],
)
def test_what_is_no_answer_has_its_own_outcome(body, outcome):
    assert parse_domain(body, "shop.test").outcome is outcome
    assert parse_network(body, ADDRESS).outcome is outcome


@pytest.mark.parametrize("body", [b"[" * 10_000, b'{"a":' * 10_000, b"<html>", b"", b"\xff", b"{"])
def test_what_is_no_json(body):
    with pytest.raises(ValueError, match="JSON"):
        load(body)


def test_entities_inside_entities_end_somewhere(parsed):
    entity = {"roles": ["registrar"], "handle": "0"}
    for number in range(300):
        entity = {"roles": ["technical"], "handle": str(number), "entities": [entity]}
    facts = parsed(entities=[entity])
    assert facts.registrar_name is None
    assert "too many entities, or too deep" in facts.oddities


def test_a_lone_surrogate_can_be_stored(parsed):
    entity = json.loads('{"roles": ["registrar"], "handle": "a\\ud800b"}')
    assert parsed(entities=[entity]).registrar_name.encode() == b"a\xef\xbf\xbdb"


def test_a_network(rdap_network):
    facts = parse_network(rdap_network("192.0.2.0", "192.0.2.255"), ADDRESS).network
    assert (facts.prefix, facts.name, facts.country) == ("192.0.2.0/24", "EXAMPLE-NET", "NL")
    assert (facts.holder, facts.abuse_email) == ("Example Hosting", "abuse@hosting.example")


@pytest.mark.parametrize(
    ("start", "end", "more", "prefix"),
    [
        ("192.0.2.8", "192.0.2.13", {}, "192.0.2.8/30"),
        ("192.0.2.0/24", "192.0.2.255/24", {}, "192.0.2.0/24"),
        (None, None, {"cidr0_cidrs": [{"v4prefix": "192.0.2.0", "length": 25}]}, "192.0.2.0/25"),
        ("192.0.3.0", "192.0.3.255", {}, None),
        ("2001:db8::", "192.0.2.255", {}, None),
        ("192.0.2.255", "192.0.2.0", {}, None),
        (5, {}, {}, None),
        ("0.0.0.0", "255.255.255.255", {}, None),
    ],
)
def test_the_block_that_covers_the_address(rdap_network, start, end, more, prefix):
    value = rdap_network("x", "y") | {"startAddress": start, "endAddress": end} | more
    reading = parse_network(value, ADDRESS)
    assert (reading.network.prefix if reading.network else None) == prefix


@pytest.mark.parametrize("country", ["nl", " NL ", "Netherlands", "N1", "ZZ", None, 31, []])
def test_a_country_is_two_letters(rdap_network, country):
    facts = parse_network(rdap_network("192.0.2.0", "192.0.2.255", country=country), ADDRESS)
    expected = "NL" if country in ("nl", " NL ") else None
    assert facts.network.country == expected


_KEYS = st.sampled_from(
    ["objectClassName", "ldhName", "unicodeName", "handle", "status", "events", "eventAction",
     "eventDate", "entities", "roles", "vcardArray", "publicIds", "type", "identifier",
     "nameservers", "secureDNS", "delegationSigned", "dsData", "links", "rel", "href", "redacted",
     "name", "port43", "errorCode", "title", "startAddress", "endAddress", "country",
     "cidr0_cidrs", "v4prefix", "length"]
)  # fmt: skip
_WORDS = st.sampled_from(
    ["registrar", "abuse", "registrant", "domain", "ip network", "shop.test", "related", "fn",
     "email", "tel", "org", "vcard", "192.0.2.0", "192.0.2.255", "IANA Registrar ID",
     "registration", "2025-01-01T00:00:00Z", "client hold", "404"]
)  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | _WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=6),
    max_leaves=40,
)


def _hold_together(domain, network):
    """Only an answer that is ok has facts."""
    assert (domain.registration is not None) == (domain.outcome is Outcome.OK)
    assert (network.network is not None) == (network.outcome is Outcome.OK)


@given(_JSON)
def test_no_json_makes_it_raise(value):
    _hold_together(parse_domain(value, "shop.test"), parse_network(value, ADDRESS))


@given(st.dictionaries(_KEYS, _JSON, max_size=12))
def test_no_object_makes_it_raise(members):
    value = {k: v for k, v in members.items() if k not in {"errorCode", "objectClassName"}}
    domain = parse_domain(value | {"ldhName": "shop.test"}, "shop.test")
    block = {"startAddress": "192.0.2.0", "endAddress": "192.0.2.255"}
    network = parse_network(value | block, ADDRESS)
    _hold_together(domain, network)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="recorded RDAP answers are not at hand")
def test_recorded_answers_are_read():
    read = 0
    for path in sorted(RECORDED.glob("*.json")):
        value = load(path.read_bytes())
        if value.get("objectClassName") == "domain":
            facts = parse_domain(value, value["ldhName"].lower()).registration
            assert facts.registrar_name
            assert facts.created
            assert facts.name_servers
            read += 1
        elif value.get("objectClassName") == "ip network":
            start = ip_address(value["startAddress"].partition("/")[0])
            facts = parse_network(value, start).network
            assert facts.name
            assert facts.abuse_email
            read += 1
    assert read >= 10

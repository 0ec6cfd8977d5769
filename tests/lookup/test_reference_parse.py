"""IANA's lists, as they are and as a stranger might send them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abusetrack.lookup.reference_parse import is_ending, parse_registrars, parse_registry
from abusetrack.records import ListedRegistrar

DAY = datetime(2026, 3, 1, tzinfo=UTC)
RECORDED = Path(__file__).parents[3] / "shared" / "data" / "iana" / "registrar-ids.csv"

CSV = """\
"ID",Registrar Name,Status,RDAP Base URL
9000001,"Alpha Names, Ltd.",Accredited,https://rdap.alpha.example/
9000002,Beta Names,Terminated,
x,No number,Accredited,
9000003,,Accredited,
9000001,Second of the same number,Accredited,
"""


def test_registrars_with_their_status():
    assert parse_registrars(CSV.encode()) == (
        ListedRegistrar(9000001, "Alpha Names, Ltd.", "Accredited", "https://rdap.alpha.example/"),
        ListedRegistrar(9000002, "Beta Names", "Terminated", None),
    )
    moved = "Status , registrar name,id\r\nAccredited,Gamma\u202e,9000004\r\n"
    (gamma,) = parse_registrars(b"\xef\xbb\xbf" + moved.encode())
    assert (gamma.iana_id, gamma.status) == (9000004, "Accredited")
    assert gamma.name.startswith("Gamma")
    assert "\u202e" not in gamma.name


@given(
    st.binary(max_size=300)
    | st.text(max_size=300).map(lambda t: f"ID,Registrar Name\n{t}".encode())
)
def test_any_bytes_are_read_or_not(body):
    assert all(entry.iana_id > 0 and entry.name for entry in parse_registrars(body))


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded list is not beside the checkout")
def test_the_recorded_list():
    found = parse_registrars(RECORDED.read_bytes())
    assert len(found) > 4000
    assert {entry.status for entry in found} == {"Accredited", "Terminated", "Reserved"}


def record(**changes):
    registrant = {
        "objectClassName": "entity",
        "roles": ["registrant"],
        "vcardArray": ["vcard", [["fn", {}, "text", ""], ["org", {}, "text", "Meridian Registry"]]],
    }
    value = {
        "objectClassName": "domain",
        "ldhName": "TEST",
        "port43": "WHOIS.registry.example.",
        "entities": [{"roles": ["technical"]}, registrant],
    }
    return json.dumps({**value, **changes}).encode()


def test_the_operator_and_the_whois_server():
    found = parse_registry(record(), "test", source="somewhere", as_of=DAY)
    assert (found.ending, found.operator, found.whois_server) == (
        "test", "Meridian Registry", "whois.registry.example",
    )  # fmt: skip
    assert (found.source, found.as_of) == ("somewhere", DAY)


@pytest.mark.parametrize("server", [None, 5, "whois", "192.0.2.1", "a b.example", "x\r\ny.example"])
def test_what_is_no_host_name_is_no_whois_server(server):
    found = parse_registry(record(port43=server), "test", source="", as_of=DAY)
    assert found.whois_server is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"[" * 9999, record(ldhName="example")])
def test_what_is_about_something_else_is_no_record(body):
    assert parse_registry(body, "test", source="", as_of=DAY) is None


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)


@given(_json, _json)
def test_any_value_inside_is_read_around(entities, port43):
    found = parse_registry(record(entities=entities, port43=port43), "test", source="", as_of=DAY)
    assert found.ending == "test"


def test_an_ending_can_be_part_of_a_file_name():
    assert all(map(is_ending, ["test", "co.test", "xn--p1ai"]))
    assert not any(map(is_ending, ["", ".", "..", "../x", "a/b", "A", "a..b", "x\n", "é"]))

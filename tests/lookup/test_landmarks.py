"""Tables of addresses that mean something else than a place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from abusetrack.errors import SettingsError
from abusetrack.lookup import NothingKnown
from abusetrack.lookup.landmarks import Landmarks, Meaning
from abusetrack.records import Outcome, Question

LISTS = Path(__file__).parents[2].parent / "shared" / "data" / "lists"
TABLE = """\
date = 2026-02-01
[[sinkhole]]
name = "Example Sinkhole"
prefixes = ["192.0.2.0/25", "2001:db8:5::/48"]
[[stop_page]]
name = "Example Filter"
prefixes = ["192.0.2.0/25"]
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(TABLE)
    return path


def _of(path, *addresses, meaning=Meaning.SINKHOLE):
    landmarks = Landmarks({meaning: ("the.setting", [path])})
    return landmarks.of(addresses, meaning)


def test_all_addresses_must_be_of_the_table(table):
    found = _of(table, "192.0.2.1", "192.0.2.2", "2001:db8:5::1")
    assert str(found) == "Example Sinkhole (table own 2026-02-01)"
    assert _of(table, "::ffff:192.0.2.1").name == "Example Sinkhole"
    assert _of(table, "192.0.2.1", "192.0.2.200") is None
    assert _of(table, "not an address") is None
    assert _of(table) is None


def test_a_file_counts_only_for_what_its_setting_says(table):
    landmarks = Landmarks({Meaning.SINKHOLE: ("the.setting", [table])})
    assert landmarks.of(["192.0.2.1"], Meaning.STOP_PAGE, Meaning.PARKING) is None


def test_lists_of_prefixes_are_taken_and_lists_of_names_pass(tmp_path):
    cidr, names = tmp_path / "some-sinkholes.json", tmp_path / "names.json"
    cidr.write_text(json.dumps({"type": "cidr", "version": 3, "list": ["198.51.100.7"]}))
    names.write_text(json.dumps({"type": "hostname", "list": ["ns.parking.example"]}))
    assert str(_of(cidr, "198.51.100.7")) == "some sinkholes (table some-sinkholes 3)"
    assert _of(names, "198.51.100.7") is None


def test_published_lists_can_be_read():
    if not LISTS.is_dir():
        pytest.skip("the published lists are not beside the checkout")
    landmarks = Landmarks(
        {
            Meaning.SINKHOLE: ("the.setting", [LISTS / "sinkholes.json"]),
            Meaning.PARKING: (
                "the.setting",
                [LISTS / "parking-domain.json", LISTS / "parking-domain-ns.json"],
            ),
        }
    )
    for name, meaning in (
        ("sinkholes", Meaning.SINKHOLE),
        ("parking-domain", Meaning.PARKING),
    ):
        first = json.loads((LISTS / f"{name}.json").read_text())["list"][0].partition("/")[0]
        assert landmarks.of([first], meaning).meaning is meaning


def test_the_shipped_table_knows_the_null_address():
    landmarks = Landmarks({})
    for address in ("0.0.0.0", "::"):
        assert "null address" in landmarks.of([address], Meaning.STOP_PAGE).name
    assert landmarks.of(["192.0.2.1"], *Meaning) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.toml", "["),
        ("t.toml", "[[sinkhole]]"),
        ("t.toml", '[[sinkhole]]\nname = ""'),
        ("t.toml", '[[sinkhole]]\nname = "x"\nprefixes = ["y"]'),
        ("t.toml", "sinkhole = 5"),
        ("t.json", "{"),
        ("t.json", "[]"),
        ("t.json", '{"type": "cidr"}'),
        ("t.json", '{"type": "cidr", "list": [5.5]}'),
    ],
)
def test_a_table_that_cannot_be_used_is_said(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(SettingsError, match=r"the\.setting"):
        _of(path, "192.0.2.1")
    with pytest.raises(SettingsError, match=r"the\.setting"):
        _of(tmp_path / "absent.toml", "192.0.2.1")


async def test_a_stop_page_is_blocked_and_the_next_resolver_is_asked(
    internet, second_resolver, table, clock, host_of
):
    internet.dns.records["shop.test", "A"] = ["192.0.2.1"]
    resolver = {"stop_page_tables": (str(table),)}
    async with internet.lookup(clock, resolver=resolver) as lookup:
        answer = await lookup.ask(host_of("shop.test"), NothingKnown())
    found = {o.question: o for o in answer.observations}
    assert found[Question.A].outcome is Outcome.BLOCKED_BY_RESOLVER
    assert found[Question.A].detail == "a stop page: Example Filter (table own 2026-02-01)"
    assert found[Question.A].facts is None
    assert b"192.0.2.1" in found[Question.A].evidence.body
    assert Question.ORIGIN not in found  # the filter's address says nothing of the host

    second_resolver.records["shop.test", "A"] = ["198.51.100.1"]
    ports = (internet.dns.port, second_resolver.port)
    resolver["nameservers"] = tuple(f"127.0.0.1:{port}" for port in ports)
    async with internet.lookup(clock, resolver=resolver) as lookup:
        answer = await lookup.ask(host_of("shop.test"), NothingKnown())
    found = {o.question: o for o in answer.observations}
    assert found[Question.A].facts.addresses == ("198.51.100.1",)


async def test_sinkholes_and_parking_are_named_and_told_apart(
    internet, table, tmp_path, clock, host_of
):
    parked = tmp_path / "parked.json"
    parked.write_text(json.dumps({"type": "cidr", "version": 1, "list": ["198.51.100.0/24"]}))
    internet.add_host("taken.test", "192.0.2.1", "2001:db8:5::1")
    internet.add_host("parked.test", "198.51.100.1")
    internet.add_host("plain.test", "203.0.113.1")
    internet.add_host("mixed.test", "192.0.2.1", "203.0.113.1")
    tables = {"sinkhole_tables": (str(table),), "parking_tables": (str(parked),)}
    said = {}
    async with internet.lookup(clock, network=tables) as lookup:
        for name in ("taken.test", "parked.test", "plain.test", "mixed.test"):
            answer = await lookup.ask(host_of(name), NothingKnown())
            facts = {o.question: o.facts for o in answer.observations}
            said[name] = (facts[Question.A].sinkhole, facts[Question.A].parking)
    assert said == {
        "taken.test": ("Example Sinkhole (table own 2026-02-01)", None),
        "parked.test": (None, "parked (table parked 1)"),
        "plain.test": (None, None),
        "mixed.test": (None, None),
    }


@pytest.mark.parametrize("key", ["sinkhole_tables", "parking_tables"])
async def test_a_table_of_the_settings_that_cannot_be_used_is_said(internet, clock, key):
    with pytest.raises(SettingsError, match=rf"network\.{key}"):
        internet.lookup(clock, network={key: ("absent.toml",)})

"""Origin AS answers, networks by prefix, country and CDN tables."""

from __future__ import annotations

import asyncio
import json
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from abusetrack.errors import SettingsError
from abusetrack.lookup import NothingKnown
from abusetrack.lookup.addresses import endpoint, literal
from abusetrack.lookup.cdn import CdnTable
from abusetrack.lookup.geo import CountryTables
from abusetrack.lookup.origin_parse import parse_as_name, parse_origin, question_name
from abusetrack.lookup.prefixes import PrefixTable
from abusetrack.records import Host, HostKind, Outcome, Question

ADDRESS = ip_address("192.0.2.10")


def test_names_to_ask_for():
    assert question_name(ADDRESS, "origin.test") == "10.2.0.192.origin.test"
    six = question_name(ip_address("2001:db8::1"), "origin6.test")
    assert six == "1." + "0." * 23 + "8.b.d.0.1.0.0.2.origin6.test"


@pytest.mark.parametrize(
    ("answers", "prefix", "asns"),
    [
        (["64500 | 192.0.2.0/24 | NL | ripencc | 2001-01-01"], "192.0.2.0/24", (64500,)),
        (["64501 64500 | 192.0.2.0/24 | NL | ripencc | "], "192.0.2.0/24", (64500, 64501)),
        (["64500|192.0.2.0/24"], "192.0.2.0/24", (64500,)),
        (["64500 | 192.0.0.0/16 | | |", "64501 | 192.0.2.0/24 | | |"], "192.0.2.0/24", (64501,)),
        (["64502 | 192.0.2.0/24", "64500 | 192.0.2.0/24"], "192.0.2.0/24", (64500, 64502)),
        (["4200000000 | 192.0.2.0/24 | | other | x"], "192.0.2.0/24", (4200000000,)),
        (["NA | 192.0.2.0/24 | NL | ripencc | "], "192.0.2.0/24", ()),
        (["some | 192.0.2.0/24 | NL | ripencc | "], None, None),
        (["64500 | 198.51.100.0/24 | NL"], None, None),
        (["64500 | 2001:db8::/32 | NL"], None, None),
        (["0 | 192.0.2.0/24"], None, None),
        (["4294967296 | 192.0.2.0/24"], None, None),
        (["<b>1</b> | 192.0.2.0/24"], None, None),
        ([""], None, None),
        ([], None, None),
    ],
)
def test_origin_answers(answers, prefix, asns):
    origin = parse_origin(answers, ADDRESS)
    found = (str(origin.prefix), origin.asns) if origin else (None, None)
    assert found == (prefix, asns)


def test_country_and_registry_of_the_allocation():
    origin = parse_origin(["64500 | 192.0.2.0/24 | nl | ripencc | x"], ADDRESS)
    assert (origin.country, origin.registry) == ("NL", "ripencc")


def test_as_names():
    said = "64500 | NL | ripencc | 2001-01-01 | EXAMPLE-AS A | B, NL"
    assert parse_as_name([said]) == "EXAMPLE-AS A | B, NL"
    assert parse_as_name(["64500 | NL"]) is None


@pytest.mark.parametrize("prefix", ["0.0.0.0/0", "128.0.0.0/1", "192.0.0.0/7"])
def test_an_origin_of_more_than_anybody_announces_is_none(prefix):
    assert parse_origin([f"64500 | {prefix} | NL | ripencc | x"], ADDRESS) is None
    assert parse_origin(["64500 | ::/0 | NL | ripencc | x"], ip_address("2001:db8::1")) is None


def test_a_flood_of_origins_is_cut():
    many = " ".join(str(n) for n in range(64496, 64896))
    origin = parse_origin([f"{many} | 192.0.2.0/24 | NL | ripencc | x"], ADDRESS)
    assert len(origin.asns) == 32


@given(st.lists(st.text(alphabet="0123456789./:| abAB", max_size=60), max_size=4))
def test_no_origin_answer_makes_it_raise(answers):
    origin = parse_origin(answers, ADDRESS)
    assert origin is None or ADDRESS in ip_network(origin.prefix)
    name = parse_as_name(answers)
    assert name is None or name == name.strip() != ""


def test_address_texts():
    assert literal("fe80::1%eth0") is None
    assert literal("shop.test") is None
    assert str(literal("2001:DB8::1")) == "2001:db8::1"
    assert endpoint("2001:db8::1", 53) == "[2001:db8::1]:53"


@given(
    st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)), min_size=1, max_size=30),
    st.integers(0, 2**32 - 1),
)
def test_the_longest_prefix_is_found(entries, number):
    table = PrefixTable()
    networks = [ip_network((n, length), strict=False) for n, length in entries]
    for network in networks:
        table.set(network, network)
    address = ip_address(number)
    covering = [network for network in networks if address in network]
    expected = max(covering, key=lambda network: network.prefixlen, default=None)
    assert table.get(address) == expected


def test_a_bounded_table_forgets_what_is_unused_longest():
    table = PrefixTable(limit=2)
    for third in (1, 2):
        table.set(ip_network(f"10.0.{third}.0/24"), third)
    assert table.get(ip_address("10.0.1.1")) == 1
    table.set(ip_network("10.1.0.0/16"), 3)
    assert len(table) == 2
    assert table.get(ip_address("10.0.2.1")) is None
    assert table.get(ip_address("10.0.1.1")) == 1


@pytest.fixture
def mmdb(tmp_path):
    """Write a country table."""

    def write(name, records, version=6):
        writer = MMDBWriter(version, "Test-Country", ipv4_compatible=version == 6)
        for prefix, record in records.items():
            writer.insert_network(IPSet([prefix]), record)
        path = tmp_path / f"{name}.mmdb"
        writer.to_db_file(str(path))
        return path

    return write


@pytest.mark.parametrize(
    ("record", "country"),
    [
        ({"country": {"iso_code": "NL", "names": {"en": "Netherlands"}}}, "NL"),
        ({"country_code": "de"}, "DE"),
        ({"country": "FR"}, "FR"),
        ({"country": {"iso_code": 5}, "registered_country": {"iso_code": "SE"}}, None),
        ({"city": "x"}, None),
    ],
)
def test_country_tables_of_several_makers(mmdb, record, country):
    tables = CountryTables([mmdb("one", {"192.0.2.0/24": record})])
    (answer,) = tables.ask(ADDRESS)
    assert (answer.facts.country if answer.facts else None) == country
    assert answer.outcome is (Outcome.OK if country else Outcome.NOT_FOUND)
    assert answer.source.startswith("table one 20")
    tables.close()


def test_a_table_without_ipv6_says_so(mmdb):
    tables = CountryTables([mmdb("four", {"192.0.2.0/24": {"country_code": "NL"}}, version=4)])
    (answer,) = tables.ask(ip_address("2001:db8::1"))
    assert (answer.outcome, "IPv6" in answer.detail) == (Outcome.NOT_FOUND, True)
    (answer,) = tables.ask(ADDRESS)
    assert answer.facts.country == "NL"
    tables.close()


def test_a_table_that_cannot_be_read_is_said(tmp_path, mmdb):
    broken = tmp_path / "broken.mmdb"
    broken.write_bytes(b"nothing")
    with pytest.raises(SettingsError, match=r"geo\.databases"):
        CountryTables([mmdb("good", {"192.0.2.0/24": {"country_code": "NL"}}), broken])


def test_cdn_rules_by_number_prefix_and_alias(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        'date = 2026-02-01\n[[cdn]]\nname = "Example Edge"\nasns = [64500]\n'
        'prefixes = ["192.0.2.0/24", "192.0.2.0/28"]\nsuffixes = [".Edge.Example."]\n'
    )
    listed = tmp_path / "example-list.json"
    listed.write_text(
        json.dumps(
            {"type": "cidr", "version": 20260101, "list": ["198.51.100.0/24", "2001:db8::1"]}
        )
    )
    named = tmp_path / "other.json"
    named.write_text(json.dumps({"type": "hostname", "list": [".cdn.invalid"]}))
    table = CdnTable([own, listed, named])
    match = table.by_address(ip_address("203.0.113.1"), (64499, 64500))
    assert (match.facts.name, match.facts.rule) == ("Example Edge", "AS64500")
    assert match.source == "table own 2026-02-01"
    assert table.by_address(ADDRESS, ()).facts.rule == "192.0.2.0/28"
    match = table.by_address(ip_address("2001:db8::1"), ())
    assert (match.facts.name, match.source) == ("Example List", "table example-list 20260101")
    assert table.by_address(ip_address("203.0.113.1"), (64499,)).facts is None
    assert table.by_alias(("x.shop.test", "a.b.edge.example")).facts.rule == "alias *.edge.example"
    assert table.by_alias(("x.cdn.invalid",)).facts.name == "Other"
    assert table.by_alias(("notedge.example", "edge.example.test")).facts is None


def test_the_shipped_table_is_read_and_dated():
    match = CdnTable().by_alias(("shop.test",))
    assert match.facts is None
    assert match.source.startswith("table cdn 20")


@pytest.mark.parametrize(
    "text",
    ["", "[[cdn]]", '[[cdn]]\nname = ""', '[[cdn]]\nname = "x"\nprefixes = ["y"]', "{", "cdn = 5"],
)
def test_a_cdn_table_that_cannot_be_used_is_said(tmp_path, text):
    path = tmp_path / "t.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=r"network\.cdn_tables"):
        CdnTable([path])
    path = tmp_path / "t.json"
    path.write_text(text or "[]")
    with pytest.raises(SettingsError, match=r"network\.cdn_tables"):
        CdnTable([path])


async def _ask(lookup, address):
    kind = HostKind.IPV6 if ":" in address else HostKind.IPV4
    answer = await lookup.ask(Host(address, address, kind, None), NothingKnown())
    return answer, {o.question: o for o in (*answer.observations, *answer.known)}


async def test_an_address_nobody_announces(internet, clock):
    async with internet.lookup(clock) as lookup:
        _answer, found = await _ask(lookup, "192.0.2.10")
    assert found[Question.ORIGIN].outcome is Outcome.NOT_FOUND
    assert found[Question.NETWORK_RDAP].outcome is Outcome.NOT_FOUND


async def test_an_origin_answer_about_something_else(internet, clock):
    internet.add_network("198.51.100.0/24", "10.2.0.192")
    async with internet.lookup(clock) as lookup:
        _answer, found = await _ask(lookup, "192.0.2.10")
    assert found[Question.ORIGIN].outcome is Outcome.MALFORMED


async def test_a_block_that_is_allocated_but_not_announced(internet, clock):
    text = '"NA | 192.0.2.0/24 | NL | ripencc | 2001-01-01"'
    internet.dns.records["10.2.0.192.origin.test", "TXT"] = [text]
    async with internet.lookup(clock) as lookup:
        _answer, found = await _ask(lookup, "192.0.2.10")
    facts = found[Question.ORIGIN].facts
    assert (facts.asns, facts.as_name, facts.country) == ((), None, "NL")
    assert [kind for _, kind, _ in internet.dns.asked] == ["TXT"]


async def test_no_service_for_an_address(internet, clock):
    async with internet.lookup(clock) as lookup:
        _answer, found = await _ask(lookup, "8.8.8.8")
    assert found[Question.NETWORK_RDAP].outcome is Outcome.NO_SERVICE


async def test_answers_serve_their_prefix_for_a_while(internet, clock, rdap_network):
    for last in (10, 200):
        internet.add_network("192.0.2.0/24", f"{last}.2.0.192")
        path = f"/net/ip/192.0.2.{last}"
        internet.rdap.answers[path] = rdap_network("192.0.2.0", "192.0.2.127")
    internet.rdap.answers["/net/ip/192.0.2.200"] = rdap_network("192.0.2.128", "192.0.2.255")
    async with internet.lookup(clock) as lookup:
        await _ask(lookup, "192.0.2.10")
        answer, found = await _ask(lookup, "192.0.2.200")
        # The announced prefix covers both, the registered blocks do not.
        assert {o.question for o in answer.known} == {Question.ORIGIN}
        assert found[Question.NETWORK_RDAP].facts.prefix == "192.0.2.128/25"
        clock.move(hours=2)
        answer, _ = await _ask(lookup, "192.0.2.10")
        assert answer.known == ()


async def test_a_network_service_that_fails_is_asked_again(internet, clock, rdap_network):
    async with internet.lookup(clock) as lookup:
        await _ask(lookup, "192.0.2.10")
        internet.rdap.answers["/net/ip/192.0.2.10"] = rdap_network("192.0.2.0", "192.0.2.255")
        _answer, found = await _ask(lookup, "192.0.2.10")
    assert found[Question.NETWORK_RDAP].outcome is Outcome.OK


async def test_as_names_are_asked_once(internet, clock):
    for third in range(10):
        internet.add_network(f"192.0.{third}.0/24", f"1.{third}.0.192")
    async with internet.lookup(clock) as lookup:
        await asyncio.gather(*(_ask(lookup, f"192.0.{third}.1") for third in range(10)))
    assert [name for name, *_ in internet.dns.asked if name.lower() == "as64500.asn.test"] == [
        "AS64500.asn.test"
    ]

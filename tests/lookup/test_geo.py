"""The shipped tables beside live answers: one more country, and an AS where nobody answers."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from abusetrack.lookup import NothingKnown, ranges
from abusetrack.lookup.geo import CountryTables, shipped_origin
from abusetrack.records import Host, HostKind, Outcome, Question


@pytest.fixture(scope="module")
def address():
    """Some public address that both tables speak of, found by asking them."""
    tables = [ranges.shipped(name) for name in (ranges.COUNTRIES, ranges.ORIGINS)]
    numbers = (IPv4Address(n * 65536 + 257) for n in range(256, 56 * 256))
    return next(ip for ip in numbers if all(table.find(ip) for table in tables))


def _by_question(answer):
    return {item.question: item for item in answer.observations}


async def _ask(internet, clock, address, **tables):
    async with internet.lookup(clock, **tables) as lookup:
        host = Host(str(address), str(address), HostKind.IPV4, None)
        return _by_question(await lookup.ask(host, NothingKnown()))


def test_one_more_country(address):
    (answer,) = CountryTables([], shipped=True).ask(address)
    assert answer.outcome is Outcome.OK
    assert len(answer.facts.country) == 2
    assert answer.source.startswith("table ipfire-location 20")
    assert CountryTables([]).ask(address) == []
    (nobody,) = CountryTables([], shipped=True).ask(IPv4Address("192.0.2.1"))
    assert nobody.outcome is Outcome.NOT_FOUND


def test_an_origin_with_its_age(address):
    answer = shipped_origin(address)
    assert address in ranges.shipped(ranges.ORIGINS).find(address).prefix
    assert answer.facts.prefix == str(ranges.shipped(ranges.ORIGINS).find(address).prefix)
    assert answer.facts.asns
    assert answer.facts.country is None  # the table is no country source
    assert answer.source.startswith("table ip-location-db-asn 20")
    assert "20" in answer.detail
    assert shipped_origin(IPv4Address("192.0.2.1")).outcome is Outcome.NOT_FOUND


async def test_the_table_answers_where_the_live_question_failed(internet, clock, address):
    internet.dns.answer = lambda query, via: None
    asked = await _ask(
        internet, clock, address,
        geo={"shipped_tables": True}, lookup={"question_seconds": 0.2, "name_seconds": 3.0},
    )  # fmt: skip
    assert asked[Question.ORIGIN].outcome is Outcome.TIMED_OUT
    assert asked[Question.ORIGIN_TABLE].outcome is Outcome.OK
    assert asked[Question.ORIGIN_TABLE].facts.asns
    assert asked[Question.GEO].outcome is Outcome.OK


async def test_live_answers_win(internet, clock, address):
    reverse = ".".join(reversed(str(address).split(".")))
    internet.add_network(f"{address}/32", reverse)
    asked = await _ask(internet, clock, address, geo={"shipped_tables": True})
    assert asked[Question.ORIGIN].facts.asns == (64500,)
    assert Question.ORIGIN_TABLE not in asked
    internet.dns.records.clear()  # nobody announces it: an answer too
    internet.dns.records["origin.test", "SOA"] = ["ns.test. h.test. 1 2 3 4 5"]
    asked = await _ask(internet, clock, address, geo={"shipped_tables": True})
    assert asked[Question.ORIGIN].outcome is Outcome.NOT_FOUND
    assert Question.ORIGIN_TABLE not in asked


async def test_no_table_is_asked_where_the_settings_say_so(internet, clock, address):
    internet.dns.answer = lambda query, via: None
    asked = await _ask(
        internet, clock, address,
        geo={"shipped_tables": False}, lookup={"question_seconds": 0.2, "name_seconds": 3.0},
    )  # fmt: skip
    assert not {Question.ORIGIN_TABLE, Question.GEO} & set(asked)

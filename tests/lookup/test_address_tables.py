from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address

import pytest

from abusetrack.lookup import address_tables
from abusetrack.lookup.address_tables import AddressTables
from abusetrack.lookup.cdn import CdnTable
from abusetrack.lookup.geo import CountryTables
from abusetrack.records import Outcome, Question

ADDRESS = ip_address("192.0.2.7")


@pytest.fixture
def tables(clock, tmp_path):
    table = tmp_path / "own.toml"
    table.write_text('[[cdn]]\nname = "Shield"\nasns = [64500]\n', encoding="utf-8")
    return AddressTables(
        CdnTable([table]),
        CountryTables((), shipped=True),
        clock=clock,
        max_age=timedelta(hours=1),
    )


def test_each_table_says_what_it_knows(tables, clock):
    found = [shared.observation for shared in tables.ask(ADDRESS, [64500])]
    assert [(o.question, o.outcome) for o in found] == [
        (Question.CDN, Outcome.OK),
        (Question.GEO, Outcome.NOT_FOUND),  # a documentation range is nowhere
    ]
    assert {(o.subject, o.asked_at) for o in found} == {("192.0.2.7", clock.now())}


def test_what_was_said_is_noted_once_for_a_while(tables, clock):
    first = tables.ask(ADDRESS, [64500])
    clock.move(minutes=60)
    assert tables.ask(ADDRESS, [64500]) is first
    clock.move(seconds=1)
    again = tables.ask(ADDRESS, [64500])
    assert again is not first
    assert again[0].observation.asked_at == clock.now()


def test_another_network_is_another_question(tables):
    inside, outside = tables.ask(ADDRESS, [64500]), tables.ask(ADDRESS, [64501])
    assert inside[0].observation.outcome is Outcome.OK
    assert outside[0].observation.outcome is Outcome.NOT_FOUND


def test_what_was_unused_longest_is_forgotten(tables, monkeypatch):
    monkeypatch.setattr(address_tables, "KEPT", 2)
    first = tables.ask(ADDRESS, [])
    tables.ask(ADDRESS + 1, [])
    assert tables.ask(ADDRESS, []) is first
    tables.ask(ADDRESS + 2, [])
    assert tables.ask(ADDRESS, []) is first

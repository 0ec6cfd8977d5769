from __future__ import annotations

from datetime import UTC, datetime

from abusetrack.metrics.filters import Filters
from abusetrack.metrics.hosting import hosting
from abusetrack.metrics.regions import regions
from abusetrack.records import HostingAgreement

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)  # as in conftest.py
MARCH = Filters(since=datetime(2026, 3, 1, tzinfo=UTC), until=datetime(2026, 4, 1, tzinfo=UTC))


def countries(found):
    return {row.key: row.domains for row in found.countries}


def test_a_site_counts_once_in_every_country_it_was_seen_in(case, report, see):
    report("example.com")
    report("example.net")
    for day, country in ((1, "NL"), (2, "NL"), (3, "DE"), (4, "NL")):
        see("example.com", day=day, country=country)
    see("example.net", day=1, country="DE")
    found = hosting(case, MARCH)
    assert found.domains == 2
    assert countries(found) == {"NL": 1, "DE": 2}
    germany = found.countries[0]
    assert (germany.name, germany.region, germany.share) == ("Germany", "Western Europe", 1.0)
    assert found.regions == (("Western Europe", 2),)


def test_what_stands_in_the_place_of_a_country_has_rows_of_its_own(case, report, see):
    for domain in ("example.com", "example.net", "example.org"):
        report(domain)
    see("example.com", agreement=HostingAgreement.CDN, cdn="Front")
    see("example.net", agreement=HostingAgreement.DISPUTED)
    found = hosting(case, MARCH)
    assert countries(found) == {"cdn": 1, "disputed": 1, None: 1}
    assert {row.name for row in found.countries} == {
        "CDN: origin unknown",
        "disputed",
        "not known at the time",
    }


def test_only_what_was_seen_in_the_period_counts(case, report, see):
    report("example.com", day=1)
    see("example.com", day=0.5, country="SE")  # before its report
    see("example.com", day=2, country="NL")
    see("example.com", day=40, country="FR")  # in April
    assert countries(hosting(case, MARCH)) == {"NL": 1}


def test_at_the_end_of_a_period_seven_days_are_left_to_look(case, report, see):
    report("example.com", day=30)
    see("example.com", day=34, country="NL")
    report("example.net", day=30)
    see("example.net", day=38, country="NL")
    assert countries(hosting(case, MARCH)) == {"NL": 1, None: 1}


def test_months_go_by_the_first_report(case, report, see):
    report("example.com", day=0)
    report("example.net", day=45)
    see("example.com", day=1, country="NL")
    see("example.net", day=46, country="SG")
    assert hosting(case, Filters()).months == (
        ("2026-03", (("Western Europe", 1),)),
        ("2026-04", (("Southeast Asia", 1),)),
    )


def test_moves_are_from_where_to_where(case, report, see):
    report("example.com")
    report("example.net")
    for day, country in ((1, "NL"), (2, "DE"), (3, "NL"), (4, "DE")):
        see("example.com", day=day, country=country)
    see("example.net", day=1, country="NL")
    see("example.net", day=2, agreement=HostingAgreement.DISPUTED)
    see("example.net", day=3, country="DE")
    see("example.net", day=80, country="FR")  # after the period
    moves = {(m.before, m.after): (m.moves, m.domains) for m in hosting(case, MARCH).moves}
    assert moves == {("NL", "DE"): (3, 2), ("DE", "NL"): (1, 1)}


def test_every_country_lies_in_one_region():
    table = regions()
    assert len(table.of) > 240
    assert set(table.of) == set(table.names)
    assert (table.of["SG"].within, table.of["VG"].name) == ("Asia", "Caribbean")

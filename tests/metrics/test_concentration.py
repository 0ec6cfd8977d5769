from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from abusetrack.metrics.concentration import concentration, figures, rank
from abusetrack.metrics.filters import Filters
from abusetrack.records import AssessmentOutcome, HostingAgreement

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)  # as in conftest.py
NOT_ILLEGAL = AssessmentOutcome.NOT_ILLEGAL
ALL = Filters()


def counts(*domains, unknown=0):
    rows = [
        {"key": str(n), "name": str(n), "domains": d, "urls": d, "reports": d}
        for n, d in enumerate(domains)
    ]
    if unknown:
        rows.append({"key": None, "name": None, "domains": unknown, "urls": 1, "reports": 1})
    return rows


def test_domains_urls_and_reports_are_counted_apart(case, report, see):
    report("example.com", path="a", reference="1")
    report("example.com", path="a", reference="2")
    report("example.com", path="b")
    report("example.net")
    report("example.org")
    report("example.edu", outcome=NOT_ILLEGAL)
    for domain in ("example.com", "example.net"):
        see(domain, registrar=1)
    see("example.org", registrar=2)
    found = concentration(case, "registrars", ALL)
    assert (found.domains, found.urls, found.reports) == (3, 4, 5)
    first, second, last = found.rows
    assert (first.key, first.domains, first.urls, first.reports) == ("iana:1", 2, 3, 4)
    assert first.share == pytest.approx(2 / 3)
    assert (second.key, second.domains, second.cumulative) == ("iana:2", 1, 1.0)
    assert (last.key, last.domains, last.other_domains) == (None, 0, 1)  # never looked up


def test_what_was_not_known_at_the_time_is_in_the_denominator_and_stands_last(case, report, see):
    for domain in ("example.com", "example.net", "example.org"):
        report(domain)
    see("example.com")
    found = concentration(case, "registrars", ALL)
    assert [row.name for row in found.rows] == ["Registrar 1", "not known at the time"]
    assert found.rows[0].share == pytest.approx(1 / 3)
    assert found.figures.top_share == pytest.approx(1 / 3)
    assert found.figures.three_quarters is None


@pytest.mark.parametrize(
    ("seen", "key"),
    [
        ([(-0.1, 1)], None),  # before the report
        ([(0.0, 1)], "iana:1"),
        ([(7.0, 1)], "iana:1"),
        ([(7.00001, 1)], None),
        ([(-1, 9), (2, 1), (3, 2)], "iana:1"),  # the nearest after it
    ],
)
def test_the_nearest_lookup_after_the_report_counts(case, report, see, seen, key):
    report("example.com")
    for day, registrar in seen:
        see("example.com", day=day, registrar=registrar)
    (row,) = concentration(case, "registrars", ALL).rows
    assert row.key == key


def test_an_older_answer_that_still_speaks_was_not_seen_then(case, report, see):
    report("example.com")
    see("example.com", day=1, registrar=1, registration_day=-3)
    see("example.com", day=2, registrar=2)
    (row,) = concentration(case, "registrars", ALL).rows
    assert row.key == "iana:2"
    (country,) = concentration(case, "countries", ALL).rows
    assert country.key == "NL"


def test_what_is_known_now_can_be_asked_for(case, report, see):
    report("example.com")
    case.execute(
        "UPDATE domain_now SET registrar_key = 'iana:5', registrar = 'Five', looked_up_at = ?",
        [case.now()],
    )
    (then,) = concentration(case, "registrars", ALL).rows
    (now,) = concentration(case, "registrars", Filters(at_the_time=False)).rows
    assert (then.key, now.key) == (None, "iana:5")


def test_countries_keep_cdn_and_disputed_apart(case, report, see):
    for domain in ("example.com", "example.net", "example.org"):
        report(domain)
    see("example.com")
    see("example.net", agreement=HostingAgreement.CDN, cdn="Front")
    see("example.org", agreement=HostingAgreement.DISPUTED)
    names = {row.name for row in concentration(case, "countries", ALL).rows}
    assert names == {"NL", "CDN: origin unknown", "disputed"}
    fronts = {row.name: row.domains for row in concentration(case, "cdns", ALL).rows}
    assert fronts == {"Front": 1, "no CDN in front": 2}


def test_a_registry_stands_where_a_registration_names_no_registrar(case, report, see):
    for domain in ("example.com", "example.net", "example.org"):
        report(domain)
    see("example.com", registrar=1)
    see("example.net", registrar=None)
    keys = {row.key for row in concentration(case, "registrars or registries", ALL).rows}
    assert keys == {"iana:1", "tld:net", None}


def test_a_report_belongs_to_the_period_in_which_it_was_received(case, report, see):
    report("example.com", day=0)
    report("example.com", day=40)
    see("example.com", day=1, registrar=1)
    see("example.com", day=41, registrar=2)
    first = Filters(since=NOON, until=NOON + timedelta(days=30))
    second = Filters(since=NOON + timedelta(days=30), until=NOON + timedelta(days=60))
    assert [row.key for row in concentration(case, "registrars", first).rows] == ["iana:1"]
    later = concentration(case, "registrars", second)
    assert [row.key for row in later.rows] == ["iana:2"]
    assert later.reports == 1
    assert later.before is not None
    assert later.before.top_share == 1.0
    exact = Filters(since=NOON + timedelta(days=1), until=NOON + timedelta(days=40))
    assert concentration(case, "registrars", exact).domains == 0


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        (Filters(commercial=True), {"iana:1"}),
        (Filters(category="A"), {"iana:2"}),
        (Filters(source="partner"), {"iana:2"}),
        (Filters(registrar="iana:2"), {"iana:2"}),
        (Filters(country="DE"), {"iana:1"}),
        (Filters(country="SE"), set()),
    ],
)
def test_filters_narrow_what_is_counted(case, report, see, filters, left):
    report("example.com", commercial=True)
    report("example.net", category="A", source="partner", commercial=False)
    see("example.com", registrar=1, country="DE")
    see("example.net", registrar=2)
    assert {row.key for row in concentration(case, "registrars", filters).rows} == left


def test_sisters_count_as_one_or_apart(case, report, see):
    for number, domain in enumerate(("example.com", "example.net", "example.org"), start=1):
        report(domain)
        see(domain, registrar=number)
    report("example.info")
    families = {"iana:1": "Group", "iana:2": "Group", "iana:9": "Other"}
    together = concentration(case, "registrars", ALL, families=families)
    first, second, last = together.rows
    assert (first.key, first.members) == ("family:Group", ("Registrar 1", "Registrar 2"))
    assert (first.domains, first.urls, first.reports) == (2, 2, 2)
    assert (second.key, second.members, last.key) == ("iana:3", (), None)
    apart = concentration(case, "registrars", ALL)
    assert {row.key for row in apart.rows} == {"iana:1", "iana:2", "iana:3", None}
    assert together.domains == apart.domains


def test_nothing_confirmed_has_no_share():
    assert figures(rank([])).top_share is None
    (row,) = rank([], counts(2))
    assert (row.domains, row.share, row.other_domains) == (0, 0.0, 2)


def test_the_top_ten_leave_the_eleventh_out():
    found = figures(rank(counts(*[1] * 12)))
    assert found.top_share == pytest.approx(10 / 12)
    assert found.three_quarters == 9
    assert found.hhi == pytest.approx(10_000 / 12)
    assert found.top_interval.low <= found.top_interval.high <= 1


@pytest.mark.parametrize(
    ("domains", "unknown", "hhi", "three_quarters"),
    [((10,), 0, 10_000, 1), ((5, 5), 0, 5_000, 2), ((6, 2), 2, 6_250, 2), ((1,), 9, 10_000, None)],
)
def test_how_concentrated(domains, unknown, hhi, three_quarters):
    found = figures(rank(counts(*domains, unknown=unknown)))
    assert found.hhi == pytest.approx(hhi)
    assert found.three_quarters == three_quarters


def test_the_same_counts_give_the_same_interval_and_it_holds_the_figure():
    rows = rank(counts(*range(1, 40), unknown=50))
    found = figures(rows)
    assert found == figures(rows)
    assert found.top_interval.low < found.top_share < found.top_interval.high
    assert found.hhi_interval.low < found.hhi < found.hhi_interval.high + 100

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from abusetrack.metrics import columns
from abusetrack.metrics.filters import Filters
from abusetrack.records import AssessmentOutcome, HostingAgreement, SiteKind

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)  # as in conftest.py


def at(day):
    return columns.micros("2026-03-01T12:00:00.000000Z") + day * columns.DAY


def numbers_of(case):
    return {domain: number for number, domain in case.rows("SELECT id, domain FROM domain_now")}


@pytest.fixture(params=[1, 2, 50_000])
def step(request, monkeypatch):
    """Few keys at a time, so that columns are put together."""
    monkeypatch.setattr(columns, "_STEP", request.param)


def test_an_empty_case_file_has_empty_columns(case):
    assert len(columns.reports(case).chosen(Filters())) == 0
    rows, owner = columns.lookups(case).of(np.array([1, 2]))
    assert (len(rows), len(owner)) == (0, 0)
    assert len(columns.domains(case).numbers) == len(columns.changes(case).domain) == 0


def test_reports_stand_by_domain_and_are_chosen_by_every_filter(case, report, step):
    report("b.test", day=1, kind=SiteKind.DEDICATED, commercial=True, source="public")
    report("a.test", day=2, kind=SiteKind.COMPROMISED, commercial=False, source="partner")
    report("a.test", day=3, outcome=AssessmentOutcome.NOT_ILLEGAL, source="public")
    found, number = columns.reports(case), numbers_of(case)

    def chosen(confirmed=True, **filters):
        rows = found.chosen(Filters(**filters), confirmed=confirmed)
        return list(zip(found.domain[rows].tolist(), found.received[rows].tolist(), strict=True))

    one, two, three = (
        (number["b.test"], at(1)),
        (number["a.test"], at(2)),
        (number["a.test"], at(3)),
    )
    assert sorted(chosen()) == sorted([one, two])
    assert sorted(chosen(confirmed=False)) == sorted([one, two, three])
    assert chosen(commercial=True) == chosen(kind=SiteKind.DEDICATED) == [one]
    assert chosen(commercial=False) == chosen(source="partner") == [two]
    assert chosen(since=datetime(2026, 3, 3, 12, tzinfo=UTC)) == [two]  # from that instant on
    assert chosen(until=datetime(2026, 3, 3, 12, tzinfo=UTC)) == [one]  # and until before it
    assert sorted(chosen(confirmed=False, source="public")) == sorted([one, three])
    assert chosen(category="none such") == []


def test_lookups_stand_by_domain_and_time_whatever_stands_in_them(case, report, see, step):
    odd = 'name "quoted"\n\x1f,line two\u2028'
    for name in ("a.test", "b.test", "c.test"):
        report(name)
    see("b.test", day=2, registrar=odd)
    see("b.test", day=1)
    see("a.test", day=3, agreement=HostingAgreement.CDN, cdn="Front")
    found, number = columns.lookups(case), numbers_of(case)
    rows, owner = found.of(np.array([number["c.test"], number["b.test"], number["a.test"]]))
    assert owner.tolist() == [1, 1, 2]
    assert found.at[rows].tolist() == [at(1), at(2), at(3)]
    names = [found.facts.of("registrar")[value] for value in found.facts.number[rows]]
    assert names[1] == f"Registrar {odd}"
    cdns = [found.facts.of("cdn")[value] for value in found.facts.number[rows]]
    assert cdns == [None, None, "Front"]


def test_what_was_never_asked_is_never(case, report, step):
    report("a.test")
    found = columns.domains(case)
    assert found.created.tolist() == [columns.NEVER]
    assert found.first_reported.tolist() == [at(0)]


def test_rows_are_tallied_in_order():
    first, second = np.array([5, -2, 5, 5]), np.array([1, 0, 1, 7])
    assert columns.tally(first, second) == [((-2, 0), 1), ((5, 1), 2), ((5, 7), 1)]
    assert columns.tally(np.array([2, 1, 2])) == [((1,), 1), ((2,), 2)]
    assert columns.tally(np.zeros(0, dtype=np.int64)) == []


def test_values_come_once_and_in_order():
    assert columns.distinct(np.array([3, 1, 3, 2, 1])).tolist() == [1, 2, 3]
    assert columns.distinct(np.zeros(0)).tolist() == []


@pytest.mark.parametrize(
    ("stamp", "step", "inside"),
    [
        ("2026-03-31T23:59:59.999999Z", "2026-03", True),
        ("2026-04-01T00:00:00.000000Z", "2026-03", False),
        ("2026-03-01T00:00:00.000000Z", "2026-03-01", True),
        ("1969-12-31T23:59:59.999999Z", "1970-01", False),
    ],
)
def test_days_and_months_begin_at_midnight_utc(stamp, step, inside):
    times = columns.instants(stamp)
    assert columns.during(times, step).tolist() == [inside]
    assert columns.named_month(int(columns.months(times)[0])) == stamp[:7]
    assert columns.named_day(int(times[0] // columns.DAY)) == stamp[:10]

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from abusetrack.casefile import changes
from abusetrack.metrics.displacement import displacement
from abusetrack.metrics.filters import Filters
from abusetrack.records import Change, ChangeKind

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)  # as in conftest.py
HELD, LIFTED = ChangeKind.HOLD_SET, ChangeKind.HOLD_LIFTED
GONE, RETURNED = ChangeKind.GONE, ChangeKind.RETURNED
AGAIN, TRANSFER = ChangeKind.REREGISTERED, ChangeKind.REGISTRAR_CHANGED


@pytest.fixture
def changed(case):
    """Keep changes of a domain: (day first seen, kind) each."""

    def run(domain, *steps):
        changes.write(
            case,
            {
                domain: [
                    Change(kind, domain, "", "", when(day - 0.5), when(day), when(day))
                    for day, kind in steps
                ]
            },
        )

    return run


def when(day):
    return NOON + timedelta(days=day)


def work_out(case, day=200, filters=Filters(), hop_tlds=3):  # noqa: B008
    return displacement(case, filters, now=when(day), hop_tlds=hop_tlds)


@pytest.mark.parametrize(
    ("steps", "removals", "returned", "held_30", "held_90"),
    [
        ([], 0, 0, (0, 0), (0, 0)),
        ([(1, HELD)], 1, 0, (1, 1), (1, 1)),
        ([(1, HELD), (20, LIFTED)], 1, 1, (1, 0), (1, 0)),
        ([(1, HELD), (50, LIFTED)], 1, 1, (1, 1), (1, 0)),
        ([(1, HELD), (2, GONE), (50, RETURNED), (50, LIFTED)], 1, 1, (1, 1), (1, 0)),
        ([(1, GONE), (10, RETURNED), (20, GONE)], 2, 1, (2, 1), (2, 1)),
        ([(1, GONE), (40, AGAIN)], 1, 0, (1, 1), (1, 0)),
        ([(-1, HELD)], 0, 0, (0, 0), (0, 0)),  # before the report
    ],
)
def test_what_became_of_a_removal(
    case, report, see, changed, steps, removals, returned, held_30, held_90
):
    report("example.com")
    see("example.com", day=0)
    see("example.com", day=150)
    changed("example.com", *steps)
    found = work_out(case)
    assert (found.domains, found.removals, found.returned) == (1, removals, returned)
    assert [(held.removals, held.held) for held in found.held] == [held_30, held_90]


def test_what_nobody_looked_at_again_is_in_no_share(case, report, see, changed):
    report("example.com")
    see("example.com", day=40)
    changed("example.com", (1, HELD))
    month, quarter = work_out(case).held
    assert (month.held, month.removals, month.share) == (1, 1, 1.0)
    assert (quarter.removals, quarter.unknown, quarter.share) == (0, 1, None)
    assert work_out(case, day=10).held[0].removals == 0  # too young to say


def test_a_transfer_counts_only_after_a_notice(case, report, changed, notify):
    for domain in ("example.com", "example.net", "example.org"):
        report(domain)
        changed(domain, (5, TRANSFER))
    notify("example.com", day=2)
    notify("example.net", day=9)
    found = work_out(case)
    assert found.transferred_after_notice == 1


def test_hops_are_of_dedicated_sites_under_enough_endings(case, report):
    for domain in ("string.com", "string.net", "string.org", "other.com", "other.net"):
        report(domain)
    found = work_out(case)
    assert (found.hopping_strings, found.hops) == (1, 2)
    assert work_out(case, hop_tlds=2).hopping_strings == 2


def test_ages_are_in_days_from_registration_to_report(case, report):
    for number, domain in enumerate(("example.com", "example.net", "example.org"), start=1):
        report(domain)
        case.execute(
            "UPDATE domain_now SET created = ? WHERE domain = ?",
            [f"2026-02-{28 - number:02}T12:00:00.000000Z", domain],
        )
    report("example.com", day=100)
    found = work_out(case)
    assert (found.age_at_report.domains, found.age_at_report.median) == (3, 3.0)
    assert (found.known_for.lower, found.known_for.upper) == (0.0, 50.0)

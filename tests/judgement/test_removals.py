from __future__ import annotations

from datetime import timedelta

import pytest

from abusetrack.judgement.removals import removals_of
from abusetrack.records import Change, ChangeKind

HELD, LIFTED = ChangeKind.HOLD_SET, ChangeKind.HOLD_LIFTED
GONE, BACK, ANEW = ChangeKind.GONE, ChangeKind.RETURNED, ChangeKind.REREGISTERED


@pytest.fixture
def seen(noon):
    def run(*kinds, subjects=None):
        changes = []
        for day, kind in enumerate(kinds):
            subject = subjects[day] if subjects else "a.test"
            at = noon + timedelta(days=day)
            changes.append(
                Change(kind, subject, "", "", at - timedelta(hours=1), at, at, (f"fact {day}",))
            )
        found = removals_of(reversed(changes))
        return [
            (
                (item.seen_at - noon).days,
                None if item.back_at is None else (item.back_at - noon).days,
            )
            for item in found
        ]

    return run


@pytest.mark.parametrize(
    ("kinds", "found"),
    [
        ((HELD,), [(0, None)]),
        ((HELD, LIFTED), [(0, 1)]),
        ((HELD, LIFTED, HELD), [(0, 1), (2, None)]),
        ((HELD, GONE, BACK, LIFTED), [(0, 3)]),  # one removal: the hold took it from the DNS
        ((GONE, BACK), [(0, 1)]),
        ((GONE, ANEW, BACK), [(0, None)]),  # its holder may be another
        ((LIFTED,), []),
        ((ChangeKind.REGISTRAR_CHANGED, ChangeKind.HOST_MOVED), []),
    ],
)
def test_what_ended_is_paired_with_what_undid_it(seen, kinds, found):
    assert seen(*kinds) == found


def test_each_host_ends_for_itself(seen):
    found = seen(GONE, GONE, BACK, subjects=["a.test", "www.a.test", "www.a.test"])
    assert found == [(0, None), (1, 2)]


def test_a_return_carries_the_facts_of_both_sides(noon):
    changes = [
        Change(kind, "a.test", "", "", noon, noon, noon + timedelta(days=day), (f"fact {day}",))
        for day, kind in enumerate((HELD, LIFTED))
    ]
    (removal,) = removals_of(changes)
    assert removal.facts == ("fact 0", "fact 1")
    assert removal.what == "held"

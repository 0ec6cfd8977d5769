from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from abusetrack.casefile import changes, folding, observations, reports, visits
from abusetrack.records import Change, ChangeKind, Question


@pytest.fixture
def filled(case, report, discarded):
    taken = [report("https://www.a.example/1"), report("https://b.example/")]
    reports.add(case, taken, [], discarded, label="list")
    return case


@pytest.fixture
def change(clock):
    def make(kind=ChangeKind.HOLD_SET, *, hours=0.0):
        at = clock.now() + timedelta(hours=hours)
        before = at - timedelta(hours=1)
        return Change(kind, "a.example", "registered", "held", before, at, at, ("one", "two"))

    return make


def test_changes_come_back_as_they_were_and_stand_in_place_of_earlier_ones(filled, change):
    first = [change(), change(ChangeKind.HOLD_LIFTED, hours=2)]
    changes.write(filled, {"a.example": first, "never.example": first})
    assert changes.of_domain(filled, "a.example") == tuple(first)
    changes.write(filled, {"a.example": first[:1], "b.example": []})
    assert changes.of_domain(filled, "a.example") == tuple(first[:1])
    assert changes.of_domain(filled, "b.example") == ()
    assert folding.rebuild(filled) == []
    assert changes.of_domain(filled, "a.example") == tuple(first[:1])


def test_since_lists_what_was_established_later_newest_first(filled, change, clock):
    old, new, newer = change(), change(hours=2), change(hours=3)
    changes.write(filled, {"a.example": [old, new], "b.example": [newer]})
    after = clock.now() + timedelta(hours=1)
    assert changes.since(filled, after) == [("b.example", newer), ("a.example", new)]
    assert len(changes.since(filled, None)) == 3
    assert changes.since(filled, None, limit=1) == [("b.example", newer)]


def test_what_rests_on_answers_that_came_later_is_new_however_old(filled, clock, answer, observe):
    def look(name):
        return observations.store_many(filled, [answer(name, observe(name, Question.NS))])

    long_ago = clock.now() - timedelta(days=300)
    look("a.example")
    seen = visits.now(filled)
    look("b.example")
    ids = {
        name: str(uuid.UUID(bytes=one))
        for name, one in filled.rows(
            "SELECT subject.name, fact.id FROM observation JOIN fact ON fact.n = observation.fact"
            " JOIN subject ON subject.id = observation.subject"
        )
    }
    old, new = (
        Change(ChangeKind.HOLD_SET, name, "registered", "held", long_ago, long_ago, long_ago,
               (ids[name],))
        for name in ("a.example", "b.example")
    )  # fmt: skip
    changes.write(filled, {"a.example": [old], "b.example": [new]})
    assert changes.since(filled, seen.at, fact=seen.fact) == [("b.example", new)]
    assert len(changes.since(filled, None)) == 2


def test_only_what_was_looked_up_twice_has_a_history(filled, answer, observe):
    def look(name):
        observations.store(filled, answer(name, observe(name, Question.NS)))

    names = ["a.example", "b.example", "never.example"]
    look("www.a.example")
    look("b.example")
    assert changes.with_history(filled, names) == []
    look("a.example")
    assert changes.with_history(filled, names) == ["a.example"]

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from abusetrack.judgement.priority import Urgency, Weights, judge_priority

WEIGHTS = Weights(10, 5, False, 5, 5, 10, 1, 30, 100)


@pytest.fixture
def points(noon):
    def run(severities=None, *, confirmed=False, days=None, weights=WEIGHTS, **flags):
        flags = {"commercial": False, "persistent": False} | flags
        since = None if days is None else noon - timedelta(days=days)
        urgency = Urgency(severities, confirmed, waiting_since=since, **flags)
        found = judge_priority(urgency, weights, as_of=noon)
        return {item.text: item.points for item in found}

    return run


def test_each_thing_has_its_points_and_its_words(points):
    found = points((2, 4), confirmed=True, commercial=True, persistent=True, days=3.5)
    assert found == {
        "severity 4 of 5": 8,
        "confirmed": 5,
        "commercial": 5,
        "persistently abusive": 10,
        "waiting for 3 days": 3,
    }
    assert points() == {}


def test_what_has_to_be_withdrawn_outweighs_the_rest(points):
    assert points(withdrawal=True) == {"a withdrawal waits": 100}


def test_a_table_may_begin_with_the_worst(points):
    weights = replace(WEIGHTS, severity_one_is_worst=True)
    assert points((1, 5), weights=weights) == {"severity 1 of 5": 10}
    assert points((5, 5), weights=weights) == {"severity 5 of 5": 2}


@pytest.mark.parametrize(("number", "expected"), [(9, 10), (0, 0), (-3, 0)])
def test_a_number_outside_the_scale_counts_no_more_than_its_ends(points, number, expected):
    assert points((number, number)) == {f"severity {number} of 5": expected}


@pytest.mark.parametrize(("days", "expected"), [(1, 1), (30, 30), (400, 30), (-2, 0)])
def test_waiting_counts_by_the_day_up_to_the_policy(points, days, expected):
    assert list(points(days=days).values()) == [expected]

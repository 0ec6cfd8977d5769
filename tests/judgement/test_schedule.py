from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abusetrack.judgement.schedule import Standing, WatchPolicy, next_check
from abusetrack.records import State

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
POLICY = WatchPolicy(kept_back={"ch": timedelta(days=40)})
PLAIN = Standing(frozenset({State.ACTIVE}), "example", True, True, NOON)


def interval(policy=POLICY, **fields):
    check = next_check(replace(PLAIN, **fields), policy, as_of=NOON)
    return check.at and check.at - NOON


def ago(**delta):
    return NOON - timedelta(**delta)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (ago(minutes=1), HOUR),
        (ago(hours=23), HOUR),
        (ago(hours=24), DAY),
        (ago(days=29), DAY),
        (ago(days=30), WEEK),
        (None, WEEK),
    ],
)
def test_a_fresh_notice_is_followed_hourly_then_daily(sent, expected):
    assert interval(sent_at=sent) == expected


@pytest.mark.parametrize("state", [State.HELD_BY_REGISTRAR, State.HELD_BY_REGISTRY])
def test_a_held_name_is_looked_at_weekly(state):
    assert interval(states=frozenset({state, State.NOT_DELEGATED})) == WEEK


@pytest.mark.parametrize("state", [State.REDEMPTION, State.PENDING_DELETE])
def test_a_deleted_generic_name_is_looked_at_daily_until_dropped(state):
    for days in (0, 36, 400):
        assert interval(states=frozenset({state}), gone_since=ago(days=days)) == DAY
    held = frozenset({state, State.HELD_BY_REGISTRAR})
    assert interval(states=held) == DAY


@pytest.mark.parametrize(("days", "expected"), [(0, DAY), (14, DAY), (14.1, WEEK), (400, WEEK)])
def test_and_for_fourteen_days_after(days, expected):
    gone = frozenset({State.NOT_REGISTERED, State.NOT_DELEGATED})
    assert interval(states=gone, gone_since=ago(days=days)) == expected


@pytest.mark.parametrize(
    ("tld", "days", "expected"),
    [
        ("ch", 10, WEEK),
        ("ch", 36, WEEK),
        ("ch", 37, DAY),
        ("ch", 54, DAY),
        ("ch", 55, WEEK),
        ("zz", 38, WEEK),
    ],
)
def test_under_a_country_code_by_its_table_else_weekly(tld, days, expected):
    for state in (State.NOT_REGISTERED, State.REDEMPTION):
        fields = {"states": frozenset({state}), "gone_since": ago(days=days)}
        assert interval(tld=tld, generic=False, **fields) == expected


def test_without_a_confirmed_report_nothing_is_asked_but_for_a_notice():
    assert interval(confirmed=False) is None
    assert interval(confirmed=False, states=frozenset({State.REDEMPTION})) is None
    assert interval(confirmed=False, sent_at=ago(hours=1)) == HOUR


def test_never_is_an_interval_of_the_settings():
    never = replace(POLICY, active=timedelta())
    check = next_check(PLAIN, never, as_of=NOON)
    assert check.at is None
    assert "settings" in check.reason
    assert interval(never, sent_at=ago(hours=1)) == HOUR


def test_it_counts_from_the_last_lookup():
    assert interval(looked_up_at=ago(days=3)) == 4 * DAY
    assert interval(looked_up_at=ago(days=30)) == -23 * DAY  # long due


_TIMES = st.none() | st.integers(0, 100).map(lambda days: ago(days=days))


@settings(derandomize=True, max_examples=100)
@given(
    states=st.frozensets(st.sampled_from(State), min_size=1),
    generic=st.booleans(),
    tld=st.sampled_from(["ch", "zz", "example"]),
    gone_since=_TIMES,
    sent_at=_TIMES,
)
def test_a_watched_name_is_looked_at_within_a_week_and_at_most_hourly(**fields):
    check = next_check(replace(PLAIN, **fields), POLICY, as_of=NOON)
    assert check.at is not None
    assert HOUR <= check.at - NOON <= WEEK
    assert check.reason

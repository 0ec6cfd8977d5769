from __future__ import annotations

from datetime import UTC, datetime

import pytest

from abusetrack.metrics.filters import Filters, Period, period

NOW = datetime(2026, 1, 31, 15, 4, tzinfo=UTC)


def day(year, month, number):
    return datetime(year, month, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "since", "until"),
    [
        (Period.THIS_MONTH, day(2026, 1, 1), day(2026, 2, 1)),
        (Period.LAST_MONTH, day(2025, 12, 1), day(2026, 1, 1)),
        (Period.LAST_90_DAYS, day(2025, 11, 3), day(2026, 2, 1)),
        (Period.THIS_YEAR, day(2026, 1, 1), day(2027, 1, 1)),
        (Period.LAST_YEAR, day(2025, 1, 1), day(2026, 1, 1)),
        (Period.ALL, None, None),
    ],
)
def test_periods_are_of_whole_days(name, since, until):
    assert period(name, NOW) == (since, until)


def test_the_period_before_is_as_long_and_ends_where_this_one_begins():
    filters = Filters(since=day(2026, 1, 11), until=day(2026, 1, 21), source="partner")
    assert filters.before() == Filters(
        since=day(2026, 1, 1), until=day(2026, 1, 11), source="partner"
    )
    assert Filters(since=day(2026, 1, 1)).before() is None

"""Which reports a figure counts: one set of filters for every figure and panel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from abusetrack.records import SiteKind


@dataclass(frozen=True, slots=True)
class Filters:
    """What is counted; None does not filter. Only confirmed reports ever count.

    A report belongs to the period in which it was received: ``since <= t < until``.
    ``country`` and ``registrar`` keep the domains attributed to them.
    """

    since: datetime | None = None
    until: datetime | None = None
    category: str | None = None
    commercial: bool | None = None
    kind: SiteKind | None = None
    source: str | None = None
    country: str | None = None
    registrar: str | None = None  # its key
    at_the_time: bool = True  # False: what is known now, not what was known then

    def before(self) -> Filters | None:
        """The same filters over the period of the same length just before; None without one."""
        if self.since is None or self.until is None:
            return None
        return replace(self, since=self.since - (self.until - self.since), until=self.since)


class Period(StrEnum):
    """Periods that people ask for; all are of whole days, in UTC."""

    THIS_MONTH = "this month"
    LAST_MONTH = "last month"
    LAST_90_DAYS = "last 90 days"
    THIS_YEAR = "this year"
    LAST_YEAR = "last year"
    ALL = "all time"


def period(name: Period, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return (since, until) of a period as of ``now``; until is the end of the day or month."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    month, year = day.replace(day=1), day.replace(month=1, day=1)
    tomorrow = day + timedelta(days=1)
    match name:
        case Period.THIS_MONTH:
            return month, next_month(month)
        case Period.LAST_MONTH:
            return (month - timedelta(days=1)).replace(day=1), month
        case Period.LAST_90_DAYS:
            return tomorrow - timedelta(days=90), tomorrow
        case Period.THIS_YEAR:
            return year, year.replace(year=year.year + 1)
        case Period.LAST_YEAR:
            return year.replace(year=year.year - 1), year
    return None, None


def next_month(month: datetime) -> datetime:
    """Return the first instant of the month after the one that begins at ``month``."""
    return (month + timedelta(days=32)).replace(day=1)

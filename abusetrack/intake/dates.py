"""Dates as lists write them; never a guess."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from abusetrack.intake.model import Context, RowError

_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_SLACK = timedelta(days=1)  # clocks and zones of others
_ISO = re.compile(r"\d{4}-?(?:\d{2}-?\d{2}|W\d{2}-?\d)(?:[T ].*)?", re.ASCII)


def read_when(cell: object, context: Context, zone: tzinfo) -> datetime:
    """Read an ISO 8601 date, one in the profile's format, or a date cell; return it in UTC.

    A time without a zone is in ``zone``; a date without a time is its first instant.

    Raises:
        RowError: it is none of these, before 1995, or more than a day after the list came.
    """
    if isinstance(cell, datetime):
        when = cell
    elif isinstance(cell, date):
        when = datetime.combine(cell, time())
    elif isinstance(cell, str):
        when = _read_text(cell.strip(), context.profile.date_format if context.profile else "")
    else:
        raise RowError("the date is a number, not a date")
    try:
        when = (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        raise RowError("the date is out of range") from None
    if when < _EARLIEST:
        raise RowError("the date is before 1995")
    if when > context.received_at + _SLACK:
        raise RowError("the date lies in the future")
    return when


@lru_cache(4096)  # lists say the same day again and again
def _read_text(text: str, form: str) -> datetime:
    if form:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is added by the caller
        except (ValueError, re.error):
            pass
    if _ISO.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    if form:
        raise RowError("the date is neither in the profile's format nor ISO 8601 (2026-03-04)")
    raise RowError("the date is not ISO 8601 (2026-03-04); choose a source profile with its format")

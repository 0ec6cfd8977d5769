"""Dates of WHOIS answers: the forms in use, none of them a guess (pure)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from abusetrack.lookup import texts

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january ene",
            "feb february",
            "mar march",
            "apr april abr",
            "may",
            "jun june",
            "jul july",
            "aug august ago",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december dic",
        ),
        start=1,
    )
    for name in names.split()
}
_TIME = r"(?:[ T,.]*(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2}))?(?:[.,]\d+)?)?"
_ZONE = r"\s*\(?(?P<zone>Z|UTC|GMT|[+-]\d{1,2}:?\d{2}|(?:GMT|UTC)[+-]\d{1,2}(?::?\d{2})?)?\)?"
_TAIL = _TIME + _ZONE + r"(?![\d-])"
# Only forms whose order is certain: a year first, a month's name, or day-first with dots.
_FORMS = tuple(
    re.compile(form + _TAIL, re.IGNORECASE)
    for form in (
        r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})",
        r"(?P<y>\d{4})-(?P<m>[A-Za-z]{3,9})-(?P<d>\d{1,2})",
        r"(?P<y>\d{4})\. ?(?P<m>\d{1,2})\. ?(?P<d>\d{1,2})\.?",
        r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[- ./](?P<m>[A-Za-z]{3,9})[- ./,]+(?P<y>\d{4})",
        r"(?P<m>[A-Za-z]{3,9})[ .]+(?P<d>\d{1,2})(?:st|nd|rd|th)?,? +(?P<y>\d{4})",
        r"(?P<d>\d{1,2})\. ?(?P<m>\d{1,2})\. ?(?P<y>\d{4})",
        r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})",
    )
)
# "Tue Mar 04 10:00:00 GMT 2025": the year stands last.
_YEAR_LAST = re.compile(
    r"(?:[A-Za-z]{3},? )?(?P<m>[A-Za-z]{3}) +(?P<d>\d{1,2}) +"
    r"(?P<H>\d{2}):(?P<M>\d{2}):(?P<S>\d{2})(?: (?P<zone>[A-Z]{3,4}))? (?P<y>\d{4})"
)


def parse(value: object, *, day_first: bool | None = None) -> datetime | None:
    """Return the first date in ``value`` in UTC; one without a zone is taken as UTC.

    ``03/04/2025`` is read only where ``day_first`` says how its registry writes.
    """
    text = texts.clean(value)
    if text is None:
        return None
    time = texts.iso_time(text)
    if time is not None:
        return time
    match = _YEAR_LAST.search(text)
    for form in _FORMS:
        if match is not None:
            break
        match = form.search(text)
    if match is None and day_first is not None:
        order = (
            r"(?P<d>\d{1,2})[/-](?P<m>\d{1,2})" if day_first else r"(?P<m>\d{1,2})/(?P<d>\d{1,2})"
        )
        match = re.search(order + r"[/-](?P<y>\d{4})" + _TAIL, text, re.IGNORECASE)
    return _date(match) if match is not None else None


def _date(match: re.Match[str]) -> datetime | None:
    found = match.groupdict()
    month = found["m"]
    number = int(month) if month.isdigit() else _MONTHS.get(month.lower(), 0)
    try:
        time = datetime(
            int(found["y"]),
            number,
            int(found["d"]),
            int(found["H"] or 0),
            int(found["M"] or 0),
            min(int(found["S"] or 0), 59),
            tzinfo=_zone(found["zone"]),
        )
    except ValueError:
        return None
    return texts.in_utc(time)


def _zone(text: str | None) -> timezone:
    match = re.search(r"([+-])(\d{1,2}):?(\d{2})?$", text or "")
    if match is None:
        return UTC
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return timezone(-offset if match[1] == "-" else offset)

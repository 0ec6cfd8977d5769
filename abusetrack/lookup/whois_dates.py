"""Dates of WHOIS answers: the forms in use, none of them a guess (pure)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import cache

from abusetrack.lookup import texts
from abusetrack.lookup.tables import shipped

_MAX = 120  # characters of a value that are looked at
_BETWEEN = r"(?:[ ./,-]|\bde\b|\bof\b){1,5}"
_NAME = r"(?P<name>[^\W\d_]{3,12})\.?"
_DAY = r"(?P<d>\d{1,2})(?:st|nd|rd|th|er|º|\.)?"
_YEAR = r"(?P<y>\d{4})"
_TIME = r"(?:(?:[ T,.:]|\bat\b){1,6}(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2}))?(?:[.,]\d{1,9})?)?"
_ZONE = (
    r"(?: ?\(?(?P<zone>Z|(?:GMT|UTC) ?[+-]\d{1,2}(?::?\d{2})?|[+-]\d{1,2}:?(?:\d{2})?|[a-z]{3,4})"
    r"\b\)?)?"
)
_TAIL = _TIME + _ZONE + r"(?!\d)"
# Only forms whose order is certain: a year first, a month's name, or day-first with dots.
_FORMS = tuple(
    re.compile(r"(?<!\d)" + form, re.IGNORECASE)
    for form in (
        _YEAR + r"(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})" + _TAIL,
        _YEAR + r"[-/. ]{1,2}(?P<m>\d{1,2})[-/. ]{1,2}(?P<d>\d{1,2})\.?" + _TAIL,
        _YEAR + _BETWEEN + _NAME + _BETWEEN + _DAY + _TAIL,
        _DAY + _BETWEEN + _NAME + _BETWEEN + _YEAR + _TAIL,
        _DAY + r"[ /-]" + _NAME + r"[ /-](?P<y2>\d{2})" + _TAIL,
        _NAME + r" {1,3}(?P<d>\d{1,2}) (?P<H>\d{2}):(?P<M>\d{2}):(?P<S>\d{2})"
        r"(?: (?P<zone>[A-Z]{3,4}(?:[+-]\d{1,2})?))? " + _YEAR + r"(?!\d)",
        _NAME + _BETWEEN + _DAY + _BETWEEN + _YEAR + _TAIL,
        r"(?P<d>\d{1,2})\. ?(?P<m>\d{1,2})\. ?" + _YEAR + _TAIL,
        r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})(?!\d)",
        r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})" + _TAIL,
        _YEAR + r"年(?P<m>\d{1,2})月(?P<d>\d{1,2})日",
    )
)
_UNORDERED = re.compile(
    r"(?<!\d)(?P<a>\d{1,2})(?P<s>[/-])(?P<b>\d{1,2})(?P=s)" + _YEAR + _TAIL, re.IGNORECASE
)
_NO_DAY = re.compile(r"\W*(?:before|prior|pre|avant|antes)\b", re.IGNORECASE)
_TOLD_ORDER = re.compile(r"\b(?:(dd?[/.-]mm?)|(mm?[/.-]dd?))[/.-]yy", re.IGNORECASE)
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?$")


def parse(value: object, *, day_first: bool | None = None) -> datetime | None:
    """Return the first date in ``value`` in UTC; one without a zone is taken as UTC.

    ``03/04/2025`` is read only where ``day_first`` says how its registry writes.
    """
    text = texts.clean(value)
    if text is None or _NO_DAY.match(text):
        return None
    text = text[:_MAX]
    time = texts.iso_time(text)
    if time is not None:
        return time
    for form in _FORMS:
        match = form.search(text)
        if match is not None and (match.groupdict().get("name") is None or _month(match["name"])):
            return _date(match.groupdict())
    match = _UNORDERED.search(text)
    if match is None:
        return None
    found = match.groupdict()
    first, second = int(found["a"]), int(found["b"])
    if first > 12 or second > 12:
        day_first = first > 12
    if day_first is None:
        return None
    found["d"], found["m"] = (found["a"], found["b"]) if day_first else (found["b"], found["a"])
    return _date(found)


def day_first(text: str, tld: str) -> bool:
    """Tell how an answer writes ``03/04/2025``.

    It may say so ("dd/mm/yyyy"), or show it by a date that can be read one way only;
    else the ending decides.
    """
    told = _TOLD_ORDER.search(text)
    if told is not None:
        return told[1] is not None
    pairs = [(int(match["a"]), int(match["b"])) for match in _UNORDERED.finditer(text)]
    if any(first > 12 for first, _ in pairs):
        return True
    if any(second > 12 for _, second in pairs):
        return False
    return tld not in shipped("whois_dates.toml")["order"]["month_first"]


@cache
def _months() -> dict[str, int]:
    lines = shipped("whois_dates.toml")["months"]
    return {name: month for month, names in enumerate(lines, start=1) for name in names.split()}


def _month(name: str) -> int:
    plain = texts.unaccented(name.casefold())
    months = _months()
    return next((months[word] for word in (plain, plain[:4], plain[:3]) if word in months), 0)


def _date(found: dict[str, str | None]) -> datetime | None:
    name, short = found.get("name"), found.get("y2")
    year = int(found.get("y") or 0)
    if short:
        year = int(short) + (1900 if int(short) >= 70 else 2000)
    try:
        time = datetime(
            year,
            _month(name) if name else int(found.get("m") or 0),
            int(found["d"] or 0),
            int(found.get("H") or 0),
            int(found.get("M") or 0),
            min(int(found.get("S") or 0), 59),
            tzinfo=_zone(found.get("zone")),
        )
        return texts.in_utc(time)
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None) -> timezone:
    match = _OFFSET.search(text or "")
    if match is not None:
        offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        return timezone(-offset if match[1] == "-" else offset)
    hours = shipped("whois_dates.toml")["zones"].get((text or "").lower())
    return timezone(timedelta(hours=hours)) if hours else UTC

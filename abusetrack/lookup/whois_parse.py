"""What a WHOIS answer says (pure): first its outcome, then its fields.

The outcome is decided by our own table of phrases before any parser sees the text:
no library tells "no such domain" from "quota exceeded". Fields come from a thin
layer over "key: value" lines, by a table of keys, and from python-whois for what
that layer does not find.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from abusetrack.lookup import texts, whois_dates, whois_library
from abusetrack.lookup.tables import shipped
from abusetrack.records import Outcome, RegistrationFacts

MAX_LINES = 1000
_COMMENT = re.compile(r"^[\s%#*;>\-\[\]\"']+")
_LINE = re.compile(r"^[ \t]*\[?([^\s:\[\]][^:\[\]\n]{0,44}?)[ .\t]*(?::|\])[ \t]*(.*)$")
_TAGGED = re.compile(r"^(?:[a-z]\. )?\[([^\]]{2,30})\]\s+(\S.*)$")
_LIST = re.compile(r"[,\s]+")
_SPACES = re.compile(r"[\s._\-/]+")
_EXPLANATION = re.compile(r"\s*(?:\(|https?:| - ).*", re.IGNORECASE)
_DAY_FIRST = frozenset({"uk", "fr", "be", "it", "pt", "es", "br", "ie"})

# Contacts have dates of their own, and stand below the domain.
_FIRST_COUNTS = frozenset({"created", "updated", "expires"})
# Indented, it is the state of somebody's postal address.
_AT_MARGIN = "state"
_NAMES = frozenset({"name", "organisation", "organization"})
# Fields that only the record of a registered name has.
_MARKS = ("registrar_name", "created", "expires", "name_servers")


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of an answer; facts only with ``OK``."""

    outcome: Outcome
    detail: str = ""
    facts: RegistrationFacts | None = None


def decode(body: bytes) -> str:
    """Return the text of an answer: UTF-8, else Latin-1."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("latin-1")


def parse(text: str, domain: str) -> Reading:
    """Read the answer to a question for ``domain`` (A-labels)."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")[:MAX_LINES]]
    found = _fields(lines)
    registered = any(found.get(mark) for mark in _MARKS)
    phrase = _phrase(lines, registered=registered)
    if phrase is not None:
        return phrase
    facts = _facts(found, whois_library.load(domain, text), domain)
    if not registered and not (facts.registrar_name or facts.created or facts.statuses):
        detail = "an empty answer" if not text.strip() else "no record that could be read"
        return Reading(Outcome.MALFORMED, detail)
    return Reading(Outcome.OK, facts=facts)


@cache
def _phrases() -> tuple[tuple[Outcome, re.Pattern[str]], ...]:
    return tuple(
        (
            Outcome(entry["outcome"]),
            re.compile("|".join(f"(?:{line})" for line in entry["lines"]), re.IGNORECASE),
        )
        for entry in shipped("whois_phrases.toml")["phrase"]
    )


def _phrase(lines: list[str], *, registered: bool) -> Reading | None:
    if registered:
        return None  # terms of use speak of quotas too; a record is a record
    # The first line that says something decides; comments, which hold the terms of
    # use, count only where no other line does.
    for line in sorted(filter(str.strip, lines), key=lambda line: line.lstrip()[:1] in "%#"):
        told = _COMMENT.sub("", line)[:300]
        for outcome, pattern in _phrases():
            if pattern.match(told):
                detail = "" if outcome is Outcome.NOT_FOUND else texts.clean(told[:120]) or ""
                return Reading(outcome, detail)
    return None


@cache
def _keys() -> dict[str, tuple[str, int]]:
    """Return our field and its rank for each known key."""
    table = shipped("whois_fields.toml")
    return {key: (field, rank) for field, keys in table.items() for rank, key in enumerate(keys)}


def _fields(lines: list[str]) -> dict[str, list[str]]:
    """Collect the values by field; of several keys for a field the first listed counts.

    A key without a value on its line has its values on the indented lines below.
    """
    best: dict[str, tuple[int, list[str]]] = {}
    below: list[str] | None = None
    for line in lines:
        if line.lstrip()[:1] in {"%", "#", ">"}:
            below = None
            continue
        match = _LINE.match(line) or _TAGGED.match(line)
        key = _SPACES.sub(" ", match[1]).strip().lower() if match else ""
        known = None if key == _AT_MARGIN and line[:1].isspace() else _keys().get(key)
        if match is None or known is None:
            if line[:1] not in {" ", "\t"} or not line.strip():
                below = None
            elif below is not None and (match is None or match[1].strip().lower() in _NAMES):
                below.append((match[2] if match else line).strip())
            continue
        field, rank = known
        current = best.get(field)
        if current is None or (rank < current[0] and field not in _FIRST_COUNTS):
            current = best[field] = (rank, [])
        if rank > current[0] and field != "name_servers":
            below = None
            continue
        value = match[2].strip().lstrip(". ")
        if value:
            current[1].append(value)
        below = None if value and field != "name_servers" else current[1]
    return {field: values for field, (_rank, values) in best.items() if values}


def _facts(
    found: dict[str, list[str]], library: dict[str, list[whois_library.Value]], domain: str
) -> RegistrationFacts:
    oddities: list[str] = []
    tld = domain.rpartition(".")[2]

    def text(field: str, *fallbacks: str) -> str | None:
        values: list[object] = [*found.get(field, ())]
        for fallback in fallbacks:
            values += library.get(fallback, ())
        return next((value for item in values if (value := _value(item))), None)

    def date(field: str, fallback: str) -> datetime | None:
        values = found.get(field, [])
        for value in values:
            time = whois_dates.parse(value, day_first=tld in _DAY_FIRST or None)
            if time is not None:
                return time
        if values:
            oddities.append(f"a date of {field} that is none")
        times = (v for v in library.get(fallback, ()) if isinstance(v, datetime))
        return next((texts.in_utc(time) for time in times), None)

    return RegistrationFacts(
        registrar_name=text("registrar_name", "registrar"),
        registrar_iana_id=texts.iana_id(text("registrar_iana_id")),
        registrar_url=text("registrar_url", "registrar_url"),
        abuse_email=texts.mail(text("abuse_email")),
        abuse_phone=text("abuse_phone"),
        reseller=text("reseller"),
        created=date("created", "creation_date"),
        updated=date("updated", "updated_date"),
        expires=date("expires", "expiration_date"),
        statuses=_statuses(found.get("statuses") or library.get("status", [])),
        name_servers=_name_servers(
            found.get("name_servers") or library.get("name_servers", []), domain
        ),
        dnssec=_dnssec(text("dnssec", "dnssec")),
        whois_server=texts.host(text("whois_server")),
        oddities=tuple(dict.fromkeys(oddities)),
    )


def _value(item: object) -> str | None:
    value = texts.clean(item) if isinstance(item, str) else None
    if value is None or value.lower() in {"n/a", "na", "none", "-", "not available", "unknown"}:
        return None
    return value


def _statuses(values: Sequence[object]) -> tuple[str, ...]:
    """Return statuses in EPP spelling or the registry's own words, without explanations."""
    found = []
    for value in values:
        for part in _EXPLANATION.sub("", _value(value) or "").split(","):
            status = texts.epp_status(part)
            if status is not None:
                found.append(status)
    return tuple(dict.fromkeys(found))


def _name_servers(values: Sequence[object], domain: str) -> tuple[str, ...]:
    """Return name servers; glue addresses on the same line are left out."""
    names = []
    for value in values:
        for part in _LIST.split(_value(value) or ""):
            name = texts.host(part)
            if name and "." in name and name != domain and not name.replace(".", "").isdigit():
                names.append(name)
    return tuple(dict.fromkeys(names))


def _dnssec(value: str | None) -> bool | None:
    word = (value or "").lower()
    if word.startswith(("unsigned", "no", "inactive", "false")):
        return False
    if word.startswith(("signed", "yes", "active", "true")):
        return True
    return None

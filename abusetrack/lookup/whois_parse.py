"""What a WHOIS answer says (pure): first its outcome, then its fields.

The layout of the answer gives values under our fields (``whois_layout``), each is
cleaned (``whois_values``, ``whois_dates``). An answer that holds no registration is
told by a table of phrases: no such domain, asked too often, refused, broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache

from abusetrack.lookup import texts, whois_dates, whois_values
from abusetrack.lookup.tables import shipped
from abusetrack.lookup.whois_keys import Part
from abusetrack.lookup.whois_layout import MAX_TEXT, Entry, entries, lines_of
from abusetrack.records import Outcome, RegistrationFacts

_MARKS = re.compile(r"^[\s%#*;>\-\[\]\"'&]+")
_REMARKS = ("%", "#", ";")
_LONG = 5  # lines: a paragraph of terms of use, not an answer
# States that only a registration has; a "status: free" is none of them.
_HELD = re.compile(
    r"(registered|active|ok|connect(ed)?|delegated|published|granted|locked|suspended|"
    r"(client|server)[a-z ]*(prohibited|hold)|redemption|pending ?delete)\b",
    re.IGNORECASE,
)
_SHORT = 6  # lines: an answer without terms of use
_PERSONS = 3  # lines about persons, in an answer that does not repeat the name
_TOLD = 200  # characters of a line that are compared with the phrases


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
    lines = lines_of(text)
    found: dict[str, list[Entry]] = {}
    for entry in entries(lines):
        found.setdefault(entry.field, []).append(entry)
    facts = _facts(found, text[:MAX_TEXT], domain)
    if facts.registrar_name or facts.created or facts.expires or facts.name_servers:
        # Terms of use speak of quotas and of names not found too; a record is a record.
        return Reading(Outcome.OK, facts=facts)
    phrase = _phrase(lines)
    if phrase is not None and not (
        (phrase.outcome is Outcome.NO_DATA and facts.statuses)
        or (phrase.outcome is Outcome.NOT_FOUND and _is_held(found, facts.statuses, domain))
    ):
        return phrase
    if any(map(_is_state, facts.statuses)) or facts.abuse_email or _names(found, domain):
        return Reading(Outcome.OK, facts=facts)
    detail = "no record that could be read" if text.strip() else "an empty answer"
    return Reading(Outcome.MALFORMED, detail)


@cache
def _phrases() -> tuple[tuple[Outcome, re.Pattern[str]], ...]:
    return tuple(
        (
            Outcome(entry["outcome"]),
            re.compile("|".join(f"(?:{line})" for line in entry["lines"]), re.IGNORECASE),
        )
        for entry in shipped("whois_phrases.toml")["phrase"]
    )


def _phrase(lines: list[str]) -> Reading | None:
    """Return what the first telling line says.

    Long paragraphs, which are terms of use, come last, and remarks after the rest. In an
    answer of a few lines, without room for terms, one that speaks of too many questions
    wins: "no data" may only follow from it. That a name is not to be had counts only where
    nothing else is said.
    """
    told = _by_weight(lines)
    kept_back: Reading | None = None
    first: Reading | None = None
    for said in filter(None, map(_said, told)):
        if said.outcome is Outcome.RATE_LIMITED and (first is None or len(told) <= _SHORT):
            return said
        if said.outcome is Outcome.NO_DATA:
            kept_back = kept_back or said
        elif len(told) > _SHORT:
            return said
        else:
            first = first or said
    return first or kept_back


@lru_cache(maxsize=2048)  # the terms of a registry come with each of its answers
def _said(line: str) -> Reading | None:
    """Return what a line means by the table of phrases, read without accents too."""
    plain = texts.unaccented(line)
    for outcome, pattern in _phrases():
        if pattern.match(line) or (plain is not line and pattern.match(plain)):
            if outcome is not Outcome.NOT_FOUND:
                return Reading(outcome, texts.clean(line[:120]) or "")
            return None if _not_about_the_name().search(plain) else Reading(outcome)
    return None


@cache
def _not_about_the_name() -> re.Pattern[str]:
    lines = shipped("whois_phrases.toml")["not_about_the_name"]
    return re.compile("|".join(f"(?:{line})" for line in lines), re.IGNORECASE)


def _by_weight(lines: list[str]) -> list[str]:
    """Return the lines, cut: plain ones, remarks, then those of long paragraphs."""
    weighed: list[tuple[bool, bool, int, str]] = []
    for paragraph in _paragraphs(lines):
        long = len(paragraph) >= _LONG
        weighed += [(long, line.lstrip()[:1] in _REMARKS, len(weighed), line) for line in paragraph]
    weighed.sort()
    return [" ".join(_MARKS.sub("", line)[:_TOLD].split()) for *_, line in weighed]


def _paragraphs(lines: list[str]) -> Iterator[list[str]]:
    paragraph: list[str] = []
    for line in [*lines, ""]:
        if _MARKS.sub("", line):
            paragraph.append(line)
        elif paragraph:
            yield paragraph
            paragraph = []


def _is_state(status: str) -> bool:
    """Tell a state of a registration from a cut "No object found"."""
    return not status.lower().startswith(("no ", "not regis", "not fou"))


def _names(found: dict[str, list[Entry]], domain: str) -> bool:
    """Tell whether the answer names persons for the domain, if no fact of ours."""
    persons = len(found.get("person", ()))
    return persons >= (1 if _is_named(found, domain) else _PERSONS)


def _is_held(found: dict[str, list[Entry]], statuses: tuple[str, ...], domain: str) -> bool:
    """Tell whether somebody holds the name: keys of persons have values, or a state says so."""
    if any(_HELD.match(status) for status in statuses):
        return True
    persons = sum(entry.rank == 0 for entry in found.get("person", ()))
    return persons >= (1 if _is_named(found, domain) else _PERSONS)


def _is_named(found: dict[str, list[Entry]], domain: str) -> bool:
    return any(domain in entry.value.lower().split() for entry in found.get("domain", ()))


def _told(found: dict[str, list[Entry]], field: str) -> list[str]:
    """Return the values of a field, the best key's first; not those of other objects."""
    told = [
        entry
        for entry in found.get(field, ())
        if entry.part is Part.DOMAIN
        or field == "name_servers"
        or (entry.part is not Part.OTHER and not (entry.bare and entry.part is Part.PERSON))
    ]
    if any(entry.part is Part.DOMAIN for entry in told):
        told = [entry for entry in told if entry.part is Part.DOMAIN or not entry.bare]
    return [entry.value for entry in sorted(told, key=lambda entry: entry.rank)]


def _facts(found: dict[str, list[Entry]], text: str, domain: str) -> RegistrationFacts:
    oddities: list[str] = []
    order: list[bool] = []

    def date(field: str) -> datetime | None:
        values = [value for told in _told(found, field) if (value := whois_values.value(told))]
        if values and not order:
            order.append(whois_dates.day_first(text, domain.rpartition(".")[2]))
        for value in values:
            time = whois_dates.parse(value, day_first=order[0])
            if time is not None:
                return time
        if values:
            oddities.append(f"a date of {field} that is none")
        return None

    def first(field: str) -> str | None:
        return _first(whois_values.value(value) for value in _told(found, field))

    return RegistrationFacts(
        registrar_name=_first(map(whois_values.registrar, _told(found, "registrar_name"))),
        registrar_iana_id=_number(map(texts.iana_id, _told(found, "registrar_iana_id"))),
        registrar_url=first("registrar_url"),
        abuse_email=_first(map(texts.mail, _told(found, "abuse_email"))),
        abuse_phone=first("abuse_phone"),
        reseller=first("reseller"),
        created=date("created"),
        updated=date("updated"),
        expires=date("expires"),
        statuses=whois_values.statuses(_told(found, "statuses")),
        name_servers=whois_values.name_servers(_told(found, "name_servers"), domain),
        dnssec=_dnssec(first("dnssec")),
        whois_server=texts.host(first("whois_server")),
        oddities=tuple(dict.fromkeys(oddities)),
    )


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _number(values: Iterable[int | None]) -> int | None:
    return next((value for value in values if value), None)


def _dnssec(value: str | None) -> bool | None:
    word = (value or "").lower()
    if word.startswith(("unsigned", "no", "inactive", "false")):
        return False
    if word.startswith(("signed", "yes", "active", "true")):
        return True
    return None

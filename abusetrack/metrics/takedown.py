"""The takedown clocks: from the report received, and from the notice sent, to removal.

Registrar and registry: to the first observed domain-level change, by domain. Host, CDN and
platform: to a content status "gone" that a person or the hotline's system recorded, by URL.
The two are never in one figure. A move to another host or a transfer to another registrar
is no removal. A removal under a registration that had run out counts apart, because the
registrar did nothing but wait.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

from abusetrack.casefile import CaseFile, told
from abusetrack.casefile.encoding import canonical, moment, stamp
from abusetrack.metrics import attribution
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.survival import Case, End
from abusetrack.records import ContentState, Role, State, Told

T = TypeVar("T")

# What the registry says is certain at once; what the DNS alone says needs a second look.
_SAID_BY_REGISTRY = frozenset(
    {
        State.HELD_BY_REGISTRY,
        State.HELD_BY_REGISTRAR,
        State.PENDING_DELETE,
        State.REDEMPTION,
    }
)
_SEEN_IN_DNS = frozenset({State.NOT_REGISTERED, State.NOT_DELEGATED, State.PARKED})
_APART = timedelta(hours=1)
_CONTENT = {ContentState.PRESENT.value: End.OPEN, ContentState.GONE.value: End.REMOVED}


class Clock(StrEnum):
    """When a clock starts."""

    REPORT = "from the report received"  # as INHOPE counts
    NOTICE = "from the notice sent"  # as the Internet Watch Foundation counts


# Plain tuples, because there are millions; times as the case file writes them, which sort.
Check = tuple[int, str, str, str | None]  # a domain, when it was checked, its state, its expiry
Look = tuple[str, End]  # when, and what was seen: up (OPEN), or that it had ended in this way


@dataclass(frozen=True, slots=True)
class Clocks:
    """The cases of one clock, and those that have none to count."""

    cases: tuple[Case, ...]
    down_before: int  # removed when the clock would have started, or never seen up
    unchecked: int  # never checked after the start: nothing is known


@dataclass(frozen=True, slots=True)
class _Start:
    subject: str
    party_key: str | None
    party: str
    country: str | None
    at: str


def domain_clock(case: CaseFile, filters: Filters, clock: Clock) -> Clocks:
    """Return the registrar and registry cases: one per domain, or per domain and party told."""
    if clock is Clock.NOTICE:  # three panels show parts of it
        return case.kept_value(
            ("domains told of", filters), lambda: _domain_clock(case, filters, clock)
        )
    return _domain_clock(case, filters, clock)


def _domain_clock(case: CaseFile, filters: Filters, clock: Clock) -> Clocks:
    sql = attribution.counted(case, filters)
    noticed = " WHERE domain_now.domain IN (SELECT domain FROM notice_row)"
    rows = case.rows(
        f"{sql} SELECT domain_now.domain, chosen.registrar_key, chosen.registrar,"
        " chosen.hosting_country, first, chosen.domain FROM chosen"
        " JOIN domain_now ON domain_now.id = chosen.domain"
        f"{noticed if clock is Clock.NOTICE else ''} ORDER BY 1"
    )
    starts = [
        _Start(domain, key, name or attribution.NOT_KNOWN, country, first)
        for domain, key, name, country, first, _ in rows
    ]
    ids = {domain: number for domain, *_, number in rows}
    wanted = "SELECT domain FROM chosen"
    if clock is Clock.NOTICE:
        starts = list(_told(case, starts, (Role.REGISTRAR, Role.REGISTRY)))
        # Read of these domains alone: few of all that are looked at were ever told of.
        wanted = "SELECT value FROM json_each(:told)"
    told_of = canonical(sorted({ids[start.subject] for start in starts}))
    checks = case.each(
        f"{sql} SELECT domain, max(coalesce(registration_at, ''), coalesce(hosting_at, ''))"
        f" AS checked, state, expires FROM sighting WHERE domain IN ({wanted})"
        " AND state <> :unknown AND checked <> '' ORDER BY domain, at",
        {"unknown": State.UNKNOWN.value} | ({"told": told_of} if clock is Clock.NOTICE else {}),
    )
    seen = {number: looks_of(list(group)) for number, group in groupby(checks, key=itemgetter(0))}
    return _run(starts, {domain: seen[n] for domain, n in ids.items() if n in seen})


def content_clock(case: CaseFile, filters: Filters, clock: Clock) -> Clocks:
    """Return the cases of hosts, CDNs and platforms, one per URL (and party told)."""
    conditions, parameters = filters.conditions()
    sql = attribution.counted(case, filters)
    # Read of these pages alone: of most nobody ever said anything, and few were told of.
    few = {
        Clock.REPORT: "url IN (SELECT url FROM content_status)",
        Clock.NOTICE: "domain IN (SELECT domain_now.id FROM notice_row"
        " JOIN domain_now ON domain_now.domain = notice_row.domain)",
    }
    rows = case.rows(
        f"{sql} SELECT CAST(page.url AS TEXT), domain_now.domain, chosen.asn, chosen.as_name,"
        " chosen.cdn, chosen.hosting_country, page.first FROM"
        f" (SELECT url, domain, min(received_at) AS first FROM report WHERE {conditions}"
        f" AND {few[clock]} GROUP BY url) AS page"
        " JOIN chosen ON chosen.domain = page.domain"
        " JOIN domain_now ON domain_now.id = page.domain ORDER BY 1",
        parameters,
    )
    starts, domains = [], {}
    for url, domain, asn, as_name, cdn, country, first in rows:
        key, name = _network(asn, as_name, cdn)
        starts.append(_Start(url, key, name, country, first))
        domains[url] = domain
    if clock is Clock.NOTICE:
        starts = list(_told(case, starts, (Role.HOST, Role.CDN, Role.PLATFORM), domains))
    # "Moved" and "could not tell" say neither that it is up nor that it is gone.
    looks = _grouped(
        (url, (at, _CONTENT[state]))
        for url, at, state in case.each(
            "SELECT CAST(url AS TEXT), at, state FROM content_status"
            " WHERE state IN (SELECT value FROM json_each(:states)) ORDER BY url, at, fact",
            {"states": canonical(list(_CONTENT))},
        )
    )
    found = _run(starts, looks, seen_up=True)  # by whoever confirmed it
    if clock is Clock.NOTICE:
        return found
    pages: int = case.value(f"{sql} SELECT coalesce(sum(urls), 0) FROM chosen")
    return replace(found, unchecked=found.unchecked + pages - len(starts))


def by_party(clocks: Clocks) -> dict[tuple[str | None, str], list[Case]]:
    """Return the cases of each party (key, name), the party with most cases first."""
    found: dict[tuple[str | None, str], list[Case]] = {}
    names = {case.party_key: case.party for case in clocks.cases}
    for case in clocks.cases:
        found.setdefault((case.party_key, names[case.party_key]), []).append(case)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0][1])))


def by_country(clocks: Clocks) -> dict[str | None, list[Case]]:
    """Return the cases of each hosting country, the one with most cases first."""
    found: dict[str | None, list[Case]] = {}
    for case in clocks.cases:
        found.setdefault(case.country, []).append(case)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0] or "")))


def looks_of(checks: Sequence[Check]) -> list[Look]:
    """Return what the checks of a domain say, in order of time.

    What the DNS alone says (no delegation, no such name, parking name servers) counts once
    a check at least an hour later, or the registry, says so as well; until then it is left out.
    """
    looks = []
    before = ""
    for number, check in enumerate(checks):
        _, at, state, expires = check
        if state in _SAID_BY_REGISTRY or (state in _SEEN_IN_DNS and _confirmed(checks, number)):
            ran_out = expires is not None and expires <= at
            expired = ran_out or before == State.EXPIRED
            looks.append((at, End.EXPIRED if expired else End.REMOVED))
        elif state not in _SEEN_IN_DNS:
            looks.append((at, End.OPEN))
        before = state
    return looks


def _confirmed(checks: Sequence[Check], number: int) -> bool:
    since = moment(checks[number][1])
    for _, at, state, _ in checks[number + 1 :]:
        if state in _SAID_BY_REGISTRY:
            return True
        if state not in _SEEN_IN_DNS:
            return False
        if moment(at) - since >= _APART:
            return True
    return False


def _run(
    starts: Iterable[_Start], seen: Mapping[str, Sequence[Look]], *, seen_up: bool = False
) -> Clocks:
    """Run a clock from each start over what was seen of its subject.

    Unless ``seen_up`` says that the report itself tells so, a subject that no check saw
    up is no case: when it went is not known.
    """
    cases: list[Case] = []
    down_before = unchecked = 0
    for start in starts:
        looks = seen.get(start.subject, ())
        first = bisect_left(looks, start.at, key=itemgetter(0))
        if first == len(looks):
            unchecked += 1
        elif (first and looks[first - 1][1] is not End.OPEN) or (
            not first and not seen_up and looks[0][1] is not End.OPEN
        ):
            down_before += 1
        else:
            cases.append(_case(start, looks[first:]))
    return Clocks(tuple(cases), down_before, unchecked)


def _case(start: _Start, looks: Sequence[Look]) -> Case:
    last_up, gone, end = start.at, None, End.OPEN
    for at, ended in looks:
        if ended is not End.OPEN:
            gone, end = at, ended
            break
        last_up = at
    return Case(
        start.subject,
        start.party_key,
        start.party,
        start.country,
        moment(start.at),
        moment(last_up),
        moment(gone),
        end,
    )


def _told(
    case: CaseFile,
    starts: Sequence[_Start],
    roles: Sequence[Role],
    domains: dict[str, str] | None = None,
) -> Iterator[_Start]:
    """Yield a start for each party in ``roles`` that was sent a notice, at its first one."""
    of_subject = domains or {}
    names = {of_subject.get(start.subject, start.subject) for start in starts}
    known = told.of_many(case, names)
    for start in starts:
        first: dict[str, Told] = {}
        for notice in known.get(of_subject.get(start.subject, start.subject), ()):
            if notice.role in roles and notice.sent_at is not None:
                before = first.get(notice.party_key)
                if before is None or before.sent_at is None or notice.sent_at < before.sent_at:
                    first[notice.party_key] = notice
        for key, notice in first.items():
            if notice.sent_at is not None:
                at = stamp(notice.sent_at)
                yield replace(start, party_key=key, party=notice.party_name, at=at)


def _network(asn: int | None, as_name: str | None, cdn: str | None) -> tuple[str | None, str]:
    if cdn is not None:
        return f"cdn:{cdn}", cdn
    if asn is None:
        return None, attribution.NOT_KNOWN
    return f"asn:{asn}", f"AS{asn} {as_name or ''}".strip()


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    return {
        subject: [value for _subject, value in group]
        for subject, group in groupby(pairs, key=itemgetter(0))
    }

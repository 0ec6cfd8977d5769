"""The takedown clocks: from the report received, and from the notice sent, to removal.

Registrar and registry: to the first observed domain-level change, by domain. Host, CDN and
platform: to a content status "gone" that a person or the hotline's system recorded, by URL.
The two are never in one figure. A move to another host or a transfer to another registrar
is no removal. A removal under a registration that had run out counts apart, because the
registrar did nothing but wait.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from abusetrack.casefile import CaseFile, told
from abusetrack.casefile.encoding import canonical, stamp
from abusetrack.metrics import attribution, looks
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.looks import Looks
from abusetrack.metrics.survival import Cases, Subject
from abusetrack.records import ContentState, Role, State, Told

# What the registry says is certain at once; what the DNS alone says needs a second look.
_SAYS = {
    State.HELD_BY_REGISTRY: looks.GONE_BY_REGISTRY,
    State.HELD_BY_REGISTRAR: looks.GONE_BY_REGISTRY,
    State.PENDING_DELETE: looks.GONE_BY_REGISTRY,
    State.REDEMPTION: looks.GONE_BY_REGISTRY,
    State.NOT_REGISTERED: looks.GONE_IN_DNS,
    State.NOT_DELEGATED: looks.GONE_IN_DNS,
    State.PARKED: looks.GONE_IN_DNS,
    State.EXPIRED: looks.RAN_OUT,
}
_SAID = " ".join(f"WHEN '{state.value}' THEN {says}" for state, says in _SAYS.items())
_CHECKS = f"""
SELECT domain, checked, CASE state {_SAID} ELSE {looks.CHECKED_UP} END,
    coalesce(expires <= checked, 0)
FROM (
    SELECT domain, at, state, expires,
        max(coalesce(registration_at, ''), coalesce(hosting_at, '')) AS checked
    FROM sighting WHERE domain IN ({{wanted}}) AND state <> :unknown
)
WHERE checked <> '' ORDER BY domain, at
"""
# "Moved" and "could not tell" say neither that it is up nor that it is gone.
_STATUSES = f"""
SELECT url, at, CASE state WHEN '{ContentState.GONE.value}' THEN {looks.REMOVED}
    ELSE {looks.UP} END
FROM content_status
WHERE state IN ('{ContentState.PRESENT.value}', '{ContentState.GONE.value}')
ORDER BY url, at, fact
"""


class Clock(StrEnum):
    """When a clock starts."""

    REPORT = "from the report received"  # as INHOPE counts
    NOTICE = "from the notice sent"  # as the Internet Watch Foundation counts


@dataclass(frozen=True, slots=True)
class Clocks:
    """The cases of one clock, and those that have none to count."""

    cases: Cases
    down_before: int  # removed when the clock would have started, or never seen up
    unchecked: int  # never checked after the start: nothing is known


@dataclass(frozen=True, slots=True)
class _Start:
    number: int  # of the domain or the URL
    about: Subject
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
        _Start(number, Subject(domain, key, name or attribution.NOT_KNOWN, country), first)
        for domain, key, name, country, first, number in rows
    ]
    wanted, parameters = "SELECT domain FROM chosen", {"unknown": State.UNKNOWN.value}
    if clock is Clock.NOTICE:
        starts = list(_told(case, starts, (Role.REGISTRAR, Role.REGISTRY)))
        # Read of these domains alone: few of all that are looked at were ever told of.
        wanted = "SELECT value FROM json_each(:told)"
        parameters["told"] = canonical(sorted({start.number for start in starts}))
    checks = case.each(f"{sql} {_CHECKS.format(wanted=wanted)}", parameters)
    return _run(starts, looks.of_checks(checks))


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
        starts.append(_Start(int(url), Subject(url, key, name, country), first))
        domains[url] = domain
    if clock is Clock.NOTICE:
        starts = list(_told(case, starts, (Role.HOST, Role.CDN, Role.PLATFORM), domains))
    seen = looks.of_columns(*looks.columns(case.each(_STATUSES), at=1, count=3))
    found = _run(starts, seen, seen_up=True)  # by whoever confirmed it
    if clock is Clock.NOTICE:
        return found
    pages: int = case.value(f"{sql} SELECT coalesce(sum(urls), 0) FROM chosen")
    return replace(found, unchecked=found.unchecked + pages - len(starts))


def by_party(clocks: Clocks) -> dict[tuple[str | None, str], Cases]:
    """Return the cases of each party (key, name), the party with most cases first."""
    names, rows = {}, defaultdict(list)
    for row, about in enumerate(clocks.cases.about):
        names[about.party_key] = about.party
        rows[about.party_key].append(row)
    found = {(key, names[key]): clocks.cases.some(places) for key, places in rows.items()}
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0][1])))


def _run(starts: Sequence[_Start], seen: Looks, *, seen_up: bool = False) -> Clocks:
    import numpy as np

    numbers = np.array([start.number for start in starts], dtype=np.int64)
    at = looks.micros(start.at for start in starts)
    found = looks.run(numbers, at, seen, seen_up=seen_up)
    about = [starts[row].about for row in found.rows.tolist()]
    cases = Cases(about, at[found.rows], found.last_up, found.first_gone, found.end)
    return Clocks(cases, found.down_before, found.unchecked)


def _told(
    case: CaseFile,
    starts: Sequence[_Start],
    roles: Sequence[Role],
    domains: dict[str, str] | None = None,
) -> Iterator[_Start]:
    """Yield a start for each party in ``roles`` that was sent a notice, at its first one."""
    of_subject = domains or {}
    names = {of_subject.get(start.about.subject, start.about.subject) for start in starts}
    known = told.of_many(case, names)
    for start in starts:
        first: dict[str, Told] = {}
        for notice in known.get(of_subject.get(start.about.subject, start.about.subject), ()):
            if notice.role in roles and notice.sent_at is not None:
                before = first.get(notice.party_key)
                if before is None or before.sent_at is None or notice.sent_at < before.sent_at:
                    first[notice.party_key] = notice
        for key, notice in first.items():
            if notice.sent_at is not None:
                about = replace(start.about, party_key=key, party=notice.party_name)
                yield _Start(start.number, about, stamp(notice.sent_at))


def _network(asn: int | None, as_name: str | None, cdn: str | None) -> tuple[str | None, str]:
    if cdn is not None:
        return f"cdn:{cdn}", cdn
    if asn is None:
        return None, attribution.NOT_KNOWN
    return f"asn:{asn}", f"AS{asn} {as_name or ''}".strip()

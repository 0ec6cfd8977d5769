"""The takedown clocks: from the report received, and from the notice sent, to removal.

Registrar and registry: to the first observed domain-level change, by domain. Host, CDN and
platform: to a content status "gone" that a person or the hotline's system recorded, by URL.
The two are never in one figure. A move to another host or a transfer to another registrar
is no removal. A removal under a registration that had run out counts apart, because the
registrar did nothing but wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from abusetrack.casefile import CaseFile, told
from abusetrack.casefile.encoding import stamp
from abusetrack.metrics import attribution, columns, looks
from abusetrack.metrics.attribution import Counted
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.looks import Looks
from abusetrack.metrics.survival import Cases
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
# "Moved" and "could not tell" say neither that it is up nor that it is gone.
_STATUSES = f"""
SELECT url, at, state = '{ContentState.GONE.value}' FROM content_status
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


@dataclass(frozen=True, slots=True, eq=False)
class _Starts:
    """What clocks start for: the row of a counted domain, the domain or URL, and the party."""

    row: Any
    subject: Any
    at: Any
    party: Any
    parties: Sequence[tuple[str | None, str]]


def domain_clock(case: CaseFile, filters: Filters, clock: Clock) -> Clocks:
    """Return the registrar and registry cases: one per domain, or per domain and party told."""
    return case.kept_value(  # three panels show parts of it
        ("domain clock", filters, clock), lambda: _domain_clock(case, filters, clock)
    )


def _domain_clock(case: CaseFile, filters: Filters, clock: Clock) -> Clocks:
    import numpy as np

    found = attribution.counted(case, filters)
    if clock is Clock.REPORT:
        rows = np.arange(len(found.domain))
        starts = _from_reports(found, rows, found.domain, found.first, "registrars")
    else:
        starts = _told(case, found, (Role.REGISTRAR, Role.REGISTRY))
    return _run(found, starts, case.kept_value("looks", lambda: _looks(case)))


def _looks(case: CaseFile) -> Looks:
    """Return what every lookup says of its domain."""
    import numpy as np

    seen = columns.lookups(case)
    states = [None if state == State.UNKNOWN else state for state in seen.facts.of("state")]
    says = np.array(
        [-1 if state is None else _SAYS.get(State(state), looks.CHECKED_UP) for state in states],
        dtype=np.int64,
    )[seen.facts.number]
    late = np.array(seen.facts.of("late"), dtype=float)[seen.facts.number] == 1
    checked = np.maximum(seen.registered_at, seen.hosted_at)
    known = (says >= 0) & (checked != columns.NEVER)
    domain = np.repeat(seen.subjects, np.diff(seen.bounds))
    return looks.of_checks(domain[known], checked[known], says[known], late[known])


def content_clock(case: CaseFile, filters: Filters, clock: Clock) -> Clocks:
    """Return the cases of hosts, CDNs and platforms, one per URL (and party told)."""
    import numpy as np

    found = attribution.counted(case, filters)
    statuses = np.array(case.rows(_STATUSES), dtype=object).reshape(-1, 3)
    url, gone = statuses[:, 0].astype(np.int64), statuses[:, 2].astype(np.int64)
    seen = looks.of_columns(url, _times(statuses[:, 1]), np.where(gone, looks.REMOVED, looks.UP))
    pages, rows, first = _pages(case, filters, found)
    if clock is Clock.NOTICE:
        starts = _told(case, found, (Role.HOST, Role.CDN, Role.PLATFORM), (pages, rows))
        return _run(found, starts, seen, seen_up=True)  # by whoever confirmed it
    said = np.isin(pages, url)  # of most nobody ever said anything
    starts = _from_reports(found, rows[said], pages[said], first[said], "hosts")
    run = _run(found, starts, seen, seen_up=True)
    return replace(run, unchecked=run.unchecked + len(pages) - int(said.sum()))


def _pages(case: CaseFile, filters: Filters, found: Counted) -> tuple[Any, Any, Any]:
    """Return the confirmed URLs, the counted row of each, and when it was first reported."""
    import numpy as np

    reports = columns.reports(case)
    chosen = reports.chosen(filters)
    chosen = chosen[np.isin(reports.domain[chosen], found.domain)]
    order = chosen[np.lexsort((reports.received[chosen], reports.url[chosen]))]
    each = order[np.diff(reports.url[order], prepend=-1) != 0]
    rows = np.searchsorted(found.domain, reports.domain[each])
    return reports.url[each], rows, reports.received[each]


def by_party(clocks: Clocks) -> dict[tuple[str | None, str], Cases]:
    """Return the cases of each party (key, name), the party with most cases first."""
    cases = clocks.cases
    places: dict[str | None, list[int]] = {}
    names: dict[str | None, str] = {}
    for (number,), _ in columns.tally(cases.party):
        key, name = cases.parties[number]
        places.setdefault(key, []).append(number)
        names[key] = max(names.get(key, ""), name)  # it may be written differently
    found = {(key, names[key]): cases.some(_among(cases.party, places[key])) for key in places}
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0][1])))


def _among(party: Any, numbers: Sequence[int]) -> Any:
    import numpy as np

    return np.flatnonzero(np.isin(party, numbers))


def _from_reports(found: Counted, rows: Any, subject: Any, at: Any, side: str) -> _Starts:
    """Return a start for each subject, for whoever it counts for."""
    parties = (
        attribution.BY["registrars"](found)
        if side == "registrars"
        else attribution.of_side(found.hosted, found.values, _network)
    )
    named = [
        (None if key is None else str(key), name or attribution.NOT_KNOWN)
        for key, name in parties.named
    ]
    return _Starts(rows, subject, at, parties.number[rows], named)


def _run(found: Counted, starts: _Starts, seen: Looks, *, seen_up: bool = False) -> Clocks:
    run = looks.run(starts.subject, starts.at, seen, seen_up=seen_up)
    countries = [*(said["hosting_country"] for said in found.values), None]
    cases = Cases(
        starts.subject[run.rows],
        starts.party[run.rows],
        starts.parties,
        found.hosted[starts.row[run.rows]],
        countries,
        starts.at[run.rows],
        run.last_up,
        run.first_gone,
        run.end,
    )
    return Clocks(cases, run.down_before, run.unchecked)


def _told(
    case: CaseFile,
    found: Counted,
    roles: Sequence[Role],
    pages: tuple[Any, Any] | None = None,
) -> _Starts:
    """Return a start for each party in ``roles`` that was sent a notice, at its first one.

    By domain, or by each of its ``pages`` (URLs and the counted rows that they are of).
    """
    import numpy as np

    names = dict(
        case.rows(
            "SELECT domain, id FROM domain_now WHERE domain IN (SELECT domain FROM notice_row)"
        )
    )
    row_of = dict(zip(found.domain.tolist(), range(len(found.domain)), strict=True))
    rows: list[int] = []
    subjects: list[int] = []
    keys: list[int] = []
    at: list[str] = []
    named: dict[str, tuple[int, str]] = {}
    known = told.of_many(case, [name for name, number in names.items() if number in row_of])
    pages_of: dict[int, list[int]] = {}
    if pages is not None:
        noticed = np.isin(pages[1], [row_of[names[name]] for name in known])
        for page, row in zip(pages[0][noticed].tolist(), pages[1][noticed].tolist(), strict=True):
            pages_of.setdefault(row, []).append(page)
    for name, notices in sorted(known.items()):
        row = row_of[names[name]]
        these = [names[name]] if pages is None else pages_of.get(row, [])
        first: dict[str, Told] = {}
        for notice in notices:
            if notice.role in roles and notice.sent_at is not None:
                before = first.get(notice.party_key)
                if before is None or before.sent_at is None or notice.sent_at < before.sent_at:
                    first[notice.party_key] = notice
        for key, notice in first.items():
            if notice.sent_at is None:
                continue
            number, _ = named.setdefault(key, (len(named), notice.party_name))
            rows += [row] * len(these)
            subjects += these
            at += [stamp(notice.sent_at)] * len(these)
            keys += [number] * len(these)
    parties = [(key, name) for key, (_, name) in named.items()]
    whole = [np.array(column, dtype=np.int64) for column in (rows, subjects, keys)]
    return _Starts(whole[0], whole[1], _times(at), whole[2], parties)


def _times(stamps: Iterable[str]) -> Any:
    return columns.instants("".join(stamps))


def _network(said: Mapping[str, Any]) -> attribution.Party:
    if said["cdn"] is not None:
        return f"cdn:{said['cdn']}", said["cdn"]
    key, name = attribution.network(said)
    return None if key is None else f"asn:{key}", name

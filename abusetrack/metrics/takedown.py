"""The takedown clocks: from the report received, and from the notice sent, to removal.

Registrar and registry: to the first observed domain-level change, by domain. Host, CDN and
platform: to a content status "gone" that a person or the hotline's system recorded, by URL.
The two are never in one figure. A move to another host or a transfer to another registrar
is no removal. A removal under a registration that had run out counts apart, because the
registrar did nothing but wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any

from abusetrack.casefile import CaseFile, told
from abusetrack.casefile.encoding import stamp
from abusetrack.metrics import attribution, columns, looks
from abusetrack.metrics.attribution import Counted
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.looks import Looks
from abusetrack.metrics.regions import regions
from abusetrack.metrics.survival import Cases, Survival, survival
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


COUNTRY = "country:"  # begins the key of a country's cases


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
    begins = np.flatnonzero(np.diff(reports.url[chosen], prepend=-1))  # those of a URL are together
    first = np.minimum.reduceat(reports.received[chosen], begins) if len(begins) else begins
    each = chosen[begins]
    return reports.url[each], np.searchsorted(found.domain, reports.domain[each]), first


Named = tuple[str | None, str]  # key (None: not known) and readable name


def by_party(clocks: Clocks) -> dict[Named, Cases]:
    """Return the cases of each party, the party with most cases first."""
    return _grouped(clocks.cases, clocks.cases.party, clocks.cases.parties)


def by_country(clocks: Clocks) -> dict[Named, Cases]:
    """Return the cases of each hosting country, the country with most cases first."""
    names = regions().names
    named = [
        (f"{COUNTRY}{key}", f"in {names.get(key, key)}")
        if key
        else (f"{COUNTRY}{attribution.NOT_KNOWN_NOW}", "in a country not known")
        for key in clocks.cases.countries
    ]
    return _grouped(clocks.cases, clocks.cases.country, named)


def _grouped(cases: Cases, number: Any, named: Sequence[Named]) -> dict[Named, Cases]:
    import numpy as np

    keys = list(dict.fromkeys(key for key, _ in named))
    place = {key: at for at, key in enumerate(keys)}
    names: dict[str | None, str] = {}
    for (at,), _ in columns.tally(number):
        key, name = named[at]
        names[key] = max(names.get(key, ""), name)  # it may be written differently
    small = np.min_scalar_type(len(keys))  # sorts several times as fast
    group = np.array([place[key] for key, _ in named], dtype=small)[number]
    order = np.argsort(group, kind="stable")
    begins = np.flatnonzero(np.diff(group[order].astype(np.int64), prepend=-1))
    bounds = np.append(begins, len(order)).tolist()
    found = [
        (keys[group[order[begin]]], cases.some(order[begin:end])) for begin, end in pairwise(bounds)
    ]
    ranked = sorted(found, key=lambda item: (-len(item[1]), names[item[0]]))
    return {(key, names[key]): own for key, own in ranked}


Reader = Callable[[CaseFile, Filters, Clock], Clocks]
Grouping = Callable[[Clocks], dict[Named, Cases]]


@dataclass(frozen=True, slots=True)
class Estimate:
    """How soon the cases of one party, or in one country, ended."""

    key: str | None
    name: str
    survival: Survival


def estimates(
    case: CaseFile,
    filters: Filters,
    clock: Clock,
    read: Reader = domain_clock,
    grouped: Grouping = by_party,
) -> Sequence[Estimate]:
    """Return the estimate of each group, that with most cases first."""
    return case.kept_value(  # several panels show them
        ("estimates", read, grouped, filters, clock),
        lambda: [
            Estimate(key, name, found)
            for (key, name), cases in grouped(read(case, filters, clock)).items()
            if (found := survival(cases)) is not None
        ],
    )


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

    sent = case.kept_value("notices", lambda: _notices(case))
    if not len(found.domain):
        return _Starts(found.domain, found.domain, found.domain, found.domain, sent.parties)
    row = np.searchsorted(found.domain, sent.domain).clip(max=len(found.domain) - 1)
    of_roles = np.isin(sent.role, [_ROLES.index(role) for role in roles])
    these = np.flatnonzero((found.domain[row] == sent.domain) & of_roles)
    row, party, at = row[these], sent.party[these], sent.at[these]
    order = np.lexsort((at, party, row))
    row, party, at = row[order], party[order], at[order]
    first = (np.diff(row, prepend=-1) != 0) | (np.diff(party, prepend=-1) != 0)
    row, party, at = row[first], party[first], at[first]
    if pages is None:
        return _Starts(row, found.domain[row], at, party, sent.parties)
    subject, of_row = pages
    low, high = (np.searchsorted(of_row, row, side=side) for side in ("left", "right"))
    each = np.repeat(np.arange(len(row)), high - low)
    begins = np.cumsum(high - low) - (high - low)
    page = low[each] + np.arange(len(each)) - begins[each]
    return _Starts(row[each], subject[page], at[each], party[each], sent.parties)


_ROLES = tuple(Role)


@dataclass(frozen=True, slots=True, eq=False)
class _Notices:
    """What was sent about which domain, in which role and to whom."""

    domain: Any
    role: Any  # leads to one of _ROLES
    party: Any  # leads to one of ``parties``
    at: Any
    parties: Sequence[Named]


def _notices(case: CaseFile) -> _Notices:
    import numpy as np

    numbers = dict(
        case.rows(
            "SELECT domain, id FROM domain_now WHERE domain IN (SELECT domain FROM notice_row)"
        )
    )
    found = _sent(case, numbers)
    parties: dict[str, tuple[int, str]] = {}
    rows = [
        (
            numbers[name],
            _ROLES.index(notice.role),
            parties.setdefault(notice.party_key, (len(parties), notice.party_name))[0],
        )
        for name, notice in found
    ]
    domain, role, party = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    at = columns.instants("".join(stamp(notice.sent_at) or "" for _, notice in found))
    return _Notices(domain, role, party, at, [(key, name) for key, (_, name) in parties.items()])


def _sent(case: CaseFile, domains: Iterable[str]) -> list[tuple[str, Told]]:
    """Return the notices that went out, each with a domain that it was about."""
    return [
        (name, notice)
        for name, notices in told.of_many(case, domains).items()
        for notice in notices
        if notice.sent_at is not None
    ]


def _times(stamps: Iterable[str]) -> Any:
    return columns.instants("".join(stamps))


def _network(said: Mapping[str, Any]) -> attribution.Party:
    if said["cdn"] is not None:
        return f"cdn:{said['cdn']}", said["cdn"]
    key, name = attribution.network(said)
    return None if key is None else f"asn:{key}", name

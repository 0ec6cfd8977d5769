"""Do removals last? Returns, transfers after notice, names registered again, hops, ages.

From the changes that were seen between lookups; what nobody looked at is in no figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median, quantiles

from abusetrack.casefile import CaseFile, told
from abusetrack.casefile.encoding import canonical, moment
from abusetrack.metrics import attribution
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.intervals import Interval, share_interval
from abusetrack.records import ChangeKind, SiteKind, SuffixKind

HELD_FOR = (30, 90)  # days

# What is counted, as the rows of the panel call it.
DOMAINS = "domains"
REMOVED = "removals seen"
RETURNED = "domains that returned"
TRANSFERRED = "registrar changed after a notice"
REGISTERED_AGAIN = "registered again after a drop"
MOVED = "moved to another network"
HOPPING = "hopping strings"
HOPS = "hops of these"

_Changes = dict[int, list[tuple[ChangeKind, str, datetime]]]
_REMOVALS = {
    ChangeKind.HOLD_SET: ChangeKind.HOLD_LIFTED,
    ChangeKind.GONE: ChangeKind.RETURNED,
}


@dataclass(frozen=True, slots=True)
class Held:
    """Of the removals seen so many days ago or longer: how many still held then.

    ``unknown`` were not looked at again after the removal and are in no share.
    """

    days: int
    removals: int
    held: int
    unknown: int
    interval: Interval | None

    @property
    def share(self) -> float | None:
        """The share that held; None without any."""
        return self.held / self.removals if self.removals else None


@dataclass(frozen=True, slots=True)
class Ages:
    """Days between registration and first report; quartiles, None without any."""

    domains: int
    median: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Displacement:
    """What happened after. Domains, but for ``removals`` (a domain may be removed twice)."""

    domains: int
    removals: int
    returned: int  # domains: a hold was lifted, or the name came back to the DNS
    transferred_after_notice: int
    registered_again: int
    moved: int  # to another network
    hopping_strings: int
    hops: int  # of these strings to a further ending
    held: tuple[Held, ...]
    age_at_report: Ages
    known_for: Ages  # days from the first to the last report


def displacement(case: CaseFile, filters: Filters, *, now: datetime, hop_tlds: int) -> Displacement:
    """Work out what happened to the domains of the filters until ``now``."""
    sql = attribution.counted(case, filters)
    domains = case.rows(
        f"{sql} SELECT domain_now.id, domain_now.domain, chosen.first, created, first_reported,"
        " last_reported FROM chosen JOIN domain_now ON domain_now.id = chosen.domain"
    )
    changes = _changes(case, sql)
    checked = {
        domain: moment(at)
        for domain, at in case.rows(
            "SELECT domain, max(at) FROM sighting"
            " WHERE domain IN (SELECT value FROM json_each(?)) GROUP BY domain",
            [canonical(list(changes))],
        )
    }
    removals = [
        removal
        for domain, found in changes.items()
        for removal in _removals(found, checked.get(domain))
    ]
    strings = _hopping(case, sql, hop_tlds).values()
    return Displacement(
        domains=len(domains),
        removals=len(removals),
        returned=len(_having(changes, set(_REMOVALS.values()))),
        transferred_after_notice=len(_transferred(case, changes)),
        registered_again=len(_having(changes, {ChangeKind.REREGISTERED})),
        moved=len(_having(changes, {ChangeKind.HOST_MOVED})),
        hopping_strings=len(strings),
        hops=sum(endings - 1 for endings in strings),
        held=tuple(_held(removals, days, now) for days in HELD_FOR),
        age_at_report=_ages(
            (moment(first) - moment(created)).total_seconds() / 86_400
            for _, _, first, created, _, _ in domains
            if created is not None and created <= first
        ),
        known_for=_ages(
            (moment(last) - moment(first)).total_seconds() / 86_400
            for _, _, _, _, first, last in domains
        ),
    )


def followed(case: CaseFile, filters: Filters, *, hop_tlds: int) -> Mapping[str, set[int]]:
    """Return the ids of the domains behind each number; of strings all domains that have them."""
    sql = attribution.counted(case, filters)
    changes = _changes(case, sql)
    hopping = case.rows(
        f"SELECT id FROM domain_now WHERE {_MAY_HOP}"
        " AND label IN (SELECT value FROM json_each(:labels))",
        {**_HOPPERS, "labels": canonical(list(_hopping(case, sql, hop_tlds)))},
    )
    strings = {number for (number,) in hopping}
    return {
        DOMAINS: {number for (number,) in case.rows(f"{sql} SELECT domain FROM chosen")},
        REMOVED: {number for number, found in changes.items() if _removals(found, None)},
        RETURNED: _having(changes, set(_REMOVALS.values())),
        TRANSFERRED: _transferred(case, changes),
        REGISTERED_AGAIN: _having(changes, {ChangeKind.REREGISTERED}),
        MOVED: _having(changes, {ChangeKind.HOST_MOVED}),
        HOPPING: strings,
        HOPS: strings,
    }


def _changes(case: CaseFile, sql: str) -> _Changes:
    """Return the changes of each domain that were seen after its first report."""
    changes: _Changes = defaultdict(list)
    for domain, kind, subject, seen in case.each(
        f"{sql} SELECT change.domain, change.kind, subject, first_seen_after FROM change"
        " JOIN chosen ON chosen.domain = change.domain WHERE first_seen_after >= chosen.first"
        " ORDER BY change.domain, established_at, position"
    ):
        changes[domain].append((ChangeKind(kind), subject, moment(seen)))
    return changes


@dataclass(frozen=True, slots=True)
class _Removal:
    at: datetime
    back_at: datetime | None
    checked_at: datetime  # last look at the domain


def _removals(
    found: Sequence[tuple[ChangeKind, str, datetime]], checked: datetime | None
) -> list[_Removal]:
    """Return the removals among one domain's changes; a hold inside another is no second one."""
    removals: list[_Removal] = []
    since: dict[ChangeKind, datetime] = {}
    for kind, _subject, at in found:
        if kind in _REMOVALS:
            since.setdefault(kind, at)
        elif kind in _REMOVALS.values():
            ended = {end for end, back in _REMOVALS.items() if back is kind} & since.keys()
            for end in ended:
                start = since.pop(end)
                if not since:
                    removals.append(_Removal(start, at, checked or at))
        elif kind is ChangeKind.REREGISTERED:
            removals += [_Removal(start, at, checked or at) for start in since.values()][:1]
            since.clear()
    if since:
        start = min(since.values())
        removals.append(_Removal(start, None, checked or start))
    return removals


def _held(removals: Iterable[_Removal], days: int, now: datetime) -> Held:
    span = timedelta(days=days)
    old = [removal for removal in removals if now - removal.at >= span]
    known = [
        removal
        for removal in old
        if removal.checked_at - removal.at >= span
        or (removal.back_at is not None and removal.back_at - removal.at < span)
    ]
    held = sum(removal.back_at is None or removal.back_at - removal.at >= span for removal in known)
    return Held(days, len(known), held, len(old) - len(known), share_interval(held, len(known)))


def _having(changes: _Changes, kinds: set[ChangeKind]) -> set[int]:
    return {
        domain for domain, found in changes.items() if any(kind in kinds for kind, _, _ in found)
    }


def _transferred(case: CaseFile, changes: _Changes) -> set[int]:
    """Return the domains whose registrar changed after somebody was told of them."""
    moved = {
        domain: times
        for domain, found in changes.items()
        if (times := [at for kind, _, at in found if kind is ChangeKind.REGISTRAR_CHANGED])
    }
    names = dict(
        case.rows(
            "SELECT id, domain FROM domain_now WHERE id IN (SELECT value FROM json_each(?))",
            [canonical(list(moved))],
        )
    )
    notices = told.of_many(case, names.values())
    return {
        domain
        for domain, times in moved.items()
        if any(
            notice.sent_at is not None and notice.sent_at <= at
            for notice in notices.get(names[domain], ())
            for at in times
        )
    }


_MAY_HOP = "kind = :dedicated AND suffix_kind NOT IN (:platform, :dynamic)"
_HOPPERS = {
    "dedicated": SiteKind.DEDICATED.value,
    "platform": SuffixKind.PLATFORM.value,
    "dynamic": SuffixKind.DYNAMIC_DNS.value,
}


def _hopping(case: CaseFile, sql: str, hop_tlds: int) -> dict[str, int]:
    """Return the hopping strings among the domains, and under how many endings each stands."""
    return dict(
        case.rows(
            f"{sql} SELECT label, count(DISTINCT suffix) FROM domain_now WHERE {_MAY_HOP}"
            " AND label IN (SELECT label FROM domain_now WHERE id IN (SELECT domain FROM chosen))"
            " GROUP BY label HAVING count(DISTINCT suffix) >= :hops",
            {**_HOPPERS, "hops": hop_tlds},
        )
    )


def _ages(days: Iterable[float]) -> Ages:
    values = sorted(days)
    if len(values) < 2:
        only = values[0] if values else None
        return Ages(len(values), only, only, only)
    lower, _, upper = quantiles(values, n=4, method="inclusive")
    return Ages(len(values), median(values), lower, upper)

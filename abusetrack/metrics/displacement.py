"""Do removals last? Returns, transfers after notice, names registered again, hops, ages.

From the changes that were seen between lookups; what nobody looked at is in no figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
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
    changes: dict[int, list[tuple[ChangeKind, str, datetime]]] = defaultdict(list)
    for domain, kind, subject, seen in case.each(
        f"{sql} SELECT change.domain, change.kind, subject, first_seen_after FROM change"
        " JOIN chosen ON chosen.domain = change.domain WHERE first_seen_after >= chosen.first"
        " ORDER BY change.domain, established_at, position"
    ):
        changes[domain].append((ChangeKind(kind), subject, moment(seen)))
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
    strings = _hopping(case, sql, hop_tlds)
    names = {number: name for number, name, *_ in domains}
    return Displacement(
        domains=len(domains),
        removals=len(removals),
        returned=_having(changes, set(_REMOVALS.values())),
        transferred_after_notice=_transferred(case, names, changes),
        registered_again=_having(changes, {ChangeKind.REREGISTERED}),
        moved=_having(changes, {ChangeKind.HOST_MOVED}),
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


def _having(
    changes: dict[int, list[tuple[ChangeKind, str, datetime]]], kinds: set[ChangeKind]
) -> int:
    return sum(any(kind in kinds for kind, _, _ in found) for found in changes.values())


def _transferred(
    case: CaseFile,
    names: dict[int, str],
    changes: dict[int, list[tuple[ChangeKind, str, datetime]]],
) -> int:
    """Count domains whose registrar changed after somebody was told of them."""
    moved = {
        names[number]: [at for kind, _, at in found if kind is ChangeKind.REGISTRAR_CHANGED]
        for number, found in changes.items()
    }
    notices = told.of_many(case, [name for name, times in moved.items() if times])
    return sum(
        any(
            notice.sent_at is not None and notice.sent_at <= at
            for notice in notices.get(name, ())
            for at in times
        )
        for name, times in moved.items()
    )


def _hopping(case: CaseFile, sql: str, hop_tlds: int) -> list[int]:
    """Return, of each hopping string among the domains, under how many endings it stands."""
    rows = case.rows(
        f"{sql} SELECT count(DISTINCT suffix) FROM domain_now WHERE kind = :dedicated"
        " AND suffix_kind NOT IN (:platform, :dynamic) AND label IN"
        " (SELECT label FROM domain_now WHERE id IN (SELECT domain FROM chosen))"
        " GROUP BY label HAVING count(DISTINCT suffix) >= :hops",
        {
            "dedicated": SiteKind.DEDICATED.value,
            "platform": SuffixKind.PLATFORM.value,
            "dynamic": SuffixKind.DYNAMIC_DNS.value,
            "hops": hop_tlds,
        },
    )
    return [endings for (endings,) in rows]


def _ages(days: Iterable[float]) -> Ages:
    values = sorted(days)
    if len(values) < 2:
        only = values[0] if values else None
        return Ages(len(values), only, only, only)
    lower, _, upper = quantiles(values, n=4, method="inclusive")
    return Ages(len(values), median(values), lower, upper)

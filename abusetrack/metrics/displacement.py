"""Do removals last? Returns, transfers after notice, names registered again, hops, ages.

From the changes that were seen between lookups; what nobody looked at is in no figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from abusetrack.casefile import CaseFile, told
from abusetrack.casefile.encoding import canonical, stamp
from abusetrack.metrics import attribution, columns
from abusetrack.metrics.attribution import Counted
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
    found = attribution.counted(case, filters)
    changes = _changes(case, found)
    removals = _removals(case, changes)
    strings = _strings(_hopping(case, hop_tlds), found)
    every = columns.domains(case)
    created, first = every.created[found.place], found.first
    born = (created != columns.NEVER) & (created <= first)
    return Displacement(
        domains=len(found.domain),
        removals=len(removals.at),
        returned=len(changes.having(*_REMOVALS.values())),
        transferred_after_notice=len(_transferred(case, changes)),
        registered_again=len(changes.having(ChangeKind.REREGISTERED)),
        moved=len(changes.having(ChangeKind.HOST_MOVED)),
        hopping_strings=len(strings),
        hops=sum(endings - 1 for endings in strings.values()),
        held=tuple(_held(removals, days, columns.micros(stamp(now))) for days in HELD_FOR),
        age_at_report=_ages((first - created)[born]),
        known_for=_ages((every.last_reported - every.first_reported)[found.place]),
    )


def followed(case: CaseFile, filters: Filters, *, hop_tlds: int) -> Mapping[str, set[int]]:
    """Return the numbers of the domains behind each number; of strings all that have them."""
    found = attribution.counted(case, filters)
    changes = _changes(case, found)
    hopping = _hopping(case, hop_tlds)
    strings = _strings(hopping, found)
    hopped = {number for label in strings for number in hopping[label].hopped}
    return {
        DOMAINS: set(found.domain.tolist()),
        REMOVED: set(_removals(case, changes).domain.tolist()),
        RETURNED: changes.having(*_REMOVALS.values()),
        TRANSFERRED: _transferred(case, changes),
        REGISTERED_AGAIN: changes.having(ChangeKind.REREGISTERED),
        MOVED: changes.having(ChangeKind.HOST_MOVED),
        HOPPING: hopped,
        HOPS: hopped,
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Changes:
    """Changes of the counted domains that were seen after the first report, in order."""

    domain: Any
    seen: Any
    kind: Any  # leads to one of ``kinds``
    kinds: Sequence[ChangeKind]

    def of(self, *kinds: ChangeKind) -> _Changes:
        """Return those of some kinds."""
        import numpy as np

        return self.some(np.array([kind in kinds for kind in self.kinds], dtype=bool)[self.kind])

    def some(self, rows: Any) -> _Changes:
        """Return those at some rows."""
        return replace(self, domain=self.domain[rows], seen=self.seen[rows], kind=self.kind[rows])

    def having(self, *kinds: ChangeKind) -> set[int]:
        """Return the domains that have one of some kinds."""
        return set(self.of(*kinds).domain.tolist())

    def by_domain(self) -> Iterator[tuple[int, list[tuple[ChangeKind, int]]]]:
        """Yield each domain with its changes."""
        rows = zip(self.domain.tolist(), self.kind.tolist(), self.seen.tolist(), strict=True)
        for domain, own in groupby(rows, key=itemgetter(0)):
            yield domain, [(self.kinds[kind], seen) for _, kind, seen in own]


def _changes(case: CaseFile, found: Counted) -> _Changes:
    import numpy as np

    every = columns.changes(case)
    kinds = [ChangeKind(kind) for kind in every.facts.of("kind")]
    if not len(found.domain):
        return _Changes(found.domain, found.domain, found.domain, kinds)
    place = np.searchsorted(found.domain, every.domain).clip(max=len(found.domain) - 1)
    rows = (found.domain[place] == every.domain) & (every.seen >= found.first[place])
    return _Changes(every.domain[rows], every.seen[rows], every.facts.number[rows], kinds)


@dataclass(frozen=True, slots=True, eq=False)
class _Removals:
    """Removals as columns, by domain."""

    domain: Any
    at: Any
    back_at: Any  # NEVER where it still held
    checked_at: Any  # last look at the domain


def _removals(case: CaseFile, changes: _Changes) -> _Removals:
    """Return the removals; of most domains one was seen and nothing after it."""
    import numpy as np

    these = changes.of(*_REMOVALS, *_REMOVALS.values(), ChangeKind.REREGISTERED)
    _, inverse, counts = np.unique(these.domain, return_inverse=True, return_counts=True)
    alone = counts[inverse] == 1
    plain = these.some(alone).of(*_REMOVALS)
    found = [
        (domain, start, columns.NEVER if end is None else end)
        for domain, own in these.some(~alone).by_domain()
        for start, end in _spells(own)
    ]
    rest = np.array(found, dtype=np.int64).reshape(-1, 3)
    domain = np.append(plain.domain, rest[:, 0])
    at = np.append(plain.seen, rest[:, 1])
    back_at = np.append(np.full(len(plain.domain), columns.NEVER), rest[:, 2])
    return _Removals(domain, at, back_at, np.maximum(at, _last_looks(case, domain)))


def _last_looks(case: CaseFile, domain: Any) -> Any:
    """Return when each domain was looked at last; NEVER where nobody did."""
    import numpy as np

    seen = columns.lookups(case)
    rows, owner = seen.of(domain)
    last = np.full(len(domain), columns.NEVER)
    last[owner] = seen.at[rows]  # in order of time: the newest stays
    return last


def _spells(found: Sequence[tuple[ChangeKind, int]]) -> list[tuple[int, int | None]]:
    """Return from when to when one domain was removed; a hold inside another is no second one."""
    spells: list[tuple[int, int | None]] = []
    since: dict[ChangeKind, int] = {}
    for kind, at in found:
        if kind in _REMOVALS:
            since.setdefault(kind, at)
        elif kind in _REMOVALS.values():
            ended = {end for end, back in _REMOVALS.items() if back is kind} & since.keys()
            for end in ended:
                start = since.pop(end)
                if not since:
                    spells.append((start, at))
        elif kind is ChangeKind.REREGISTERED:
            spells += [(start, at) for start in since.values()][:1]
            since.clear()
    if since:
        spells.append((min(since.values()), None))
    return spells


def _held(removals: _Removals, days: int, now: int) -> Held:
    span = days * columns.DAY
    returned = removals.back_at != columns.NEVER
    early = returned & (removals.back_at - removals.at < span)
    old = now - removals.at >= span
    known = old & ((removals.checked_at - removals.at >= span) | early)
    number, held = int(known.sum()), int((known & ~early).sum())
    return Held(days, number, held, int(old.sum()) - number, share_interval(held, number))


def _transferred(case: CaseFile, changes: _Changes) -> set[int]:
    """Return the domains whose registrar changed after somebody was told of them."""
    moved = {
        domain: [seen for _, seen in found]
        for domain, found in changes.of(ChangeKind.REGISTRAR_CHANGED).by_domain()
    }
    names = dict(
        case.rows(
            "SELECT id, domain FROM domain_now WHERE id IN (SELECT value FROM json_each(?))"
            " AND domain IN (SELECT domain FROM notice_row)",
            [canonical(list(moved))],
        )
    )
    notices = told.of_many(case, names.values())
    return {
        number
        for number, name in names.items()
        if any(
            notice.sent_at is not None
            and columns.micros(stamp(notice.sent_at)) <= max(moved[number])
            for notice in notices.get(name, ())
        )
    }


_MAY_HOP = "kind = :dedicated AND suffix_kind NOT IN (:platform, :dynamic)"
_HOPPERS = {
    "dedicated": SiteKind.DEDICATED.value,
    "platform": SuffixKind.PLATFORM.value,
    "dynamic": SuffixKind.DYNAMIC_DNS.value,
}


@dataclass(frozen=True, slots=True)
class _String:
    """A hopping string: how many endings it stands under, and its domains."""

    endings: int
    hopped: frozenset[int]  # dedicated sites, at no platform
    every: frozenset[int]


def _hopping(case: CaseFile, hop_tlds: int) -> Mapping[str, _String]:
    """Return the hopping strings of the whole case file; what is counted are some of them."""
    return case.kept_value(("hopping", hop_tlds), lambda: _all_hopping(case, hop_tlds))


def _all_hopping(case: CaseFile, hop_tlds: int) -> dict[str, _String]:
    endings = dict(
        case.rows(
            f"SELECT label, count(DISTINCT suffix) FROM domain_now WHERE {_MAY_HOP}"
            " AND label IS NOT NULL GROUP BY label HAVING count(DISTINCT suffix) >= :hops",
            {**_HOPPERS, "hops": hop_tlds},
        )
    )
    found: dict[str, list[tuple[int, int | None]]] = defaultdict(list)
    for label, number, may_hop in case.rows(
        f"SELECT label, id, {_MAY_HOP} FROM domain_now"
        " WHERE label IN (SELECT value FROM json_each(:labels))",
        {**_HOPPERS, "labels": canonical(list(endings))},
    ):
        found[label].append((number, may_hop))
    return {
        label: _String(
            endings[label],
            frozenset(number for number, may_hop in own if may_hop),
            frozenset(number for number, _ in own),
        )
        for label, own in found.items()
    }


def _strings(hopping: Mapping[str, _String], found: Counted) -> dict[str, int]:
    """Return the hopping strings among the counted domains, and how many endings each has."""
    counted = set(found.domain.tolist()) if hopping else set()
    return {
        label: string.endings
        for label, string in hopping.items()
        if not counted.isdisjoint(string.every)
    }


def _ages(lengths: Any) -> Ages:
    import numpy as np

    days = lengths / 1_000_000 / 86_400
    if not len(days):
        return Ages(0, None, None, None)
    lower, middle, upper = (float(value) for value in np.percentile(days, (25, 50, 75)))
    return Ages(len(days), middle, lower, upper)

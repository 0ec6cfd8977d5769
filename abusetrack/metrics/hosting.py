"""Where sites are hosted over time: by country, by region, and from where to where they move.

A site counts once for every country it was seen in from its first confirmed report of the
period on, until the period ends (or seven days after that report, if this is later). So
the countries can add up to more than all domains. What stands behind a CDN, what the
sources dispute and what was not known are rows of their own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from abusetrack.casefile import CaseFile
from abusetrack.casefile.encoding import stamp
from abusetrack.metrics import attribution, columns
from abusetrack.metrics.attribution import Counted
from abusetrack.metrics.columns import Facts
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.intervals import Interval, share_interval
from abusetrack.metrics.regions import regions

CDN_KEY, DISPUTED_KEY = "cdn", "disputed"
_NAMES = {CDN_KEY: attribution.CDN, DISPUTED_KEY: attribution.DISPUTED}
OTHERS = "not in the table of regions"


@dataclass(frozen=True, slots=True)
class CountryRow:
    """One country, or what stands in its place. ``share`` is of all counted domains."""

    key: str | None  # two letters, "cdn", "disputed"; None: not known
    name: str
    region: str  # "" where it is no country
    domains: int
    share: float
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Move:
    """Moves from one country to another one, each between two lookups."""

    before: str
    after: str
    moves: int
    domains: int


@dataclass(frozen=True, slots=True)
class Hosting:
    """Where the counted domains were seen."""

    domains: int
    countries: tuple[CountryRow, ...]
    regions: tuple[tuple[str, int], ...]  # (sub-region, domains seen in it)
    months: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]  # "2026-03" -> regions
    moves: tuple[Move, ...]


def hosting(case: CaseFile, filters: Filters) -> Hosting:
    """Count where the domains of the filters were seen; three panels show parts of it."""
    return case.kept_value(("hosting", filters), lambda: _hosting(case, filters))


def _hosting(case: CaseFile, filters: Filters) -> Hosting:
    import numpy as np

    found = attribution.counted(case, filters)
    visits = _visits(case, found)
    owner, place, keys = _seen(filters, found, visits)
    domains = len(found.domain)
    regions_of = [_region(key) for key in keys]
    names = sorted(set(regions_of))
    region = np.array([names.index(name) for name in regions_of], dtype=np.int64)[place]
    each = columns.distinct(owner * len(names) + region)  # a domain counts once in a region
    month = columns.months(found.first)[each // len(names)]
    whole: Counter[str] = Counter()
    months: dict[str, Counter[str]] = defaultdict(Counter)
    for (when, number), count in columns.tally(month, each % len(names)):
        whole[names[number]] += count
        months[columns.named_month(when)][names[number]] += count
    return Hosting(
        domains=domains,
        countries=_countries({keys[at]: n for (at,), n in columns.tally(place)}, domains),
        regions=_sizes(whole),
        months=tuple((name, _sizes(months[name])) for name in sorted(months)),
        moves=_moved(filters, visits).ranked(),
    )


def seen_in(case: CaseFile, filters: Filters, key: str | None) -> list[int]:
    """Return the numbers of the domains of a row of countries; None: where it is not known."""
    found = attribution.counted(case, filters)
    owner, place, keys = _seen(filters, found, _visits(case, found))
    return [] if key not in keys else found.domain[owner[place == keys.index(key)]].tolist()


def moved(case: CaseFile, filters: Filters, before: str, after: str) -> list[int]:
    """Return the numbers of the domains that moved from one country to another one."""
    found = attribution.counted(case, filters)
    moves = _moved(filters, _visits(case, found))
    return sorted(set(found.domain[moves.of(before, after)].tolist()))


@dataclass(frozen=True, slots=True, eq=False)
class _Visits:
    """Lookups of counted rows since the first report: of which row, when, and what they said."""

    owner: Any
    when: Any
    number: Any  # of the facts
    facts: Facts


def _visits(case: CaseFile, found: Counted) -> _Visits:
    lookups = columns.lookups(case)
    rows, owner = lookups.of(found.domain)
    when = lookups.hosted_at[rows]
    later = when >= found.first[owner]
    return _Visits(owner[later], when[later], lookups.facts.number[rows[later]], lookups.facts)


def _seen(
    filters: Filters, found: Counted, visits: _Visits
) -> tuple[Any, Any, Sequence[str | None]]:
    """Return pairs of a counted row and a key, each once, and the keys.

    A domain of which nothing was known stands with None.
    """
    import numpy as np

    keys, of_fact = _numbered(visits.facts, lambda said: attribution.country(said)[0])
    owner, place = visits.owner, of_fact[visits.number]
    if (until := _until(filters)) is not None:
        week = found.first[owner] + attribution.DAYS * columns.DAY
        inside = visits.when < np.maximum(until, week)
        owner, place = owner[inside], place[inside]
    pairs = owner[place > 0] * len(keys) + place[place > 0]
    pairs = columns.distinct(pairs[np.diff(pairs, prepend=-1) != 0])  # most stay where they are
    owner, place = pairs // len(keys), pairs % len(keys)
    missing = np.ones(len(found.domain), dtype=bool)
    missing[owner] = False
    missing = np.flatnonzero(missing)
    return (
        np.append(owner, missing), np.append(place, np.zeros(len(missing), np.int64)), keys,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Moves:
    """Moves in order: of which counted row, and from which to which of the countries."""

    owner: Any
    before: Any
    after: Any
    countries: Sequence[str | None]

    def of(self, before: str, after: str) -> Any:
        """Return of which rows the moves from one country to another one are."""
        if before not in self.countries or after not in self.countries:
            return self.owner[:0]
        this = self.before == self.countries.index(before)
        return self.owner[this & (self.after == self.countries.index(after))]

    def ranked(self) -> tuple[Move, ...]:
        """Return every pair of countries, most moves first."""
        size = len(self.countries)
        pair = self.before * size + self.after
        each = columns.distinct(self.owner * size * size + pair) % (size * size)
        domains = dict(columns.tally(each))
        found = [
            Move(
                str(self.countries[number // size]), str(self.countries[number % size]),
                moves, domains[number,],
            )
            for (number,), moves in columns.tally(pair)
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda move: (-move.moves, move.before, move.after)))


def _moved(filters: Filters, visits: _Visits) -> _Moves:
    countries, of_fact = _numbered(visits.facts, lambda said: said["hosting_country"])
    country = of_fact[visits.number]
    known = country > 0
    owner, country, when = visits.owner[known], country[known], visits.when[known]
    move = (owner[1:] == owner[:-1]) & (country[1:] != country[:-1])
    if (until := _until(filters)) is not None:
        move &= when[1:] < until
    return _Moves(owner[1:][move], country[:-1][move], country[1:][move], countries)


def _numbered(
    facts: Facts, says: Callable[[Mapping[str, Any]], Any]
) -> tuple[Sequence[str | None], Any]:
    """Return what is said, None first, and for each of the facts where it stands there."""
    import numpy as np

    said = [says(dict(zip(facts.names, value, strict=True))) for value in facts.values]
    keys: dict[str | None, int] = {None: 0}
    numbers = np.array([keys.setdefault(key, len(keys)) for key in said], dtype=np.int64)
    return list(keys), numbers


def _until(filters: Filters) -> int | None:
    return columns.micros(stamp(filters.until)) if filters.until else None


def _countries(counts: Mapping[str | None, int], domains: int) -> tuple[CountryRow, ...]:
    names = regions().names
    return tuple(
        CountryRow(
            key=key,
            name=attribution.NOT_KNOWN if key is None else _NAMES.get(key, names.get(key, key)),
            region="" if key is None or key in _NAMES else _region(key),
            domains=count,
            share=count / domains,
            interval=share_interval(count, domains),
        )
        for key, count in sorted(
            counts.items(), key=lambda item: (item[0] is None, -item[1], item[0] or "")
        )
    )


def _region(key: str | None) -> str:
    if key is None:
        return attribution.NOT_KNOWN
    if key in _NAMES:
        return _NAMES[key]
    region = regions().of.get(key)
    return region.name if region else OTHERS


def _sizes(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

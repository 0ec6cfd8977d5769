"""Where sites are hosted over time: by country, by region, and from where to where they move.

A site counts once for every country it was seen in from its first confirmed report of the
period on, until the period ends (or seven days after that report, if this is later). So
the countries can add up to more than all domains. What stands behind a CDN, what the
sources dispute and what was not known are rows of their own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from abusetrack.casefile import CaseFile
from abusetrack.casefile.encoding import stamp
from abusetrack.metrics import attribution
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.intervals import Interval, share_interval
from abusetrack.metrics.regions import regions

CDN_KEY, DISPUTED_KEY = "cdn", "disputed"
_NAMES = {CDN_KEY: attribution.CDN, DISPUTED_KEY: attribution.DISPUTED}
OTHERS = "not in the table of regions"

# Months, and by each set of keys in which a domain of it was seen how many there are. What
# was not known adds nothing to a set, so a set is empty where it was never known.
_SEEN = f"""
, seen AS (
    SELECT chosen.domain, substr(chosen.first, 1, 7) AS month, (
        SELECT group_concat(DISTINCT {attribution.BY["countries"][0]}) FROM sighting
        WHERE sighting.domain = chosen.domain AND hosting_at >= chosen.first
            AND (:until_then IS NULL OR hosting_at < max(:until_then,
                strftime('%Y-%m-%dT%H:%M:%S', substr(chosen.first, 1, 19), :days_then)))
    ) AS keys FROM chosen
)
"""
_MOVES = """
, path AS (
    SELECT sighting.domain, hosting_at, sighting.hosting_country AS country,
        lag(sighting.hosting_country) OVER (PARTITION BY sighting.domain ORDER BY at) AS before
    FROM sighting JOIN chosen ON chosen.domain = sighting.domain
    WHERE sighting.hosting_country IS NOT NULL AND hosting_at >= chosen.first
), move AS (
    SELECT domain, before, country AS after FROM path
    WHERE before <> country AND hosting_at < coalesce(:until_then, '9')
)
"""


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
    sql = attribution.counted(case, filters)
    bounds = _bounds(filters)
    months: dict[str, Counter[str]] = defaultdict(Counter)
    whole: Counter[str] = Counter()
    places: Counter[str | None] = Counter()
    domains = 0
    for month, keys, count in case.rows(
        f"{sql}{_SEEN} SELECT month, keys, count(*) FROM seen GROUP BY month, keys", bounds
    ):
        seen = keys.split(",") if keys else [None]
        domains += count
        places.update(dict.fromkeys(seen, count))
        for region in {_region(key) for key in seen}:
            whole[region] += count
            months[month][region] += count
    return Hosting(
        domains=domains,
        countries=_countries(places, domains),
        regions=_sizes(whole),
        months=tuple((month, _sizes(months[month])) for month in sorted(months)),
        moves=tuple(
            Move(*row)
            for row in case.rows(
                f"{sql}{_MOVES} SELECT before, after, count(*), count(DISTINCT domain) FROM move"
                " GROUP BY before, after ORDER BY 3 DESC, 1, 2",
                bounds,
            )
        ),
    )


def seen_in(case: CaseFile, filters: Filters, key: str | None) -> list[int]:
    """Return the ids of the domains of a row of countries; None: where it is not known."""
    sql = f"{attribution.counted(case, filters)}{_SEEN} SELECT domain FROM seen WHERE"
    wanted = "instr(',' || keys || ',', ',' || :key || ',')" if key else "keys IS NULL"
    bounds = _bounds(filters)
    return [domain for (domain,) in case.rows(f"{sql} {wanted}", {**bounds, "key": key})]


def moved(case: CaseFile, filters: Filters, before: str, after: str) -> list[int]:
    """Return the ids of the domains that moved from one country to another one."""
    rows = case.rows(
        f"{attribution.counted(case, filters)}{_MOVES} SELECT DISTINCT domain FROM move"
        " WHERE before = :before AND after = :after",
        {**_bounds(filters), "before": before, "after": after},
    )
    return [domain for (domain,) in rows]


def _bounds(filters: Filters) -> dict[str, str | None]:
    return {
        "until_then": stamp(filters.until) if filters.until else None,
        "days_then": f"+{attribution.DAYS} days",
    }


def _countries(counts: Counter[str | None], domains: int) -> tuple[CountryRow, ...]:
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

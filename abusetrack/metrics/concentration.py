"""Where the abuse concentrates: domains by registrar, registry, network, CDN or country.

Unit: the registrable domain (a host without one counts as itself). URLs and reports are
counted beside it, never mixed. What is not known is a row of its own and stays in the
denominator, so shares are never flattered by what could not be looked up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from abusetrack.casefile import CaseFile
from abusetrack.metrics import attribution
from abusetrack.metrics.attribution import Counted
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.intervals import SMALL, Interval, resampled, share_interval

TOP = 10
THREE_QUARTERS = 0.75
COUNTED = tuple(attribution.BY)


@dataclass(frozen=True, slots=True)
class Row:
    """One party. Shares are of all counted domains, 0 to 1."""

    key: str | None  # None: not known
    name: str
    domains: int
    urls: int
    reports: int
    share: float
    cumulative: float | None  # of this party and all larger ones; None for what is not known
    interval: Interval | None  # of the share
    other_domains: int  # reported, nothing of it confirmed; in no share
    members: tuple[str, ...] = ()  # of a family: who of it is counted here


@dataclass(frozen=True, slots=True)
class Figures:
    """How concentrated the counted domains are.

    ``top_share`` is of the ten largest known parties among all counted domains. ``hhi`` is
    the Herfindahl-Hirschman index over the domains whose party is known, 0 to 10,000.
    ``three_quarters`` is how many of the largest parties together make up 75 % of all
    counted domains; None where the known ones are fewer than that.
    """

    top_share: float | None
    top_interval: Interval | None
    hhi: float | None
    hhi_interval: Interval | None
    three_quarters: int | None


@dataclass(frozen=True, slots=True)
class Concentration:
    """The ranked rows; the row of what is not known stands last."""

    counted: str
    rows: tuple[Row, ...]
    domains: int
    urls: int
    reports: int
    other_domains: int
    figures: Figures
    before: Figures | None  # of the period of the same length before; None without a period

    @property
    def few(self) -> bool:
        """Whether there are so few domains that shares say little."""
        return self.domains < SMALL


def concentration(
    case: CaseFile,
    counted: str,
    filters: Filters,
    *,
    families: Mapping[str, str] | None = None,
) -> Concentration:
    """Count the domains of the filters by party, and the figures of the period before.

    ``families`` (key to family) puts the parties of one family into one row.
    """
    rows = rank(
        _counts(counted, attribution.counted(case, filters), families),
        _counts(counted, attribution.others(case, filters), families),
        unknown=attribution.NOT_KNOWN if filters.at_the_time else attribution.NOT_KNOWN_NOW,
    )
    before = None
    if (earlier := filters.before()) is not None:
        before = figures(rank(_counts(counted, attribution.counted(case, earlier), families)))
    return Concentration(
        counted=counted,
        rows=rows,
        domains=sum(row.domains for row in rows),
        urls=sum(row.urls for row in rows),
        reports=sum(row.reports for row in rows),
        other_domains=sum(row.other_domains for row in rows),
        figures=figures(rows),
        before=before,
    )


_Counts = Sequence[Mapping[str, Any]]
_NUMBERS = ("domains", "urls", "reports")


def _counts(counted: str, chosen: Counted, families: Mapping[str, str] | None) -> _Counts:
    """Sum the chosen domains by party."""
    import numpy as np

    parties = attribution.BY[counted](chosen)
    size = len(parties.named)
    sums = zip(
        np.bincount(parties.number, minlength=size).tolist(),
        np.bincount(parties.number, chosen.urls, size).astype(np.int64).tolist(),
        np.bincount(parties.number, chosen.reports, size).astype(np.int64).tolist(),
        strict=True,
    )
    rows: dict[str | int | None, dict[str, Any]] = {}
    for (key, name), numbers in zip(parties.named, sums, strict=True):
        if not numbers[0]:
            continue
        row = rows.setdefault(key, {"key": key, "name": name or "", **dict.fromkeys(_NUMBERS, 0)})
        row["name"] = max(row["name"], name or "")  # the same party may be written differently
        for column, number in zip(_NUMBERS, numbers, strict=True):
            row[column] += number
    return by_family(list(rows.values()), families or {})


def by_family(rows: _Counts, families: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """Put the counted rows of one family together; the others stay as they are."""
    together: dict[str, dict[str, Any]] = {}
    apart: list[Mapping[str, Any]] = []
    for row in rows:
        family = families.get(row["key"]) if row["key"] is not None else None
        if family is None:
            apart.append(row)
            continue
        sums = together.setdefault(family, {"key": f"family:{family}", "name": family})
        for number in _NUMBERS:
            sums[number] = sums.get(number, 0) + row[number]
        sums["members"] = (*sums.get("members", ()), str(row["name"]))
    return [*together.values(), *apart]


def rank(
    counts: _Counts, others: _Counts = (), *, unknown: str = attribution.NOT_KNOWN
) -> tuple[Row, ...]:
    """Order the counted rows, largest first, and work out the shares."""
    total = sum(row["domains"] for row in counts)
    beside = {row["key"]: row for row in others}
    empty = dict.fromkeys(_NUMBERS, 0)
    seen = {row["key"] for row in counts}
    every = [*counts, *({**row, **empty} for key, row in beside.items() if key not in seen)]
    ranked: list[Row] = []
    running = 0
    for row in sorted(every, key=lambda r: (r["key"] is None, -r["domains"], str(r["name"]))):
        known = row["key"] is not None
        running += row["domains"]
        ranked.append(
            Row(
                key=str(row["key"]) if known else None,
                name=str(row["name"]) if known else unknown,
                domains=row["domains"],
                urls=row["urls"],
                reports=row["reports"],
                share=row["domains"] / total if total else 0.0,
                cumulative=running / total if known and total else None,
                interval=share_interval(row["domains"], total),
                other_domains=beside[row["key"]]["domains"] if row["key"] in beside else 0,
                members=tuple(
                    sorted(
                        {*row.get("members", ()), *beside.get(row["key"], {}).get("members", ())}
                    )
                ),
            )
        )
    return tuple(ranked)


def figures(rows: Sequence[Row]) -> Figures:
    """Work out how concentrated the counted domains are."""
    total = sum(row.domains for row in rows)
    if total == 0:
        return Figures(None, None, None, None, None)
    counts = sorted((row.domains for row in rows if row.key is not None), reverse=True)
    unknown = total - sum(counts)
    top_interval, hhi_interval = resampled(
        [*counts, unknown],
        [lambda draws: _top(draws[:, :-1], total), lambda draws: _hhi(draws[:, :-1])],
    )
    any_known = sum(counts) > 0
    return Figures(
        top_share=sum(counts[:TOP]) / total,
        top_interval=top_interval,
        hhi=10_000 * sum((n / sum(counts)) ** 2 for n in counts) if any_known else None,
        hhi_interval=hhi_interval if any_known else None,
        three_quarters=_parties_for(counts, THREE_QUARTERS * total),
    )


def _top(draws: Any, total: int) -> Any:
    """Return the share of the ten largest parties of each resample."""
    largest_last = draws.copy()
    if draws.shape[1] > TOP:
        largest_last.partition(-TOP, axis=1)
    return largest_last[:, -TOP:].sum(axis=1) / total


def _hhi(draws: Any) -> Any:
    """Return the index of each resample; 0 where none of its domains has a known party."""
    whole = draws.sum(axis=1, keepdims=True).clip(1)
    return 10_000 * ((draws / whole) ** 2).sum(axis=1)


def _parties_for(counts: Sequence[int], wanted: float) -> int | None:
    running = 0
    for number, count in enumerate(counts, start=1):
        running += count
        if running >= wanted:
            return number
    return None

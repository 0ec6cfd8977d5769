"""What kinds of sites are confirmed, how many are commercial and how many disguised, by month."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from abusetrack.casefile import CaseFile
from abusetrack.metrics import attribution
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.intervals import Interval, share_interval


@dataclass(frozen=True, slots=True)
class Share:
    """Yes among those of which it was stated; ``unstated`` are in no share."""

    yes: int
    stated: int
    unstated: int
    interval: Interval | None

    @property
    def share(self) -> float | None:
        """The share; None where it was never stated."""
        return self.yes / self.stated if self.stated else None


@dataclass(frozen=True, slots=True)
class Kinds:
    """Of the counted domains; the month is that of the first confirmed report in the period."""

    domains: int
    kinds: tuple[tuple[str, int], ...]  # most first; "not agreed" where findings differ
    commercial: Share
    disguised: Share
    months: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    commercial_months: tuple[tuple[str, Share], ...]


NOT_AGREED = "not agreed"


def kinds(case: CaseFile, filters: Filters) -> Kinds:
    """Count the domains of the filters by kind."""
    sql = attribution.counted(case, filters)
    rows = case.rows(
        f"{sql} SELECT substr(chosen.first, 1, 7), coalesce(kind, :not_agreed), commercial,"
        " disguised FROM chosen JOIN domain_now ON domain_now.id = chosen.domain",
        {"not_agreed": NOT_AGREED},
    )
    whole: dict[str, int] = defaultdict(int)
    months: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    said: dict[str, list[int | None]] = defaultdict(list)
    for month, kind, commercial, _disguised in rows:
        whole[kind] += 1
        months[month][kind] += 1
        said[month].append(commercial)
    return Kinds(
        domains=len(rows),
        kinds=_ordered(whole),
        commercial=_share([row[2] for row in rows]),
        disguised=_share([row[3] for row in rows]),
        months=tuple((month, _ordered(months[month])) for month in sorted(months)),
        commercial_months=tuple((month, _share(said[month])) for month in sorted(said)),
    )


def _ordered(counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _share(said: list[int | None]) -> Share:
    stated = [value for value in said if value is not None]
    yes = sum(stated)
    return Share(yes, len(stated), len(said) - len(stated), share_interval(yes, len(stated)))

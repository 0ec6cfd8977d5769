"""What kinds of sites are confirmed, how many are commercial and how many disguised, by month."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from abusetrack.casefile import CaseFile
from abusetrack.metrics import attribution, columns
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
    found = attribution.counted(case, filters)
    facts = columns.domains(case).said
    said = [dict(zip(facts.names, value, strict=True)) for value in facts.values]
    whole: Counter[str] = Counter()
    months: dict[str, Counter[str]] = defaultdict(Counter)
    commercial: Counter[int | None] = Counter()
    disguised: Counter[int | None] = Counter()
    by_month: dict[str, Counter[int | None]] = defaultdict(Counter)
    for (number, fact), domains in columns.tally(
        columns.months(found.first), facts.number[found.place]
    ):
        month, one = columns.named_month(number), said[fact]
        kind = one["kind"] or NOT_AGREED
        whole[kind] += domains
        months[month][kind] += domains
        commercial[one["commercial"]] += domains
        disguised[one["disguised"]] += domains
        by_month[month][one["commercial"]] += domains
    return Kinds(
        domains=len(found.domain),
        kinds=_ordered(whole),
        commercial=_share(commercial),
        disguised=_share(disguised),
        months=tuple((month, _ordered(months[month])) for month in sorted(months)),
        commercial_months=tuple((month, _share(by_month[month])) for month in sorted(by_month)),
    )


def _ordered(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _share(said: Counter[int | None]) -> Share:
    yes, stated = said[1], said[0] + said[1]
    return Share(yes, stated, said[None], share_interval(yes, stated))

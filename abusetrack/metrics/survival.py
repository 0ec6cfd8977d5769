"""How long until removal, with the cases that are still open counted (Kaplan and Meier, 1958).

Nobody sees the moment of a removal: it lies between the last check that saw the thing up
and the first that saw it gone. The estimate is therefore a band: one curve as if every
removal had come just after the last check up, one as if just before the first check gone.
Open cases are censored at their last successful check. Times are in days.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from abusetrack.metrics.intervals import CONFIDENCE, Interval

WITHIN = (1, 3, 7, 30)  # days
_DAY = 86_400


class End(StrEnum):
    """How a case ended."""

    REMOVED = "removed"
    EXPIRED = "expired"  # removed because the registration ran out or was not paid
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to be removed, from a start on."""

    subject: str  # the domain; or the URL's number
    party_key: str | None
    party: str
    country: str | None
    start: datetime
    last_up: datetime  # last successful check that saw it up; the start where none was later
    first_gone: datetime | None  # None: open
    end: End

    @property
    def at_least(self) -> float:
        """Days that it was surely up."""
        return max(0.0, (self.last_up - self.start).total_seconds() / _DAY)

    @property
    def at_most(self) -> float:
        """Days after which it was surely gone; of an open case those that it was surely up."""
        if self.first_gone is None:
            return self.at_least
        return max(self.at_least, (self.first_gone - self.start).total_seconds() / _DAY)


@dataclass(frozen=True, slots=True)
class Curve:
    """The share still up after so many days, with its 95 % interval; it falls at ``days``."""

    days: tuple[float, ...]
    share: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def at(self, day: float) -> float:
        """Return the share still up just after ``day`` days."""
        falls = bisect_right(self.days, day)
        return self.share[falls - 1] if falls else 1.0


@dataclass(frozen=True, slots=True)
class Survival:
    """The estimate over cases. ``early`` and ``late`` are the bounds of the band.

    ``median`` and ``within`` are of the late curve: what was surely gone by then; the
    early one gives ``median_early``. A median is None where fewer than half are gone.
    """

    cases: int
    removed: int
    expired: int
    open: int
    early: Curve
    late: Curve
    median: float | None
    median_early: float | None
    median_interval: tuple[float | None, float | None]
    within: tuple[tuple[int, Interval], ...]  # days -> share gone, from late to early curve


def survival(cases: Sequence[Case]) -> Survival | None:
    """Estimate over the cases; None without any.

    An expiry is no answer to anybody's notice: it is censored where it was last seen up.
    """
    if not cases:
        return None
    removed = [case.end is End.REMOVED for case in cases]
    surely_up = [case.at_least for case in cases]
    early = _curve(surely_up, removed)
    late = _curve(
        [
            case.at_most if gone else least
            for case, least, gone in zip(cases, surely_up, removed, strict=True)
        ],
        removed,
    )
    return Survival(
        cases=len(cases),
        removed=sum(removed),
        expired=sum(case.end is End.EXPIRED for case in cases),
        open=sum(case.end is End.OPEN for case in cases),
        early=early,
        late=late,
        median=_first_below(late.days, late.share),
        median_early=_first_below(early.days, early.share),
        median_interval=(
            _first_below(late.days, late.low) if any(removed) else None,
            _first_below(late.days, late.high),
        ),
        within=tuple((day, Interval(1 - late.at(day), 1 - early.at(day))) for day in WITHIN),
    )


def _curve(days: Sequence[float], removed: Sequence[bool]) -> Curve:
    import warnings

    from scipy import stats

    data = stats.CensoredData.right_censored(list(days), [not gone for gone in removed])
    found = stats.ecdf(data).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # log(0) where nothing is left
        bounds = found.confidence_interval(confidence_level=CONFIDENCE, method="log-log")
    return Curve(
        days=tuple(found.quantiles.tolist()),
        share=tuple(found.probabilities.tolist()),
        low=_known(bounds.low.probabilities, 0.0),
        high=_known(bounds.high.probabilities, 1.0),
    )


def _known(values: Any, otherwise: float) -> tuple[float, ...]:
    return tuple(value if value == value else otherwise for value in values.tolist())


def _first_below(days: Sequence[float], share: Sequence[float]) -> float | None:
    return next((day for day, left in zip(days, share, strict=True) if left <= 0.5), None)

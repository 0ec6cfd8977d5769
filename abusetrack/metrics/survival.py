"""How long until removal, with the cases that are still open counted (Kaplan and Meier, 1958).

Nobody sees the moment of a removal: it lies between the last check that saw the thing up
and the first that saw it gone. The estimate is therefore a band: one curve as if every
removal had come just after the last check up, one as if just before the first check gone.
Open cases are censored at their last successful check. Times are in days.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, overload

from abusetrack.metrics.columns import NEVER
from abusetrack.metrics.intervals import CONFIDENCE, Interval
from abusetrack.metrics.looks import EXPIRED, REMOVED, UP

WITHIN = (1, 3, 7, 30)  # days
_DAY = 86_400
_SECOND = 1_000_000  # microseconds
_SINCE = datetime(1970, 1, 1, tzinfo=UTC)


class End(StrEnum):
    """How a case ended."""

    REMOVED = "removed"
    EXPIRED = "expired"  # removed because the registration ran out or was not paid
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to be removed, from a start on."""

    subject: int  # the number of the domain or the URL
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


_ENDS = {UP: End.OPEN, REMOVED: End.REMOVED, EXPIRED: End.EXPIRED}


@dataclass(frozen=True, slots=True, eq=False)
class Cases(Sequence[Case]):
    """Cases as columns, because there may be a million; a case is made when it is asked for.

    Times are microseconds since 1970; ``end`` is as in :mod:`abusetrack.metrics.looks`.
    """

    subject: Any
    party: Any  # leads to one of ``parties``, (key, readable name)
    parties: Sequence[tuple[str | None, str]]
    country: Any  # leads to one of ``countries``
    countries: Sequence[str | None]
    start: Any
    last_up: Any
    first_gone: Any
    end: Any

    @classmethod
    def of(cls, cases: Iterable[Case]) -> Cases:
        """Return these cases as columns."""
        import numpy as np

        every = list(cases)
        ends = {end: code for code, end in _ENDS.items()}
        gone = [NEVER if one.first_gone is None else _micros(one.first_gone) for one in every]
        return cls(
            np.array([one.subject for one in every], dtype=np.int64),
            np.arange(len(every)),
            [(one.party_key, one.party) for one in every],
            np.arange(len(every)),
            [one.country for one in every],
            np.array([_micros(one.start) for one in every], dtype=np.int64),
            np.array([_micros(one.last_up) for one in every], dtype=np.int64),
            np.array(gone, dtype=np.int64),
            np.array([ends[one.end] for one in every], dtype=np.int64),
        )

    def some(self, rows: Any) -> Cases:
        """Return the cases at these places."""
        by_case = ("subject", "party", "country", "start", "last_up", "first_gone", "end")
        return replace(self, **{name: getattr(self, name)[rows] for name in by_case})

    def __len__(self) -> int:
        return len(self.subject)

    @overload
    def __getitem__(self, at: int) -> Case: ...
    @overload
    def __getitem__(self, at: slice) -> Cases: ...
    def __getitem__(self, at: int | slice) -> Case | Cases:
        if isinstance(at, slice):
            return self.some(at)
        gone = int(self.first_gone[at])
        key, name = self.parties[self.party[at]]
        return Case(
            int(self.subject[at]),
            key,
            name,
            self.countries[self.country[at]],
            _moment(self.start[at]),
            _moment(self.last_up[at]),
            None if gone == NEVER else _moment(gone),
            _ENDS[int(self.end[at])],
        )

    def days_up(self) -> Any:
        """Return the days that each was surely up."""
        return (self.last_up - self.start).clip(min=0) / _SECOND / _DAY

    def days_until_gone(self) -> Any:
        """Return the days after which each was surely gone; those surely up of an open one."""
        import numpy as np

        gone = np.where(self.first_gone == NEVER, self.last_up, self.first_gone)
        return np.maximum(self.days_up(), (gone - self.start) / _SECOND / _DAY)


def _micros(when: datetime) -> int:
    return (when - _SINCE) // timedelta(microseconds=1)


def _moment(micros: Any) -> datetime:
    return _SINCE + timedelta(microseconds=int(micros))


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The share still up after so many days; it falls at ``days``."""

    days: Any
    share: Any

    def at(self, day: float) -> float:
        """Return the share still up just after ``day`` days."""
        return float(self.at_all([day])[0])

    def at_all(self, days: Any) -> Any:
        """Return the shares still up just after each of ``days``."""
        import numpy as np

        return np.append(1.0, self.share)[np.searchsorted(self.days, days, side="right")]


@dataclass(frozen=True, eq=False)
class Survival:
    """The estimate over cases. ``early`` and ``late`` are the bounds of the band.

    ``median`` and ``gone`` are of the late curve: what was surely gone by then; the early
    one, worked out when it is asked for, gives ``median_early``. A median is None where
    fewer than half are gone.
    """

    cases: int
    removed: int
    expired: int
    open: int
    late: Curve
    median: float | None
    median_interval: tuple[float | None, float | None]
    gone: tuple[tuple[int, float], ...]  # days -> share surely gone
    days_up: Any = field(repr=False)  # of each case, and whether it was removed
    was_removed: Any = field(repr=False)

    @cached_property
    def early(self) -> Curve:
        """The curve as if every removal had come just after the last check up."""
        return _curve(self.days_up, self.was_removed)[0]

    @property
    def median_early(self) -> float | None:
        """The median of the early curve."""
        return _first_below(self.early.days, self.early.share)

    @property
    def within(self) -> tuple[tuple[int, Interval], ...]:
        """Days, and the share gone by then: from the late to the early curve."""
        return tuple((day, Interval(share, 1 - self.early.at(day))) for day, share in self.gone)


def survival(cases: Sequence[Case]) -> Survival | None:
    """Estimate over the cases; None without any.

    An expiry is no answer to anybody's notice: it is censored where it was last seen up.
    """
    if not cases:
        return None
    import numpy as np

    these = cases if isinstance(cases, Cases) else Cases.of(cases)
    removed = these.end == REMOVED
    surely_up = these.days_up()
    late, found = _curve(np.where(removed, these.days_until_gone(), surely_up), removed)
    return Survival(
        cases=len(these),
        removed=int(removed.sum()),
        expired=int((these.end == EXPIRED).sum()),
        open=int((these.end == UP).sum()),
        late=late,
        median=_first_below(late.days, late.share),
        median_interval=_median_interval(found) if removed.any() else (None, None),
        gone=tuple((day, 1 - late.at(day)) for day in WITHIN),
        days_up=surely_up,
        was_removed=removed,
    )


def _curve(days: Any, removed: Any) -> tuple[Curve, Any]:
    from scipy import stats

    found = stats.ecdf(stats.CensoredData.right_censored(days, ~removed)).sf
    return Curve(found.quantiles, found.probabilities), found


def _median_interval(found: Any) -> tuple[float | None, float | None]:
    """Return where the 95 % interval of the curve falls to a half, below and above."""
    import warnings

    import numpy as np

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # log(0) where nothing is left
        bounds = found.confidence_interval(confidence_level=CONFIDENCE, method="log-log")
    low = np.nan_to_num(bounds.low.probabilities, nan=0.0)
    high = np.nan_to_num(bounds.high.probabilities, nan=1.0)
    return _first_below(found.quantiles, low), _first_below(found.quantiles, high)


def _first_below(days: Any, share: Any) -> float | None:
    below = share <= 0.5
    return float(days[below.argmax()]) if below.any() else None

"""How sure a figure is: exact intervals of shares, and resampling where there is no formula.

Seeded, so that the same counts give the same interval. numpy and scipy are loaded when
the first interval is worked out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

CONFIDENCE = 0.95
SMALL = 30  # fewer than this many are few: the figure says so
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval."""

    low: float
    high: float


def share_interval(part: int, whole: int) -> Interval | None:
    """Return the exact (Clopper-Pearson) interval of a share; None of nothing."""
    if whole <= 0:
        return None
    from scipy.special import betaincinv

    tail = (1 - CONFIDENCE) / 2
    low = 0.0 if part == 0 else float(betaincinv(part, whole - part + 1, tail))
    high = 1.0 if part == whole else float(betaincinv(part + 1, whole - part, 1 - tail))
    return Interval(low, high)


def resampled(
    counts: Sequence[int], figures: Sequence[Callable[[Any], Any]]
) -> tuple[Interval, ...]:
    """Return the percentile interval of each figure over bootstrap resamples of ``counts``.

    A figure is a function of a matrix with the counts of one resample per row, in the same
    order, that returns one number per row. ``counts`` must not all be 0.
    """
    import numpy as np

    total = sum(counts)
    generator = np.random.default_rng(total)
    draws = generator.multinomial(total, np.asarray(counts) / total, size=_RESAMPLES)
    tail = (1 - CONFIDENCE) / 2
    bounds = (np.quantile(figure(draws), (tail, 1 - tail)) for figure in figures)
    return tuple(Interval(float(low), float(high)) for low, high in bounds)

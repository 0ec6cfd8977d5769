from __future__ import annotations

import pytest

from abusetrack.metrics.intervals import share_interval


# Clopper and Pearson (1934); the values by their own equations: the chance of at least (at
# most) so many is 2.5 % at the bounds.
@pytest.mark.parametrize(("part", "whole"), [(0, 10), (1, 10), (5, 10), (10, 10), (30, 400)])
def test_the_bounds_of_a_share_are_exact(part, whole):
    from math import comb

    def at_least(share):
        return sum(
            comb(whole, k) * share**k * (1 - share) ** (whole - k) for k in range(part, whole + 1)
        )

    def at_most(share):
        return sum(comb(whole, k) * share**k * (1 - share) ** (whole - k) for k in range(part + 1))

    found = share_interval(part, whole)
    assert found.low == 0 if part == 0 else at_least(found.low) == pytest.approx(0.025)
    assert found.high == 1 if part == whole else at_most(found.high) == pytest.approx(0.025)


def test_a_share_of_nothing_has_no_interval():
    assert share_interval(0, 0) is None

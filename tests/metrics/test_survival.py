from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abusetrack.metrics.survival import Case, End, survival

START = datetime(2026, 3, 1, tzinfo=UTC)


def case(last_up, gone=None, end=None):
    return Case(
        1,
        None,
        "",
        None,
        START,
        START + timedelta(days=last_up),
        None if gone is None else START + timedelta(days=gone),
        end or (End.OPEN if gone is None else End.REMOVED),
    )


# Weeks of remission under 6-mercaptopurine; "+" is censored. Freireich et al. (1963), the
# textbook example of the estimate, with the values printed for it.
FREIREICH = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PRINTED = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}


def test_the_published_example():
    cases = [
        case(int(word[:-1])) if word.endswith("+") else case(int(word), int(word))
        for word in FREIREICH.split()
    ]
    found = survival(cases)
    assert (found.cases, found.removed, found.open) == (21, 9, 12)
    for week, share in PRINTED.items():
        assert found.late.at(week) == pytest.approx(share, abs=0.0005)
    assert found.late.at(5) == 1.0
    assert found.median == found.median_early == 23
    low, high = found.median_interval
    assert low < 23
    assert high is None


def by_hand(times):
    """The product-limit estimate in plain Python; times are (days, gone)."""
    left, curve = 1.0, {}
    for day in sorted({day for day, gone in times if gone}):
        at_risk = sum(other >= day for other, _ in times)
        falls = sum(other == day and gone for other, gone in times)
        left *= 1 - falls / at_risk
        curve[day] = left
    return curve


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 10), st.sampled_from(list(End))),
        min_size=1,
        max_size=40,
    )
)
def test_it_is_the_product_limit_estimate(drawn):
    cases = [case(up, None if end is End.OPEN else up + more, end) for up, more, end in drawn]
    found = survival(cases)
    gone = [c.end is End.REMOVED for c in cases]
    early = by_hand([(c.at_least, g) for c, g in zip(cases, gone, strict=True)])
    late = by_hand([(c.at_most if g else c.at_least, g) for c, g in zip(cases, gone, strict=True)])
    for curve, wanted in ((found.early, early), (found.late, late)):
        for day, left in wanted.items():
            assert curve.at(day) == pytest.approx(left)
        assert curve.at(-1) == 1.0
    assert (found.removed, found.expired, found.open) == (
        gone.count(True),
        sum(c.end is End.EXPIRED for c in cases),
        sum(c.end is End.OPEN for c in cases),
    )
    for _day, share in found.within:
        assert 0 <= share.low <= 1
        assert 0 <= share.high <= 1


def test_open_cases_make_the_median_later():
    gone = [case(day, day) for day in (1, 2, 3)]
    assert survival(gone).median == 2
    assert survival([*gone, *[case(9)] * 4]).median is None


def test_the_band_holds_what_nobody_saw():
    found = survival([case(1, 4), case(2, 8)])
    assert (found.median_early, found.median) == (1, 4)
    assert dict(found.within)[3].low == 0
    assert dict(found.within)[3].high == 1


def test_an_expiry_is_no_removal():
    found = survival([case(1, 2), case(5, 6, End.EXPIRED)])
    assert (found.removed, found.expired) == (1, 1)
    assert found.late.at(30) == 0.5


def test_no_cases_no_estimate():
    assert survival([]) is None


def test_the_share_left_is_read_before_between_and_after_the_falls():
    found = survival([case(day, day) for day in (2, 4, 4, 8)])
    assert [found.late.at(day) for day in (0, 2, 3, 4, 7.9, 8, 99)] == [
        1.0, 0.75, 0.75, 0.25, 0.25, 0.0, 0.0,
    ]  # fmt: skip

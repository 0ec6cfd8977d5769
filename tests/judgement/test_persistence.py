from __future__ import annotations

from datetime import timedelta

import pytest

from abusetrack.judgement.persistence import judge_persistence


@pytest.fixture
def judge(noon):
    def run(days=(), hops=()):
        moments = [noon + timedelta(days=day) for day in days]
        return judge_persistence(moments, hops, days=3, hop_tlds=3, as_of=noon)

    return run


def test_reports_on_separate_days_count_and_several_on_one_day_do_not(judge):
    assert judge(days=(0, 1, 2)).holds
    verdict = judge(days=(0, 0, 0, 0.1))
    assert not verdict.holds
    assert "on 1 of 3 separate days" in verdict.reasons[0].text


def test_the_reason_gives_the_dates(judge):
    text = judge(days=(4, 0, 2)).reasons[0].text
    assert "2026-03-01" in text
    assert "2026-03-05" in text


def test_the_same_string_under_three_endings_hops(judge):
    assert judge(hops=("same.test", "same.example", "same.co.test")).reasons[0].code == "hopping"
    assert not judge(hops=("same.test", "same.example", "same.test")).holds

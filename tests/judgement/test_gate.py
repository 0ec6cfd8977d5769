from __future__ import annotations

from datetime import timedelta

import pytest

from abusetrack.judgement.gate import GatePolicy, judge_gate
from abusetrack.records import GateEntry, GateStatus

OPEN, CLEARED = GateStatus.OPEN, GateStatus.CLEARED


@pytest.fixture
def judge(noon):
    def run(*entries, always=False, countries=(), hosted="AA"):
        made = [
            GateEntry("a.test", status, noon, country, noon + timedelta(days=ends), "Police")
            if ends is not None
            else GateEntry("a.test", status, noon, country, None, "Police")
            for status, country, ends in entries
        ]
        policy = GatePolicy(always, countries)
        as_of = noon + timedelta(days=5)
        return judge_gate(made, policy, hosting_country=hosted, as_of=as_of)

    return run


@pytest.mark.parametrize(
    ("entries", "options", "is_open"),
    [
        ((), {}, False),
        ((), {"always": True}, True),
        (((CLEARED, "", None),), {"always": True}, False),
        (((CLEARED, "AA", None),), {"always": True}, True),  # for one country only
        (((CLEARED, "", 5),), {"always": True}, True),  # over
        (((CLEARED, "", 6),), {"always": True}, False),
        ((), {"countries": ["AA"]}, True),
        ((), {"countries": ["BB"]}, False),
        ((), {"countries": ["BB"], "hosted": None}, True),  # it may stand there
        (((CLEARED, "AA", None),), {"countries": ["AA"]}, False),
        (((CLEARED, "BB", None),), {"countries": ["AA"]}, True),
        (((CLEARED, "", None),), {"countries": ["AA"]}, False),
        (((CLEARED, "AA", None),), {"countries": ["AA", "BB"], "hosted": None}, True),
        (((OPEN, "", None),), {}, True),  # by hand, whatever the settings
        (((CLEARED, "", None), (OPEN, "BB", None)), {"always": True}, True),
        (((CLEARED, "", 5),), {}, True),
    ],
)
def test_the_gate_is_open_until_everyone_who_has_to_be_asked_cleared_it(
    judge, entries, options, is_open
):
    verdict = judge(*entries, **options)
    assert verdict.open is is_open
    assert verdict.reasons


def test_the_reasons_say_who_and_when(judge):
    (reason,) = judge((CLEARED, "AA", 9), always=False).reasons
    assert reason.text == "cleared for AA by Police on 2026-03-01, until 2026-03-10"
    (reason,) = judge(countries=["AA"], hosted=None).reasons
    assert "the hosting country is not known" in reason.text
    assert "abusetrack gate" in reason.changes

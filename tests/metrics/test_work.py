from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from abusetrack.casefile import notices
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.work import compliance, work
from abusetrack.records import AssessmentOutcome, NoticeStatus, Rung

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)  # as in conftest.py
NOW = NOON + timedelta(days=30)


def test_reports_by_day_source_and_outcome(case, report):
    report("example.com")
    report("example.com", source="partner")
    report("example.net", day=1, outcome=AssessmentOutcome.NOT_ILLEGAL)
    report("example.org", day=2, outcome=AssessmentOutcome.NOT_ASSESSED)
    found = work(case, Filters(until=NOON + timedelta(days=2)), now=NOW)
    assert found.days == (
        ("2026-03-01", (("partner", 1), ("public", 1))),
        ("2026-03-02", (("public", 1),)),
    )
    assert dict(found.outcomes) == {"confirmed": 2, "not illegal": 1}
    assert found.waiting == 1  # whenever it came
    assert found.queued == 3


@pytest.mark.parametrize(
    ("marks", "counted"),
    [
        ([], "silent"),
        ([(4, NoticeStatus.NO_ANSWER)], "silent"),
        ([(4, NoticeStatus.ACKNOWLEDGED)], "acknowledged"),
        ([(4, NoticeStatus.ACKNOWLEDGED), (6, NoticeStatus.ACTIONED)], "actioned"),
        ([(4, NoticeStatus.REFUSED)], "refused"),
        ([(4, NoticeStatus.BOUNCED)], "bounced"),
        ([(4, NoticeStatus.DISPUTED)], "disputed"),
        ([(4, NoticeStatus.WITHDRAWN)], "withdrawn"),
    ],
)
def test_a_notice_counts_by_its_last_mark(case, report, notify, marks, counted):
    report("example.com")
    reference = notify("example.com", day=2)
    for day, status in marks:
        notices.mark(case, reference, status, at=NOON + timedelta(days=day))
    (party,) = compliance(case, Filters())
    assert (party.key, party.notices, getattr(party, counted)) == ("iana:1", 1, 1)
    others = {"acknowledged", "actioned", "refused", "silent", "bounced", "disputed", "withdrawn"}
    assert sum(getattr(party, name) for name in others - {counted}) == 0
    answered = counted in {"acknowledged", "actioned", "refused", "disputed"}
    assert party.first_answer_days == (2.0 if answered else None)


def test_parties_are_counted_in_the_period_in_which_they_were_told(case, report, notify):
    report("example.com")
    notify("example.com", day=2)
    notify("example.com", day=3, party="iana:2", name="Registrar 2")
    later = Filters(since=NOON + timedelta(days=2.5))
    assert [party.key for party in compliance(case, later)] == ["iana:2"]


def test_what_is_overdue(case, report, notify):
    report("example.com")
    reference = notify("example.com", day=1)
    case.execute("UPDATE notice SET reply_by = ?", ["2026-03-10T00:00:00.000000Z"])
    assert work(case, Filters(), now=NOW).overdue == 1
    assert work(case, Filters(), now=NOON).overdue == 0
    notices.mark(case, reference, NoticeStatus.ACTIONED, at=NOW)
    assert work(case, Filters(), now=NOW).overdue == 0


def test_overdue_is_what_the_list_of_notices_calls_so(case, report, notify):
    report("example.com")
    reference = notify("example.com", day=1)
    case.execute("UPDATE notice SET reply_by = ?", ["2026-03-10T00:00:00.000000Z"])
    notices.mark(case, reference, NoticeStatus.ACKNOWLEDGED, at=NOON + timedelta(days=2))
    assert work(case, Filters(), now=NOW).overdue == 1
    notices.mark(case, reference, NoticeStatus.NO_ANSWER, at=NOW)
    assert work(case, Filters(), now=NOW).overdue == 0


def test_a_withdrawal_is_no_notice_and_waits_for_no_answer(case, report, notify):
    report("example.com")
    notify("example.com", day=1)
    notify("example.com", day=2, rung=Rung.WITHDRAWAL)
    case.execute("UPDATE notice SET reply_by = ?", ["2026-03-10T00:00:00.000000Z"])
    (party,) = compliance(case, Filters())
    assert party.notices == 1
    assert work(case, Filters(), now=NOW).overdue == 1

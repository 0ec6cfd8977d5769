from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from abusetrack.casefile import gates, notices, projection
from abusetrack.casefile.waiting import Waiting
from abusetrack.judgement.priority import NextStep
from abusetrack.records import (
    Contact,
    ContactOrigin,
    Draft,
    NoticeRow,
    NoticeStatus,
    Role,
    SiteKind,
    State,
)
from abusetrack.triage.worklist import next_step, worklist

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LIST = (
    "url,received,outcome,kind,legal category,law,severity,commercial\n"
    "https://plain.com/p,2026-02-20,confirmed,dedicated,A,Law 1,,no\n"
    "https://worst.com/p,2026-02-20,confirmed,dedicated,A,Law 1,5,yes\n"
    "https://new.com/p,2026-02-27,,,,,,\n"
    "https://legal.com/p,2026-02-27,not illegal,,,,,\n"
)
ROW = Waiting("a.test", True, False, False, State.ACTIVE, None, NOON, None, None, 0, None, None)


@pytest.fixture
def taken(take):
    take(LIST, filename="list.csv")


def listed(context, case):
    return [(item.domain, item.step) for item in worklist(context, case)]


def test_the_most_urgent_comes_first_and_what_needs_nothing_is_not_there(context, case, taken):
    assert listed(context, case) == [
        ("worst.com", NextStep.DRAFT),
        ("plain.com", NextStep.DRAFT),
        ("new.com", NextStep.ASSESS),
    ]
    first = worklist(context, case)[0]
    assert [part.text for part in first.points[:3]] == [
        "severity 5 of 5",
        "confirmed",
        "commercial",
    ]
    assert first.priority == sum(part.points for part in first.points)


def test_the_weights_are_the_settings(context, case, taken):
    weights = context.settings.worklist.but(
        {"severity": 0, "confirmed": 0, "commercial": 0, "waiting_day": 9}
    )
    other = replace(context, settings=context.settings.but({"worklist": weights}))
    assert listed(other, case)[0] == ("new.com", NextStep.ASSESS)  # it waits for the longest


def test_a_notice_moves_the_next_step_on(context, case, taken, clock):
    export(case, "worst.com")
    steps = dict(listed(context, case))
    assert steps["worst.com"] is NextStep.SEND
    notices.mark(case, "AT-1", NoticeStatus.SENT)
    assert "worst.com" not in dict(listed(context, case))  # its answer is not due yet
    clock.move(days=6)
    assert dict(listed(context, case))["worst.com"] is NextStep.ANSWER_OVERDUE
    notices.mark(case, "AT-1", NoticeStatus.ACTIONED)
    assert "worst.com" not in dict(listed(context, case))
    notices.mark(case, "AT-1", NoticeStatus.WITHDRAWN)
    assert dict(listed(context, case))["worst.com"] is NextStep.DRAFT


def export(case, domain):
    row = NoticeRow(
        domain, domain, (domain,), "R", 1, (), "source", NOON, "", SiteKind.DEDICATED, 1, NOON,
        NOON, "A", "Law 1", "AT-1/1",
    )  # fmt: skip
    contact = Contact(
        "iana:1", "R", Role.REGISTRAR, "a@r.example", None, None, ContactOrigin.MANUAL, "x", NOON
    )
    draft = Draft("AT-1", Role.REGISTRAR, contact, "s", "b", (row,), NOON, "t", False)
    notices.record_export(case, draft, (), reply_by=NOON + timedelta(days=5))


def test_an_open_gate_is_the_next_step(context, case, taken):
    gates.open_again(case, ["worst.com"])
    assert dict(listed(context, case))["worst.com"] is NextStep.CLEAR_GATE


def test_a_domain_that_is_held_asks_for_no_notice(context, case, taken):
    now = projection.read(case, "worst.com")
    projection.write(case, [replace(now.findings, state=State.HELD_BY_REGISTRAR)])
    assert "worst.com" not in dict(listed(context, case))


@pytest.mark.parametrize(
    ("changes", "gate_open", "step"),
    [
        ({}, False, (NextStep.DRAFT, 0)),
        ({}, True, (NextStep.CLEAR_GATE, 0)),
        ({"notices": 1}, False, None),
        ({"notices": 1, "unsent_since": 1}, False, (NextStep.SEND, 1)),
        ({"notices": 1, "unsent_since": 1}, True, (NextStep.CLEAR_GATE, 0)),
        ({"notices": 1, "answer_due": 2}, True, (NextStep.ANSWER_OVERDUE, 2)),
        ({"notices": 1, "answer_due": 11}, False, None),
        ({"notices": 1, "unassessed_since": 3}, False, (NextStep.ASSESS, 3)),
        ({"state": State.NOT_REGISTERED}, False, None),
        ({"state": State.NOT_REGISTERED, "unassessed_since": 3}, True, (NextStep.ASSESS, 3)),
        ({"confirmed": False, "unassessed_since": 3}, True, (NextStep.ASSESS, 3)),
    ],
)
def test_the_next_step(changes, gate_open, step):
    times = {"unsent_since", "answer_due", "unassessed_since"}
    made = {
        key: NOON + timedelta(days=value) if key in times else value
        for key, value in changes.items()
    }
    found = next_step(replace(ROW, **made), gate_open=gate_open, as_of=NOON + timedelta(days=10))
    assert found == (step and (step[0], NOON + timedelta(days=step[1])))

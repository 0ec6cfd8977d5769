from __future__ import annotations

from datetime import timedelta

import pytest

from abusetrack.judgement.persistence import (
    ConfirmedReport,
    Hop,
    PersistenceCase,
    PersistencePolicy,
    judge_persistence,
)
from abusetrack.records import ContentSeen, NoticeStatus, Removal, Role, State, Told

POLICY = PersistencePolicy(
    days=3,
    hop_tlds=3,
    after=timedelta(hours=24),
    still_up=timedelta(days=7),
    still_present=timedelta(days=3),
)


@pytest.fixture
def at(noon):
    return lambda days: noon + timedelta(days=days)


@pytest.fixture
def judge(noon, at):
    def run(days=(), hops=(), **fields):
        reports = tuple(ConfirmedReport(at(day), f"report {day}") for day in days)
        made = tuple(Hop(name, at(3), f"finding of {name}") for name in hops)
        return judge_persistence(PersistenceCase(reports, made, **fields), POLICY, as_of=noon)

    return run


@pytest.fixture
def told(at):
    def make(day, role=Role.REGISTRAR, status=NoticeStatus.SENT):
        sent_at = None if day is None else at(day)
        return Told("AT-1", role, "iana:1", "Desk", sent_at, status, "notice 1")

    return make


def met(verdict):
    return [reason.code for reason in verdict.reasons] if verdict.holds else []


def why_not(verdict, code):
    (found,) = [reason for reason in verdict.not_met if reason.code == code]
    return found


@pytest.mark.parametrize("role", [Role.HOTLINE, Role.AUTHORITY])
def test_that_police_or_hotlines_were_told_is_not_in_the_words_of_drafts(judge, told, role):
    (reason,) = judge(days=(0, 3), told=(told(1, role),)).reasons
    assert (reason.code, reason.facts[0]) == ("after", "notice 1")
    assert "after an earlier notice on 2" in reason.text
    assert "AT-1" not in reason.text
    assert "Desk" not in reason.text


def test_reports_on_separate_days_count_and_several_on_one_day_do_not(judge):
    assert met(judge(days=(0, 1, 2))) == ["repeated"]
    verdict = judge(days=(0, 0, 0, 0.1))
    assert not verdict.holds
    assert "on 1 of 3 separate days" in verdict.reasons[0].text


def test_the_reason_gives_the_dates_and_the_facts(judge, at):
    (reason,) = judge(days=(4, 0, 2)).reasons
    assert "from 2026-03-01 to 2026-03-05" in reason.text
    assert reason.facts == ("report 0", "report 2", "report 4")
    assert reason.dates == (at(0), at(2), at(4))


def test_the_same_string_under_three_endings_hops(judge):
    (reason,) = judge(hops=("same.test", "same.example", "same.co.test")).reasons
    assert reason.code == "hopping"
    assert reason.facts[0] == "finding of same.test"
    assert len(reason.dates) == len(reason.facts) == 3
    verdict = judge(hops=("same.test", "same.example", "same.test"))
    assert not verdict.holds
    assert "the string under 2 of 3 endings" in verdict.reasons[0].text


@pytest.mark.parametrize(("days", "holds"), [((0.99,), False), ((1.0,), True), ((-3.0,), False)])
def test_a_report_counts_after_a_notice_by_the_policys_hours(judge, told, days, holds):
    verdict = judge(days=days, told=(told(0),))
    assert met(verdict) == (["after"] if holds else [])


def test_the_reason_after_names_the_notice_and_the_reports(judge, told, at):
    (reason,) = judge(days=(2, 3), told=(told(0),)).reasons
    assert "2 confirmed reports after the notice AT-1 to Desk (registrar) on 2026-03-01" in (
        reason.text
    )
    assert reason.facts == ("notice 1", "report 2", "report 3")
    assert reason.dates == (at(0), at(2), at(3))


def test_a_report_after_a_removal_counts_as_one_after_a_notice(judge, at):
    gone = Removal("gone from the DNS", at(0), None, ("fact",))
    (reason,) = judge(days=(5,), removals=(gone,)).reasons
    assert reason.code == "after"
    assert "after it was seen gone from the DNS on 2026-03-01" in reason.text


@pytest.mark.parametrize("status", [NoticeStatus.WITHDRAWN, NoticeStatus.EXPORTED], ids=str)
def test_a_notice_withdrawn_or_never_sent_counts_nowhere(judge, told, at, status):
    sent = 0 if status is NoticeStatus.WITHDRAWN else None
    verdict = judge(
        days=(5,),
        told=(told(sent, status=status), told(sent, Role.HOST, status)),
        states=(State.ACTIVE,),
        seen_at=at(30),
        contents=(ContentSeen(True, at(30)),),
    )
    assert not verdict.holds


def test_a_return_after_a_hold_counts(judge, at):
    held = Removal("held", at(0), at(9), ("set", "lifted"))
    (reason,) = judge(removals=(held,)).reasons
    assert reason.code == "returned"
    assert "seen back on 2026-03-10, after it was seen held on 2026-03-01" in reason.text
    assert (reason.facts, reason.dates) == (("set", "lifted"), (at(0), at(9)))
    verdict = judge(removals=(Removal("held", at(0)),))
    assert not verdict.holds
    assert "not seen to return" in why_not(verdict, "returned").text


@pytest.mark.parametrize(
    ("role", "states", "seen", "holds"),
    [
        (Role.REGISTRAR, (State.ACTIVE,), 7, True),
        (Role.REGISTRY, (State.EXPIRED,), 7, True),
        (Role.REGISTRAR, (State.ACTIVE,), 6.9, False),  # not looked at since
        (Role.REGISTRAR, (State.ACTIVE,), None, False),
        (Role.HOST, (State.ACTIVE,), 30, False),
        (Role.REGISTRAR, (State.HELD_BY_REGISTRAR,), 30, False),
        (Role.REGISTRAR, (State.EXPIRED, State.NOT_DELEGATED), 30, False),
        (Role.REGISTRAR, (State.PARKED,), 30, False),
        (Role.REGISTRAR, (State.UNKNOWN,), 30, False),
    ],
)
def test_still_up_is_what_was_seen_up_long_after_the_notice(
    judge, told, at, role, states, seen, holds
):
    seen_at = None if seen is None else at(seen)
    verdict = judge(told=(told(0, role),), states=states, seen_at=seen_at, seen_facts=("up",))
    assert met(verdict) == (["still_up"] if holds else [])
    if holds:
        assert verdict.reasons[0].dates == (at(0), at(7))
        assert verdict.reasons[0].facts == ("notice 1", "up")


@pytest.mark.parametrize(
    ("role", "present", "day", "holds"),
    [
        (Role.HOST, True, 3, True),
        (Role.PLATFORM, True, 3, True),
        (Role.CDN, True, 3, True),
        (Role.REGISTRAR, True, 30, False),
        (Role.HOST, True, 2.9, False),
        (Role.HOST, False, 3, False),
        (Role.HOST, None, 3, False),
    ],
)
def test_content_counts_where_a_person_reported_it_present(
    judge, told, at, role, present, day, holds
):
    seen = ContentSeen(present, at(day), "status")
    verdict = judge(told=(told(0, role),), contents=(seen,))
    assert met(verdict) == (["still_present"] if holds else [])
    if holds:
        assert verdict.reasons[0].facts == ("notice 1", "status")


def test_content_that_nobody_checked_is_said_with_the_date_of_the_last_look(judge, told, at):
    verdict = judge(told=(told(0, Role.HOST),), looked_at=at(-2))
    text = why_not(verdict, "still_present").text
    assert "content not re-checked since 2026-02-27" in text
    verdict = judge(
        told=(told(0, Role.HOST),), looked_at=at(-2), contents=(ContentSeen(True, at(1)),)
    )
    assert "content not re-checked since 2026-03-02" in why_not(verdict, "still_present").text
    assert "never checked" in why_not(judge(), "still_present").text


def test_every_reason_says_what_would_change_it(judge, told, at):
    verdicts = [
        judge(),
        judge(days=(0, 1, 2), hops=("a.test", "a.example", "a.invalid")),
        judge(
            days=(9,),
            told=(told(0), told(0, Role.HOST)),
            states=(State.ACTIVE,),
            seen_at=at(20),
            contents=(ContentSeen(True, at(20)),),
            removals=(Removal("held", at(0), at(1)),),
        ),
    ]
    reasons = [reason for verdict in verdicts for reason in (*verdict.reasons, *verdict.not_met)]
    assert all(reason.changes for reason in reasons if reason.code != "below")
    codes = {reason.code for verdict in verdicts if verdict.holds for reason in verdict.reasons}
    assert codes == {"repeated", "after", "returned", "hopping", "still_up", "still_present"}
    for verdict in verdicts:
        tried = [reason.code for reason in (*verdict.reasons, *verdict.not_met)]
        assert len(set(tried) - {"below"}) == 6

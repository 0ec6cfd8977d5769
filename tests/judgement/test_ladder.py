from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abusetrack.judgement.ladder import LADDER, LadderCase, Waiting, overdue, propose, summary
from abusetrack.records import Advice, NoticeStatus, PartyRef, Role, Rung, State, Step
from tests.judgement.conftest import NOON

HOST = PartyRef("asn:64500", "NET", Role.HOST)
REGISTRAR = PartyRef("iana:9001", "Registrar", Role.REGISTRAR)
REGISTRY = PartyRef("tld:test", "Registry", Role.REGISTRY)
PARTIES = (HOST, REGISTRAR, REGISTRY, PartyRef("hotline:IE", "hotline of IE", Role.HOTLINE))
WAITING = {role: Waiting(timedelta(hours=48), timedelta(hours=120)) for role in Role}
SENT, EXPORTED = NoticeStatus.SENT, NoticeStatus.EXPORTED


def step(
    party=REGISTRAR, status=SENT, hours=0, rung=Rung.FIRST, answered=None, number=1, asked=None
):
    """A step that was sent so many hours ago; ``asked`` is in how many it asks for an answer."""
    at = NOON - timedelta(hours=hours)
    return Step(
        f"AT-{number}", party.role, rung, party.key, party.name, at, status,
        sent_at=None if status is EXPORTED else at,
        answered_at=None if answered is None else NOON - timedelta(hours=answered),
        reply_by=None if asked is None else NOON + timedelta(hours=asked),
    )  # fmt: skip


def next_of(*steps, state=State.ACTIVE, advice=None, also=()):
    advised = dict.fromkeys(Role, Advice.ADVISED) if advice is None else advice
    return propose(LadderCase((state, *also), PARTIES, advised, steps, WAITING, NOON))


def test_who_is_told_first():
    first = next_of()
    assert (first.rung, first.party, first.due_at) == (Rung.FIRST, HOST, NOON)
    advice = {Role.HOST: Advice.POSSIBLE, Role.REGISTRAR: Advice.ADVISED}
    assert next_of(advice=advice).party == REGISTRAR
    advice = {Role.HOST: Advice.POSSIBLE, Role.REGISTRAR: Advice.NOT_ADVISED}
    assert next_of(advice=advice).party == HOST
    nobody = next_of(advice=dict.fromkeys(Role, Advice.BLOCKED))
    assert (nobody.rung, nobody.reason) == (
        None,
        "nobody may be told: see the advice for each role",
    )


@pytest.mark.parametrize(
    "state", [State.HELD_BY_REGISTRAR, State.NOT_REGISTERED, State.NOT_DELEGATED, State.PARKED]
)
def test_of_what_is_held_nothing_is_asked(state):
    assert next_of(step(hours=500), state=state).reason == f"nothing to ask: {state.value}"


def test_a_name_in_its_grace_period_that_is_suspended_as_well_is_not_asked_for():
    told = next_of(step(hours=500), state=State.EXPIRED, also=(State.PARKED,))
    assert told.reason == f"nothing to ask: {State.PARKED.value}"


def test_what_hotlines_and_police_were_told_is_restated_to_nobody():
    police = PartyRef("authority:IE", "police of IE", Role.AUTHORITY)
    first, second = step(hours=120), step(hours=60, rung=Rung.REMINDER, number=2)
    others = step(PARTIES[3], hours=130, number=3), step(police, hours=130, number=4)
    up = next_of(*others, first, second)
    assert (up.rung, up.party, up.earlier) == (Rung.ESCALATION, REGISTRY, (first, second))


def test_wait_then_remind_then_go_up_restating_every_step():
    sent = step(hours=47)
    waits = next_of(sent)
    assert (waits.rung, waits.due_at) == (None, NOON + timedelta(hours=1))
    late = step(hours=48)
    reminds = next_of(late)
    assert (reminds.rung, reminds.party, reminds.earlier) == (Rung.REMINDER, REGISTRAR, (late,))
    first, second = step(hours=120), step(hours=60, rung=Rung.REMINDER, number=2)
    up = next_of(first, second)
    assert (up.rung, up.party, up.earlier) == (Rung.ESCALATION, REGISTRY, (first, second))
    assert "has not answered AT-2" in up.reason
    assert next_of(step(hours=119), second).rung is None


@pytest.mark.parametrize("status", [NoticeStatus.REFUSED, NoticeStatus.NO_ANSWER])
def test_a_refusal_goes_up_at_once(status):
    up = next_of(step(HOST, status, hours=1))
    assert (up.rung, up.party) == (Rung.ESCALATION, REGISTRAR)
    assert status.value in up.reason
    top = next_of(step(HOST, status), step(REGISTRAR, status), step(REGISTRY, status))
    assert top.rung is None
    assert "nobody further up" in top.reason


def test_those_below_the_highest_rung_told_are_only_reminded():
    refused = step(HOST, NoticeStatus.REFUSED, hours=10)
    waits = next_of(refused, step(REGISTRAR, hours=9, number=2))
    assert (waits.rung, waits.due_at) == (None, NOON + timedelta(hours=39))
    reminds = next_of(step(HOST, hours=50), step(REGISTRAR, hours=9, number=2))
    assert (reminds.rung, reminds.party) == (Rung.REMINDER, HOST)


def test_receipt_alone_is_no_answer_and_acting_is_looked_after():
    receipt = next_of(step(status=NoticeStatus.ACKNOWLEDGED, hours=50))
    assert receipt.rung is Rung.REMINDER
    assert "confirmed receipt" in receipt.reason
    assert next_of(step(status=NoticeStatus.ACTIONED, hours=90, answered=40)).rung is None
    still_up = next_of(step(status=NoticeStatus.ACTIONED, hours=90, answered=49))
    assert still_up.rung is Rung.REMINDER
    assert "still up" in still_up.reason


def test_the_day_that_a_notice_asked_for_is_waited_for():
    assert next_of(step(hours=50, asked=70)).rung is Rung.REMINDER  # not even receipt confirmed
    receipt = next_of(step(status=NoticeStatus.ACKNOWLEDGED, hours=50, asked=70))
    assert (receipt.rung, receipt.due_at) == (None, NOON + timedelta(hours=70))
    reminder = step(hours=10, rung=Rung.REMINDER, number=2, asked=110)
    assert next_of(step(hours=130, asked=-10), reminder).due_at == NOON + timedelta(hours=110)


def test_what_stands_in_the_way_is_said():
    assert "mark it" in next_of(step(status=EXPORTED)).reason
    assert "settle that first" in next_of(step(), step(status=NoticeStatus.DISPUTED)).reason
    bounced = next_of(step(status=NoticeStatus.BOUNCED))
    assert (bounced.rung, bounced.party) == (Rung.FIRST, REGISTRAR)
    assert "find another contact" in bounced.reason
    assert len(bounced.earlier) == 1  # that it was tried is told as well
    told = step(PARTIES[3], NoticeStatus.REFUSED)
    assert "no rung of the ladder" in next_of(told).reason


_STEPS = st.lists(
    st.builds(
        step,
        party=st.sampled_from(PARTIES),
        status=st.sampled_from([s for s in NoticeStatus if s is not NoticeStatus.WITHDRAWN]),
        hours=st.integers(0, 1000),
        rung=st.sampled_from([Rung.FIRST, Rung.REMINDER, Rung.ESCALATION]),
        answered=st.none() | st.integers(0, 1000),
    ),
    max_size=5,
)
_ADVICE = st.dictionaries(st.sampled_from(list(Role)), st.sampled_from(list(Advice)))


@given(_STEPS, _ADVICE, st.sampled_from(list(State)))
@settings(max_examples=150, derandomize=True, deadline=None)
def test_nobody_new_is_proposed_against_advice(steps, advice, state):
    proposed = next_of(*steps, advice=advice, state=state)
    assert proposed.reason
    if proposed.rung in {Rung.FIRST, Rung.ESCALATION} and not any(
        s.party_key == proposed.party.key for s in steps
    ):
        assert advice[proposed.party.role] in {Advice.ADVISED, Advice.POSSIBLE}
        assert proposed.party.role in LADDER
    if proposed.rung is not None:
        assert proposed.due_at <= NOON
    if proposed.rung is Rung.ESCALATION:
        assert proposed.earlier == tuple(steps)


def test_overdue_is_what_waits_beyond_its_day(noon):
    day = timedelta(days=1)
    assert overdue(SENT, Rung.FIRST, noon - day, as_of=noon)
    assert overdue(NoticeStatus.ACKNOWLEDGED, Rung.FIRST, noon - day, as_of=noon)
    assert not overdue(SENT, Rung.FIRST, noon, as_of=noon)
    assert not overdue(SENT, Rung.FIRST, None, as_of=noon)
    assert not overdue(SENT, Rung.WITHDRAWAL, noon - day, as_of=noon)
    assert not overdue(NoticeStatus.ACTIONED, Rung.FIRST, noon - day, as_of=noon)


def test_steps_are_restated_in_a_line_each():
    assert summary([step(hours=24)]) == "2026-02-28 AT-1 (first) to Registrar, registrar: sent"

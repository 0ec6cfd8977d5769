from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abusetrack.judgement.gone import judge_gone
from abusetrack.records import (
    AddressFacts,
    Kind,
    Observation,
    Outcome,
    Question,
    RegistrationFacts,
)

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ONE, TWO = "resolver 192.0.2.53:53", "resolver 198.51.100.53:53"


def dns(minutes, outcome=Outcome.NOT_FOUND, source=ONE, question=Question.NS, name="shop.test"):
    facts = AddressFacts(("192.0.2.1",)) if outcome is Outcome.OK else None
    at = START + timedelta(minutes=minutes)
    return Observation(
        name, Kind.DNS, question, at, source, outcome, facts=facts, id=f"{source[9]}{minutes}"
    )


def rdap(minutes, *statuses, outcome=Outcome.OK, question=Question.REGISTRY_RDAP):
    facts = RegistrationFacts(statuses=statuses) if outcome is Outcome.OK else None
    at = START + timedelta(minutes=minutes)
    return Observation(
        "shop.test", Kind.REGISTRATION, question, at, "https://rdap.test/", outcome, facts=facts
    )


def missing(minutes, **changes):
    return rdap(minutes, outcome=Outcome.NOT_FOUND, **changes)


def gone(*history, minutes=10_000, **changes):
    verdict = judge_gone("shop.test", history, as_of=START + timedelta(minutes=minutes), **changes)
    (reason,) = verdict.reasons
    return verdict.holds, reason.code


def test_the_registry_agrees_twice_an_hour_apart():
    history = [dns(0), missing(0), dns(60), missing(60)]
    assert gone(*history) == (True, "gone")
    assert gone(*reversed(history)) == (True, "gone")
    assert gone(dns(0), missing(0), dns(59), missing(59)) == (False, "only once")


def test_two_resolvers_twice_an_hour_apart():
    twice = [dns(m, source=s) for m in (0, 60) for s in (ONE, TWO)]
    assert gone(*twice) == (True, "gone")
    assert gone(*twice, rdap(0, "ok")) == (True, "gone")
    assert gone(dns(0), dns(60)) == (False, "not agreed")
    assert gone(dns(0), dns(0, source=TWO), dns(60)) == (False, "only once")


def test_two_resolvers_hours_apart_have_not_agreed():
    assert gone(dns(0), dns(45, source=TWO), dns(90), dns(135, source=TWO))[0] is False


@pytest.mark.parametrize(
    "status", ["clientHold", "serverHold", "inactive", "pendingDelete", "redemptionPeriod"]
)
def test_a_registry_that_took_the_name_out_agrees(status):
    assert gone(dns(0), dns(60), rdap(0, "clientTransferProhibited", status))[0]


def test_a_registry_that_lists_the_name_as_in_order_does_not_agree():
    assert gone(dns(0), dns(60), rdap(0, "ok"), rdap(60, "ok")) == (False, "not agreed")
    # What it said last counts.
    assert gone(dns(0), dns(60), rdap(-60, "clientHold"), rdap(-1, "ok")) == (False, "not agreed")


def test_a_failed_registration_question_says_nothing():
    later = rdap(60, outcome=Outcome.RATE_LIMITED)
    assert gone(dns(0), missing(0), dns(60), later) == (True, "gone")
    assert gone(dns(0), dns(60), later) == (False, "not agreed")


def test_old_agreement_does_not_count():
    assert gone(dns(0), dns(60), missing(-60 * 24)) == (False, "only once")
    assert gone(dns(0), dns(60), missing(-60 * 25)) == (False, "not agreed")
    short = {"registration_max_age": timedelta(minutes=30)}
    assert gone(dns(0), dns(60), missing(0), **short) == (False, "only once")


def test_port_43_stands_for_the_registry_and_the_registrar_does_not():
    assert gone(dns(0), dns(60), missing(0, question=Question.WHOIS))[0]
    assert not gone(dns(0), dns(60), missing(0, question=Question.REGISTRAR_RDAP))[0]


@pytest.mark.parametrize("outcome", [Outcome.OK, Outcome.NO_DATA])
@pytest.mark.parametrize("question", [Question.A, Question.AAAA, Question.NS])
def test_whoever_sees_the_name_ends_it(outcome, question):
    history = [dns(0), missing(0), dns(60), missing(60)]
    assert gone(*history, dns(90, outcome, question=question)) == (False, "exists")
    between = dns(30, outcome, question=question)
    assert gone(*history, between) == (False, "only once")
    at_once = dns(60, outcome, source=TWO, question=question)
    assert gone(*history, at_once) == (False, "exists")


def test_a_block_never_counts():
    blocked = [
        dns(m, Outcome.BLOCKED_BY_RESOLVER, source=s) for m in (0, 60, 120) for s in (ONE, TWO)
    ]
    assert gone(*blocked, missing(0), missing(60), missing(120)) == (False, "blocked")
    # It does not undo what was seen before either.
    assert gone(dns(0), missing(0), dns(60), missing(60), *blocked[4:]) == (True, "gone")


def test_other_names_and_questions_do_not_count():
    other = [dns(m, name="www.shop.test") for m in (0, 60)]
    assert gone(*other, missing(0)) == (False, "not asked")
    mail = [dns(m, question=Question.MX) for m in (0, 60)]
    assert gone(*mail, missing(0)) == (False, "not asked")
    assert gone(dns(0, Outcome.TIMED_OUT)) == (False, "not answered")


def test_the_future_does_not_count():
    history = [dns(0), missing(0), dns(60), missing(60)]
    assert gone(*history, minutes=59) == (False, "only once")


def test_the_facts_are_named():
    verdict = judge_gone(
        "shop.test", [dns(0), missing(0), dns(90)], as_of=START + timedelta(minutes=90)
    )
    assert verdict.reasons[0].facts == ("10", "190")
    assert "2026-03-01 12:00" in verdict.reasons[0].text


_OBSERVATIONS = st.lists(
    st.builds(
        dns,
        st.integers(0, 300),
        st.sampled_from([Outcome.NOT_FOUND, Outcome.BLOCKED_BY_RESOLVER, Outcome.OK]),
        st.sampled_from([ONE, TWO]),
    ),
    max_size=12,
)


@given(_OBSERVATIONS)
def test_blocks_change_nothing(history):
    without = [o for o in history if o.outcome is not Outcome.BLOCKED_BY_RESOLVER]
    as_of = START + timedelta(days=1)
    assert (
        judge_gone("shop.test", history, as_of=as_of).holds
        == judge_gone("shop.test", without, as_of=as_of).holds
    )

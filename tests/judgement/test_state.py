from __future__ import annotations

from datetime import timedelta

import pytest

from abusetrack.judgement.registration import merge
from abusetrack.judgement.state import judge_state
from abusetrack.records import (
    AddressFacts,
    NameFacts,
    Outcome,
    Question,
    RegistrationFacts,
    State,
    SuffixKind,
)


@pytest.fixture
def judge(observe, noon):
    def run(
        statuses=(),
        ns=Outcome.OK,
        servers=("ns1.host.example",),
        registration=Outcome.OK,
        expires=None,
        registry_servers=(),
    ):
        facts = RegistrationFacts(
            registrar_name="R", statuses=statuses, expires=expires, name_servers=registry_servers
        )
        observations = [
            observe(
                Question.REGISTRY_RDAP,
                registration,
                facts if registration is Outcome.OK else None,
                source="the registry",
            ),
            observe(Question.NS, ns, NameFacts(servers) if ns is Outcome.OK else None),
        ]
        return judge_state(
            merge(observations, tld="example"),
            observations,
            parking=[("parked.example", "Parking Place")],
            as_of=noon,
        )

    return run


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("serverHold",), State.HELD_BY_REGISTRY),
        (("clientHold", "clientTransferProhibited"), State.HELD_BY_REGISTRAR),
        (("pendingDelete",), State.PENDING_DELETE),
        (("redemptionPeriod",), State.REDEMPTION),
        (("pendingDelete", "redemptionPeriod"), State.REDEMPTION),
        (("autoRenewPeriod",), State.EXPIRED),
        *(
            ((said,), State.HELD_BY_REGISTRY)
            for said in ("Suspended", "HOLD", "On hold", "registry-hold", "blocked")
        ),
        (("Registrar Hold",), State.HELD_BY_REGISTRAR),
        *(((said,), State.PENDING_DELETE) for said in ("pending deletion", "To delete")),
        *(((said,), State.REDEMPTION) for said in ("quarantine", "in quarantine", "Redemption")),
        (("expired",), State.EXPIRED),
        *(((said,), State.NOT_DELEGATED) for said in ("inactive", "NOT DELEGATED")),
        (("ok",), State.ACTIVE),
        (("clientTransferProhibited", "serverDeleteProhibited"), State.ACTIVE),
    ],
)
def test_statuses_give_the_state(judge, statuses, expected):
    assert judge(statuses).state is expected


def test_all_states_are_shown_strongest_first(judge):
    verdict = judge(("clientHold", "serverHold"), ns=Outcome.NOT_FOUND)
    assert verdict.states == (
        State.HELD_BY_REGISTRY,
        State.HELD_BY_REGISTRAR,
        State.NOT_DELEGATED,
    )


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Domain cancelled, suspended, refused or reserved", State.HELD_BY_REGISTRY),
        ("This domain is in quarantine", State.REDEMPTION),
        ("the name has expired", State.EXPIRED),
        ("the name is not suspended", State.ACTIVE),
        ("Paid and in zone", State.ACTIVE),
    ],
)
def test_sentences_of_registries_are_understood(judge, status, expected):
    assert judge((status,)).state is expected


def test_a_hold_claims_no_cause(judge):
    assert "unpaid or unverified" in judge(("clientHold",)).reason


def test_not_registered_only_where_the_service_says_so(judge):
    assert judge(registration=Outcome.NOT_FOUND, ns=Outcome.NOT_FOUND).state is State.NOT_REGISTERED
    assert judge(registration=Outcome.RATE_LIMITED, ns=Outcome.NOT_FOUND).state is (
        State.NOT_DELEGATED
    )


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        (Outcome.BLOCKED_BY_RESOLVER, "blocks"),
        (Outcome.TIMED_OUT, "in time"),
        (Outcome.SERVER_ERROR, "SERVFAIL"),
        (Outcome.LAME, "do not serve"),
        (Outcome.BOGUS, "DNSSEC"),
    ],
)
def test_a_failed_resolver_is_unknown_and_never_gone(judge, outcome, word):
    verdict = judge(ns=outcome)
    assert verdict.states == (State.UNKNOWN,)
    assert word in verdict.reason


def test_active_without_registration_says_that_it_could_not_be_seen(judge):
    verdict = judge(registration=Outcome.TIMED_OUT)
    assert verdict.state is State.ACTIVE
    assert "could not be seen" in verdict.reason


def test_parking_by_dns_and_by_registration(judge):
    by_dns = judge(servers=("ns1.parked.example",))
    assert by_dns.state is State.PARKED
    assert "Parking Place" in by_dns.reason
    assert judge(servers=("ns1.unparked.example",)).state is State.ACTIVE
    by_registry = judge(ns=Outcome.TIMED_OUT, registry_servers=("ns1.parked.example",))
    assert by_registry.state is State.PARKED


def test_parking_by_address(observe, noon):
    observations = [
        observe(Question.REGISTRY_RDAP, facts=RegistrationFacts(registrar_name="R")),
        observe(Question.NS, facts=NameFacts(("ns1.host.example",))),
        observe(Question.A, facts=AddressFacts(("192.0.2.1",), parking="Place")),
    ]
    verdict = judge_state(merge(observations, tld="example"), observations, as_of=noon)
    assert verdict.state is State.PARKED
    assert "addresses" in verdict.reason
    assert "Place" in verdict.reason


def test_past_expiry_is_grace_unless_in_redemption(judge, noon):
    past = noon - timedelta(days=1)
    assert judge(expires=past).state is State.EXPIRED
    assert judge(expires=noon + timedelta(days=1)).state is State.ACTIVE
    assert judge(("redemptionPeriod",), expires=past).states == (State.REDEMPTION,)


@pytest.mark.parametrize("kind", [SuffixKind.PLATFORM, SuffixKind.DYNAMIC_DNS, None])
def test_a_name_below_somebodys_suffix_has_no_state_of_its_own(observe, noon, kind):
    ns = [observe(Question.NS, Outcome.NO_DATA)]
    verdict = judge_state(merge([], tld="example"), ns, suffix_kind=kind, as_of=noon)
    assert verdict.states == (State.UNKNOWN,)
    assert "nobody else" in verdict.reason or "no domain name" in verdict.reason


def test_nothing_looked_up_is_said(noon):
    verdict = judge_state(merge([], tld="example"), [], as_of=noon)
    assert verdict.states == (State.UNKNOWN,)
    assert verdict.reason == "not looked up yet"

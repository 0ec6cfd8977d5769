from __future__ import annotations

from datetime import timedelta

import pytest

from abusetrack.casefile import observations
from abusetrack.casefile.known import CaseKnown
from abusetrack.records import NameFacts, Outcome, Question, RegistrationFacts

DAY = timedelta(hours=24)


@pytest.fixture
def store(case, answer):
    def storer(*found):
        observations.store(case, answer("a.example", *found))

    return storer


@pytest.fixture
def known(case):
    return CaseKnown(case, registration_max_age=DAY, network_max_age=DAY)


def test_a_young_registration_is_known(known, store, observe, clock):
    store(
        observe("a.example", Question.REGISTRY_RDAP, RegistrationFacts("R")),
        observe("a.example", Question.REGISTRAR_RDAP, outcome=Outcome.NO_SERVICE),
        observe("a.example", Question.NS, NameFacts(("ns.example",))),
    )
    assert [found.question for found in known.registration("a.example")] == [
        Question.REGISTRY_RDAP,
        Question.REGISTRAR_RDAP,
    ]
    clock.move(hours=24)
    assert known.registration("a.example")
    clock.move(seconds=1)
    assert known.registration("a.example") == ()


def test_that_a_domain_is_free_is_known(known, store, observe):
    store(observe("a.example", Question.REGISTRY_RDAP, outcome=Outcome.NOT_FOUND))
    assert len(known.registration("a.example")) == 1


@pytest.mark.parametrize(
    "outcomes",
    [
        {Question.REGISTRY_RDAP: Outcome.RATE_LIMITED},
        {Question.REGISTRY_RDAP: Outcome.NO_SERVICE, Question.WHOIS: Outcome.TIMED_OUT},
        {Question.REGISTRY_RDAP: Outcome.NOT_ASKED},
        {Question.REGISTRY_RDAP: Outcome.TIMED_OUT, Question.WHOIS: Outcome.NOT_FOUND},
        {Question.REGISTRY_RDAP: Outcome.NOT_FOUND, Question.REGISTRAR_RDAP: Outcome.TIMED_OUT},
    ],
)
def test_what_may_be_different_next_time_is_asked_again(known, store, observe, outcomes):
    store(*(observe("a.example", question, outcome=out) for question, out in outcomes.items()))
    assert known.registration("a.example") == ()


def test_an_old_whois_failure_does_not_matter_once_rdap_answers(known, store, observe, clock):
    earlier = clock.now() - timedelta(hours=1)
    store(observe("a.example", Question.WHOIS, asked_at=earlier))
    store(observe("a.example", Question.REGISTRY_RDAP, RegistrationFacts("R")))
    assert [item.question for item in known.registration("a.example")] == [Question.REGISTRY_RDAP]


def test_a_network_is_known_by_its_prefix_for_a_while(known, store, network, clock):
    store(*network("192.0.2.1", "192.0.2.0/24"))
    assert len(known.network("192.0.2.99")) == 2
    assert known.network("198.51.100.1") == ()
    clock.move(hours=25)
    assert known.network("192.0.2.99") == ()

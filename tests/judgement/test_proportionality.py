from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from abusetrack.judgement.proportionality import RegistrarCase, judge_registrar
from abusetrack.records import (
    Contact,
    ContactOrigin,
    HostKind,
    Role,
    SiteKind,
    State,
    SuffixKind,
)
from tests.judgement.role_cases import role_case, vary


@pytest.fixture
def case(noon):
    contact = Contact(
        party_key="iana:9000001",
        party_name="Example Registrar",
        role=Role.REGISTRAR,
        email="desk@registrar.example",
        form=None,
        phone=None,
        origin=ContactOrigin.MANUAL,
        source="analyst",
        as_of=noon,
        confirmed_by="analyst",
        confirmed_at=noon,
    )
    return RegistrarCase(role_case(), contact, "A", "Law 1", noon, timedelta(hours=48))


def change(case, **changes):
    own = {
        key: value for key, value in changes.items() if key in RegistrarCase.__dataclass_fields__
    }
    rest = {key: value for key, value in changes.items() if key not in own}
    return replace(case, **{"subject": vary(case.subject, **rest)} | own)


def test_a_confirmed_dedicated_site_may_be_addressed(case):
    assert judge_registrar(case).holds


@pytest.mark.parametrize(
    ("changes", "code", "word"),
    [
        ({"confirmed_reports": 0}, "not_confirmed", "not assessed"),
        ({"kind": SiteKind.COMPROMISED}, "not_dedicated", "compromised"),
        ({"kind": SiteKind.UNKNOWN}, "kind_unknown", "not assessed"),
        ({"kind": None, "kind_reason": "assessed differently"}, "kind_differs", "differently"),
        ({"suffix_kind": SuffixKind.PLATFORM}, "no_registration", "platform"),
        ({"suffix_kind": SuffixKind.DYNAMIC_DNS}, "no_registration", "dynamic DNS"),
        ({"suffix_kind": SuffixKind.PRIVATE_REGISTRY}, "no_registration", "private registry"),
        ({"suffix_kind": SuffixKind.UNKNOWN}, "no_registration", "suffix list"),
        ({"suffix_kind": None}, "no_registration", "no registrable domain"),
        ({"host_kind": HostKind.ONION}, "no_registration", "onion"),
        ({"law": None}, "no_law", "law"),
        ({"legal_category": None}, "no_law", "category"),
        ({"state": State.HELD_BY_REGISTRAR}, "nothing_to_ask", "held"),
        ({"state": State.NOT_REGISTERED}, "nothing_to_ask", "not registered"),
        (
            {"created": datetime(2100, 1, 1, tzinfo=UTC)},
            "registered_anew",
            "its holder may be another",
        ),
        ({"registrar_key": None, "registrar_reason": "rate limited"}, "no_registrar", "rate"),
        ({"contact": None}, "no_contact", "no abuse contact"),
        ({"facts_asked_at": None}, "stale", "look it up again"),
    ],
)
def test_each_obstacle_alone_blocks_and_says_why(case, changes, code, word):
    verdict = judge_registrar(change(case, **changes))
    assert not verdict.holds
    assert [reason.code for reason in verdict.reasons] == [code]
    assert word in verdict.reasons[0].text


def test_what_is_not_advised_needs_a_typed_reason_and_a_block_takes_none(case):
    against = change(case, kind=SiteKind.COMPROMISED)
    assert not judge_registrar(replace(against, override=" ")).holds
    assert judge_registrar(replace(against, override="asked by the police")).holds
    blocked = change(against, confirmed_reports=0, override="asked by the police")
    assert not judge_registrar(blocked).holds


def test_an_unconfirmed_contact_blocks(case):
    contact = replace(case.contact, confirmed_at=None, confirmed_by=None)
    verdict = judge_registrar(replace(case, contact=contact))
    assert verdict.reasons[0].code == "no_contact"


def test_old_facts_block_at_the_policys_hour(case, noon):
    hours = timedelta(hours=48)
    assert judge_registrar(change(case, as_of=noon + hours)).holds
    stale = change(case, as_of=noon + hours + timedelta(seconds=1))
    assert judge_registrar(stale).reasons[0].code == "stale"


@pytest.mark.parametrize(
    ("confirmed", "others", "holds"),
    [
        (("a.site.example",), (), True),
        (("a.site.example", "b.site.example"), ("c.site.example",), False),
        (("a.site.example",), ("www.site.example",), False),
        (("www.site.example",), ("a.site.example",), True),
        (("site.example",), ("a.site.example",), True),
    ],
)
def test_what_may_be_a_platform_is_not_suspended_as_a_whole(case, confirmed, others, holds):
    verdict = judge_registrar(change(case, confirmed_hosts=confirmed, other_hosts=others))
    assert verdict.holds is holds
    assert [reason.code for reason in verdict.reasons] == [
        "dedicated" if holds else "perhaps_shared"
    ]

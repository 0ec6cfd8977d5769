from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from abusetrack.judgement.proportionality import RegistrarCase, judge_registrar
from abusetrack.records import (
    Contact,
    ContactOrigin,
    DomainNow,
    Findings,
    HostingAgreement,
    HostKind,
    Role,
    SiteKind,
    State,
    SuffixKind,
)


@pytest.fixture
def case(noon):
    findings = Findings(
        domain="site.example",
        state=State.ACTIVE,
        states=(State.ACTIVE,),
        state_reason="",
        registrar_key="iana:9000001",
        registrar="Example Registrar",
        registrar_iana_id=9000001,
        registrar_reason="",
        created=None,
        expires=None,
        hosting_country=None,
        hosting_verdict=HostingAgreement.NONE,
        hosting_reason="",
        asn=None,
        as_name=None,
        cdn=None,
        persistent=None,
        persistent_reason="",
        looked_up_at=noon,
        as_of=noon,
    )
    now = DomainNow(
        id=1,
        domain="site.example",
        unicode="site.example",
        host_kind=HostKind.NAME,
        suffix_kind=SuffixKind.ICANN,
        tld="example",
        reports=1,
        confirmed_reports=1,
        urls=1,
        confirmed_urls=1,
        first_reported=noon,
        last_reported=noon,
        first_confirmed=noon,
        last_confirmed=noon,
        kind=SiteKind.DEDICATED,
        kind_reason="",
        commercial=None,
        disguised=None,
        findings=findings,
    )
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
    return RegistrarCase(now, contact, "A", "Law 1", noon, timedelta(hours=48), noon)


def test_a_confirmed_dedicated_site_may_be_addressed(case):
    assert judge_registrar(case).holds


def vary(case, **changes):
    of_case = {k: v for k, v in changes.items() if k in RegistrarCase.__dataclass_fields__}
    of_now = {k: v for k, v in changes.items() if k in DomainNow.__dataclass_fields__}
    of_findings = {k: v for k, v in changes.items() if k in Findings.__dataclass_fields__}
    findings = replace(case.now.findings, **of_findings)
    return replace(case, now=replace(case.now, findings=findings, **of_now), **of_case)


@pytest.mark.parametrize(
    ("changes", "code", "word"),
    [
        ({"confirmed_reports": 0}, "not_confirmed", "not assessed"),
        ({"kind": SiteKind.COMPROMISED}, "not_dedicated", "compromised"),
        ({"kind": SiteKind.UNKNOWN}, "not_dedicated", "not assessed"),
        ({"kind": None, "kind_reason": "assessed differently"}, "not_dedicated", "differently"),
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
    verdict = judge_registrar(vary(case, **changes))
    assert not verdict.holds
    assert [reason.code for reason in verdict.reasons] == [code]
    assert word in verdict.reasons[0].text


def test_an_unconfirmed_contact_blocks(case):
    contact = replace(case.contact, confirmed_at=None, confirmed_by=None)
    verdict = judge_registrar(replace(case, contact=contact))
    assert verdict.reasons[0].code == "no_contact"


def test_old_facts_block_at_the_policys_hour(case):
    fresh = replace(case, as_of=case.as_of + timedelta(hours=48))
    stale = replace(case, as_of=case.as_of + timedelta(hours=48, seconds=1))
    assert judge_registrar(fresh).holds
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
    verdict = judge_registrar(replace(case, confirmed_hosts=confirmed, other_hosts=others))
    assert verdict.holds is holds
    assert [reason.code for reason in verdict.reasons] == [
        "dedicated" if holds else "perhaps_shared"
    ]

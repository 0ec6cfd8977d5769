from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abusetrack.judgement.roles import judge_roles
from abusetrack.records import (
    Advice,
    ContentSeen,
    GateVerdict,
    HostKind,
    NoticeStatus,
    PartyRef,
    ProtectedCategory,
    ProtectedName,
    Reason,
    Role,
    SiteKind,
    State,
    SuffixKind,
    Verdict,
)
from tests.judgement.role_cases import NOON, role_case, told, vary

DOMAIN_LEVEL = {Role.REGISTRAR, Role.RESELLER, Role.REGISTRY, Role.ICANN}
CONTENT = {Role.HOST, Role.PLATFORM, Role.CDN}
OPEN_GATE = GateVerdict(True, (Reason("gate_open", "not cleared"),), (), NOON)
PROTECTED = ProtectedName("site.example", ProtectedCategory.PARTNER, "Partner")
SERVES = (Reason("serves", "its name servers serve other.test", ("fact-1",), (NOON,)),)
HOPPING = Verdict(True, (Reason("hopping", "the same string"),), NOON)
REPEATED = Verdict(True, (Reason("repeated", "three days"),), NOON)
ADVISED, POSSIBLE = Advice.ADVISED, Advice.POSSIBLE
AGAINST, BLOCKED = Advice.NOT_ADVISED, Advice.BLOCKED


def judged(**changes):
    return {verdict.role: verdict for verdict in judge_roles(vary(role_case(), **changes))}


def advice(**changes):
    return {role: verdict.advice for role, verdict in judged(**changes).items()}


def codes(role, **changes):
    return [reason.code for reason in judged(**changes)[role].reasons]


def test_every_role_is_judged_with_a_reason():
    verdicts = judge_roles(role_case())
    assert [verdict.role for verdict in verdicts] == list(Role)
    assert all(verdict.reasons for verdict in verdicts)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (SiteKind.DEDICATED, (ADVISED, POSSIBLE, AGAINST, ADVISED, AGAINST)),
        (SiteKind.COMPROMISED, (AGAINST, AGAINST, ADVISED, ADVISED, POSSIBLE)),
        (SiteKind.IMAGE_HOST, (AGAINST, AGAINST, ADVISED, POSSIBLE, AGAINST)),
        (SiteKind.FORUM, (AGAINST, AGAINST, ADVISED, POSSIBLE, AGAINST)),
        (SiteKind.PLATFORM_SUBDOMAIN, (AGAINST, AGAINST, ADVISED, POSSIBLE, AGAINST)),
    ],
    ids=str,
)
def test_the_kind_of_site_decides_who_comes_first(kind, expected):
    found = advice(kind=kind)
    roles = (Role.REGISTRAR, Role.REGISTRY, Role.PLATFORM, Role.HOST, Role.RESELLER)
    assert tuple(found[role] for role in roles) == expected
    assert found[Role.CDN] is ADVISED
    assert found[Role.SEARCH_ENGINE] is POSSIBLE
    assert found[Role.HOTLINE] is ADVISED
    assert found[Role.AUTHORITY] is POSSIBLE


@pytest.mark.parametrize(
    ("changes", "code", "roles"),
    [
        ({"confirmed_reports": 0}, "not_confirmed", set(Role)),
        ({"kind": SiteKind.UNKNOWN}, "kind_unknown", set(Role)),
        ({"gate": OPEN_GATE}, "gate_open", set(Role)),
        ({"kind": None, "kind_reason": "they differ"}, "kind_differs", DOMAIN_LEVEL),
        ({"suffix_kind": SuffixKind.PLATFORM}, "no_registration", DOMAIN_LEVEL),
        ({"suffix_kind": SuffixKind.DYNAMIC_DNS}, "no_registration", DOMAIN_LEVEL),
        (
            {"suffix_kind": SuffixKind.PRIVATE_REGISTRY},
            "no_registration",
            DOMAIN_LEVEL - {Role.REGISTRY},
        ),
        ({"suffix_kind": None}, "no_registration", DOMAIN_LEVEL),
        ({"host_kind": HostKind.IPV4}, "no_registration", DOMAIN_LEVEL),
        ({"protected": PROTECTED}, "protected", DOMAIN_LEVEL),
        ({"infrastructure": SERVES}, "infrastructure", DOMAIN_LEVEL),
        ({"no_send": frozenset({Role.HOST})}, "no_send", {Role.HOST}),
        ({"state": State.PENDING_DELETE}, "nothing_to_ask", DOMAIN_LEVEL - {Role.ICANN}),
        (
            {"state": State.HELD_BY_REGISTRAR},
            "nothing_to_ask",
            {Role.REGISTRAR, Role.RESELLER},
        ),
        ({"created": NOON + timedelta(days=1)}, "registered_anew", DOMAIN_LEVEL),
        ({"generic": False}, "no_contract", {Role.ICANN}),
        ({"parties": ()}, "nobody", set(Role) - {Role.REGISTRAR, Role.REGISTRY, Role.ICANN}),
    ],
)
def test_each_block_stops_its_roles_and_no_others(changes, code, roles):
    found = judged(**changes)
    blocked = {role for role, item in found.items() if code in [r.code for r in item.reasons]}
    assert blocked == roles
    assert all(found[role].advice is BLOCKED for role in roles)


def test_infrastructure_names_the_facts_it_rests_on():
    (reason,) = (
        reason
        for reason in judged(infrastructure=SERVES)[Role.REGISTRAR].reasons
        if reason.code == "infrastructure"
    )
    assert (reason.facts, reason.dates) == (("fact-1",), (NOON,))


@pytest.mark.parametrize("state", [State.NOT_DELEGATED, State.PARKED])
def test_what_is_perhaps_suspended_already_is_looked_at_before_it_is_asked_for(state):
    found = judged(state=state)
    for role in (Role.REGISTRAR, Role.REGISTRY, Role.RESELLER):
        assert found[role].advice is AGAINST
        assert "not_shown" in [reason.code for reason in found[role].reasons]
    assert found[Role.HOST].advice is ADVISED


def test_a_name_in_its_grace_period_may_be_suspended_as_well():
    found = judged(state=State.EXPIRED, states=(State.EXPIRED, State.PARKED))
    assert found[Role.REGISTRAR].advice is AGAINST
    assert State.PARKED.value in found[Role.REGISTRAR].reasons[0].text


def test_a_dedicated_site_on_a_platforms_suffix_is_the_platforms():
    found = advice(suffix_kind=SuffixKind.PLATFORM)
    assert found[Role.PLATFORM] is ADVISED
    assert found[Role.HOST] is POSSIBLE


def test_a_private_registry_may_be_addressed_as_registry():
    assert advice(suffix_kind=SuffixKind.PRIVATE_REGISTRY)[Role.REGISTRY] is ADVISED


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ADVISED),
        ({"created": NOON - timedelta(days=729)}, ADVISED),
        ({"created": NOON - timedelta(days=730)}, POSSIBLE),  # perhaps hacked
        ({"created": NOON - timedelta(days=730), "confirmed_urls": 2}, ADVISED),
        ({"created": NOON - timedelta(days=730), "persistent": REPEATED}, ADVISED),
        ({"created": NOON - timedelta(days=730), "told": (told(Role.HOST, 7),)}, ADVISED),
        ({"created": NOON - timedelta(days=730), "told": (told(Role.HOST, 4),)}, POSSIBLE),
    ],
)
def test_an_old_name_with_one_url_is_looked_at_twice(changes, expected):
    assert advice(**changes)[Role.REGISTRAR] is expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"told": (told(days=4),)}, POSSIBLE),
        ({"told": (told(days=5),)}, ADVISED),  # unanswered
        ({"told": (told(days=6, status=NoticeStatus.ACKNOWLEDGED),)}, POSSIBLE),
        ({"told": (told(days=7, status=NoticeStatus.ACKNOWLEDGED),)}, ADVISED),  # no effect
        ({"told": (told(days=9, status=NoticeStatus.ACTIONED),)}, POSSIBLE),
        ({"told": (told(days=9, status=NoticeStatus.WITHDRAWN),)}, POSSIBLE),
        ({"told": (told(status=NoticeStatus.BOUNCED),)}, ADVISED),
        ({"told": (told(Role.HOST, 30),)}, POSSIBLE),
        ({"persistent": HOPPING}, ADVISED),
        ({"state": State.HELD_BY_REGISTRAR}, AGAINST),
    ],
)
def test_the_registry_comes_after_the_registrar_or_for_a_hopping_string(changes, expected):
    assert advice(**changes)[Role.REGISTRY] is expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, BLOCKED),
        ({"told": (told(days=4),)}, BLOCKED),
        ({"told": (told(days=5),)}, POSSIBLE),
        ({"told": (told(status=NoticeStatus.REFUSED),)}, POSSIBLE),
        ({"told": (told(days=30, status=NoticeStatus.ACKNOWLEDGED),)}, BLOCKED),
        ({"told": (told(Role.HOST, 30),)}, BLOCKED),
        ({"told": (told(days=5),), "generic": False}, BLOCKED),
    ],
)
def test_icann_is_for_a_registrar_that_did_not_answer_under_a_generic_ending(changes, expected):
    assert advice(**changes)[Role.ICANN] is expected


def test_content_reported_gone_is_not_asked_for_again():
    gone = (ContentSeen(False, NOON),)
    found = advice(contents=gone)
    assert {role for role in CONTENT if found[role] is AGAINST} == CONTENT
    assert found[Role.SEARCH_ENGINE] is AGAINST
    assert advice(contents=gone, confirmed_urls=2)[Role.HOST] is ADVISED  # one is not checked
    assert advice(contents=(ContentSeen(None, NOON),))[Role.HOST] is ADVISED


def test_search_engines_and_hosts_of_platforms_follow_a_notice_without_effect():
    failed = (told(Role.PLATFORM, 8),)
    assert advice(told=failed)[Role.SEARCH_ENGINE] is ADVISED
    assert advice(kind=SiteKind.FORUM, told=failed)[Role.HOST] is ADVISED


def test_a_commercial_site_is_for_the_authority():
    assert advice(commercial=True)[Role.AUTHORITY] is ADVISED


def test_every_block_says_what_would_change_it():
    worst = vary(role_case(), confirmed_reports=0, gate=OPEN_GATE, protected=PROTECTED)
    (registrar,) = [item for item in judge_roles(worst) if item.role is Role.REGISTRAR]
    assert [reason.code for reason in registrar.reasons] == [
        "not_confirmed",
        "gate_open",
        "protected",
    ]
    assert all(reason.changes for reason in registrar.reasons)


CASES = st.fixed_dictionaries(
    {
        "confirmed_reports": st.integers(0, 2),
        "confirmed_urls": st.integers(0, 3),
        "kind": st.sampled_from([None, *SiteKind]),
        "suffix_kind": st.sampled_from([None, *SuffixKind]),
        "host_kind": st.sampled_from(list(HostKind)),
        "state": st.sampled_from(list(State)),
        "created": st.sampled_from([None, NOON - timedelta(days=900), NOON + timedelta(days=1)]),
        "registrar_key": st.sampled_from([None, "iana:9000001"]),
        "generic": st.booleans(),
        "gate": st.sampled_from([OPEN_GATE, GateVerdict(False, (), (), NOON)]),
        "protected": st.sampled_from([None, PROTECTED]),
        "infrastructure": st.sampled_from([(), SERVES]),
        "no_send": st.frozensets(st.sampled_from(list(Role)), max_size=3),
        "persistent": st.sampled_from([HOPPING, REPEATED, Verdict(False, (), NOON)]),
        "parties": st.sets(st.sampled_from(list(Role))).map(
            lambda roles: tuple(PartyRef(role.value, role.value, role) for role in sorted(roles))
        ),
        "told": st.lists(
            st.builds(
                told,
                st.sampled_from(list(Role)),
                st.integers(0, 30),
                st.sampled_from(list(NoticeStatus)),
            ),
            max_size=3,
        ).map(tuple),
        "contents": st.lists(
            st.builds(ContentSeen, st.sampled_from([None, True, False]), st.just(NOON)), max_size=2
        ).map(tuple),
        "commercial": st.sampled_from([None, True, False]),
        "other_hosts": st.sampled_from([(), ("x.site.example",)]),
        "confirmed_hosts": st.sampled_from([(), ("y.site.example",), ("site.example",)]),
    }
)


def must_be_blocked(role, facts):
    """The blocks as the rules of the field state them, said another way than the table."""
    if facts["confirmed_reports"] == 0 or facts["gate"].open or role in facts["no_send"]:
        return True
    if facts["kind"] is SiteKind.UNKNOWN:
        return True
    if role not in DOMAIN_LEVEL:
        return False
    registrable = facts["host_kind"] is HostKind.NAME and (
        facts["suffix_kind"] is SuffixKind.ICANN
        or (role is Role.REGISTRY and facts["suffix_kind"] is SuffixKind.PRIVATE_REGISTRY)
    )
    icann = role is Role.ICANN and not (
        facts["generic"] and any(item.role is Role.REGISTRAR for item in facts["told"])
    )
    return bool(
        not registrable or facts["protected"] or facts["infrastructure"] or icann
        or facts["kind"] is None
    )  # fmt: skip


@settings(max_examples=400, deadline=None, derandomize=True)
@given(CASES)
def test_no_combination_of_facts_lets_a_blocked_role_be_addressed(facts):
    for verdict in judge_roles(vary(role_case(), **facts)):
        assert verdict.reasons
        if must_be_blocked(verdict.role, facts):
            assert verdict.advice is BLOCKED
        suspends = verdict.role in {Role.REGISTRAR, Role.REGISTRY}
        if suspends and verdict.advice in {ADVISED, POSSIBLE}:
            assert facts["kind"] is SiteKind.DEDICATED

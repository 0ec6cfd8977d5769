from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abusetrack.judgement.changes import Rules, judge_changes
from abusetrack.judgement.registrars import Registrars
from abusetrack.records import (
    AddressFacts,
    CdnFacts,
    ChangeKind,
    CountryFacts,
    Kind,
    NameFacts,
    Observation,
    OriginFacts,
    Outcome,
    Question,
    RegistrationFacts,
)

SITE = "site.example"
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
RULES = Rules(Registrars(), (("parking.example", "Parkway"),))

# Address -> (prefix, AS, country, CDN).
NETWORKS = {
    "192.0.2.1": ("192.0.2.0/24", 64496, "DE", None),
    "192.0.2.99": ("192.0.2.0/24", 64496, "DE", None),
    "198.51.100.1": ("198.51.100.0/25", 64497, "NL", None),
    "198.51.100.200": ("198.51.100.128/25", 64497, "NL", None),
    "203.0.113.1": ("203.0.113.0/24", 64498, "US", "Swiftcurrent"),
    "2001:db8::1": ("2001:db8::/48", 64496, "DE", None),
}


def covering(address):
    if address not in NETWORKS:
        return ()
    prefix, asn, country, cdn = NETWORKS[address]
    found = [
        _observation(Question.ORIGIN, OriginFacts(prefix, (asn,), "Net", country), subject=address),
        _observation(Question.GEO, CountryFacts(country), subject=address),
    ]
    if cdn:
        found.append(_observation(Question.CDN, CdnFacts(cdn, f"AS{asn}"), subject=address))
    return tuple(found)


_KINDS = {
    Question.REGISTRY_RDAP: Kind.REGISTRATION,
    Question.REGISTRAR_RDAP: Kind.REGISTRATION,
    Question.WHOIS: Kind.REGISTRATION,
    Question.ORIGIN: Kind.NETWORK,
    Question.GEO: Kind.NETWORK,
    Question.CDN: Kind.NETWORK,
}


def _observation(question, facts=None, *, hours=0.0, subject=SITE, outcome=None, source="here"):
    kind = _KINDS.get(question, Kind.DNS)
    outcome = outcome or (Outcome.TIMED_OUT if facts is None else Outcome.OK)
    asked_at = NOON + timedelta(hours=hours)
    made = Observation(subject, kind, question, asked_at, source, outcome, facts=facts)
    return replace(made, id=f"{question.value} {subject} {hours:g}")


def addresses(hours, *found, host=SITE, **fields):
    """A and AAAA of one lookup; no data for a family without addresses."""
    made = []
    for question, mark in ((Question.A, "."), (Question.AAAA, ":")):
        own = tuple(ip for ip in found if mark in ip)
        facts = AddressFacts(own, **fields) if own else None
        made.append(
            _observation(
                question, facts, hours=hours, subject=host, outcome=None if own else Outcome.NO_DATA
            )
        )
    return made


def registered(hours, *statuses, question=Question.REGISTRY_RDAP, **facts):
    return [_observation(question, RegistrationFacts(statuses=statuses, **facts), hours=hours)]


def failed(hours, question, outcome=Outcome.TIMED_OUT, **fields):
    return [_observation(question, hours=hours, outcome=outcome, **fields)]


def served(hours, *names):
    return [_observation(Question.NS, NameFacts(names), hours=hours)]


def changes(*checks, hosts=(SITE,), rules=RULES, **fields):
    history = [observation for check in checks for observation in check]
    return judge_changes(SITE, hosts, history, covering=covering, rules=rules, **fields)


def kinds(*checks, **fields):
    return [change.kind for change in changes(*checks, **fields)]


def test_a_hold_lies_between_the_check_before_and_the_first_that_saw_it():
    (change,) = changes(
        registered(0, "active"), registered(1, "active"), registered(5, "clientHold", "inactive")
    )
    assert change.kind is ChangeKind.HOLD_SET
    assert (change.before, change.after) == ("registered", "held by registrar, not delegated")
    assert change.last_seen_before == NOON + timedelta(hours=1)
    assert change.first_seen_after == change.established_at == NOON + timedelta(hours=5)
    assert change.facts == ("registry RDAP site.example 1", "registry RDAP site.example 5")


def test_a_hold_that_goes_is_lifted():
    assert kinds(registered(0, "clientHold"), registered(9, "ok")) == [ChangeKind.HOLD_LIFTED]


@pytest.mark.parametrize("after", ["redemptionPeriod", "pendingDelete"])
def test_a_hold_that_ends_in_deletion_is_not_lifted(after):
    (change,) = changes(registered(0, "serverHold"), registered(9, after))
    assert change.kind is ChangeKind.STATE_CHANGED
    assert change.before == "held by registry"


def test_a_hold_of_the_registry_beside_one_of_the_registrar_is_set():
    found = changes(registered(0, "clientHold"), registered(9, "clientHold", "serverHold"))
    assert [c.kind for c in found] == [ChangeKind.HOLD_SET]
    assert found[0].after == "held by registry, held by registrar"


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome.TIMED_OUT,
        Outcome.RATE_LIMITED,
        Outcome.REFUSED,
        Outcome.SERVER_ERROR,
        Outcome.MALFORMED,
        Outcome.UNREACHABLE,
        Outcome.BLOCKED_BY_RESOLVER,
        Outcome.LAME,
        Outcome.BOGUS,
        Outcome.NO_SERVICE,
        Outcome.NOT_ASKED,
    ],
)
def test_a_failure_is_no_change_and_hides_none(outcome):
    questions = (Question.REGISTRY_RDAP, Question.A, Question.AAAA, Question.NS)
    failures = [failed(3, question, outcome) for question in questions]
    before = [registered(0, "active"), addresses(0, "192.0.2.1"), served(0, "ns.a.example")]
    same = [registered(6, "active"), addresses(6, "192.0.2.1"), served(6, "ns.a.example")]
    assert kinds(*before, *failures) == []
    assert kinds(*before, *failures, *same) == []
    other = changes(*before, *failures, registered(6, "clientHold"))
    assert [c.kind for c in other] == [ChangeKind.HOLD_SET]
    assert other[0].last_seen_before == NOON


def test_whois_says_a_hold_in_its_own_spelling():
    found = kinds(registered(0, "active"), registered(5, "CLIENT HOLD", question=Question.WHOIS))
    assert found == [ChangeKind.HOLD_SET]


def test_a_service_without_statuses_lifts_no_hold_that_another_one_saw():
    assert (
        kinds(
            registered(0, "clientHold"),
            registered(5, question=Question.WHOIS),
            registered(9, "clientHold"),
        )
        == []
    )


def test_beside_the_registrys_rdap_its_whois_is_not_heard():
    lagging = registered(5, "ok", question=Question.WHOIS)
    assert kinds(registered(0, "ok"), lagging, registered(5.1, "clientHold")) == [
        ChangeKind.HOLD_SET
    ]


def test_what_the_registrars_own_service_says_is_no_state():
    assert (
        kinds(registered(0, "ok"), registered(5, "clientHold", question=Question.REGISTRAR_RDAP))
        == []
    )


def test_a_registrar_changes_by_its_id():
    old = registered(0, "ok", registrar_name="Old Names Ltd", registrar_iana_id=9001)
    new = registered(5, "ok", registrar_name="New Names Ltd", registrar_iana_id=9002)
    (change,) = changes(old, new)
    assert change.kind is ChangeKind.REGISTRAR_CHANGED
    assert change.before == "Old Names Ltd (IANA ID 9001)"
    assert change.after == "New Names Ltd (IANA ID 9002)"


@pytest.mark.parametrize(
    "other",
    [
        {"registrar_name": "OLD NAMES, LTD", "registrar_iana_id": 9001},
        {"registrar_name": "Old Names Limited", "registrar_iana_id": 9001},
        {"registrar_name": "old names ltd"},
        {},
    ],
    ids=["spelling", "name", "no ID", "not named"],
)
def test_the_same_registrar_written_otherwise_has_not_changed(other):
    old = registered(0, "ok", registrar_name="Old Names Ltd", registrar_iana_id=9001)
    assert kinds(old, registered(5, "ok", **other)) == []


def test_a_name_without_an_id_from_another_service_proves_no_change():
    old = registered(0, "ok", registrar_name="Old Names Ltd", registrar_iana_id=9001)
    whois = registered(5, "ok", registrar_name="ON Holding", question=Question.WHOIS)
    assert kinds(old, whois) == []


def test_a_later_creation_date_is_another_registration():
    old = registered(0, "pendingDelete", created=NOON - timedelta(days=400), registrar_name="Old")
    gap = failed(24 * 5, Question.REGISTRY_RDAP, Outcome.NOT_FOUND)
    new = registered(24 * 9, "ok", created=NOON + timedelta(days=8), registrar_name="New")
    found = changes(old, gap, new)
    assert [c.kind for c in found] == [ChangeKind.STATE_CHANGED, ChangeKind.REREGISTERED]
    assert found[0].after == "not registered"
    assert found[1].before == "created 2025-01-25, Old"
    assert found[1].after == "created 2026-03-09, New"
    assert found[1].last_seen_before == NOON


def test_a_drop_that_nobody_saw_shows_by_the_date():
    old = registered(0, "ok", created=NOON - timedelta(days=400))
    new = registered(24 * 60, "clientHold", created=NOON + timedelta(days=50))
    assert kinds(old, new) == [ChangeKind.REREGISTERED]


@pytest.mark.parametrize("days", [-300, 0.4, -0.9], ids=["earlier", "zone", "zone back"])
def test_another_spelling_of_the_creation_date_is_none(days):
    created = NOON - timedelta(days=400)
    found = (
        registered(0, "ok", created=created),
        registered(9, "ok", created=created + timedelta(days=days)),
    )
    assert kinds(*found) == []


def test_a_corrected_creation_date_before_our_time_is_no_registration():
    old = registered(24, "ok", created=NOON - timedelta(days=400))
    new = registered(48, "ok", created=NOON - timedelta(days=100))
    assert kinds(old, new) == []


def test_name_servers_are_compared_as_sets_and_parking_is_said():
    (first, second) = changes(
        served(0, "ns1.a.example", "ns2.a.example"),
        served(1, "ns2.a.example", "ns1.a.example"),
        served(2, "ns1.parking.example"),
    )
    assert first.kind is ChangeKind.NAME_SERVERS_CHANGED
    assert first.before == "ns1.a.example, ns2.a.example"
    assert second.kind is ChangeKind.STATE_CHANGED
    assert second.after == "suspension or parking name servers (Parkway)"


def test_a_host_moves_from_one_network_to_another():
    found = changes(addresses(0, "192.0.2.1"), addresses(5, "198.51.100.1"))
    assert [c.kind for c in found] == [ChangeKind.HOST_MOVED, ChangeKind.COUNTRY_CHANGED]
    assert found[0].before == "AS64496 Net: 192.0.2.1"
    assert (found[1].before, found[1].after) == ("DE", "NL")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("192.0.2.1", "192.0.2.99", []),
        ("198.51.100.1", "198.51.100.200", [ChangeKind.ADDRESSES_CHANGED]),
        ("192.0.2.1", "198.18.0.1", [ChangeKind.ADDRESSES_CHANGED]),
    ],
    ids=["pool", "same AS", "network not known"],
)
def test_other_addresses_are_a_move_only_if_the_network_is_known_to_be_another(old, new, expected):
    assert kinds(addresses(0, old), addresses(5, new)) == expected


def test_a_family_that_failed_moves_nothing():
    whole = addresses(0, "192.0.2.1", "2001:db8::1")
    four = [o for o in whole if o.question is Question.A]
    six = [replace(o, asked_at=NOON + timedelta(hours=5)) for o in whole if o not in four]
    assert kinds(four, six) == []


def test_a_host_that_leaves_one_family_for_the_other_moves():
    six, four = addresses(0, "2001:db8::1"), addresses(5, "198.51.100.1")
    assert ChangeKind.HOST_MOVED in kinds(six, four)
    assert kinds(six, addresses(5, "192.0.2.1")) == [ChangeKind.ADDRESSES_CHANGED]
    answered = [o for o in four if o.question is Question.A]  # AAAA failed: it may still be there
    assert ChangeKind.HOST_MOVED not in kinds(six, answered)


def test_addresses_that_drift_apart_add_up_to_a_move():
    found = kinds(
        addresses(0, "192.0.2.1"),
        addresses(1, "192.0.2.1", "198.51.100.1"),
        addresses(2, "198.51.100.1"),
    )
    assert ChangeKind.HOST_MOVED in found


def test_a_delivery_network_is_taken_up_and_left_and_the_move_behind_it_shows():
    found = changes(
        addresses(0, "192.0.2.1"), addresses(1, "203.0.113.1"), addresses(2, "198.51.100.1")
    )
    assert [(c.kind, c.before[:12], c.after[:12]) for c in found] == [
        (ChangeKind.CDN_TAKEN_UP, "AS64496 Net:", "Swiftcurrent"),
        (ChangeKind.HOST_MOVED, "AS64496 Net:", "AS64497 Net:"),
        (ChangeKind.COUNTRY_CHANGED, "DE", "NL"),
        (ChangeKind.CDN_LEFT, "Swiftcurrent", "AS64497 Net:"),
    ]
    assert found[1].last_seen_before == NOON


def test_a_delivery_network_is_known_by_its_alias_while_the_host_has_it():
    alias = _observation(Question.CDN, CdnFacts("Edgeweave", "alias *.edge.example"), hours=1)
    aliased = addresses(1, "192.0.2.1", cname_chain=("x.edge.example",))
    found = kinds(addresses(0, "192.0.2.1"), aliased, [alias], addresses(2, "192.0.2.1"))
    assert found == [ChangeKind.CDN_TAKEN_UP, ChangeKind.CDN_LEFT]


def test_an_unknown_network_leaves_no_delivery_network():
    assert kinds(addresses(0, "203.0.113.1"), addresses(1, "198.18.0.1")) == []


def test_addresses_go_and_come_back_while_the_name_stays():
    found = changes(addresses(0, "192.0.2.1"), addresses(1), addresses(2, "192.0.2.1"))
    assert [c.kind for c in found] == [ChangeKind.ADDRESSES_REMOVED, ChangeKind.ADDRESSES_BACK]


def test_a_host_that_a_sinkhole_answers_for_has_moved_there():
    (change,) = changes(addresses(0, "192.0.2.1"), addresses(1, "192.0.2.99", sinkhole="Pit"))
    assert change.kind is ChangeKind.HOST_MOVED
    assert change.after == "sinkhole Pit"


def denied(hours, host=SITE, source="here"):
    return [
        _observation(
            Question.A, hours=hours, subject=host, outcome=Outcome.NOT_FOUND, source=source
        )
    ]


def test_gone_is_said_late_by_two_resolvers_twice():
    seen = addresses(0, "192.0.2.1")
    once = [*denied(2), *denied(2, source="there")]
    twice = [*denied(4), *denied(4, source="there")]
    assert kinds(seen, once) == []
    (change,) = changes(seen, once, twice)
    assert change.kind is ChangeKind.GONE
    assert change.last_seen_before == NOON
    assert change.first_seen_after == NOON + timedelta(hours=2)
    assert change.established_at == NOON + timedelta(hours=4)
    found = changes(seen, once, twice, addresses(9, "192.0.2.1"))
    assert [c.kind for c in found] == [ChangeKind.GONE, ChangeKind.RETURNED]
    assert found[1].last_seen_before == NOON + timedelta(hours=4)


def test_one_resolver_alone_makes_nothing_gone_but_with_the_registry_it_does():
    alone = [addresses(0, "192.0.2.1"), denied(2), denied(4), denied(90)]
    assert kinds(*alone) == []
    assert kinds(*alone[:3], registered(0, "ok"), registered(2, "clientHold")) == [
        ChangeKind.HOLD_SET,
        ChangeKind.GONE,
    ]


def test_what_was_never_seen_does_not_go():
    assert kinds([*denied(2), *denied(2, source="b"), *denied(9), *denied(9, source="b")]) == []


def test_hosts_that_go_with_their_domain_are_not_told_again():
    host = f"www.{SITE}"

    def none(hours):
        return [
            o for name in (SITE, host) for s in ("a", "b") for o in denied(hours, name, source=s)
        ]

    seen = [*addresses(0, "192.0.2.1"), *addresses(0, "192.0.2.1", host=host)]
    found = changes(seen, none(2), none(4), hosts=(SITE, host))
    assert [(c.kind, c.subject) for c in found] == [(ChangeKind.GONE, SITE)]
    alone = [o for o in (*none(2), *none(4)) if o.subject == host]
    found = changes(seen, alone, hosts=(SITE, host))
    assert [(c.kind, c.subject) for c in found] == [(ChangeKind.GONE, host)]


def test_a_name_that_is_nobodys_registration_has_changes_of_its_hosts_only():
    history = registered(0, "ok"), registered(1, "clientHold"), served(0, "a"), served(1, "b")
    moved = addresses(0, "192.0.2.1"), addresses(1, "198.51.100.1")
    found = kinds(*history, *moved, registered=False)
    assert found == [ChangeKind.HOST_MOVED, ChangeKind.COUNTRY_CHANGED]


_FAILURES = st.sampled_from(
    [Outcome.TIMED_OUT, Outcome.BLOCKED_BY_RESOLVER, Outcome.RATE_LIMITED, Outcome.SERVER_ERROR]
)
_CHECKS = st.lists(
    st.one_of(
        st.sampled_from(["clientHold", "ok", "redemptionPeriod"]).map(
            lambda status: lambda hours: registered(hours, status)
        ),
        st.sampled_from(["192.0.2.1", "198.51.100.1", "203.0.113.1"]).map(
            lambda ip: lambda hours: addresses(hours, ip)
        ),
        st.sampled_from(["ns1.a.example", "ns1.b.example"]).map(
            lambda name: lambda hours: served(hours, name)
        ),
        st.just(lambda hours: [*denied(hours), *denied(hours, source="there")]),
    ),
    max_size=12,
)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(checks=_CHECKS, failures=st.lists(_FAILURES, max_size=6), shuffled=st.randoms())
def test_failures_in_between_and_the_order_of_reading_change_nothing(checks, failures, shuffled):
    history = [o for at, check in enumerate(checks) for o in check(at * 2.0)]
    noise = [
        o
        for at, outcome in enumerate(failures)
        for question in (Question.A, Question.AAAA, Question.NS, Question.REGISTRY_RDAP)
        for o in failed(at * 3.0 + 1, question, outcome)
    ]
    mixed = [*history, *noise]
    # Answers of one moment keep their order, as a lookup gives them.
    shuffled.shuffle(noise)
    assert changes(mixed) == changes([*noise, *history]) == changes(history)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(checks=_CHECKS)
def test_every_change_lies_between_its_two_sightings(checks):
    history = [o for at, check in enumerate(checks) for o in check(at * 2.0)]
    times = {o.asked_at for o in history}
    for change in changes(history):
        assert change.last_seen_before < change.first_seen_after <= change.established_at
        assert {change.last_seen_before, change.first_seen_after, change.established_at} <= times
        assert change.before != change.after or change.kind is ChangeKind.REREGISTERED


@settings(derandomize=True, max_examples=60, deadline=None)
@given(checks=_CHECKS)
def test_what_was_said_once_is_said_again_when_more_is_known(checks):
    history = [o for at, check in enumerate(checks) for o in check(at * 2.0)]
    told = []
    for end in range(len(checks) + 1):
        now = changes([o for o in history if o.asked_at < NOON + timedelta(hours=end * 2.0)])
        assert set(told) <= set(now)
        told = now

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta, timezone
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

import abusetrack.practice
from abusetrack.practice import EventKind, World, build
from abusetrack.practice.fiction import FIRST_REGISTRAR_ID, TOP_REGISTRARS
from abusetrack.records import (
    AssessmentOutcome,
    HostingAgreement,
    SiteKind,
    State,
    SuffixKind,
)

DOCUMENTATION = [
    ip_network(text)
    for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")
]


def test_the_same_seed_gives_the_same_world(world: World) -> None:
    assert build(1).tables == world.tables


def test_another_seed_gives_another_world(world: World) -> None:
    assert build(2).tables.domains != world.tables.domains


@pytest.mark.parametrize("size", [400, 1000])
def test_any_size_can_be_had(size: int) -> None:
    assert len(build(3, size=size).truths()) == size


def test_the_world_can_start_at_any_time() -> None:
    start = datetime(2026, 11, 22, 1, 2, 3, 456789, tzinfo=timezone(timedelta(hours=2)))
    world = build(1, start=start)
    assert world.start == datetime(2026, 11, 21, 23, 2, 3, tzinfo=UTC)
    assert world.at(start).truth(world.truths()[0].domain) == world.truths()[0]
    for record in world.domains.values():
        registration = record.standing.registration
        if registration is not None:
            assert registration.created.microsecond == registration.expires.microsecond == 0
            assert registration.created < world.start + timedelta(days=90)
            assert registration.expires > world.start + timedelta(days=365)


def test_the_world_is_as_large_as_promised(world: World) -> None:
    tables = world.tables
    plain = [network for network in tables.networks if network.handle[-2:].isdigit()]
    assert len(world.truths()) >= 400
    assert sum(registrar.iana_id is not None for registrar in tables.registrars) == 40
    assert len(tables.registries) == 6
    assert len(plain) == 30
    assert len({network.country for network in plain}) == 20
    assert len(tables.cdns) == 2


def test_ten_registrars_carry_three_quarters_of_the_dedicated_domains(world: World) -> None:
    dedicated = [truth for truth in world.truths() if truth.kind is SiteKind.DEDICATED]
    top = {registrar.name for registrar in world.tables.registrars[:TOP_REGISTRARS]}
    with_top = sum(truth.registrar in top for truth in dedicated)
    assert abs(with_top - 0.75 * len(dedicated)) <= 1
    assert all(truth.outcome is AssessmentOutcome.CONFIRMED for truth in dedicated)


def test_nothing_in_it_is_real(world: World) -> None:
    for registrar in world.tables.registrars:
        assert registrar.iana_id is None or registrar.iana_id >= FIRST_REGISTRAR_ID
        assert registrar.abuse_email is None or registrar.abuse_email.endswith(".invalid")
    for network in world.tables.networks:
        for prefix in network.prefixes:
            block = ip_network(prefix)
            assert any(block.version == d.version and block.subnet_of(d) for d in DOCUMENTATION)
        assert all(64496 <= asn <= 64511 or 65536 <= asn <= 65551 for asn in network.asns)
    for record in world.domains.values():
        assert record.name.rpartition(".")[2] in {"test", "example", "invalid"}
        for host in record.standing.hosts:
            assert all(world.network(ip_address(a)) is not None for a in host.addresses)


def test_every_kind_of_domain_occurs(world: World) -> None:
    truths = world.truths()
    assert {truth.state for truth in truths} == set(State)
    assert {truth.kind for truth in truths} == set(SiteKind)
    assert {truth.outcome for truth in truths} == set(AssessmentOutcome)
    assert {truth.hosting_agreement for truth in truths} == set(HostingAgreement)
    assert {truth.suffix_kind for truth in truths} == set(SuffixKind) - {SuffixKind.UNKNOWN}
    assert {truth.cdn for truth in truths} == {None, "Swiftcurrent", "Edgeweave"}
    assert any(truth.unicode != truth.domain for truth in truths)
    assert any(len(truth.hosts) > 1 for truth in truths)
    assert any(truth.registrar and truth.iana_id is None for truth in truths)
    assert any(truth.registrar and truth.abuse_email is None for truth in truths)


def test_hopping_strings_are_dedicated_and_under_three_endings(world: World) -> None:
    endings = defaultdict(set)
    for truth in world.truths():
        if truth.persistent:
            assert truth.kind is SiteKind.DEDICATED
            label, _, ending = truth.domain.partition(".")
            endings[label].add(ending)
    assert len(endings) >= 5
    assert all(len(found) >= 3 for found in endings.values())


def test_states_follow_the_registration(world: World) -> None:
    moment = world.at()
    for truth in world.truths():
        registration = moment.standings[truth.domain].registration
        statuses = registration.statuses if registration else ()
        if "serverHold" in statuses:
            assert truth.state is State.HELD_BY_REGISTRY
        elif "clientHold" in statuses:
            assert truth.state is State.HELD_BY_REGISTRAR
        elif "redemptionPeriod" in statuses:
            assert truth.state is State.REDEMPTION
        elif "pendingDelete" in statuses:
            assert truth.state is State.PENDING_DELETE
        if truth.state is State.NOT_REGISTERED:
            assert truth.registrar is None
            assert truth.created is None


def test_hosting_is_judged_by_all_votes(world: World) -> None:
    judged = 0
    for truth in world.truths():
        hosts = world.at().hosts
        networks = [
            world.network(ip_address(address))[1]
            for host in truth.hosts
            if host in hosts
            for address in hosts[host].addresses
        ]
        if truth.hosting_agreement is HostingAgreement.CDN:
            assert truth.cdn is not None
            assert truth.hosting_country is None
        elif truth.hosting_agreement is HostingAgreement.UNANIMOUS:
            countries = {network.country for network in networks}
            assert countries == {truth.hosting_country}
            judged += 1
        elif truth.hosting_agreement is HostingAgreement.DISPUTED:
            assert truth.hosting_country is None
            said = {c for n in networks for c in (n.country, n.as_country, *n.tables)}
            assert len(said) > 1
        elif truth.hosting_agreement is HostingAgreement.NONE:
            assert networks == []
            assert truth.asn is None
    assert judged > 100


def test_ninety_days_bring_holds_returns_hops_and_drops(world: World) -> None:
    kinds = Counter(event.kind for event in world.events)
    assert set(kinds) == set(EventKind)
    assert kinds[EventKind.HOLD_SET] >= 20
    assert all(event.at > world.start for event in world.events)


def test_the_clock_moves_the_truth(world: World) -> None:
    held = next(event for event in world.events if event.kind is EventKind.HOLD_SET)
    before = world.at(held.at - timedelta(seconds=1)).truth(held.domain)
    after = world.at(held.at).truth(held.domain)
    assert before.state is not State.HELD_BY_REGISTRAR
    assert after.state is State.HELD_BY_REGISTRAR
    assert after.hosting_agreement is HostingAgreement.NONE


def test_a_hop_is_reported_only_once_it_happened(world: World) -> None:
    hop = next(event for event in world.events if event.kind is EventKind.HOPPED)
    assert hop.domain not in {truth.domain for truth in world.truths()}
    later = {truth.domain: truth for truth in world.truths(hop.at + timedelta(days=2))}
    assert later[hop.domain].state is not State.NOT_REGISTERED
    assert later[hop.domain].created == hop.at


def test_a_lifted_hold_brings_the_host_back(world: World) -> None:
    lifted = next(event for event in world.events if event.kind is EventKind.HOLD_LIFTED)
    truth = world.at(lifted.at).truth(lifted.domain)
    assert truth == world.at().truth(lifted.domain)


def test_the_truth_does_not_come_from_what_it_is_to_check() -> None:
    """Practice may know records, not the rooms whose answers are compared with it."""
    folder = Path(abusetrack.practice.__file__).parent
    judged = {"judgement", "names", "lookup", "casefile", "intake", "notices", "metrics"}
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("abusetrack."):
                assert node.module.split(".")[1] not in judged, path.name

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from abusetrack.casefile import observations, reports, traits
from abusetrack.records import (
    AddressFacts,
    NameFacts,
    Question,
    RegistrationFacts,
    Trait,
    TraitKind,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def seen(case, report, discarded, observe, answer):
    """Report names and store answers: name server, mail host, address, registrant handle."""

    def run(name, *, ns=(), mx=(), ips=(), handle=None, at=NOON, host=None, **sunk):
        reports.add(case, [report(f"https://{host or name}/")], [], discarded, label="list")
        found = []
        if ns:
            found.append(observe(name, Question.NS, NameFacts(tuple(ns)), asked_at=at))
        if mx:
            found.append(observe(name, Question.MX, NameFacts(tuple(mx)), asked_at=at))
        if ips:
            facts = AddressFacts(tuple(ips), **sunk)
            found.append(observe(host or name, Question.A, facts, asked_at=at))
        if handle:
            facts = RegistrationFacts(registrant_handle=handle)
            found.append(
                observe(
                    name, Question.REGISTRY_RDAP, facts, asked_at=at, source="https://rdap.test/"
                )
            )
        observations.store(case, answer(host or name, *found))

    return run


def names(holders):
    return [holder.domain for holder in holders]


def test_traits_are_kept_with_the_times_between_which_they_were_seen(case, seen):
    seen("a.test", ns=["ns1.host.test"], ips=["192.0.2.1"], host="www.a.test")
    later = NOON + timedelta(days=2)
    seen("a.test", ns=["ns1.host.test"], ips=["2001:db8::1"], host="www.a.test", at=later)
    found = {(item.kind, item.value): item for item in traits.of_domain(case, "a.test")}
    assert set(found) == {
        (TraitKind.NAME_SERVER, "ns1.host.test"),
        (TraitKind.ADDRESS, "192.0.2.1"),
        (TraitKind.ADDRESS, "2001:db8::1"),
    }
    server = found[TraitKind.NAME_SERVER, "ns1.host.test"]
    assert (server.first_seen, server.last_seen) == (NOON, later)


def test_the_order_in_which_answers_are_stored_does_not_matter(case, seen):
    later = NOON + timedelta(days=2)
    seen("a.test", ns=["ns1.host.test"], at=later)
    seen("a.test", ns=["ns1.host.test"], at=NOON)
    (item,) = traits.of_domain(case, "a.test")
    assert (item.first_seen, item.last_seen) == (NOON, later)
    (number,) = case.query("SELECT fact FROM trait")
    (fact,) = case.query("SELECT min(fact) AS fact FROM observation")
    assert number == fact  # the newest by when it was asked


def test_who_else_was_seen_with_the_same(case, seen):
    for name in ("a.test", "b.test", "c.test"):
        seen(name, ns=["NS1.Host.test."], ips=["192.0.2.1"], host=f"www.{name}")
    (server, address) = sorted(traits.of_domain(case, "a.test"), key=lambda item: item.kind)[::-1]
    assert names(traits.holders(case, server, but="a.test", limit=9)) == ["b.test", "c.test"]
    assert names(traits.holders(case, address, but="a.test", limit=9)) == ["b.test", "c.test"]
    assert names(traits.holders(case, server, but="a.test", limit=1)) == ["b.test"]
    since = NOON + timedelta(days=1)
    assert traits.holders(case, server, but="a.test", limit=9, since=since) == ()


def test_a_handle_means_something_at_its_service_only(case, seen):
    seen("a.test", handle="C1-TEST")
    seen("b.test", handle="C1-TEST")
    (mine,) = traits.of_domain(case, "a.test")
    assert mine.value == "C1-TEST at https://rdap.test/"
    assert names(traits.holders(case, mine, but="a.test", limit=9)) == ["b.test"]
    other = replace(mine, value="C1-TEST at https://rdap.example/")
    assert traits.holders(case, other, but="a.test", limit=9) == ()


def test_addresses_are_found_by_prefix(case, seen):
    seen("a.test", ips=["192.0.2.1"])
    seen("b.test", ips=["192.0.2.200"])
    seen("c.test", ips=["198.51.100.1"])
    seen("d.test", ips=["2001:db8:0:1::9"])
    assert names(traits.in_prefix(case, "192.0.2.0/24", but="a.test", limit=9)) == ["b.test"]
    assert names(traits.in_prefix(case, "2001:db8:0:1::/64", but="", limit=9)) == ["d.test"]
    assert names(traits.in_prefix(case, "192.0.2.0/25", but="", limit=9)) == ["a.test"]


def test_whose_servers_stand_under_a_domain(case, seen):
    seen("a.test", ns=["ns1.host.test", "host.test"])
    seen("b.test", ns=["ns1.host-x.test"])
    seen("c.test", ns=["ns1.hosting.test"])
    seen("host.test", ns=["ns1.host.test"])
    found = traits.served_by(case, "host.test", TraitKind.NAME_SERVER, since=NOON, limit=9)
    assert names(found) == ["a.test"]
    later = NOON + timedelta(days=1)
    assert not traits.served_by(case, "host.test", TraitKind.NAME_SERVER, since=later, limit=9)
    assert not traits.served_by(case, "host.test", TraitKind.MAIL_HOST, since=NOON, limit=9)


@pytest.mark.parametrize("sunk", [{"sinkhole": "table"}, {"parking": "table"}], ids=str)
def test_an_address_of_a_sinkhole_or_parking_service_is_nobodys_trait(case, seen, sunk):
    seen("a.test", ips=["192.0.2.1"], **sunk)
    assert traits.of_domain(case, "a.test") == ()


def test_a_null_mail_host_is_none(case, seen):
    seen("a.test", mx=["."])
    assert traits.of_domain(case, "a.test") == ()


def test_the_table_can_be_made_anew_from_the_facts(case, seen):
    seen("a.test", ns=["ns1.host.test"], ips=["192.0.2.1"], handle="C1-TEST")
    seen("b.test", mx=["mail.host.test"], at=NOON + timedelta(days=1))
    before = case.query("SELECT * FROM trait")
    traits.refold(case)
    assert case.query("SELECT * FROM trait") == before
    assert len(before) == 4


def test_a_domain_without_answers_has_no_traits(case):
    trait = Trait(TraitKind.ADDRESS, "192.0.2.1", NOON, NOON)
    assert traits.of_domain(case, "a.test") == ()
    assert traits.holders(case, trait, but="", limit=9) == ()

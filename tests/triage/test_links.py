from __future__ import annotations

from dataclasses import replace

import pytest

from abusetrack.casefile import observations, projection
from abusetrack.names import Names
from abusetrack.records import (
    AddressFacts,
    CdnFacts,
    Kind,
    LinkKind,
    LookupAnswer,
    NameFacts,
    Observation,
    OriginFacts,
    Outcome,
    Question,
    RegistrationFacts,
    SuffixKind,
)
from abusetrack.triage import links
from abusetrack.triage.refresh import refresh


@pytest.fixture
def store(context, case, take):
    """Report a domain and store what a lookup found."""

    def run(
        domain, *, ns="", mx="", ip="", prefix="192.0.2.0/24", handle=None, created=None, cdn=""
    ):
        take(f"url,outcome,kind\nhttps://{domain}/,confirmed,dedicated\n", filename="l.csv")
        registration = RegistrationFacts(
            registrar_name="R", registrar_iana_id=9000001, registrant_handle=handle, created=created
        )
        found = [(domain, Kind.REGISTRATION, Question.REGISTRY_RDAP, registration)]
        if ns:
            found.append((domain, Kind.DNS, Question.NS, NameFacts((ns,))))
        if mx:
            found.append((domain, Kind.DNS, Question.MX, NameFacts((mx,))))
        if ip:
            found.append((domain, Kind.DNS, Question.A, AddressFacts((ip,))))
            found.append((ip, Kind.NETWORK, Question.ORIGIN, OriginFacts(prefix, (64496,))))
        if cdn:
            found.append((ip, Kind.NETWORK, Question.CDN, CdnFacts(cdn, "AS64496")))
        answers = tuple(
            Observation(name, kind, question, context.clock.now(), "src", Outcome.OK, "", facts)
            for name, kind, question, facts in found
        )
        host = Names().target(f"https://{domain}/").host
        observations.store(case, LookupAnswer(host, answers))
        refresh(context, case, [domain])

    return run


@pytest.fixture
def of(context, case):
    def run(domain="a.com", **policy):
        settings = context.settings
        chosen = settings.policy.but(policy)
        own = replace(context, settings=settings.but({"policy": chosen}))
        found = links.of_domain(own, case, projection.read(case, domain))
        return [(link.domain, link.kind) for link in found.links], found

    return run


@pytest.mark.parametrize(
    ("mine", "other", "kind"),
    [
        ({"ns": "ns1.x.org"}, {"ns": "ns1.x.org"}, LinkKind.NAME_SERVER),
        ({"mx": "mail.x.org"}, {"mx": "mail.x.org"}, LinkKind.MAIL_HOST),
        ({"ip": "192.0.2.1"}, {"ip": "192.0.2.1"}, LinkKind.ADDRESS),
        ({"ip": "192.0.2.1"}, {"ip": "192.0.2.9"}, LinkKind.PREFIX),
        ({"handle": "C1-X"}, {"handle": "C1-X"}, LinkKind.REGISTRANT),
    ],
    ids=lambda value: value.name if isinstance(value, LinkKind) else None,
)
def test_each_thing_that_two_domains_share_is_a_link_with_its_facts(store, of, mine, other, kind):
    store("a.com", **mine)
    store("b.net", **other)
    store("c.org", ns="ns9.y.org", ip="198.51.100.7", prefix="198.51.100.0/24", handle="C9-X")
    found, whole = of()
    assert found == [("b.net", kind)]
    assert len(set(whole.links[0].facts)) == 2


def test_the_same_minute_is_said_beside_another_link(store, of, clock):
    store("a.com", ns="ns1.x.org", created=clock.now())
    store("b.net", ns="ns1.x.org", created=clock.now())
    store("c.org", created=clock.now())
    assert of()[0] == [("b.net", LinkKind.NAME_SERVER), ("b.net", LinkKind.REGISTERED)]


def test_servers_with_many_names_link_nobody_and_are_named(store, of):
    for name in ("a.com", "b.net", "c.org", "d.info"):
        store(name, ns="ns1.big.org")
    assert len(of(shared_names=3)[0]) == 3
    found, whole = of(shared_names=2)
    assert found == []
    assert whole.too_shared == ("same name server ns1.big.org: more than 2 names of the case file",)


def test_parking_services_and_delivery_networks_link_nobody(context, case, store, of):
    store("a.com", ns="ns1.sedoparking.com", ip="192.0.2.1", cdn="Example CDN")
    store("b.net", ns="ns1.sedoparking.com", ip="192.0.2.1", cdn="Example CDN")
    kinds = {kind for _, kind in of()[0]}
    assert LinkKind.NAME_SERVER not in kinds
    assert LinkKind.ADDRESS not in kinds
    assert LinkKind.PREFIX not in kinds


def test_names_under_a_platform_share_its_servers_by_nature(case, store, of):
    store("a.com", ip="192.0.2.1")
    store("b.net", ip="192.0.2.1")
    with case.transaction():
        case.execute("UPDATE domain_now SET suffix_kind = 'platform' WHERE domain = 'b.net'")
    assert of()[0] == []
    assert projection.read(case, "b.net").suffix_kind is SuffixKind.PLATFORM
    assert of("b.net")[0] == []


def test_the_same_string_under_other_endings(context, case, store, of):
    for name in ("same.com", "same.net", "sames.org"):
        store(name)
    assert of("same.com")[0] == [("same.net", LinkKind.STRING)]
    hopping, watched = links.hop_strings(context, case)
    assert (hopping, [item.label for item in watched]) == ([], ["same"])
    store("same.org")
    hopping, watched = links.hop_strings(context, case)
    assert ([item.domains for item in hopping], watched) == (
        [("same.com", "same.net", "same.org")],
        [],
    )

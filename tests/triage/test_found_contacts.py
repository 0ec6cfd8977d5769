from __future__ import annotations

from datetime import UTC, datetime, timedelta

from abusetrack.judgement.hosting import AddressView, HostView
from abusetrack.records import (
    CdnFacts,
    Kind,
    NetworkFacts,
    Observation,
    OriginFacts,
    Outcome,
    Question,
    Registrar,
    Registration,
    Role,
)
from abusetrack.triage.found_contacts import found_contacts

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NOTHING = Registration(None, "", None, None, None, (), (), None, None, "", None)


def seen(question, facts, at=NOON):
    return Observation(
        "192.0.2.1", Kind.NETWORK, question, at, "https://rdap.example/", Outcome.OK, facts=facts
    )


def host(*addresses):
    return HostView("www.site.example", (), tuple(AddressView("192.0.2.1", a) for a in addresses))


ORIGIN = seen(Question.ORIGIN, OriginFacts("192.0.2.0/24", (64500, 64501), "NET"))
NETWORK = seen(
    Question.NETWORK_RDAP,
    NetworkFacts("192.0.2.0/24", abuse_email="Abuse@net.example"),
    NOON - timedelta(hours=1),
)


def test_each_origin_of_an_address_gets_the_networks_contact():
    first, second = found_contacts(NOTHING, [host((ORIGIN, NETWORK))])
    assert (first.party_key, second.party_key) == ("asn:64500", "asn:64501")
    assert (first.role, first.party_name, first.email) == (Role.HOST, "NET", "Abuse@net.example")
    assert first.as_of == NETWORK.asked_at
    assert first.confirmed_at is None


def test_desks_of_one_network_stand_side_by_side():
    other = seen(
        Question.NETWORK_RDAP, NetworkFacts("198.51.100.0/24", abuse_email="desk@net.example")
    )
    found = list(found_contacts(NOTHING, [host((ORIGIN, NETWORK), (ORIGIN, other))]))
    assert len({(item.party_key, item.source) for item in found}) == 4


def test_behind_a_proxy_or_without_an_address_there_is_none():
    proxy = seen(Question.CDN, CdnFacts("Delivery", "AS64500"))
    silent = seen(Question.NETWORK_RDAP, NetworkFacts("192.0.2.0/24"))
    assert list(found_contacts(NOTHING, [host((ORIGIN, NETWORK, proxy))])) == []
    assert list(found_contacts(NOTHING, [host((ORIGIN, silent)), host((NETWORK,))])) == []


def test_the_registrars_contact_comes_from_the_registration():
    registrar = Registrar("iana:9001", "R", 9001, "abuse@r.example", "+1 2", "RDAP", NOON)
    registration = Registration(registrar, "", None, None, None, (), (), None, True, "", NOON)
    (found,) = found_contacts(registration, [])
    assert (found.party_key, found.email, found.phone) == ("iana:9001", "abuse@r.example", "+1 2")

from __future__ import annotations

import pytest

from abusetrack.casefile import address_rules, directory, parties, party_list, reports
from abusetrack.casefile.party_list import SORTS, PartyQuery
from abusetrack.errors import InputError
from abusetrack.records import ContactOrigin, Role


@pytest.fixture
def listed(case, contact):
    """Three parties: one with two contacts, one by form in another role, one with notes only."""
    directory.upsert(
        case,
        [
            contact(),
            contact(source="Ann", origin=ContactOrigin.MANUAL, email="ann@registrar.example"),
            contact("tld:test", party_name="Registry", role=Role.REGISTRY, email=None,
                    form="https://registry.example/f"),
        ],
    )  # fmt: skip
    parties.note(case, "asn:64500", {"name": "a network", "country": "DE"})
    return case


def found(case, **query):
    return [key for key, _role in party_list.keys(case, PartyQuery(**query))]


def test_each_party_has_one_row_for_each_role(listed, export_notice):
    export_notice(listed, "a.example")
    export_notice(listed, "b.example")
    keys = party_list.keys(listed, PartyQuery())
    assert keys == [
        ("asn:64500", Role.HOST),
        ("iana:9999", Role.REGISTRAR),
        ("tld:test", Role.REGISTRY),
    ]
    host, registrar, registry = party_list.rows(listed, keys)
    assert (host.name, host.contact, host.notices) == ("a network", None, 0)
    assert registrar.contact.email == "ann@registrar.example"
    assert (registrar.name, registrar.notices) == ("Registrar of Tests", 2)
    assert (registry.contact.email, registry.contact.form) == (None, "https://registry.example/f")
    address_rules.replace(listed, "ann@registrar.example", ["right@registrar.example"])
    assert party_list.rows(listed, keys[1:2])[0].contact.email == "right@registrar.example"


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({"text": "NETWORK"}, ["asn:64500"]),
        ({"text": "registry.example/f"}, ["tld:test"]),
        ({"text": "iana:"}, ["iana:9999"]),
        ({"text": "%"}, []),
        ({"role": Role.REGISTRY}, ["tld:test"]),
        ({"role": Role.HOST}, ["asn:64500"]),
        ({"unconfirmed_only": True}, ["iana:9999", "tld:test"]),
        ({"unconfirmed_only": True, "kept": ("iana:9999", Role.HOST)}, ["iana:9999", "tld:test"]),
        (
            {"unconfirmed_only": True, "kept": ("asn:64500", Role.HOST)},
            ["asn:64500", "iana:9999", "tld:test"],
        ),
        ({"used_only": True}, []),
        ({"descending": True}, ["tld:test", "iana:9999", "asn:64500"]),
        ({"sort": "address"}, ["iana:9999", "tld:test", "asn:64500"]),
    ],
)
def test_filters_and_orders(listed, query, keys):
    assert found(listed, **query) == keys


def test_confirmed_and_used_ones(listed, report, discarded):
    directory.confirm(listed, "tld:test", Role.REGISTRY)
    assert found(listed, unconfirmed_only=True) == ["iana:9999"]
    reports.add(listed, [report("https://a.test/x")], [], discarded, label="l")
    listed.execute("UPDATE domain_now SET registrar_key = 'iana:9999'")
    assert found(listed, used_only=True) == ["iana:9999", "tld:test"]


@pytest.mark.parametrize("sort", sorted(SORTS))
def test_every_order_lists_everything(listed, sort):
    assert len(found(listed, sort=sort)) == 3


def test_an_unknown_order_is_refused(listed):
    with pytest.raises(InputError, match="not sorted"):
        found(listed, sort="name; DROP TABLE fact")

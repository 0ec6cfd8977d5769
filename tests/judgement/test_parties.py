from __future__ import annotations

import pytest

from abusetrack.judgement.hosting import AddressView, HostView
from abusetrack.judgement.parties import PartyCase, named_key, parties_of
from abusetrack.records import (
    CdnFacts,
    HostingAgreement,
    HostingVerdict,
    NetworkFacts,
    OriginFacts,
    PartyRef,
    Question,
    Registrar,
    Registration,
    Role,
    SuffixKind,
    role_of,
)


@pytest.fixture
def party_case(noon, observe):
    """A domain under a generic ending with a host in each of the given networks."""

    def build(*networks, suffix="test", kind=SuffixKind.ICANN, cdn=None, country="IE", **fields):
        registrar = Registrar("iana:9001", "Registrar of Tests", 9001, None, None, "RDAP", noon)
        registration = Registration(
            registrar if fields.pop("registrar", True) else None,
            "", None, None, None, (), (), fields.pop("reseller", None), True, "RDAP", noon,
        )  # fmt: skip
        addresses = []
        for asns, as_name in networks:
            items = [
                observe(Question.ORIGIN, facts=OriginFacts("192.0.2.0/24", asns, as_name)),
                observe(
                    Question.NETWORK_RDAP, facts=NetworkFacts("192.0.2.0/24", holder="Holder Ltd")
                ),
            ]
            if cdn:
                items.append(observe(Question.CDN, facts=CdnFacts(cdn, "AS64500")))
            addresses.append(AddressView("192.0.2.1", tuple(items)))
        hosting = HostingVerdict(HostingAgreement.UNANIMOUS, country, (), "")
        hosts = (HostView("www.site.test", (), tuple(addresses)),)
        fields = {"generic": True, "operator": None} | fields
        return PartyCase(suffix, kind, registration=registration, hosts=hosts, hosting=hosting,
                         **fields)  # fmt: skip

    return build


def keys(case):
    return [ref.key for ref in parties_of(case)]


def test_every_role_is_named_nearest_to_the_content_first(party_case):
    case = party_case(((64500,), "NET"), reseller="Shop & Co", search_engines=("Find It",))
    refs = parties_of(case)
    assert [ref.key for ref in refs] == [
        "asn:64500", "reseller:shop-co", "iana:9001", "tld:test", "search:find-it",
        "hotline:IE", "authority:IE", "icann",
    ]  # fmt: skip
    assert all(role_of(ref.key) is ref.role for ref in refs)


def test_a_network_is_named_by_what_is_known_of_it(party_case):
    refs = parties_of(party_case(((64500, 64501), "NET"), ((64502,), None), ((64500,), "NET")))
    assert [ref for ref in refs if ref.role is Role.HOST] == [
        PartyRef("asn:64500", "NET", Role.HOST),
        PartyRef("asn:64501", "NET", Role.HOST),
        PartyRef("asn:64502", "Holder Ltd", Role.HOST),
    ]


def test_behind_a_proxy_its_network_is_no_host(party_case):
    case = party_case(((64500,), "NET"), cdn="Example Delivery", country=None)
    assert keys(case) == ["cdn:example-delivery", "iana:9001", "tld:test", "icann"]


@pytest.mark.parametrize("kind", [SuffixKind.PLATFORM, SuffixKind.DYNAMIC_DNS])
def test_under_a_platform_the_suffixs_registrar_is_no_party(party_case, kind):
    case = party_case(suffix="pages.invalid", kind=kind, reseller="Shop", country=None)
    assert keys(case) == ["platform:pages.invalid"]


def test_a_private_registry_is_one_and_has_no_registrar(party_case):
    case = party_case(suffix="uk.test", kind=SuffixKind.PRIVATE_REGISTRY, country=None)
    assert keys(case) == ["tld:uk.test"]


@pytest.mark.parametrize("kind", [None, SuffixKind.UNKNOWN])
def test_of_an_unknown_ending_nobody_is_named(party_case, kind):
    assert keys(party_case(suffix=kind and "test", kind=kind, country=None)) == []


def test_icann_is_for_generic_endings_and_the_registry_for_the_last_label(party_case):
    case = party_case(suffix="co.test", generic=False, operator="Registry of Tests", country=None)
    assert parties_of(case)[-1] == PartyRef("tld:test", "Registry of Tests", Role.REGISTRY)
    assert "icann" not in keys(case)


def test_what_is_not_known_is_no_party(party_case):
    assert keys(party_case(registrar=False, generic=False, country=None)) == ["tld:test"]


def test_names_are_folded():
    assert named_key("cdn", " Example  DELIVERY, Inc. ") == "cdn:example-delivery-inc"
    assert role_of("de:some-registrar") is Role.REGISTRAR

from __future__ import annotations

import pytest

from abusetrack.judgement.hosting import AddressView, HostView, addresses_of, judge_hosting
from abusetrack.records import (
    AddressFacts,
    CdnFacts,
    CountryFacts,
    HostingAgreement,
    NetworkFacts,
    OriginFacts,
    Outcome,
    Question,
)


@pytest.fixture
def host(observe):
    def build(*countries, cdn=None, alias=None, outcome=None):
        """Give per address a tuple of (network, origin, table) countries."""
        addresses = []
        for number, (network, origin, table) in enumerate(countries):
            ip = f"192.0.2.{number + 1}"
            items = [
                observe(Question.NETWORK_RDAP, facts=NetworkFacts("192.0.2.0/24", country=network)),
                observe(
                    Question.ORIGIN,
                    facts=OriginFacts("192.0.2.0/24", (64500,), country=origin),
                ),
                observe(
                    Question.GEO,
                    Outcome.OK if table else Outcome.NOT_FOUND,
                    CountryFacts(table) if table else None,
                    source="table one",
                ),
            ]
            if cdn:
                items.append(observe(Question.CDN, facts=CdnFacts(cdn, "AS64500")))
            addresses.append(AddressView(ip, tuple(items)))
        answers = [
            observe(Question.A, outcome or Outcome.OK, None if outcome else AddressFacts(()))
        ]
        if alias:
            answers.append(observe(Question.CDN, facts=CdnFacts(alias, "cdn.example")))
        return HostView("www.site.example", tuple(answers), tuple(addresses))

    return build


def test_unanimous(host):
    verdict = judge_hosting([host(("NL", "NL", "NL"))])
    assert (verdict.agreement, verdict.country) == (HostingAgreement.UNANIMOUS, "NL")
    assert len(verdict.sources) == 3


def test_majority_names_the_tally(host):
    verdict = judge_hosting([host(("NL", "NL", "DE"))])
    assert (verdict.agreement, verdict.country) == (HostingAgreement.MAJORITY, "NL")
    assert "DE 1, NL 2" in verdict.reason


def test_half_and_half_is_disputed_and_has_no_country(host):
    verdict = judge_hosting([host(("NL", "DE", None))])
    assert (verdict.agreement, verdict.country) == (HostingAgreement.DISPUTED, None)


def test_three_ways_is_disputed(host):
    assert judge_hosting([host(("NL", "DE", "FR"))]).agreement is HostingAgreement.DISPUTED


def test_every_address_of_every_host_votes(host):
    verdict = judge_hosting(
        [host(("NL", "NL", None), ("DE", "DE", None)), host(("NL", None, None))]
    )
    assert (verdict.agreement, verdict.country) == (HostingAgreement.MAJORITY, "NL")


@pytest.mark.parametrize("where", ["cdn", "alias"])
def test_behind_a_cdn_no_country_is_claimed(host, where):
    verdict = judge_hosting([host(("US", "US", "US"), **{where: "Front"})])
    assert verdict.agreement is HostingAgreement.CDN
    assert verdict.country is None
    assert verdict.cdn == "Front"
    assert verdict.sources


def test_no_address_says_what_dns_said(host):
    verdict = judge_hosting([host(outcome=Outcome.NOT_FOUND)])
    assert verdict.agreement is HostingAgreement.NONE
    assert verdict.reason == "no address (A: not found)"
    assert judge_hosting([host()]).reason == "not looked up yet"
    assert "no source" in judge_hosting([host((None, None, None))]).reason


def test_a_sinkhole_is_no_place(host, observe):
    found = host(("US", "US", "US"))
    answer = observe(Question.A, facts=AddressFacts(("192.0.2.1",), sinkhole="Watchers"))
    verdict = judge_hosting([HostView(found.host, (answer,), found.addresses)])
    assert (verdict.agreement, verdict.country) == (HostingAgreement.NONE, None)
    assert "Watchers" in verdict.reason
    assert verdict.sources


def test_addresses_stand_in_numeric_order(observe):
    answers = [
        observe(Question.AAAA, facts=AddressFacts(("2001:db8::2", "2001:db8::1"))),
        observe(Question.A, facts=AddressFacts(("192.0.2.10", "192.0.2.9"))),
    ]
    assert addresses_of(answers) == ("192.0.2.9", "192.0.2.10", "2001:db8::1", "2001:db8::2")


def test_a_table_names_the_origin_only_where_nobody_else_does(observe):
    table = observe(
        Question.ORIGIN_TABLE, facts=OriginFacts("192.0.2.0/25", (64501,)), source="table old"
    )
    live = observe(Question.ORIGIN, facts=OriginFacts("192.0.2.0/24", (64500,)))
    failed = observe(Question.ORIGIN, Outcome.TIMED_OUT)
    alone = AddressView("192.0.2.1", (failed, table))
    assert (alone.origin.asns, alone.origin_answer.source) == ((64501,), "table old")
    assert AddressView("192.0.2.1", (table, live)).origin.asns == (64500,)
    assert alone.votes == ()
    assert AddressView("192.0.2.1", (failed,)).origin is None

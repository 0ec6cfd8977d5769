"""Everything is asked over IPv6 as over IPv4."""

from __future__ import annotations

import dns.flags
import dns.message

from abusetrack.lookup import NothingKnown
from abusetrack.records import Outcome, Question


async def test_dns_rdap_and_networks_over_ipv6(
    internet6, clock, host_of, rdap_domain, rdap_network
):
    internet6.add_host("www.shop.test", "2001:db8::10", domain="shop.test")
    internet6.rdap.answers["/registry/domain/shop.test"] = rdap_domain("shop.test")
    internet6.rdap.answers["/net/ip/2001:db8::10"] = rdap_network("2001:db8::", "2001:db8::ff")
    async with internet6.lookup(clock) as lookup:
        answer = await lookup.ask(host_of("www.shop.test"), NothingKnown())
    found = {o.question: o for o in answer.observations}
    for question in (Question.AAAA, Question.NS, Question.REGISTRY_RDAP, Question.NETWORK_RDAP):
        assert found[question].outcome is Outcome.OK, question
    assert found[Question.AAAA].source == f"resolver [::1]:{internet6.dns.port}"
    assert found[Question.REGISTRY_RDAP].facts.registrar_name == "Alpha Names"
    assert {via for _, _, via in internet6.dns.asked} == {"udp"}


async def test_whois_over_ipv6(internet6, clock, host_of):
    internet6.endings = {}
    internet6.add_host("shop.test", "2001:db8::10")
    internet6.whois.answers["shop.test"] = b"Domain: shop.test\r\nRegistrar: Alpha Names\r\n"
    async with internet6.lookup(clock) as lookup:
        answer = await lookup.ask(host_of("shop.test"), NothingKnown())
    found = {o.question: o for o in answer.observations}
    assert found[Question.WHOIS].facts.registrar_name == "Alpha Names"
    assert found[Question.WHOIS].source == f"whois [::1]:{internet6.whois.port}"


async def test_a_truncated_answer_is_asked_for_over_tcp_over_ipv6(internet6, clock, host_of):
    internet6.add_host("shop.test", "2001:db8::10")

    def answer(query, via):
        reply = internet6.dns.from_records(query, via)
        if via == "udp":
            cut = dns.message.make_response(query, recursion_available=True)
            cut.flags |= dns.flags.TC
            return cut
        return reply

    internet6.dns.answer = answer
    async with internet6.lookup(clock) as lookup:
        found = await lookup.ask(host_of("shop.test"), NothingKnown())
    outcomes = {o.question: o.outcome for o in found.observations}
    assert outcomes[Question.AAAA] is Outcome.OK
    assert {via for _, _, via in internet6.dns.asked} == {"udp", "tcp"}

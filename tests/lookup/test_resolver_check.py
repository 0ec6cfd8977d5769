"""The resolver test: what it finds, and what it never asks."""

from __future__ import annotations

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from abusetrack.lookup.dns_records import Resolver
from abusetrack.lookup.landmarks import Landmarks, Meaning
from abusetrack.lookup.resolver_check import NEVER, check_resolvers

ROOT_SOA = "a.root.invalid. hostmaster.root.invalid. 1 3600 600 86400 60"


@pytest.fixture
def good(internet):
    """A validating resolver that reaches the root."""

    def answer(query, via):
        reply = dns.message.make_response(query, recursion_available=True)
        soa = dns.rrset.from_text(".", 60, "IN", "SOA", ROOT_SOA)
        if query.question[0].name.to_text() == ".":
            reply.flags |= dns.flags.AD
            reply.answer.append(soa)
        else:
            reply.set_rcode(dns.rcode.NXDOMAIN)
            reply.authority.append(soa)
        return reply

    internet.dns.answer = answer
    return internet


async def _codes(internet, clock, **tables):
    async with internet.lookup(clock, **tables) as lookup:
        (check,) = await lookup.check_resolvers()
    assert check.resolver == f"resolver 127.0.0.1:{internet.dns.port}"
    assert all(finding.text for finding in check.findings)
    return [finding.code for finding in check.findings]


async def test_a_good_resolver_passes_and_only_neutral_names_are_asked(good, clock):
    assert await _codes(good, clock) == []
    assert {(name, kind) for name, kind, _ in good.dns.asked} == {(".", "SOA"), (NEVER, "A")}
    assert NEVER.endswith(".invalid")
    assert good.rdap.asked == []


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ("no AD", ["not validating"]),
        ("address", ["rewrites"]),
        ("null address", ["blocks"]),
        ("alias", ["rewrites"]),
        ("no data", ["rewrites"]),
        ("no SOA", ["blocks"]),
        ("no RA", ["blocks"]),
        ("extended error", ["blocks"]),
        ("SERVFAIL for all", ["validation not known", "rewriting not known"]),
        ("silent", ["no answer"]),
        ("garbage", ["no answer"]),
    ],
)
async def test_what_is_found(good, clock, change, codes):
    right = good.dns.answer

    def answer(query, via):
        reply = right(query, via)
        is_root = query.question[0].name.to_text() == "."
        if change == "silent":
            return None
        if change == "garbage":
            return reply.to_wire()[:12] + b"\0\0"
        if change == "SERVFAIL for all":
            reply = dns.message.make_response(query)
            reply.set_rcode(dns.rcode.SERVFAIL)
        if change == "no AD":
            reply.flags &= ~dns.flags.AD
        if is_root:
            return reply
        if change in {"address", "null address", "alias", "no data"}:
            reply.set_rcode(dns.rcode.NOERROR)
        if change in {"address", "null address"}:
            address = "192.0.2.80" if change == "address" else "0.0.0.0"
            reply.answer.append(dns.rrset.from_text(f"{NEVER}.", 60, "IN", "A", address))
        if change == "alias":
            record = dns.rrset.from_text(f"{NEVER}.", 60, "IN", "CNAME", "search.example.")
            reply.answer.append(record)
        if change == "no SOA":
            reply.authority.clear()
        if change == "no RA":
            reply.flags &= ~dns.flags.RA
        if change == "extended error":
            reply.use_edns(0, options=[dns.edns.EDEOption(16, "by law")])
        return reply

    good.dns.answer = answer
    assert await _codes(good, clock, lookup={"question_seconds": 0.2}) == codes


async def test_every_resolver_is_tried_by_itself(good, second_resolver, clock):
    ports = (good.dns.port, second_resolver.port)
    tables = {"nameservers": tuple(f"127.0.0.1:{port}" for port in ports)}
    async with good.lookup(clock, resolver=tables) as lookup:
        first, second = await lookup.check_resolvers()
    assert first.findings == ()
    assert [finding.code for finding in second.findings] == ["validation not known"]
    assert len(second_resolver.asked) == 2


async def test_the_time_of_a_check_is_bounded(good, clock):
    good.dns.answer = lambda query, via: None
    tables = {"lookup": {"question_seconds": 30.0, "name_seconds": 0.2}}
    assert await _codes(good, clock, **tables) == ["no answer"]


@pytest.mark.parametrize("address", ["9.9.9.9", "1.1.1.3", "2620:fe::fe", "208.67.222.222"])
def test_resolvers_known_to_filter_are_in_the_table(address):
    assert Landmarks({}).of([address], Meaning.FILTERING) is not None
    assert Landmarks({}).of(["9.9.9.10"], Meaning.FILTERING) is None


async def test_a_resolver_known_to_filter_is_named(good, tmp_path):
    table = tmp_path / "own.toml"
    table.write_text('[[filtering]]\nname = "Example Filter"\nprefixes = ["127.0.0.1/32"]\n')
    landmarks = Landmarks({Meaning.FILTERING: ("the.setting", [table])})
    resolver = Resolver([("127.0.0.1", good.dns.port)], seconds=2, sockets=2)
    (check,) = await check_resolvers(resolver, landmarks, 5.0)
    assert [finding.code for finding in check.findings] == ["filters"]
    assert "Example Filter" in check.findings[0].text

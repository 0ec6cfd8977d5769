"""What real resolvers and name servers answer, and what becomes of it."""

from __future__ import annotations

import pytest
from dns.rdatatype import RdataType

from abusetrack.lookup.dns_records import Resolver
from abusetrack.lookup.landmarks import Landmarks
from abusetrack.lookup.resolver_check import check_resolvers
from abusetrack.records import Outcome


@pytest.mark.parametrize("server", ["ask", "ask_nsd"])
@pytest.mark.parametrize(
    ("name", "kind", "values"),
    [
        ("shop.test", "A", ("192.0.2.1",)),
        ("shop.test", "AAAA", ("2001:db8::1",)),
        ("shop.test", "NS", ("ns.elsewhere.example", "ns.shop.test")),
        ("shop.test", "SOA", ("ns.shop.test",)),
        ("shop.test", "MX", ("mx1.elsewhere.example", "mx2.elsewhere.example")),
        ("mailless.shop.test", "MX", ()),
        (
            "1.2.0.192.origin.invalid",
            "TXT",
            ("64500 | 192.0.2.0/24 | NL | ripencc | 2001-01-01",),
        ),
    ],
)
async def test_records_of_every_kind(request, server, name, kind, values):
    answer = await request.getfixturevalue(server)(name, kind)
    assert (answer.outcome, answer.values) == (Outcome.OK, values)


@pytest.mark.parametrize("server", ["ask", "ask_nsd"])
async def test_an_alias_chain_that_leads_out_of_the_zone(request, server):
    answer = await request.getfixturevalue(server)("www.shop.test", "A")
    assert answer.chain == ("edge.shop.test", "www.cdn.invalid")
    assert answer.values == ("198.51.100.6", "198.51.100.7")


async def test_an_alias_without_what_is_asked_and_one_of_nothing(ask):
    answer = await ask("www.shop.test", "AAAA")
    assert (answer.outcome, answer.chain) == (Outcome.NO_DATA, ())
    answer = await ask("dangling.shop.test", "A")
    assert answer.outcome is Outcome.NOT_FOUND
    assert "alias" in answer.detail


async def test_an_alias_loop(ask, ask_nsd):
    assert (await ask_nsd("loop1.shop.test", "A")).outcome is Outcome.CNAME_LOOP
    # Unbound gives up without saying why.
    assert (await ask("loop1.shop.test", "A")).outcome in {
        Outcome.SERVER_ERROR,
        Outcome.CNAME_LOOP,
    }


@pytest.mark.parametrize("server", ["ask", "ask_nsd"])
@pytest.mark.parametrize(("name", "count", "connections"), [("some", 50, 1), ("many", 200, 2)])
async def test_edns_carries_more_than_512_bytes_and_tcp_the_rest(
    request, socket_guard, server, name, count, connections
):
    ask = request.getfixturevalue(server)
    socket_guard.touched.clear()
    answer = await ask(f"{name}.shop.test", "A")
    assert answer.outcome is Outcome.OK
    assert len(answer.values) == count
    assert len(socket_guard.touched) == connections


async def test_names_that_do_not_exist_and_types_that_do_not(ask):
    assert (await ask("none.shop.test", "A")).outcome is Outcome.NOT_FOUND
    assert (await ask("none.signed.test", "A")).outcome is Outcome.NOT_FOUND
    assert (await ask("nothing.example", "A")).outcome is Outcome.NOT_FOUND
    assert (await ask("shop.test", "TXT")).outcome is Outcome.NO_DATA


async def test_validated_and_not(ask, ask_wilful):
    answer = await ask("www.signed.test", "A")
    assert (answer.outcome, answer.values) == (Outcome.OK, ("192.0.2.11",))
    answer = await ask_wilful("www.changed.test", "A")
    assert (answer.outcome, answer.values) == (Outcome.OK, ("192.0.2.66",))


@pytest.mark.parametrize("name", ["www.changed.test", "www.expired.test", "www.unsigned.test"])
async def test_what_does_not_verify_is_bogus_and_says_how(ask, name):
    answer = await ask(name, "A")
    assert answer.outcome is Outcome.BOGUS
    assert answer.values == ()
    # Which of the codes 6 to 12 is the resolver's to choose.
    code = int(answer.detail.removeprefix("extended error ").partition(" ")[0])
    assert 6 <= code <= 12
    assert f";EDE {code}:" in answer.text


async def test_a_lame_delegation_is_never_a_missing_name(ask):
    answer = await ask("lame.test", "NS")
    # Newer versions say it by an extended error; older ones fail without a word.
    lame = any(f";EDE {code}:" in answer.text for code in (22, 23))
    assert answer.outcome is (Outcome.LAME if lame else Outcome.SERVER_ERROR)
    assert answer.detail.startswith("extended error 2" if lame else "SERVFAIL")


async def test_name_servers_that_are_down_are_never_a_missing_name(ask_briefly):
    answer = await ask_briefly("dead.test", "A")
    assert answer.outcome in {Outcome.TIMED_OUT, Outcome.SERVER_ERROR, Outcome.LAME}


async def test_a_server_that_serves_others_only_refuses(ask_nsd):
    answer = await ask_nsd("lame.test", "A")
    assert answer.outcome is Outcome.REFUSED


async def test_an_authoritative_server_is_no_resolver(ask_nsd):
    # Its word on what does not exist is not taken: it does not resolve.
    assert (await ask_nsd("none.shop.test", "A")).outcome is Outcome.BLOCKED_BY_RESOLVER


@pytest.mark.parametrize("name", ["blocked.test", "barred.test"])
async def test_names_that_the_resolver_blocks_by_list_or_policy_zone(ask_wilful, name):
    answer = await ask_wilful(name, "A")
    assert answer.outcome is Outcome.BLOCKED_BY_RESOLVER


async def test_names_that_the_resolver_refuses(ask_wilful):
    assert (await ask_wilful("refused.test", "A")).outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    ("which", "codes"),
    [("unbound", []), ("wilful", ["not validating", "rewrites"]), ("nsd", None)],
)
async def test_the_resolver_test(servers, which, codes):
    resolver = Resolver([getattr(servers, which)], seconds=5, sockets=4)
    (check,) = await check_resolvers(resolver, Landmarks({}), 10)
    found = [finding.code for finding in check.findings]
    if codes is None:  # no resolver at all
        assert found == ["validation not known", "rewriting not known"]
    else:
        assert found == codes


async def test_an_address_that_means_nothing_is_a_block(servers):
    resolver = Resolver([servers.wilful], seconds=5, sockets=4, landmarks=Landmarks({}))
    for kind in ("A", "AAAA"):
        answer = await resolver.ask("null.test", RdataType.from_text(kind))
        assert answer.outcome is Outcome.BLOCKED_BY_RESOLVER
        assert "null address" in answer.detail

"""Questions over real sockets: retries, TCP, odd datagrams, several resolvers."""

from __future__ import annotations

import asyncio
import socket

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import pytest
from dns.rdatatype import RdataType

from abusetrack.lookup.dns_records import Resolver
from abusetrack.records import Outcome


def _resolver(internet, *more, seconds=2.0):
    servers = [("127.0.0.1", internet.dns.port), *more]
    return Resolver(servers, seconds=seconds, sockets=10)


@pytest.fixture
def named(internet):
    internet.dns.records["shop.test", "A"] = ["192.0.2.1"]
    return internet


async def test_wrong_datagrams_are_passed_over(named):
    def answer(query, via):
        right = named.dns.from_records(query, via)
        wrong_id = dns.message.from_wire(right.to_wire())
        wrong_id.id = query.id ^ 1
        other = dns.message.make_query("other.test", "A", id=query.id)
        wrong_question = dns.message.make_response(other)
        return [b"", b"x" * 11, wrong_id, wrong_question, right]

    named.dns.answer = answer
    reply = await _resolver(named).ask("shop.test", RdataType.A)
    assert (reply.outcome, reply.values) == (Outcome.OK, ("192.0.2.1",))


async def test_a_spoofed_answer_alone_is_none(named):
    def answer(query, via):
        reply = named.dns.from_records(query, via)
        reply.id = query.id ^ 1
        return reply

    named.dns.answer = answer
    reply = await _resolver(named, seconds=0.1).ask("shop.test", RdataType.A)
    assert reply.outcome is Outcome.TIMED_OUT
    assert len(named.dns.asked) == 2


async def test_a_truncated_answer_is_asked_for_over_tcp(named):
    named.dns.records["shop.test", "A"] = [f"192.0.2.{n}" for n in range(1, 200)]

    def answer(query, via):
        reply = named.dns.from_records(query, via)
        if via == "udp":
            reply.flags |= dns.flags.TC
            reply.answer.clear()
        return reply

    named.dns.answer = answer
    reply = await _resolver(named).ask("shop.test", RdataType.A)
    assert len(reply.values) == 199
    assert [via for _, _, via in named.dns.asked] == ["udp", "tcp"]


@pytest.mark.parametrize("fault", ["cut off", "truncated again", "other question", "silent"])
async def test_bad_answers_over_tcp(named, fault):
    def answer(query, via):
        reply = named.dns.from_records(query, via)
        if via == "udp" or fault == "truncated again":
            reply.flags |= dns.flags.TC
        if via == "tcp" and fault == "other question":
            return dns.message.make_response(dns.message.make_query("other.test", "A"))
        if via == "tcp" and fault in {"cut off", "silent"}:
            return None
        return reply

    named.dns.answer = answer
    reply = await _resolver(named, seconds=0.5).ask("shop.test", RdataType.A)
    assert reply.outcome in {Outcome.MALFORMED, Outcome.UNREACHABLE}
    assert reply.values == ()


async def test_silence_is_retried_once_and_timed_out(named):
    named.dns.answer = lambda query, via: None
    reply = await _resolver(named, seconds=0.05).ask("shop.test", RdataType.A)
    assert (reply.outcome, reply.detail) == (Outcome.TIMED_OUT, "no answer in 0.05 s")
    assert len(named.dns.asked) == 2


async def test_a_lost_answer_is_made_up_for_by_the_retry(named):
    replies = iter([None])
    named.dns.answer = lambda q, via: next(replies, named.dns.from_records(q, via))
    reply = await _resolver(named, seconds=0.2).ask("shop.test", RdataType.A)
    assert reply.outcome is Outcome.OK


async def test_nobody_there_is_unreachable(internet):
    port = internet.dns.port
    resolver = Resolver([("127.0.0.1", _closed_port(internet))], seconds=1, sockets=1)
    reply = await resolver.ask("shop.test", RdataType.A)
    assert reply.outcome is Outcome.UNREACHABLE
    assert str(port) not in reply.source


def _closed_port(internet):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    internet.further.add(port)
    return port


@pytest.mark.parametrize("failure", ["SERVFAIL", "REFUSED", "silent", "blocked"])
async def test_the_next_resolver_is_asked_after_a_failure(named, second_resolver, failure):
    def fail(query, via):
        if failure == "silent":
            return None
        reply = dns.message.make_response(query)
        reply.set_rcode(
            dns.rcode.NXDOMAIN if failure == "blocked" else dns.rcode.from_text(failure)
        )
        return reply

    named.dns.answer = fail
    second_resolver.records["shop.test", "A"] = ["192.0.2.2"]
    resolver = _resolver(named, ("127.0.0.1", second_resolver.port), seconds=0.3)
    reply = await resolver.ask("shop.test", RdataType.A)
    assert (reply.outcome, reply.values) == (Outcome.OK, ("192.0.2.2",))
    assert reply.source == f"resolver 127.0.0.1:{second_resolver.port}"


async def test_the_most_telling_failure_counts(named, second_resolver):
    named.dns.answer = lambda query, via: None

    def lame(query, via):
        reply = dns.message.make_response(query)
        reply.set_rcode(dns.rcode.SERVFAIL)
        reply.use_edns(0, options=[dns.edns.EDEOption(22)])
        return reply

    second_resolver.answer = lame
    resolver = _resolver(named, ("127.0.0.1", second_resolver.port), seconds=0.1)
    reply = await resolver.ask("shop.test", RdataType.A)
    assert reply.outcome is Outcome.LAME
    assert len(second_resolver.asked) == 1  # what it said is said


async def test_what_is_no_name_is_not_asked(internet):
    reply = await _resolver(internet).ask("a..test", RdataType.A)
    assert reply.outcome is Outcome.MALFORMED
    assert internet.dns.asked == []


async def test_sockets_are_bounded(named):
    three_came = asyncio.Event()

    def silent(query, via):
        if len(named.dns.asked) == 3:
            three_came.set()

    named.dns.answer = silent
    resolver = Resolver([("127.0.0.1", named.dns.port)], seconds=30, sockets=3)
    tasks = [asyncio.create_task(resolver.ask("shop.test", RdataType.A)) for _ in range(9)]
    await three_came.wait()
    for _ in range(100):
        await asyncio.sleep(0)
    assert len(named.dns.asked) == 3
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

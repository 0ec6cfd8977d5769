"""A missing name is asked of the other resolvers too, and both words are kept."""

from __future__ import annotations

import dns.message
import dns.rcode
import pytest

from abusetrack.lookup import NothingKnown
from abusetrack.records import Outcome, Question


@pytest.fixture
def two(internet, second_resolver):
    """Settings with two resolvers."""
    ports = (internet.dns.port, second_resolver.port)
    return {"nameservers": tuple(f"127.0.0.1:{port}" for port in ports)}


def _of(answer, question):
    return [(o.outcome, o.source) for o in answer.observations if o.question is question]


async def test_both_resolvers_are_heard_on_a_missing_name(
    internet, second_resolver, two, clock, host_of
):
    async with internet.lookup(clock, resolver=two) as lookup:
        answer = await lookup.ask(host_of("gone.test"), NothingKnown())
    first, second = (f"resolver {place}" for place in two["nameservers"])
    for question in (Question.A, Question.NS):
        assert _of(answer, question) == [
            (Outcome.NOT_FOUND, second),
            (Outcome.NOT_FOUND, first),
        ]
    assert _of(answer, Question.MX) == [(Outcome.NOT_FOUND, first)]


async def test_a_resolver_that_knows_the_name_is_heard_too(
    internet, second_resolver, two, clock, host_of
):
    second_resolver.records["gone.test", "NS"] = ["ns1.gone.test."]
    async with internet.lookup(clock, resolver=two) as lookup:
        answer = await lookup.ask(host_of("gone.test"), NothingKnown())
    assert [outcome for outcome, _ in _of(answer, Question.NS)] == [Outcome.OK, Outcome.NOT_FOUND]


async def test_names_that_exist_are_asked_of_one(internet, second_resolver, two, clock, host_of):
    internet.add_host("shop.test", "192.0.2.1")
    async with internet.lookup(clock, resolver=two) as lookup:
        await lookup.ask(host_of("shop.test"), NothingKnown())
    assert second_resolver.asked == []


async def test_the_answer_came_from_the_second_then_the_first_is_asked_again(
    internet, second_resolver, two, clock, host_of
):
    def refuse(query, via):
        reply = dns.message.make_response(query)
        reply.set_rcode(dns.rcode.REFUSED)
        return reply

    internet.dns.answer = refuse
    async with internet.lookup(clock, resolver=two) as lookup:
        answer = await lookup.ask(host_of("gone.test"), NothingKnown())
    assert [outcome for outcome, _ in _of(answer, Question.A)] == [
        Outcome.REFUSED,
        Outcome.NOT_FOUND,
    ]

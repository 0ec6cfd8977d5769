"""The abuse contact behind a handle: one further question, and what may go wrong with it."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp import web

from abusetrack.lookup import NothingKnown
from abusetrack.records import Host, HostKind, Outcome, Question

NET = "/net/ip/192.0.2.10"


def _entity(handle, email="abuse@hosting.example", name="Example Hosting", **changes):
    card = ["vcard", [["fn", {}, "text", name], ["email", {}, "text", email]]]
    return {"objectClassName": "entity", "handle": handle, "vcardArray": card, **changes}


def _abuse(handle):
    return {"objectClassName": "entity", "handle": handle, "roles": ["abuse"]}


def _holder(handle, **changes):
    return {"objectClassName": "entity", "handle": handle, "roles": ["registrant"], **changes}


@pytest.fixture
def network(internet, rdap_network):
    """Let networks name these entities."""

    def make(*entities):
        for last, path in ((10, NET), (200, "/net/ip/192.0.2.200")):
            start, end = (
                ("192.0.2.0", "192.0.2.127") if last == 10 else ("192.0.2.128", "192.0.2.255")
            )
            internet.rdap.answers[path] = rdap_network(start, end, entities=list(entities))
        return internet

    return make


async def _ask(lookup, address="192.0.2.10"):
    answer = await lookup.ask(Host(address, address, HostKind.IPV4, None), NothingKnown())
    return next(o for o in answer.observations if o.question is Question.NETWORK_RDAP)


async def _found(internet, clock):
    async with internet.lookup(clock) as lookup:
        return await _ask(lookup)


async def test_a_contact_by_handle_is_asked_for_once_at_the_same_service(network, clock):
    internet = network(_abuse("AR1-EXAMPLE"))
    internet.rdap.answers["/net/entity/AR1-EXAMPLE"] = _entity("ar1-example")
    async with internet.lookup(clock) as lookup:
        found = await _ask(lookup)
        other = await _ask(lookup, "192.0.2.200")
    assert found.facts.abuse_email == other.facts.abuse_email == "abuse@hosting.example"
    assert found.facts.holder is None  # a contact's name is not the holder's
    assert internet.rdap.asked.count("/net/entity/AR1-EXAMPLE") == 1
    first, second = found.evidence.body.split(b"\x1e")[1:]
    assert found.evidence.media_type == "application/json-seq"
    assert json.loads(first)["objectClassName"] == "ip network"
    assert json.loads(second)["handle"] == "ar1-example"


async def test_the_holder_by_handle_has_the_contact_inside(network, clock):
    internet = network(_holder("ORG-1"))
    inside = _entity("AR1", roles=["abuse"])
    internet.rdap.answers["/net/entity/ORG-1"] = _entity(
        "ORG-1", "office@hosting.example", entities=[inside]
    )
    found = await _found(internet, clock)
    assert found.facts.abuse_email == "abuse@hosting.example"
    assert found.facts.holder == "Example Hosting"


@pytest.mark.parametrize(
    "entities",
    [
        [],
        [_entity("AR1", roles=["abuse"])],
        [_abuse("AR1"), _entity("AR1", roles=["technical"])],
        [_holder("ORG-1", entities=[_entity("AR1", roles=["abuse"])])],
        [_entity("ORG-1", roles=["registrant"])],
        [{"objectClassName": "entity", "roles": ["abuse"]}],
    ],
)
async def test_nothing_is_asked_where_the_answer_has_it_or_names_nobody(network, clock, entities):
    internet = network(*entities)
    found = await _found(internet, clock)
    assert found.outcome is Outcome.OK
    assert internet.rdap.asked == [NET]
    assert found.evidence.media_type == "application/rdap+json"


async def test_one_hop_and_no_further(network, clock):
    internet = network(_holder("ORG-1"))
    internet.rdap.answers["/net/entity/ORG-1"] = {
        "objectClassName": "entity", "handle": "ORG-1", "entities": [_abuse("AR1")],
    }  # fmt: skip
    found = await _found(internet, clock)
    assert found.facts.abuse_email is None
    assert "the abuse contact's own record: no e-mail address in it" in found.facts.oddities
    assert internet.rdap.asked == [NET, "/net/entity/ORG-1"]


async def test_it_is_asked_of_the_service_that_answered(network, clock):
    internet = network(_abuse("AR1"))
    internet.rdap.answers["/other/ip/192.0.2.10"] = internet.rdap.answers[NET]
    place = f"{internet.rdap.base}other/ip/192.0.2.10"
    internet.rdap.answers[NET] = lambda _: web.Response(status=302, headers={"Location": place})
    internet.rdap.answers["/other/entity/AR1"] = _entity("AR1")
    found = await _found(internet, clock)
    assert found.facts.abuse_email == "abuse@hosting.example"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "HTTP 404"),
        (lambda _: web.Response(status=500), "HTTP 500"),
        (lambda _: web.Response(body=b"<html>"), "not JSON (application/octet-stream)"),
        (_entity("OTHER"), "the answer is about another entity"),
        ({"objectClassName": "domain"}, "an object of class domain"),
        ([], "not a JSON object"),
        (
            {"objectClassName": "entity", "handle": "AR1", "vcardArray": 5},
            "no e-mail address in it",
        ),
    ],
)
async def test_a_record_that_cannot_be_used_leaves_the_network_as_it_was(
    network, clock, answer, said
):
    internet = network(_abuse("AR1"))
    internet.rdap.answers["/net/entity/AR1"] = answer
    found = await _found(internet, clock)
    assert (found.outcome, found.facts.abuse_email) == (Outcome.OK, None)
    assert found.facts.prefix == "192.0.2.0/25"
    told = [o for o in found.facts.oddities if o.startswith("the abuse contact's own record: ")]
    assert told == [f"the abuse contact's own record: {said}"]


@pytest.mark.parametrize("handle", ["..", "../ip", "-x", "a/b", "a?b", "x" * 200, "a#b"])
async def test_a_handle_that_would_lead_elsewhere_is_not_asked(network, clock, handle):
    internet = network(_abuse(handle))
    found = await _found(internet, clock)
    assert internet.rdap.asked == [NET]
    assert "cannot be put into a question" in found.facts.oddities[-1]


async def test_a_failure_is_not_kept_and_an_old_answer_is_asked_again(network, clock):
    internet = network(_abuse("AR1"))
    internet.rdap.answers["/net/entity/AR1"] = lambda _: web.Response(status=500)
    async with internet.lookup(clock) as lookup:
        assert (await _ask(lookup)).facts.abuse_email is None
        internet.rdap.answers["/net/entity/AR1"] = _entity("AR1")
        assert (await _ask(lookup, "192.0.2.200")).facts.abuse_email == "abuse@hosting.example"
        clock.move(hours=3)
        await asyncio.gather(_ask(lookup), _ask(lookup, "192.0.2.200"))
    assert internet.rdap.asked.count("/net/entity/AR1") == 3

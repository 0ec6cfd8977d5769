from __future__ import annotations

from datetime import timedelta

import pytest

from abusetrack.casefile import claims
from abusetrack.hub import claiming
from abusetrack.hub.server import connected

EIGHT = timedelta(hours=8)


@pytest.fixture
def meet(hub):
    with connected(hub, None) as connection:
        yield connection


def test_a_claim_stays_with_who_made_it(meet, key):
    took = {"origin": "11" * 16, "who": "Ann", "lasting": EIGHT}
    assert claiming.take(meet, key, ["a.example", "b.example"], **took) == []
    rivals = claiming.take(
        meet, key, ["b.example", "c.example"], origin="22" * 16, who="Bob", lasting=EIGHT
    )
    assert [(one.domain, one.who) for one in rivals] == [("b.example", "Ann")]
    held = {(one.domain, one.who) for one in claiming.current(meet, key)}
    assert held == {("a.example", "Ann"), ("b.example", "Ann"), ("c.example", "Bob")}


def test_a_claim_can_be_renewed_and_given_back(meet, key):
    ann = {"origin": "11" * 16, "who": "Ann"}
    claiming.take(meet, key, ["a.example"], **ann, lasting=EIGHT)
    first = claiming.current(meet, key)[0].expires_at
    assert claiming.take(meet, key, ["a.example"], **ann, lasting=2 * EIGHT) == []
    assert claiming.current(meet, key)[0].expires_at > first
    assert claiming.release(meet, key, ["a.example"], "22" * 16) == 0
    assert claiming.release(meet, key, ["a.example"], "11" * 16) == 1
    assert claiming.current(meet, key) == []


def test_a_claim_that_ran_out_is_anybodys(meet, key):
    claiming.take(
        meet, key, ["a.example"], origin="11" * 16, who="Ann", lasting=timedelta(seconds=-1)
    )
    assert claiming.current(meet, key) == []
    bob = {"origin": "22" * 16, "who": "Bob", "lasting": EIGHT}
    assert claiming.take(meet, key, ["a.example"], **bob) == []
    assert [one.who for one in claiming.current(meet, key)] == ["Bob"]


def test_an_exchange_brings_the_claims_of_others(desk, exchange, meet, key):
    ann, bob = desk("Ann"), desk("Bob")
    lasting = {"who": "Ann", "origin": ann.origin_id.hex(), "lasting": timedelta(days=365_0)}
    claiming.take(meet, key, ["a.example"], **lasting)
    for case in (ann, bob):
        exchange(case)
    assert [one.who for one in claims.of_others(bob, ["a.example", "b.example"])] == ["Ann"]
    assert claims.of_others(ann, ["a.example"]) == []

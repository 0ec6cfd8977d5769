from __future__ import annotations

from datetime import timedelta

import pytest

from abusetrack.judgement.links import Registered, Seen, Shared, judge_links
from abusetrack.records import LinkKind


@pytest.fixture
def judge(noon):
    def run(*shared, registered=None, strings=(), most=2):
        made = [
            Shared(
                kind,
                value,
                Seen("a.test", noon, noon, "mine"),
                tuple(Seen(name, noon, noon + timedelta(days=2), f"of {name}") for name in others),
            )
            for kind, value, others in shared
        ]
        found = judge_links(made, registered or {}, strings, domain="a.test", most=most)
        return [(link.domain, link.kind) for link in found], found

    return run


NS = (LinkKind.NAME_SERVER, "ns1.x.test")


def test_a_link_says_what_is_shared_and_when_each_was_seen_with_it(judge):
    found, (link,) = judge((*NS, ["b.test"]))
    assert found == [("b.test", LinkKind.NAME_SERVER)]
    assert link.text == (
        "same name server ns1.x.test: a.test seen with it on 2026-03-01; "
        "b.test seen with it from 2026-03-01 to 2026-03-03"
    )
    assert link.facts == ("mine", "of b.test")


def test_what_more_names_share_than_the_policy_says_links_nobody(judge):
    assert judge((*NS, ["b.test", "c.test"]), most=2)[0] != []
    assert judge((*NS, ["b.test", "c.test", "d.test"]), most=2)[0] == []


def test_the_same_prefix_says_nothing_more_beside_the_same_address(judge):
    address = (LinkKind.ADDRESS, "192.0.2.1", ["b.test"])
    prefix = (LinkKind.PREFIX, "192.0.2.0/24", ["b.test", "c.test"])
    assert judge(address, prefix)[0] == [
        ("b.test", LinkKind.ADDRESS),
        ("c.test", LinkKind.PREFIX),
    ]


@pytest.mark.parametrize(
    ("minutes", "key", "shared", "linked"),
    [
        (0, "iana:1", True, True),
        (0.5, "iana:1", True, True),
        (1, "iana:1", True, False),
        (0, "iana:2", True, False),
        (0, None, True, False),
        (0, "iana:1", False, False),  # alone it says nothing
    ],
)
def test_the_same_minute_counts_only_beside_another_link(judge, noon, minutes, key, shared, linked):
    registered = {
        "a.test": Registered(noon, "iana:1"),
        "b.test": Registered(noon + timedelta(minutes=minutes), key),
    }
    found, _ = judge((*NS, ["b.test"] if shared else []), registered=registered)
    assert (("b.test", LinkKind.REGISTERED) in found) is linked


def test_the_same_string_under_another_ending_is_a_link(judge):
    assert judge(strings=("a.test", "a.example"))[0] == [("a.example", LinkKind.STRING)]


def test_nothing_known_of_the_registration_links_nobody(judge):
    registered = {"a.test": Registered(None, "iana:1"), "b.test": Registered(None, "iana:1")}
    assert judge((*NS, ["b.test"]), registered=registered)[0] == [("b.test", LinkKind.NAME_SERVER)]

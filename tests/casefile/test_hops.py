from __future__ import annotations

import uuid

import pytest

from abusetrack.casefile import hops, reports
from abusetrack.records import SiteKind


@pytest.fixture
def add(case, report, confirmed, discarded):
    def run(*names, kind=SiteKind.DEDICATED):
        listed = [report(f"https://{name}/", assessment=confirmed(kind)) for name in names]
        reports.add(case, listed, [], discarded, label="list")

    return run


def test_exact_strings_under_several_endings_are_listed_most_endings_first(case, add):
    add("same.test", "same.example", "other.test", "other.example", "other.invalid")
    add("sames.test", "s4me.example", "single.test")
    found = hops.strings(case, endings=2)
    assert [(item.label, item.endings) for item in found] == [("other", 3), ("same", 2)]
    assert found[1].domains == ("same.example", "same.test")
    assert [item.label for item in hops.strings(case, endings=3)] == ["other"]


def test_only_dedicated_sites_hop(case, add):
    add("same.test", "same.example")
    add("same.invalid", kind=SiteKind.FORUM)
    assert [item.endings for item in hops.strings(case, endings=2)] == [2]


def test_names_that_a_platform_handed_out_have_no_string(case, add):
    add("same.test", "same.example")
    with case.transaction():
        case.execute("UPDATE domain_now SET suffix_kind = 'platform' WHERE tld = 'test'")
    assert hops.strings(case, endings=2) == ()


def test_the_same_string_comes_with_the_finding_that_confirmed_it(case, add, clock):
    add("same.test", "same.example", "sames.test")
    add("same.invalid", kind=SiteKind.FORUM)
    found = hops.same_string(case, "same.test")
    assert [item.domain for item in found] == ["same.example", "same.test"]
    facts = {row["id"] for row in case.query("SELECT id FROM fact WHERE kind = 'assessment'")}
    assert {uuid.UUID(item.fact).bytes for item in found} <= facts
    assert hops.siblings(case, ["same.test"]) == ("same.example",)

"""The right answers of the guide's exercises are those of the world that is practised on."""

from __future__ import annotations

import csv
import re
from collections import Counter
from importlib import resources

import pytest

from abusetrack import practice
from abusetrack.records import AssessmentOutcome, HostingAgreement, SiteKind, State


@pytest.fixture(scope="module")
def world():
    return practice.build(1)


def test_the_answers_of_the_guide(world):
    page = (resources.files("abusetrack.guide") / "exercises.md").read_text("utf-8")
    given = re.findall(r"\*\*(.+?)\*\*", page.partition("## The right answers")[2])
    truths = world.truths()
    states = Counter(one.state for one in truths)
    confirmed = [one for one in truths if one.outcome is AssessmentOutcome.CONFIRMED]
    dedicated = [one for one in confirmed if one.kind is SiteKind.DEDICATED]
    ((registrar, most),) = Counter(one.registrar for one in dedicated).most_common(1)
    persistent = [one.domain for one in truths if one.persistent]
    assert given == [
        str(len(truths)),
        str(states[State.HELD_BY_REGISTRAR]),
        str(states[State.HELD_BY_REGISTRY]),
        str(sum(one.hosting_agreement is HostingAgreement.DISPUTED for one in truths)),
        str(len(confirmed)),
        str(len(dedicated)),
        registrar,
        str(most),
        str(len({name.partition(".")[0] for name in persistent})),
        str(len(persistent)),
    ]
    assert "amberdepot.pages.invalid" in {one.domain for one in confirmed}


def test_the_table_of_answers_has_every_domain(world, tmp_path):
    path = tmp_path / "answers.csv"
    practice.write_answers(world, path)
    with path.open(newline="", encoding="utf-8") as file:
        rows = {row["domain"]: row for row in csv.DictReader(file)}
    truths = {one.domain: one for one in world.truths()}
    assert rows.keys() == truths.keys()
    for name, row in rows.items():
        one = truths[name]
        assert (row["state"], row["kind"], row["outcome"]) == (one.state, one.kind, one.outcome)
        assert row["registrar"] == (one.registrar or "")
        assert row["hosting country"] == (one.hosting_country or "")

"""Sightings made anew from the facts are those that were written at the time."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from abusetrack import intake, practice, settings
from abusetrack.casefile import (
    CaseFileThread,
    assessments,
    dump,
    merge,
    open_case_file,
    queue,
    sightings,
)
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.panels import PANELS
from abusetrack.records import Assessment, AssessmentOutcome, SiteKind, State
from abusetrack.triage import resolving, taking
from abusetrack.triage.context import make_context
from abusetrack.triage.figures import surroundings
from abusetrack.triage.refresh import refresh
from abusetrack.triage.replaying import replay

SITES = 12


def all_of(case, names):
    return {name: sightings.of_domain(case, name) for name in names}


class Lived:
    """Two desks that looked up the same world at different times."""

    def __init__(self, folder, clock, context, names):
        self.clock, self.context, self.names = clock, context, names
        self.openers = [
            partial(open_case_file, folder / name, clock=clock, actor=name)
            for name in ("one", "two")
        ]


@pytest.fixture(scope="module")
def movable():
    class Clock:
        def __init__(self):
            self.instant = practice.build(1).start

        def now(self):
            return self.instant

    return Clock()


@pytest.fixture(scope="module")
def lived(tmp_path_factory, movable):
    folder = tmp_path_factory.mktemp("lived")
    world = practice.build(1, start=movable.now())
    events = defaultdict(list)
    for event in sorted(world.events, key=lambda event: event.at):
        events[event.domain].append(event.at)
    names = sorted(events, key=lambda name: (-len(events[name]), name))[:SITES]
    with practice.PracticeThread(world, folder / "practice") as served:
        context = make_context(settings.load(served.config_path), movable)
        made = Lived(folder, movable, context, names)
        for opener in made.openers:
            with opener() as case:
                urls = [url for name in names for url in world.domains[name].finding.urls]
                read = intake.read(
                    "\n".join(urls), filename="l.txt", context=taking.reading(context)
                )
                taking.take(context, case, read, label="list")
                found = Assessment(
                    AssessmentOutcome.CONFIRMED, movable.now(), "test", kind=SiteKind.DEDICATED
                )
                assessments.add_many(case, [(name, found) for name in names])
        for week in range(8):
            movable.instant = world.start + timedelta(days=6 * week + 1)
            served.servers.set_time(movable.now())
            opener = made.openers[week % 2]
            with opener() as case:
                queue.enqueue(case, domains=names)
            db = CaseFileThread(opener)
            try:
                asyncio.run(resolving.resolve(context, db, opener, names=names, recheck=True))
            finally:
                db.close()
        yield made


def test_a_replay_says_what_was_said_live(lived):
    for opener in lived.openers:
        with opener() as case:
            live = all_of(case, lived.names)
            assert sum(map(len, live.values())) >= 4 * SITES
            assert len({one.state for found in live.values() for one in found}) > 1
            assert replay(lived.context, case, lived.names) == 0
            assert all_of(case, lived.names) == live


def test_what_is_lost_or_wrong_is_mended(lived):
    with lived.openers[0]() as case:
        live = all_of(case, lived.names)
        first, second = lived.names[:2]
        with case.transaction():
            case.execute(
                "DELETE FROM sighting WHERE domain = (SELECT id FROM domain_now WHERE domain = ?)",
                [first],
            )
            sightings.write(case, [replace(live[second][0], state=State.REDEMPTION, asn=1)])
        differing = replay(lived.context, case, lived.names)
        assert differing == len(live[first]) + 1
        assert all_of(case, lived.names) == live


def test_what_ran_out_since_had_not_when_it_was_looked_up(lived):
    with lived.openers[0]() as case:
        live = all_of(case, lived.names)
        before = lived.clock.instant
        lived.clock.instant += timedelta(days=3 * 365)
        try:
            refresh(lived.context, case, lived.names)
        finally:
            lived.clock.instant = before
        assert all_of(case, lived.names) == live
        refresh(lived.context, case, lived.names)


def test_both_sides_of_a_merge_show_the_same_figures(lived, tmp_path):
    shown = []
    one, two = lived.openers
    with one() as case:
        dump.write(case, tmp_path / "one")
    with two() as case:
        dump.write(case, tmp_path / "two")
    for opener, other in ((one, "two"), (two, "one")):
        with opener() as case:
            merged = merge.merge(case, tmp_path / other)
            assert set(merged.domains) >= set(lived.names)
            replay(lived.context, case, merged.domains)
            refresh(lived.context, case, merged.domains)
            around = surroundings(lived.context)
            panels = [_told(kind.build(case, Filters(), around)) for kind in PANELS]
            shown.append((all_of(case, lived.names), panels))
            assert replay(lived.context, case, lived.names) == 0
    assert shown[0][0] == shown[1][0]
    for mine, theirs in zip(shown[0][1], shown[1][1], strict=True):
        assert mine == theirs


def _told(panel):
    """A panel without the one figure that is about this file only."""
    return replace(panel, figures=tuple(f for f in panel.figures if f[0] != "Queued for lookup"))

"""What happens in the practice world is what is seen to change, at the times it happened."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from functools import partial
from ipaddress import ip_address

import pytest

from abusetrack import intake, practice, settings
from abusetrack.casefile import (
    CaseFileThread,
    assessments,
    changes,
    open_case_file,
    queue,
)
from abusetrack.practice import EventKind
from abusetrack.practice.model import RdapStyle, WhoisStyle
from abusetrack.records import Assessment, AssessmentOutcome, ChangeKind, SiteKind
from abusetrack.triage import resolving, taking
from abusetrack.triage.context import make_context

OF_EVENT = {
    EventKind.HOLD_SET: {ChangeKind.HOLD_SET},
    EventKind.HOLD_LIFTED: {ChangeKind.HOLD_LIFTED},
    EventKind.REGISTRAR_CHANGED: {ChangeKind.REGISTRAR_CHANGED},
    EventKind.HOST_MOVED: {ChangeKind.HOST_MOVED, ChangeKind.ADDRESSES_CHANGED},
    EventKind.CDN_TAKEN_UP: {ChangeKind.CDN_TAKEN_UP},
    EventKind.HOST_GONE: {ChangeKind.ADDRESSES_REMOVED},
    EventKind.DELETED: {ChangeKind.STATE_CHANGED},
    EventKind.DROPPED: {ChangeKind.STATE_CHANGED},
    EventKind.REREGISTERED: {ChangeKind.REREGISTERED},
}
# These follow from others: a held name leaves the DNS, a moved one another country.
FOLLOWS = {
    ChangeKind.GONE,
    ChangeKind.RETURNED,
    ChangeKind.COUNTRY_CHANGED,
    ChangeKind.NAME_SERVERS_CHANGED,
    ChangeKind.CDN_LEFT,
}
PER_STORY = 1  # domains with the same sequence of events


def stories(world):
    """Domains whose registration can be seen, a few of each sequence of events."""
    events = defaultdict(list)
    for event in sorted(world.events, key=lambda event: event.at):
        events[event.domain].append(event)
    told = defaultdict(list)
    for name, happened in sorted(events.items()):
        registry = world.registries.get(world.domains[name].registry or "")
        if EventKind.HOPPED in {event.kind for event in happened} or registry is None:
            continue
        if registry.rdap is RdapStyle.NONE and registry.whois is WhoisStyle.NONE:
            continue
        if any(_stays(world, event) for event in happened):
            continue
        told[tuple(event.kind for event in happened)].append(name)
    return {name: events[name] for names in told.values() for name in names[:PER_STORY]}


def _stays(world, event):
    """Whether a host moved to where it was: the world may draw the same network again."""
    if event.kind is not EventKind.HOST_MOVED:
        return False
    before = world.at(event.at - timedelta(seconds=1)).standings[event.domain]
    old, new = (
        {
            world.network(ip_address(address))[1].handle
            for host in standing.hosts
            for address in host.addresses
        }
        for standing in (before, event.after)
    )
    return bool(old & new)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_world_and_the_case_file_tell_one_story(seed, tmp_path, clock):
    world = practice.build(seed, start=clock.now())
    told = stories(world)
    assert {event.kind for events in told.values() for event in events} >= {
        EventKind.HOLD_SET, EventKind.HOLD_LIFTED, EventKind.DROPPED,
    }  # fmt: skip
    with practice.PracticeThread(world, tmp_path / "practice") as served:
        context = make_context(settings.load(served.config_path), clock)
        opener = partial(open_case_file, tmp_path / "case", clock=clock, actor="test")
        with opener() as case:
            urls = [url for name in told for url in world.domains[name].finding.urls]
            read = intake.read(
                "\n".join(urls), filename="list.txt", context=taking.reading(context)
            )
            taking.take(context, case, read, label="list")
            found = Assessment(
                AssessmentOutcome.CONFIRMED, clock.now(), "test", kind=SiteKind.DEDICATED
            )
            assessments.add_many(case, [(name, found) for name in told])
        db = CaseFileThread(opener)
        try:
            for moment, names in _moments(world, told):
                clock.move(seconds=(moment - clock.now()).total_seconds())
                served.servers.set_time(moment)
                with opener() as case:
                    queue.enqueue(case, domains=names)
                result = await resolving.resolve(context, db, opener, names=names, recheck=True)
                assert result.failures == []
        finally:
            db.close()
        with opener() as case:
            seen = {name: changes.of_domain(case, name) for name in told}
    for name, happened in told.items():
        _compare(name, happened, seen[name])


def _moments(world, told):
    """The start; then two looks after each event, so that what is gone may be gone for good."""
    looks = defaultdict(list)
    for name, events in told.items():
        for event in events:
            for hours in (1, 3):
                looks[event.at + timedelta(hours=hours)].append(name)
    return [(world.start, list(told)), *sorted(looks.items())]


def _compare(name, happened, seen):
    story = [(event.kind.value, event.at) for event in happened]
    times = sorted({change.first_seen_after for change in seen if change.kind not in FOLLOWS})
    assert len(times) == len(happened), (name, story, seen)
    for event, at in zip(happened, times, strict=True):
        together = {change.kind: change for change in seen if change.first_seen_after == at}
        found = [together[kind] for kind in OF_EVENT[event.kind] if kind in together]
        assert len(found) == 1, (name, story, together)
        assert found[0].last_seen_before <= event.at <= found[0].first_seen_after
        others = set(together) - OF_EVENT[event.kind] - FOLLOWS
        assert not others or event.kind is EventKind.REREGISTERED, (name, story, together)
        if event.kind is EventKind.DROPPED:
            assert found[0].after == "not registered"
    for change in seen:
        if change.kind is ChangeKind.GONE:
            assert any(e.kind in _OFFLINE and e.at <= change.first_seen_after for e in happened)
        if change.kind is ChangeKind.RETURNED:
            assert any(e.kind in _ONLINE and e.at <= change.first_seen_after for e in happened)


_OFFLINE = {EventKind.HOLD_SET, EventKind.DELETED, EventKind.DROPPED}
_ONLINE = {EventKind.HOLD_LIFTED, EventKind.REREGISTERED}

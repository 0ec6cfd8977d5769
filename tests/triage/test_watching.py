"""The watch against the practice internet, under a clock that is moved."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from abusetrack import intake, practice, settings
from abusetrack.casefile import (
    CaseFileThread,
    notices,
    observations,
    open_case_file,
    queue,
)
from abusetrack.records import (
    Assessment,
    AssessmentOutcome,
    Contact,
    ContactOrigin,
    Draft,
    ExportedFile,
    NoticeRow,
    NoticeStatus,
    Question,
    Role,
    SiteKind,
    State,
)
from abusetrack.triage import taking, watching
from abusetrack.triage.context import make_context

TOKEN = "3f2a9c1d7e5b4a60"
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


class Desk:
    """A case file over the practice internet; ``round`` is one round of the watch."""

    def __init__(self, context, opener, clock):
        self.context, self.opener, self.clock = context, opener, clock
        self.db = CaseFileThread(opener)

    async def round(self):
        result = await watching.watch(self.context, self.db, self.opener, once=True)
        return result.done

    def take(self, *names, confirm=True):
        with self.opener() as case:
            text = "".join(f"https://{name}/\n" for name in names)
            read = intake.read(text, filename="l.txt", context=taking.reading(self.context))
            taking.take(self.context, case, read, label="list")
            if confirm:
                found = Assessment(
                    AssessmentOutcome.CONFIRMED, self.clock.now(), "t", kind=SiteKind.DEDICATED
                )
                for name in names:
                    taking.assess(self.context, case, [f"https://{name}/"], found)

    def due(self, domain):
        """Return from now to the next check of each host."""
        with self.opener() as case:
            found = queue.checks(case, domain)
        return {item.host: item.at and item.at - self.clock.now() for item in found}


@pytest.fixture(scope="module")
def world():
    return practice.build(1)


@pytest.fixture
def desk(world, tmp_path, clock):
    with practice.PracticeThread(world, tmp_path / "practice") as served:
        context = make_context(settings.load(served.config_path), clock)
        opener = partial(open_case_file, tmp_path / "case", clock=clock, actor="test")
        made = Desk(context, opener, clock)
        yield made
        made.db.close()


@pytest.fixture(scope="module")
def of_state(world):
    """Return the first domain of a state, reported by its own name."""

    def find(*states, generic=None):
        return next(t.domain for t in world.truths() if t.states == states and t.domain in t.hosts)

    return find


async def test_by_state_each_has_its_next_check_and_nothing_is_asked_before(desk, of_state):
    active = of_state(State.ACTIVE)
    held = of_state(State.HELD_BY_REGISTRAR, State.NOT_DELEGATED)
    desk.take(active, held)
    assert await desk.round() == 2
    assert desk.due(active) == {active: WEEK}
    assert desk.due(held) == {held: WEEK}
    desk.clock.move(days=6.9)
    assert await desk.round() == 0
    desk.clock.move(days=0.2)
    assert await desk.round() == 2


async def test_what_nobody_confirmed_is_looked_up_once_and_watched_once_confirmed(desk, of_state):
    name = of_state(State.ACTIVE)
    desk.take(name, confirm=False)
    assert await desk.round() == 1
    assert desk.due(name) == {name: None}
    desk.clock.move(days=30)
    assert await desk.round() == 0
    desk.take(name)  # confirmed now
    assert desk.due(name)[name] <= timedelta()
    assert await desk.round() == 1


def exported(desk, name):
    now = desk.clock.now()
    contact = Contact(
        "iana:9001", "R", Role.REGISTRAR, "a@r.invalid", None, None, ContactOrigin.MANUAL, "t", now
    )
    row = NoticeRow(
        name, name, (name,), "R", 9001, (), "rdap", now, "00" * 32, SiteKind.DEDICATED, 1, now,
        now, "A", "1", "N-1",
    )  # fmt: skip
    draft = Draft(
        "N-1", Role.REGISTRAR, contact, "s", "b", (row,), now, "registrar/first", practice=True
    )
    with desk.opener() as case:
        notices.record_export(case, draft, [ExportedFile("a.txt", "text/plain", b"x")])


async def test_a_notice_marked_sent_is_followed_hourly_then_daily_then_as_before(desk, of_state):
    name = of_state(State.ACTIVE)
    desk.take(name)
    await desk.round()
    exported(desk, name)
    assert await desk.round() == 0
    with desk.opener() as case:
        notices.mark(case, "N-1", NoticeStatus.SENT)
    await desk.round()
    assert desk.due(name) == {name: HOUR}
    asked = 0
    for _ in range(24):
        desk.clock.move(hours=1)
        asked += await desk.round()
    assert asked == 24
    assert desk.due(name) == {name: DAY}
    with desk.opener() as case:
        answers = observations.history(case, name)
    registrations = [o for o in answers if o.question is Question.REGISTRY_RDAP]
    assert len(registrations) >= 24  # asked each time, not taken from before
    desk.clock.move(days=30)
    await desk.round()
    assert desk.due(name) == {name: WEEK}


async def test_what_is_due_survives_a_restart(desk, of_state, tmp_path):
    name = of_state(State.ACTIVE)
    desk.take(name)
    await desk.round()
    desk.db.close()
    desk.clock.move(days=8)
    desk.db = CaseFileThread(desk.opener)
    assert await desk.round() == 1


async def test_two_watches_ask_no_name_twice(desk, world):
    names = [t.domain for t in world.truths() if t.state is State.ACTIVE and t.domain in t.hosts]
    desk.take(*names[:20])
    other = Desk(desk.context, desk.opener, desk.clock)
    try:
        assert sum(await asyncio.gather(desk.round(), other.round())) == 20
        desk.clock.move(days=8)
        assert sum(await asyncio.gather(desk.round(), other.round())) == 20
    finally:
        other.db.close()


async def test_a_visitors_label_is_asked_once_and_then_its_domain_only(desk, of_state):
    name = of_state(State.ACTIVE)
    token = f"{TOKEN}.{name}"
    desk.take(token)
    await desk.round()
    desk.clock.move(days=8)
    assert await desk.round() == 1
    with desk.opener() as case:
        (check,) = queue.checks(case, name)
        assert len({o.asked_at for o in observations.history(case, token)}) == len(
            [o for o in observations.history(case, token) if o.question is Question.A]
        )
        assert [o.asked_at for o in observations.history(case, name)][-1] == desk.clock.now()
    assert check.at is not None
    assert "only its domain" in check.reason
    assert TOKEN not in check.reason
    desk.take(f"www.{name}")
    await desk.round()
    assert desk.due(name)[f"www.{name}"] == WEEK


async def test_a_watch_goes_on_until_cancelled(desk, of_state):
    desk.take(of_state(State.ACTIVE))
    first = asyncio.Event()

    def told(_result):
        first.set()

    task = asyncio.create_task(watching.watch(desk.context, desk.db, desk.opener, on_round=told))
    await first.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_never_is_a_setting(desk, of_state):
    name = of_state(State.ACTIVE)
    never = desk.context.settings.watch.but({"active_days": 0})
    desk.context = replace(desk.context, settings=desk.context.settings.but({"watch": never}))
    desk.take(name)
    await desk.round()
    assert desk.due(name) == {name: None}
    with desk.opener() as case:
        assert "never" in queue.checks(case, name)[0].reason
        assert queue.unplanned(case) == []

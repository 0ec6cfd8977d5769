from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import partial

import pytest

from abusetrack import intake
from abusetrack.casefile import CaseFileThread, check, open_case_file, projection, queue, sightings
from abusetrack.errors import SettingsError
from abusetrack.practice import Fault, Faults
from abusetrack.records import Outcome, Question, State
from abusetrack.triage import resolving, taking
from abusetrack.triage.dossier import as_json, fresh, host_of, stored
from abusetrack.triage.refresh import refresh

COUNT = 30


@pytest.fixture
def desk(practice_context, world, tmp_path):
    """A case file with thirty names of the world queued; gives (opener, names)."""
    names = sorted(
        truth.domain
        for truth in world.truths()
        if truth.state is State.ACTIVE and truth.hosts == (truth.domain,)
    )[:COUNT]
    assert len(names) == COUNT
    with open_case_file(tmp_path / "case", clock=practice_context.clock, actor="test") as case:
        read = intake.read(
            "".join(f"https://{name}/\n" for name in names),
            filename="list.txt",
            context=taking.reading(practice_context),
        )
        taking.take(practice_context, case, read, label="list")
        opener = case.opener()
    return opener, names


@pytest.fixture
def db(desk):
    thread = CaseFileThread(desk[0])
    yield thread
    thread.close()


@pytest.fixture
def hasty(practice_context):
    """Gives a question one second and a name five."""
    settings = practice_context.settings
    limits = settings.lookup.but({"question_seconds": 1.0, "name_seconds": 5.0})
    return replace(practice_context, settings=settings.but({"lookup": limits}))


async def resolve(context, db, desk, **options):
    return await resolving.resolve(context, db, desk[0], **options)


async def test_everything_queued_is_looked_up_and_stored(practice_context, db, desk):
    seen = []
    result = await resolve(practice_context, db, desk, on_progress=seen.append)
    assert (result.done, result.left, result.failures) == (COUNT, 0, [])
    assert seen[0].total == COUNT
    assert seen[-1].done == COUNT
    with desk[0]() as case:
        states = {projection.read(case, name).findings.state for name in desk[1]}
    assert states == {State.ACTIVE}


async def test_every_lookup_leaves_what_it_came_to(practice_context, db, desk, world):
    await resolve(practice_context, db, desk)
    await asyncio.wrap_future(db.submit(queue.enqueue))
    await resolve(practice_context, db, desk)
    truths = {truth.domain: truth for truth in world.truths()}
    with desk[0]() as case:
        for name in desk[1]:
            first, second = sightings.of_domain(case, name)
            truth = truths[name]
            assert first.registrar == second.registrar == truth.registrar
            assert second.hosting_country == truth.hosting_country
            assert second.state is State.ACTIVE
            # The registration answer was young enough to be used again, the address not.
            assert first.registration_at == second.registration_at
            assert first.hosting_at < second.hosting_at <= second.at
            now = projection.read(case, name)
            assert now.findings.looked_up_at == second.at


async def test_what_is_judged_at_once_is_what_is_judged_later(practice_context, db, desk):
    await resolve(practice_context, db, desk)
    with desk[0]() as case:

        def found():
            rows = (projection.read(case, name) for name in desk[1])
            return [replace(row.findings, as_of=None) for row in rows]

        before = found()
        refresh(practice_context, case, desk[1])
        assert found() == before


async def test_a_limit_leaves_the_rest_queued_and_it_resumes(practice_context, db, desk):
    first = await resolve(practice_context, db, desk, limit=10)
    assert (first.done, first.left) == (10, COUNT - 10)
    second = await resolve(practice_context, db, desk)
    assert (second.done, second.left) == (COUNT - 10, 0)


async def test_only_the_named_are_looked_up(practice_context, db, desk):
    result = await resolve(practice_context, db, desk, names=desk[1][:3])
    assert (result.done, result.left) == (3, 0)
    with desk[0]() as case:
        assert queue.pending(case) == COUNT - 3


async def test_a_young_registration_is_asked_for_again_only_if_so_wished(
    practice_context, desk, clock
):
    context = replace(practice_context, clock=clock)
    opener = partial(open_case_file, desk[0]().path, clock=clock, actor="test")
    moved = CaseFileThread(opener)

    async def answers(**options):
        with opener() as case:
            queue.enqueue(case, domains=desk[1])
        result = await resolving.resolve(context, moved, opener, **options)
        assert result.done == COUNT
        with opener() as case:
            question = Question.REGISTRY_RDAP.value
            return case.value("SELECT count(*) FROM observation WHERE question = ?", [question])

    try:
        assert await answers() == COUNT
        clock.move(hours=23)
        assert await answers() == COUNT
        assert await answers(afresh=True) == COUNT * 2
        clock.move(hours=25)
        assert await answers() == COUNT * 3
    finally:
        moved.close()


async def test_a_cancelled_batch_keeps_what_came_and_gives_back_the_rest(
    practice_context, practising, db, desk
):
    for service in practising.servers.services.values():
        service.faults = Faults(latency=0.05)
    gentle = replace(
        practice_context,
        settings=practice_context.settings.but(
            {"pace": practice_context.settings.pace.but({"concurrency": 4})}
        ),
    )
    some = asyncio.Event()

    def stored_some(_domains):
        some.set()

    task = asyncio.create_task(resolve(gentle, db, desk, on_stored=stored_some))
    await some.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with desk[0]() as case:
        done = [name for name in desk[1] if projection.read(case, name).findings.looked_up_at]
        left = queue.pending(case)
        assert done
        assert left == COUNT - len(done)
    for service in practising.servers.services.values():
        service.faults = Faults()
    result = await resolve(practice_context, db, desk)
    assert (result.done, result.left) == (left, 0)


async def test_two_at_once_ask_no_name_twice(practice_context, practising, db, desk):
    other = CaseFileThread(desk[0])
    try:
        results = await asyncio.gather(
            resolve(practice_context, db, desk),
            resolving.resolve(practice_context, other, desk[0]),
        )
    finally:
        other.close()
    assert sum(result.done for result in results) == COUNT
    with desk[0]() as case:
        asked = case.query(
            "SELECT count(*) AS n FROM observation WHERE question = ?", [Question.NS.value]
        )
    assert asked[0]["n"] == COUNT


async def test_a_registry_that_limits_fails_its_names_only_and_they_are_retried(
    hasty, practising, db, desk
):
    for name, service in practising.servers.services.items():
        if name.startswith(("rdap/", "whois/")):
            service.faults = Faults(Fault.RATE_LIMITED, retry_after=3600)
    result = await resolve(hasty, db, desk)
    assert result.done == COUNT
    assert len(result.failures) == COUNT
    assert all(Outcome.RATE_LIMITED.value in item.reason for item in result.failures)
    with desk[0]() as case:
        row = projection.read(case, desk[1][0])
        assert row.findings.state is State.ACTIVE  # delegated; the registration not seen
        assert "rate limited" in row.findings.registrar_reason
        assert queue.pending(case) == 0
        waiting = case.query("SELECT count(*) AS n FROM queue WHERE due_at IS NOT NULL")
        assert waiting[0]["n"] == COUNT


async def test_names_behind_a_slow_registry_hold_up_no_others(
    practice_context, practising, world, db, desk
):
    behind = Counter(world.domains[name].registry for name in desk[1])
    slow, number = behind.most_common(1)[0]
    assert 2 <= number < COUNT
    for service in (f"rdap/{slow}", f"whois/{slow}"):
        if service in practising.servers.services:
            limits = Faults(Fault.RATE_LIMITED, retry_after=600)
            practising.servers.services[service].faults = limits
    settings = practice_context.settings
    changes = {
        "pace": settings.pace.but({"concurrency": 4}),
        "lookup": settings.lookup.but({"name_seconds": 1000.0}),
    }
    context = replace(practice_context, settings=settings.but(changes))
    stored, others = set(), {n for n in desk[1] if world.domains[n].registry != slow}
    all_others = asyncio.Event()

    def on_stored(names):
        stored.update(names)
        if stored >= others:
            all_others.set()

    batch = asyncio.create_task(resolve(context, db, desk, on_stored=on_stored))
    async with asyncio.timeout(60):
        await all_others.wait()
    assert stored == others  # the slow ones still wait
    batch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await batch


async def test_every_server_failing_loses_nothing(hasty, practising, db, desk):
    practising.servers.services["dns"].faults = Faults(Fault.SERVER_ERROR)
    for name, service in practising.servers.services.items():
        if name.startswith("rdap/"):
            service.faults = Faults(Fault.SERVER_ERROR)
    result = await resolve(hasty, db, desk, limit=5)
    assert result.done == 5
    assert result.failures
    with desk[0]() as case:
        states = {projection.read(case, name).findings.state for name in desk[1]}
        assert states == {State.UNKNOWN}


async def test_a_full_disk_ends_the_batch_with_one_sentence_and_a_sound_case_file(
    practising, desk, tmp_path
):
    path = tmp_path / "case"
    limit = path.stat().st_size + 50_000

    def no_more_than_that():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    words = ["--case", str(path), "--config", str(practising.config_path), "resolve"]
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "abusetrack", *words],
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=no_more_than_that,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    with desk[0]() as case:
        assert check.check(case).sound
        assert queue.pending(case) > 0


async def test_without_a_resolver_nothing_is_leased(context, db, desk):
    with pytest.raises(SettingsError, match=r"resolver\.nameservers"):
        await resolve(context, db, desk)
    with desk[0]() as case:
        assert queue.pending(case) == COUNT


async def test_a_single_lookup_stores_nothing_and_shows_the_same(practice_context, db, desk):
    name = desk[1][0]
    answer = await resolving.lookup_once(practice_context, host_of(practice_context, name))
    once = as_json(fresh(practice_context, answer))
    with desk[0]() as case:
        assert case.query("SELECT count(*) AS n FROM observation")[0]["n"] == 0
    await resolve(practice_context, db, desk, names=[name])
    with desk[0]() as case:
        kept = as_json(stored(practice_context, case, name))
    for key in ("state", "states", "hosting_country", "hosting_verdict", "nameservers", "statuses"):
        assert once[key] == kept[key], key
    assert once["registrar"]["iana_id"] == kept["registrar"]["iana_id"]
    assert once["persistent"] is None
    assert once["persistent_reason"]

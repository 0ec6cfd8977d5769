"""A slow registry never holds up the others."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from dataclasses import replace

import pytest

from abusetrack import intake
from abusetrack.casefile import CaseFileThread, open_case_file, queue
from abusetrack.practice import Fault, Faults
from abusetrack.triage import resolving, taking

WORKERS = 8
LIMITED = 50


@pytest.fixture
def few_at_once(practice_context):
    """Eight names at work at the same time."""
    settings = practice_context.settings
    pace = settings.pace.but({"concurrency": WORKERS})
    return replace(practice_context, settings=settings.but({"pace": pace}))


@pytest.fixture
def batch(few_at_once, world, practising, tmp_path):
    """Fifty names of one registry, queued before all others; gives (opener, limited, others)."""
    names = sorted(truth.domain for truth in world.truths())
    registry_of = {name: world.domains[name].registry for name in names}
    have_rdap = {name for name in registry_of.values() if f"rdap/{name}" in _services(practising)}
    sizes = Counter(registry_of.values())
    registry = min((r for r in have_rdap if sizes[r] >= LIMITED), key=sizes.__getitem__)
    of_registry = [name for name in names if registry_of[name] == registry]
    limited = of_registry[:LIMITED]
    others = [name for name in names if registry_of[name] != registry]
    with open_case_file(tmp_path / "case", clock=few_at_once.clock, actor="test") as case:
        for part in (limited, others):
            text = "".join(f"https://{name}/\n" for name in part)
            read = intake.read(text, filename="list.txt", context=taking.reading(few_at_once))
            taking.take(few_at_once, case, read, label="list")
        first = [host.name for host in queue.lease(case, LIMITED, owner="look", seconds=60)]
        queue.release(case, "look")
        assert set(first) <= set(limited)  # else they could not be in the way
        opener = case.opener()
    faults = Faults(fault=Fault.RATE_LIMITED, retry_after=45)
    _services(practising)[f"rdap/{registry}"].faults = faults
    return opener, limited, others


def _services(practising):
    return practising.servers.services


async def test_names_behind_a_rate_limited_registry_do_not_hold_up_the_rest(few_at_once, batch):
    opener, limited, others = batch
    assert len(limited) > 4 * WORKERS
    assert len(others) > 350
    stored, rest_is_done = [], asyncio.Event()

    def on_stored(domains):
        stored.extend(domains)
        if set(others) <= set(stored):
            rest_is_done.set()

    db = CaseFileThread(opener)
    try:
        work = asyncio.create_task(resolving.resolve(few_at_once, db, opener, on_stored=on_stored))
        waiting = asyncio.create_task(rest_is_done.wait())
        await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
        assert rest_is_done.is_set()
        assert not set(limited) & set(stored)
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
    finally:
        waiting.cancel()
        db.close()
    with opener() as case:
        assert queue.pending(case) == len(limited)

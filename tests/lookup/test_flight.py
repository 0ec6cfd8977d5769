"""One asking for many who wait."""

from __future__ import annotations

import asyncio

import pytest

from abusetrack.lookup.flight import SingleFlight


async def test_those_who_come_together_share_and_later_ones_do_not():
    flight = SingleFlight()
    started = []

    async def work():
        started.append(1)
        await asyncio.sleep(0)
        return len(started)

    assert await asyncio.gather(*(flight.do("k", work) for _ in range(5))) == [1] * 5
    assert await flight.do("k", work) == 2


async def test_one_who_leaves_takes_nothing_from_the_others():
    flight = SingleFlight()
    gate = asyncio.Event()

    async def work():
        await gate.wait()
        return "done"

    first = asyncio.create_task(flight.do("k", work))
    second = asyncio.create_task(flight.do("k", work))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    gate.set()
    assert await second == "done"


async def test_when_all_leave_the_work_ends_and_can_begin_again():
    flight = SingleFlight()
    ended = asyncio.Event()

    async def work():
        try:
            await asyncio.sleep(30)
        finally:
            ended.set()

    tasks = [asyncio.create_task(flight.do("k", work)) for _ in range(3)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await ended.wait()

    async def quick():
        return 7

    assert await flight.do("k", quick) == 7


async def test_a_failure_reaches_all():
    flight = SingleFlight()

    async def work():
        await asyncio.sleep(0)
        raise KeyError("x")

    results = await asyncio.gather(
        *(flight.do("k", work) for _ in range(3)), return_exceptions=True
    )
    assert all(isinstance(result, KeyError) for result in results)
    with pytest.raises(KeyError):
        await flight.do("k", work)

"""Places for names at work, and who makes room."""

from __future__ import annotations

import asyncio

import pytest

from abusetrack.lookup import NothingKnown
from abusetrack.lookup.flight import SingleFlight
from abusetrack.lookup.pacing import MAX_AT_ONCE, Pacer
from abusetrack.lookup.room import Room, make_room


@pytest.fixture
def inside():
    """Run ``work`` in a room of one place, and say whether a second name gets in meanwhile."""

    async def run(work):
        room, came = Room(1), asyncio.Event()

        async def first():
            async with room.place():
                await work()

        async def second():
            async with room.place():
                came.set()

        tasks = [asyncio.create_task(first())]
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(second()))
        for _ in range(20):
            await asyncio.sleep(0)
        let_in = came.is_set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return let_in

    return run


async def test_who_works_keeps_the_place_and_who_waits_gives_it_up(inside):
    forever = asyncio.Event()

    async def waits():
        make_room()
        make_room()  # once is enough, twice gives nothing more away
        await forever.wait()

    assert await inside(forever.wait) is False
    assert await inside(waits) is True


async def test_a_task_of_the_name_makes_room_for_it(inside):
    async def child():
        make_room()
        await asyncio.Event().wait()

    async def work():
        await asyncio.create_task(child())

    assert await inside(work) is True


async def test_a_place_is_given_back_once():
    room = Room(1)
    async with room.place():
        make_room()
    async with room.place():
        waiting = asyncio.create_task(room.place().__aenter__())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not waiting.done()
        waiting.cancel()
    make_room()  # outside of any place it means nothing


async def test_waiting_for_a_turn_makes_room(inside):
    async def blocked():
        pacer = Pacer(0)
        pacer.refused("slow:443", 3600)
        async with pacer.turn("slow:443", 1e12):
            pass

    async def crowded():
        pacer = Pacer(0)
        for _ in range(MAX_AT_ONCE):
            await pacer.turn("slow:443", 1e12).__aenter__()
        async with pacer.turn("slow:443", 1e12):
            pass

    assert await inside(blocked) is True
    assert await inside(crowded) is True


async def test_waiting_for_anothers_answer_makes_room(inside):
    flight, forever = SingleFlight(), asyncio.Event()
    other = asyncio.create_task(flight.do("key", forever.wait))
    await asyncio.sleep(0)
    assert await inside(lambda: flight.do("key", forever.wait)) is True
    other.cancel()
    await asyncio.gather(other, return_exceptions=True)


async def test_no_more_names_than_set_are_at_work(internet, clock, host_of):
    all_came = asyncio.Event()

    def silent(query, via):
        if len(internet.dns.asked) == 8:  # two names, four sockets each
            all_came.set()

    internet.dns.answer = silent
    tables = {"pace": {"concurrency": 2}, "lookup": {"question_seconds": 30.0}}
    async with internet.lookup(clock, **tables) as lookup:
        names = [f"n{number}.test" for number in range(6)]
        tasks = [asyncio.create_task(lookup.ask(host_of(n), NothingKnown())) for n in names]
        await all_came.wait()
        for _ in range(200):
            await asyncio.sleep(0)
        assert {name for name, *_ in internet.dns.asked} == {"n0.test", "n1.test"}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

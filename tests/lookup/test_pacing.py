"""Turns by the clock of the loop; the loop here jumps ahead instead of waiting."""

from __future__ import annotations

import asyncio
import selectors
from itertools import pairwise

import pytest

from abusetrack.lookup.pacing import BURST_SECONDS, MAX_AT_ONCE, BusyError, Pacer
from abusetrack.records import Outcome
from abusetrack.settings import Settings


class _JumpingLoop(asyncio.SelectorEventLoop):
    """A loop whose time passes only by waiting, and then at once."""

    def __init__(self):
        self.now = 0.0
        loop = self

        class Selector(selectors.DefaultSelector):
            def select(self, timeout=None):
                loop.now += timeout or 0.0
                return super().select(0)

        super().__init__(Selector())

    def time(self):
        return self.now


@pytest.fixture
def run():
    """Run a coroutine in jumping time."""

    def runner(work):
        with asyncio.Runner(loop_factory=_JumpingLoop) as one:
            return one.run(work)

    return runner


async def _take(pacer, host, times, deadline=1e9, log=None):
    log = [] if log is None else log
    loop = asyncio.get_running_loop()

    async def one():
        async with pacer.turn(host, deadline):
            log.append(loop.time())

    await asyncio.gather(*(one() for _ in range(times)))
    return log


def test_a_burst_and_then_the_rate(run):
    times = run(_take(Pacer(5), "a:443", 30))
    burst = int(BURST_SECONDS * 5)
    assert times[:burst] == [0.0] * burst
    assert times[burst:] == pytest.approx([0.2 * n for n in range(1, 21)])


def test_no_rate_no_waiting(run):
    assert set(run(_take(Pacer(0), "a:443", 100))) == {0.0}


def test_a_slow_rate_below_one_a_second(run):
    assert run(_take(Pacer(0.1), "a:443", 3)) == pytest.approx([0, 10, 20])


def test_hosts_do_not_wait_for_each_other(run):
    async def work():
        pacer = Pacer(5)
        pacer.refused("slow:443", 3600)
        return await _take(pacer, "fast:443", 10)

    assert set(run(work())) == {0.0}


def test_what_would_come_too_late_is_told_at_once(run):
    async def work():
        pacer = Pacer(1)
        loop = asyncio.get_running_loop()
        await _take(pacer, "a:443", 2)
        with pytest.raises(BusyError) as late:
            await _take(pacer, "a:443", 1, deadline=loop.time() + 0.5)
        pacer.refused("b:443", 30)
        with pytest.raises(BusyError) as blocked:
            await _take(pacer, "b:443", 1, deadline=loop.time() + 29)
        return late.value.outcome, blocked.value.outcome, loop.time()

    assert run(work()) == (Outcome.TIMED_OUT, Outcome.RATE_LIMITED, 0.0)


def test_who_waits_when_the_host_says_later_waits_in_line(run):
    async def work():
        pacer = Pacer(5)
        log = []
        task = asyncio.create_task(_take(pacer, "a:443", 15, log=log))
        await asyncio.sleep(0.1)
        pacer.refused("a:443", 60)
        await task
        return log

    times = run(work())
    assert times[:10] == [0.0] * 10
    after = times[10:]
    assert after[0] == pytest.approx(60.1)
    gaps = [later - earlier for earlier, later in pairwise(after)]
    assert gaps == pytest.approx([0.2] * 4)


def test_the_rate_of_the_settings_unless_set():
    assert Settings().pace.per_host_per_second == 5


def test_hosts_that_refuse_together_are_not_asked_again_together(run):
    async def work():
        pacer = Pacer(0)
        for number in range(20):
            pacer.refused(f"a{number}:443", None)
        loop = asyncio.get_running_loop()
        start, times = loop.time(), []

        async def come(number):
            async with pacer.turn(f"a{number}:443", start + 1000):
                times.append(loop.time() - start)

        await asyncio.gather(*(come(number) for number in range(20)))
        return times

    times = run(work())
    assert len(set(times)) == 20
    assert 0.7 < min(times) < max(times) < 1.3


def test_back_off_grows_and_is_forgotten(run):
    async def work():
        pacer = Pacer(0)
        loop = asyncio.get_running_loop()
        waits = []
        for _ in range(12):
            pacer.refused("a:443", None)
            start = loop.time()
            await _take(pacer, "a:443", 1)
            waits.append(loop.time() - start)
        pacer.answered("a:443")
        pacer.refused("a:443", None)
        start = loop.time()
        await _take(pacer, "a:443", 1)
        return waits, loop.time() - start

    waits, afterwards = run(work())
    assert 0.7 < waits[0] < 1.3
    assert 5 < waits[3] < 11
    assert 200 < waits[-1] <= 375  # jitter around the longest
    assert 0.7 < afterwards < 1.3


def test_no_more_than_so_many_at_once(run):
    async def work():
        pacer = Pacer(0)
        inside = most = 0

        async def one():
            nonlocal inside, most
            async with pacer.turn("a:443", 1e9):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(1)
                inside -= 1

        await asyncio.gather(*(one() for _ in range(100)))
        return most

    assert run(work()) == MAX_AT_ONCE


def test_idle_hosts_are_forgotten_busy_ones_not(run):
    async def work():
        pacer = Pacer(0)
        pacer.refused("busy:443", 1e6)
        for number in range(3000):
            await _take(pacer, f"h{number}:443", 1)
        return len(pacer._hosts), "busy:443" in pacer._hosts

    count, kept = run(work())
    assert count <= 1025
    assert kept


def test_waits_tell_who_is_left_alone_and_who_waits_for_a_turn(run):
    async def work():
        pacer = Pacer(0.5)
        pacer.refused("slow:443", 40)
        waiting = asyncio.ensure_future(_take(pacer, "busy:43", 4))
        await asyncio.sleep(0.1)
        found = [(wait.server, round(wait.seconds), wait.rate_limited) for wait in pacer.waits()]
        await waiting
        await asyncio.sleep(40)
        return found, pacer.waits()

    first, last = run(work())
    assert first == [("slow:443", 40, True), ("busy:43", 8, False)]
    assert last == []

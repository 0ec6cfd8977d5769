"""Politeness: one queue per remote host, with a rate, bursts and back-off.

A turn is handed out by the clock of the event loop (a token bucket kept as one
number, the time at which the bucket is full again). A host that says "later" is
left alone by every waiting question; what cannot have its turn in time is told at
once, so that a slow host never holds up the others.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from abusetrack.lookup.room import make_room
from abusetrack.records import Outcome, Wait

BURST_SECONDS = 2.0  # how many seconds' worth of turns may be taken at once
MAX_AT_ONCE = 16  # exchanges with one host at the same time
FIRST_BACK_OFF = 1.0  # seconds; doubled with each refusal in a row
MAX_BACK_OFF = 300.0
_MAX_IDLE_HOSTS = 1024


class BusyError(Exception):
    """The turn would come too late; nothing was asked."""

    def __init__(self, *, blocked: bool) -> None:
        self.outcome = Outcome.RATE_LIMITED if blocked else Outcome.TIMED_OUT
        super().__init__(
            "not asked: the server wants to be left alone for longer"
            if blocked
            else "not asked: its turn would have come too late"
        )


class _Host:
    __slots__ = ("at_once", "blocked_until", "full_at", "refusals", "waiting")

    def __init__(self) -> None:
        self.at_once = asyncio.Semaphore(MAX_AT_ONCE)
        self.full_at = 0.0
        self.blocked_until = 0.0
        self.refusals = 0
        self.waiting = 0


class Pacer:
    """Hands out turns; ``per_second`` is the steady rate for each host, 0 for no limit."""

    def __init__(self, per_second: float) -> None:
        self._interval = 1 / per_second if per_second else 0.0
        self._slack = max(0.0, BURST_SECONDS - self._interval) if per_second else 0.0
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, name: str, deadline: float) -> AsyncIterator[None]:
        """Wait for a turn at ``name`` (``host:port``) and hold it.

        Raises:
            BusyError: the turn would come after ``deadline`` (loop time).
        """
        host = self._host(name)
        host.waiting += 1
        try:
            await self._wait(host, deadline)
            if host.at_once.locked():
                make_room()
            async with host.at_once:
                yield
        finally:
            host.waiting -= 1

    def refused(self, name: str, retry_after: float | None) -> None:
        """Leave ``name`` alone: for ``retry_after`` seconds, else for longer each time."""
        host = self._host(name)
        host.refusals = min(host.refusals + 1, 16)
        if retry_after is None:
            wait = min(FIRST_BACK_OFF * 2 ** (host.refusals - 1), MAX_BACK_OFF)
            retry_after = wait * random.uniform(0.75, 1.25)
        until = asyncio.get_running_loop().time() + retry_after
        host.blocked_until = max(host.blocked_until, until)
        # Those who wait take fresh turns after the pause, not all at its end.
        host.full_at = max(host.full_at, until + self._slack)

    def answered(self, name: str) -> None:
        """Note that ``name`` serves us again."""
        self._host(name).refusals = 0

    def waits(self) -> list[Wait]:
        """Return the servers that are left alone for a second or longer, the longest first.

        Those that asked for it are among them also while no question waits.
        """
        now = asyncio.get_running_loop().time()
        found = []
        for name, host in self._hosts.items():
            blocked = host.blocked_until - now
            turn = host.full_at - self._slack - now if host.waiting else 0.0
            if (seconds := max(blocked, turn)) >= 1:
                found.append(Wait(name, seconds, rate_limited=blocked > 0))
        return sorted(found, key=lambda wait: -wait.seconds)

    async def _wait(self, host: _Host, deadline: float) -> None:
        loop = asyncio.get_running_loop()
        while True:
            now = loop.time()
            at = max(now, host.full_at - self._slack, host.blocked_until)
            if at > deadline:
                raise BusyError(blocked=host.blocked_until > now)
            host.full_at = max(host.full_at, now) + self._interval
            if at <= now:
                return
            make_room()
            await asyncio.sleep(at - now)
            if host.blocked_until <= loop.time():
                return

    def _host(self, name: str) -> _Host:
        host = self._hosts.get(name)
        if host is None:
            if len(self._hosts) >= _MAX_IDLE_HOSTS:
                self._forget_idle()
            host = self._hosts[name] = _Host()
        return host

    def _forget_idle(self) -> None:
        now = asyncio.get_running_loop().time()
        for name, host in list(self._hosts.items()):
            if not host.waiting and max(host.full_at, host.blocked_until) <= now:
                del self._hosts[name]

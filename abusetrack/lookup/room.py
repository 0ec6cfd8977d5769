"""Room for names at work: so many at the same time, and who only waits makes room.

A name that waits for its turn at a slow or rate-limited service does no work. It gives
its place up, so that the others go on as if it were not there; what it still has to do
afterwards is bounded by that service's own pace.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar


class _Place:
    """One place, given back once."""

    def __init__(self, give_back: Callable[[], None]) -> None:
        self._give_back: Callable[[], None] | None = give_back

    def give_up(self) -> None:
        if self._give_back is not None:
            self._give_back()
            self._give_back = None


# Tasks inherit it from the name that started them.
_HELD: ContextVar[_Place | None] = ContextVar("place", default=None)


class Room:
    """So many places."""

    def __init__(self, places: int) -> None:
        self._free = asyncio.Semaphore(places)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a place and hold it, unless it is given up before the end."""
        await self._free.acquire()
        place = _Place(self._free.release)
        token = _HELD.set(place)
        try:
            yield
        finally:
            _HELD.reset(token)
            place.give_up()


def make_room() -> None:
    """Give up the place that the running name holds, because it has to wait."""
    place = _HELD.get()
    if place is not None:
        place.give_up()

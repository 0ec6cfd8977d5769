"""An exchange with a server, as who started it has it: told how far it is, and stoppable."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, TypeVar

from abusetrack.errors import ExternalError

T = TypeVar("T")

_LOOKS = 0.1  # seconds between two looks at whether it was stopped


class StoppedError(ExternalError):
    """Somebody stopped it; nothing was lost."""


class Doing(Enum):
    """What goes on."""

    COMPARING = auto()  # what is there already
    READING = auto()
    ADDING = auto()
    WAITING = auto()  # as the server asks; the number is of seconds


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is: objects, or seconds."""

    doing: Doing
    number: int
    total: int | None = None  # where it is known


class Errand:
    """One exchange; ``tell`` is called in the thread that works, ``stop`` from any other."""

    def __init__(self, tell: Callable[[Step], None] = lambda _step: None) -> None:
        self.tell = tell
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End it soon; what waits for a server wakes up."""
        self._stopped.set()

    def wait(self, seconds: float) -> None:
        """Wait, unless it is stopped.

        Raises:
            StoppedError: it was.
        """
        if self._stopped.wait(seconds):
            raise StoppedError("The exchange was stopped; do it again to go on.")

    async def of(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what ``work`` comes to, which is cancelled when it is stopped.

        Raises:
            StoppedError: it was.
        """
        task = asyncio.ensure_future(work)
        try:
            while not task.done():
                await asyncio.wait([task], timeout=_LOOKS)
                self.wait(0)
            return task.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

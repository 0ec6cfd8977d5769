"""How lookups are run: by a quick event loop, and with few stops for garbage."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

# Answers are trees: the collector finds next to nothing in them, and looking every 700
# objects through everything that was imported took a fifth of a batch's time.
_THRESHOLDS = (20_000, 20, 50)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` to its end in an event loop of its own."""
    with runner() as runner_:
        return runner_.run(work)


def runner() -> asyncio.Runner:
    """Return a runner whose loop can do what lookups need, on every system."""
    return asyncio.Runner(loop_factory=_loop_factory())


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    if sys.platform == "win32":
        return asyncio.SelectorEventLoop  # the usual one there cannot watch a socket of ours
    try:
        import uvloop
    except ImportError:  # there is none for this Python
        return asyncio.new_event_loop
    return uvloop.new_event_loop


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Look for cyclic garbage seldom while the block runs, and not among what is there now."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()

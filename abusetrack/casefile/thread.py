"""One thread that owns a case file; everybody else hands it functions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, Self, TypeVar

from abusetrack.casefile.connection import CaseFile

T = TypeVar("T")
_Job = tuple[Callable[[CaseFile], Any], Future[Any]]


class CaseFileThread:
    """Opens a case file in a thread of its own and runs what is submitted, in order.

    Raises what ``opener`` raises.
    """

    def __init__(self, opener: Callable[[], CaseFile], *, name: str = "db") -> None:
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._case: CaseFile | None = None
        opened: Future[None] = Future()
        # A daemon, so that a face that dies does not leave the process hanging; what is
        # committed is on the disk, and what is not is rolled back at the next start.
        self._thread = threading.Thread(
            target=self._run, args=(opener, opened), name=name, daemon=True
        )
        self._thread.start()
        opened.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def submit(self, fn: Callable[[CaseFile], T]) -> Future[T]:
        """Run ``fn`` in the thread; its result or exception travels in the future.

        Raises:
            RuntimeError: the thread was closed.
        """
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the case file's thread is closed")
            self._jobs.put((fn, future))
        return future

    def interrupt(self) -> None:
        """Stop the query that runs now; its future gets a ``QueryStoppedError``."""
        if self._case is not None:
            self._case.interrupt()

    def stop(self) -> None:
        """Close without finishing: what runs is broken off at its next query, as is what waits.

        Their futures get a ``QueryStoppedError``. For a thread that only reads.
        """
        if self._case is not None:
            self._case.stop()
        self.close()

    def close(self) -> None:
        """Finish what was submitted, close the file and end the thread; twice is harmless."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self, opener: Callable[[], CaseFile], opened: Future[None]) -> None:
        try:
            case = opener()
        except BaseException as error:  # noqa: BLE001  (thread border: it travels to the maker)
            opened.set_exception(error)
            return
        self._case = case
        opened.set_result(None)
        with case:
            while (job := self._jobs.get()) is not None:
                fn, future = job
                if not future.set_running_or_notify_cancel():
                    continue
                try:
                    future.set_result(fn(case))
                except BaseException as error:  # noqa: BLE001  (thread border: see submit)
                    future.set_exception(error)

"""The lookup thread: one asyncio loop that looks up what is queued, and tells the window."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from abusetrack.casefile import CaseFile, CaseFileThread
from abusetrack.triage.batch import Progress, ResolveResult
from abusetrack.triage.context import Context

_LOG = logging.getLogger(__name__)
_BETWEEN_DELIVERIES = 0.1  # seconds: the window is told at most ten times in one
_STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Advance:
    """What has happened since the last delivery."""

    progress: Progress
    domains: tuple[str, ...]  # stored anew


@dataclass(frozen=True, slots=True)
class Ended:
    """How a batch ended: with a result, an error, or neither when it was cancelled."""

    result: ResolveResult | None
    error: BaseException | None


class LookupWorker(QObject):
    """Runs batches in a thread named ``lookup``; made and used in the GUI thread.

    Signals:
        advanced(Advance): names were looked up.
        ended(Ended): the batch is over.
    """

    advanced = Signal(object)
    ended = Signal(object)

    def __init__(
        self,
        context: Context,
        db: CaseFileThread,
        opener: Callable[[], CaseFile],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._db = db
        self._opener = opener
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._task: asyncio.Task[ResolveResult] | None = None
        self._gate: asyncio.Event | None = None  # closed while lookups are paused
        self._again = False
        self._afresh = False  # whether the next batch asks again what is known
        self._recheck = False  # and what has been known for half an hour
        self._progress = Progress(0, 0, 0)
        self._domains: dict[str, None] = {}
        self._due: asyncio.TimerHandle | None = None
        self._closed = False

    def start(self, *, afresh: bool = False, recheck: bool = False) -> None:
        """Look up everything that is due; while a batch runs, once more after it.

        With ``afresh``, also ask again what the case file knows and is still young; with
        ``recheck``, what it knows for half an hour.
        """
        if self._closed:
            return
        if self._thread is None:
            ready = threading.Event()
            self._thread = threading.Thread(
                target=self._serve, args=(ready,), name="lookup", daemon=True
            )
            self._thread.start()
            ready.wait()
        self._call(lambda: self._wanted(afresh=afresh, recheck=recheck))

    def cancel(self) -> None:
        """Stop the batch; answers that have come are stored, the rest stays queued."""
        if self._thread is not None and not self._closed:
            self._call(self._cancel)

    def pause(self) -> None:
        """Begin no further name until :meth:`go_on`; those that are at work finish."""
        if self._thread is not None and not self._closed:
            self._call(self._close_gate)

    def go_on(self) -> None:
        """Go on after a pause."""
        if self._thread is not None and not self._closed:
            self._call(self._open_gate)

    def close(self) -> None:
        """Cancel, gather and end the thread; twice is harmless."""
        if self._closed:
            return
        self._closed = True
        if self._thread is None:
            return
        self._call(self._cancel)
        if self._stop is not None:
            self._call(self._stop.set)
        self._thread.join(_STOP_SECONDS)
        if self._thread.is_alive():
            _LOG.error("the lookup thread did not stop in %s s", _STOP_SECONDS)

    def _call(self, step: Callable[[], object]) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(step)

    # -- in the lookup thread

    def _serve(self, ready: threading.Event) -> None:
        from abusetrack.triage import running  # what asks is loaded in its own thread

        with running.runner() as runner:
            self._loop = runner.get_loop()
            runner.run(self._until_stopped(ready))

    async def _until_stopped(self, ready: threading.Event) -> None:
        self._stop, self._gate = asyncio.Event(), asyncio.Event()
        self._gate.set()
        ready.set()
        await self._stop.wait()
        if self._task is not None:
            await asyncio.wait([self._task])  # _on_done was there first, and has told it

    def _wanted(self, *, afresh: bool, recheck: bool) -> None:
        self._afresh |= afresh
        self._recheck |= recheck
        if self._task is None:
            self._begin()
        else:
            self._again = True

    def _begin(self) -> None:
        from abusetrack.triage.resolving import resolve

        afresh, self._afresh = self._afresh, False
        recheck, self._recheck = self._recheck, False
        self._task = asyncio.get_running_loop().create_task(
            resolve(
                self._context,
                self._db,
                self._opener,
                afresh=afresh,
                recheck=recheck,
                gate=self._gate,
                on_progress=self._on_progress,
                on_stored=self._on_stored,
            )
        )
        self._task.add_done_callback(self._on_done)

    def _cancel(self) -> None:
        self._again = self._afresh = self._recheck = False
        self._open_gate()
        if self._task is not None:
            self._task.cancel()

    def _open_gate(self) -> None:
        if self._gate is not None:
            self._gate.set()

    def _close_gate(self) -> None:
        if self._gate is not None and self._task is not None:
            self._gate.clear()

    def _on_progress(self, progress: Progress) -> None:
        self._progress = progress
        self._deliver_soon()

    def _on_stored(self, domains: Sequence[str]) -> None:
        self._domains.update(dict.fromkeys(domains))
        self._deliver_soon()

    def _deliver_soon(self) -> None:
        if self._due is None:
            loop = asyncio.get_running_loop()
            self._due = loop.call_later(_BETWEEN_DELIVERIES, self._deliver)

    def _deliver(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
        advance = Advance(self._progress, tuple(self._domains))
        self._domains.clear()
        self.advanced.emit(advance)

    def _on_done(self, task: asyncio.Task[ResolveResult]) -> None:
        self._task = None
        self._deliver()
        if task.cancelled():
            ended = Ended(None, None)
        elif (error := task.exception()) is not None:
            ended = Ended(None, error)
        else:
            ended = Ended(task.result(), None)
        again, self._again = self._again, False
        if again and ended.error is None:
            self._begin()
        else:
            self.ended.emit(ended)

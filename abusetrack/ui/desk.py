"""What the pages work with: the case file by its threads, and the news of what changed.

Nothing here runs SQL in the GUI thread, except for the rows that are on the screen,
by primary key, over a connection that cannot write.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from enum import Flag, auto
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from abusetrack.casefile import (
    CaseFile,
    CaseFileThread,
    QueryStoppedError,
    party_list,
    projection,
    queue,
)
from abusetrack.casefile.party_list import PartyKey, PartyRow
from abusetrack.errors import AbusetrackError
from abusetrack.records import DomainNow
from abusetrack.triage.context import Context
from abusetrack.ui.messages import Messages
from abusetrack.ui.undo import History
from abusetrack.ui.worker import Advance, LookupWorker

if TYPE_CHECKING:
    from abusetrack.casefile.undoing import Undone

_LOG = logging.getLogger(__name__)

T = TypeVar("T")

_BETWEEN_CHECKS = 60_000  # milliseconds
MOST_ROWS = 200  # that the GUI thread fetches at a time


class Changed(Flag):
    """What kind of thing changed in the case file."""

    REPORTS = auto()
    FINDINGS = auto()
    CONTACTS = auto()
    NOTICES = auto()
    QUEUE = auto()


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A finished piece of work on its way to the GUI thread."""

    future: Future[Any]
    then: Callable[[Any], None]
    otherwise: Callable[[], None] | None


class Desk(QObject):
    """The case file as the window uses it; made and used in the GUI thread.

    Signals:
        changed(Changed): something was written; lists are to be asked for again.
        began(): lookups were started.
        closing(): what works in threads of its own has to end.
    """

    changed = Signal(object)
    began = Signal()
    closing = Signal()
    _arrived = Signal(object)

    def __init__(
        self,
        context: Context,
        case: CaseFile,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        """Open the threads; ``case`` lends its key and may be closed afterwards."""
        super().__init__(parent)
        self.context = context
        self.messages = messages
        self.case_path = case.path
        self._history = History(messages)
        self._arrived.connect(self._deliver)
        self._visible = case.opener(read_only=True)()
        self._open_reader = case.opener(read_only=True)
        self.open_beside = case.opener()  # to write in a thread of one's own
        self._db = CaseFileThread(self.open_beside)
        self._reader: CaseFileThread | None = CaseFileThread(self._open_reader, name="reader")
        self._study: CaseFileThread | None = None
        self._list: CaseFileThread | None = None
        self._closed = False
        self._locked = False
        self.worker = LookupWorker(context, self._db, self._open_reader, self)
        self.worker.advanced.connect(self._on_advanced)
        self._planned_at: datetime | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_BETWEEN_CHECKS)
        self._timer.timeout.connect(self.check_due)
        if self.can_look_up and context.settings.watch.in_window:
            self._timer.start()

    @property
    def can_look_up(self) -> bool:
        """Whether a resolver is set."""
        return bool(self.context.settings.resolver.nameservers)

    def write(
        self,
        work: Callable[[CaseFile], T],
        then: Callable[[T], None],
        otherwise: Callable[[], None] | None = None,
    ) -> None:
        """Run ``work`` in the db thread, then ``then`` here with what it returns.

        An error of errors.py becomes a message and ``otherwise`` is called; any other
        is a bug and reaches the crash hook. What a person did by it can be undone.
        """
        self._submit(self._db, *self._history.watch(work, then), otherwise)

    def undo(self) -> None:
        """Take back the last thing recorded, or say why that cannot be."""
        if (done := self._history.take()) is None:
            return

        def told(undone: Undone) -> None:
            self._history.tell(done, undone)
            self.changed.emit(Changed.REPORTS | Changed.FINDINGS)

        def take_back(case: CaseFile) -> Undone:
            from abusetrack.triage import undoing

            return undoing.undo(self.context, case, done)

        self._submit(self._db, take_back, told, None)

    def read(
        self,
        work: Callable[[CaseFile], T],
        then: Callable[[T], None],
        otherwise: Callable[[], None] | None = None,
    ) -> None:
        """Run a quick reading ``work`` in the reader thread; else as :meth:`write`."""
        if self._reader is not None:
            self._submit(self._reader, work, then, otherwise)

    def study(
        self,
        work: Callable[[CaseFile], T],
        then: Callable[[T], None],
        otherwise: Callable[[], None] | None = None,
    ) -> None:
        """Run a reading ``work`` that may take long, so that no list waits behind it."""
        if self._study is None and self._reads:
            self._study = CaseFileThread(self._open_reader, name="study")
        if self._study is not None:
            self._submit(self._study, work, then, otherwise)

    def list_ids(self, work: Callable[[CaseFile], T], then: Callable[[T], None]) -> None:
        """Run the ``work`` that makes the list of domains, in place of the one that runs.

        Of a work that another took the place of, nothing is heard.
        """
        if self._list is None and self._reads:
            self._list = CaseFileThread(self._open_reader, name="list")
        if self._list is not None:
            self._list.interrupt()
            self._submit(self._list, work, then, None)

    def rows(self, ids: Sequence[int]) -> list[DomainNow]:
        """Return rows that are on the screen, at most 200, by primary key."""
        return projection.rows(self._visible, ids[:MOST_ROWS]) if self._reads else []

    def names(self, ids: Sequence[int]) -> list[str]:
        """Return the names of domains by id, however many; an id that is not there is left out."""
        if not self._reads:
            return []
        try:
            return [name for (name,) in projection.values(self._visible, ids, ["domain"])]
        except AbusetrackError as error:
            self.messages.care(str(error))
            return []

    def parties(self, wanted: Sequence[PartyKey]) -> list[PartyRow]:
        """Return rows of parties that are on the screen, at most 200, by primary key."""
        return party_list.rows(self._visible, wanted[:MOST_ROWS]) if self._reads else []

    def look_up(self) -> None:
        """Look up what is queued, or say why that cannot be."""
        self._look_up(afresh=False)

    def _look_up(self, *, afresh: bool) -> None:
        if self.can_look_up:
            self.worker.start(afresh=afresh)
            self.began.emit()
        else:
            self.messages.care(
                self.tr(
                    "No resolver is set, so nothing is looked up and the names stay queued. "
                    "Set resolver.nameservers in the settings (Ctrl+,)."
                )
            )

    @Slot()
    def check_due(self) -> None:
        """Look up again what has become due; asked by a timer while the window is open."""
        after = self._planned_at

        def prepare(case: CaseFile) -> tuple[datetime, int]:
            from abusetrack.triage import watching

            return watching.replan(self.context, case, after=after), queue.pending(case)

        self.write(prepare, self._on_prepared)

    def _on_prepared(self, prepared: tuple[datetime, int]) -> None:
        self._planned_at, waiting = prepared
        if waiting and self.can_look_up:
            self.worker.start(recheck=True)
            self.began.emit()

    def look_up_again(self, domains: Sequence[str]) -> None:
        """Queue domains that were looked up before, and ask everything about them afresh."""
        names = list(domains)
        self.write(lambda case: queue.enqueue(case, domains=names), self._on_queued)

    def retry(self, hosts: Sequence[str]) -> None:
        """Queue hosts without a full answer for now, and ask what is still not known of them."""
        names = list(hosts)

        def queued(_hosts: int) -> None:
            self.changed.emit(Changed.QUEUE)
            self.look_up()

        self.write(lambda case: queue.enqueue(case, domains=names), queued)

    def _on_queued(self, _hosts: int) -> None:
        self.changed.emit(Changed.QUEUE)
        self._look_up(afresh=True)

    # -- lock and end

    @property
    def _reads(self) -> bool:
        return not (self._closed or self._locked)

    def lock(self) -> None:
        """Close what the window reads with; lookups, and what is being written, go on.

        Until :meth:`unlock` nothing is read, and what was asked for is dropped.
        """
        if self._reads:
            self._locked = True
            self._close_readers()

    def unlock(self, case: CaseFile) -> None:
        """Read again, by the key of ``case``, and let every page ask anew."""
        if self._closed or not self._locked:
            return
        self._open_reader = case.opener(read_only=True)
        self._visible = self._open_reader()
        self._reader = CaseFileThread(self._open_reader, name="reader")
        self._locked = False
        self.changed.emit(~Changed(0))

    def _close_readers(self) -> None:
        for thread in (self._study, self._list, self._reader):
            if thread is not None:
                thread.stop()
        self._study = self._list = self._reader = None
        self._visible.close()

    def close(self) -> None:
        """Stop lookups, then readers, then the writer; twice is harmless."""
        if self._closed:
            return
        self._closed = True
        self.closing.emit()
        self._timer.stop()
        self.worker.close()
        if not self._locked:
            self._close_readers()
        self._db.close()

    def _submit(
        self,
        thread: CaseFileThread,
        work: Callable[[CaseFile], T],
        then: Callable[[T], None],
        otherwise: Callable[[], None] | None,
    ) -> None:
        if self._closed:
            return
        thread.submit(work).add_done_callback(
            lambda future: self._arrived.emit(_Delivery(future, then, otherwise))
        )

    @Slot(object)
    def _deliver(self, delivery: _Delivery) -> None:
        if self._closed:
            return
        try:
            result = delivery.future.result()
        except QueryStoppedError:
            return
        except AbusetrackError as error:
            _LOG.warning("work in a thread was refused", exc_info=error)
            self.messages.care(str(error))
            if delivery.otherwise is not None:
                delivery.otherwise()
            return
        delivery.then(result)

    @Slot(object)
    def _on_advanced(self, advance: Advance) -> None:
        if advance.domains:
            self.changed.emit(Changed.FINDINGS)

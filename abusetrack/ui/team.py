"""The team's hub in the status bar: exchanged every few minutes, with its state in sight."""

from __future__ import annotations

import logging
from concurrent.futures import Future
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from abusetrack.casefile import CaseFile, CaseFileThread, QueryStoppedError, syncs
from abusetrack.casefile.syncs import LastSync
from abusetrack.errors import AbusetrackError
from abusetrack.ui.desk import Changed, Desk
from abusetrack.ui.text import minute

if TYPE_CHECKING:
    from abusetrack.hub.sync import Synced

_LOG = logging.getLogger(__name__)
_SOON = 2_000  # milliseconds after the window is there


class TeamBadge(QPushButton):
    """Says when facts were last exchanged with the hub, and exchanges them now when pressed.

    Works in a thread of its own, so that nothing waits for the network. A hub that cannot be
    reached is said here alone: it is tried again, and nothing is lost.

    Signals:
        met(): an exchange came to its end, well or not.
    """

    met = Signal()
    _arrived = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._thread: CaseFileThread | None = None
        self._running = False
        self.setFlat(True)
        self.clicked.connect(self.exchange)
        self._arrived.connect(self._on_arrived)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.exchange)
        minutes = desk.context.settings.hub.minutes
        self.setVisible(self.wanted)
        self._say(self.tr("not exchanged yet"), "")
        if self.wanted and minutes:
            self._timer.start(round(minutes * 60_000))
            QTimer.singleShot(_SOON, self, self.exchange)

    @property
    def wanted(self) -> bool:
        """Whether there is a hub, and this is no practice."""
        settings = self._desk.context.settings
        return bool(settings.hub.server) and not settings.practice

    @Slot()
    def exchange(self) -> None:
        """Exchange facts with the hub, unless that is going on."""
        if self._running or not self.wanted:
            return
        self._running = True
        self._say(self.tr("exchanging…"), "")
        if self._thread is None:
            self._thread = CaseFileThread(self._desk.open_beside, name="hub")
        context = self._desk.context

        def meet(case: CaseFile) -> tuple[Synced, LastSync | None]:
            from abusetrack.hub import membership  # an optional package

            synced = membership.exchange(context, case, lambda _what, _done, _total: None)
            return synced, syncs.last(case)

        self._thread.submit(meet).add_done_callback(self._arrived.emit)

    @Slot(object)
    def _on_arrived(self, future: Future[tuple[Synced, LastSync | None]]) -> None:
        self._running = False
        if self._thread is None:
            return  # the window is closing
        try:
            synced, last = future.result()
        except QueryStoppedError:
            return
        except ModuleNotFoundError as error:
            self._say(
                self.tr("not installed"),
                self.tr("The hub needs {name}: install abusetrack[hub].").format(name=error.name),
            )
        except AbusetrackError as error:
            _LOG.warning("no exchange with the hub", exc_info=error)
            self._say(self.tr("not reached"), str(error))
        else:
            self._say(
                minute(last.at if last else None),
                self.tr("Taken in: {came} facts; left: {sent}. Press to exchange now.").format(
                    came=synced.arrived.facts, sent=synced.sent.facts
                ),
            )
            if synced.arrived.facts or synced.arrived.erased:
                self._desk.changed.emit(~Changed(0))
        self.met.emit()

    def _say(self, state: str, more: str) -> None:
        self.setText(self.tr("Team: {state}").format(state=state))
        self.setToolTip(more)

    def close_thread(self) -> None:
        """Let an exchange that runs come to its end, then close the case file."""
        self._timer.stop()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.close()

"""What the status bar says and does about lookups: the queue, progress, look up, stop."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from abusetrack.casefile import queue
from abusetrack.errors import AbusetrackError
from abusetrack.ui import theme
from abusetrack.ui.desk import Changed, Desk
from abusetrack.ui.progress import text as progress_text
from abusetrack.ui.widgets.parts import button, label
from abusetrack.ui.worker import Advance, Ended

_RETRY_MS = 5 * 60 * 1000  # names that failed for the moment become due again by then


class LookupStatus(QWidget):
    """Follows the desk's lookups, and goes on with what is queued."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._looking_up = False
        self._stopped = False
        self._queued = 0
        self._calm = False
        self._elapsed = QElapsedTimer()
        self._build()
        desk.changed.connect(self._on_changed)
        desk.began.connect(self._on_began)
        desk.worker.advanced.connect(self._on_advanced)
        desk.worker.ended.connect(self._on_ended)
        self._retry = QTimer(self)
        self._retry.setInterval(_RETRY_MS)
        self._retry.timeout.connect(self.resume)
        self._show(0)

    def _build(self) -> None:
        self.queue = label()
        self.queue.setAccessibleName(self.tr("Names queued for lookup"))
        self._progress = QProgressBar()
        self._progress.setAccessibleName(self.tr("Progress of lookups"))
        self._progress.setFixedWidth(220)
        self._progress.setFormat(self.tr("%v of %m"))
        self.look_up_button = button(
            self.tr("Look up"), self._desk.look_up, tip=self.tr("Look up what is queued (Ctrl+R)")
        )
        self.cancel_button = button(
            self.tr("Stop"),
            self.cancel,
            tip=self.tr("Stop lookups; the rest stays queued (Esc)"),
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SMALL)
        for item in (self.queue, self._progress, self.look_up_button, self.cancel_button):
            row.addWidget(item)

    @property
    def looking_up(self) -> bool:
        """Whether a batch runs."""
        return self._looking_up

    def set_calm(self, calm: bool) -> None:
        """Leave numbers out, or show them."""
        self._calm = calm
        self._progress.setTextVisible(not calm)
        self._show(self._queued)

    def start(self) -> None:
        """Count the queue, and go on with what an earlier run left in it."""
        self._count(then=self._resume_if_queued)
        self._retry.start()

    def stop(self) -> None:
        """Go on with nothing any more."""
        self._retry.stop()

    def cancel(self) -> None:
        """Stop the batch; the rest stays queued."""
        self._desk.worker.cancel()

    @Slot()
    def resume(self) -> None:
        """Look up what is due, unless a person stopped lookups."""
        if not self._looking_up and self._desk.can_look_up and not self._stopped:
            self._desk.look_up()

    def _count(self, then: Callable[[int], None] | None = None) -> None:
        self._desk.read(queue.pending, then or self._show)

    def _resume_if_queued(self, queued: int) -> None:
        self._show(queued)
        if queued and self._desk.can_look_up:
            self._desk.messages.news(
                self.tr("Going on with names that were queued: {n}. Esc stops.").format(n=queued)
            )
            self._desk.look_up()

    @Slot(object)
    def _on_changed(self, changed: Changed) -> None:
        if changed & Changed.QUEUE:
            self._count()

    @Slot()
    def _on_began(self) -> None:
        self._looking_up = True
        self._stopped = False
        self._progress.setRange(0, 0)
        self._elapsed.start()
        self._show_busy()

    @Slot(object)
    def _on_advanced(self, advance: Advance) -> None:
        progress = advance.progress
        self._progress.setRange(0, max(progress.total, progress.done))
        self._progress.setValue(progress.done)
        self.queue.setText(progress_text(progress, self._elapsed.elapsed() / 1000, calm=self._calm))

    @Slot(object)
    def _on_ended(self, ended: Ended) -> None:
        self._looking_up = False
        self._stopped = ended.result is None
        self._desk.changed.emit(Changed.FINDINGS | Changed.QUEUE)
        messages = self._desk.messages
        if isinstance(ended.error, AbusetrackError):
            messages.care(str(ended.error))
        elif ended.error is not None:
            raise ended.error  # a bug: on to the crash hook
        elif ended.result is None:
            messages.news(self.tr("Lookups stopped; the rest stays queued."))
        elif ended.result.done and self._calm:
            messages.news(self.tr("Lookups are done."))
        elif ended.result.done:
            messages.news(
                self.tr("Names looked up: {done}; not fully answered: {failed}.").format(
                    done=ended.result.done,
                    failed=len({item.host for item in ended.result.failures}),
                )
            )

    def _show_busy(self) -> None:
        self._progress.setVisible(self._looking_up)
        self.cancel_button.setVisible(self._looking_up)
        self.look_up_button.setVisible(
            bool(self._queued) and not self._looking_up and self._desk.can_look_up
        )

    def _show(self, queued: int) -> None:
        if not self._looking_up:
            said = self.tr("Names queued: {n}").format(n=f"{queued:,}")
            said = self.tr("Names are queued") if self._calm else said
            self.queue.setText(said if queued else self.tr("Nothing queued"))
        self._queued = queued
        self._show_busy()

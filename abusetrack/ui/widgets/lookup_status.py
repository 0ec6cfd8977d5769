"""What the status bar says and does about lookups: the queue, progress, look up, stop."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from abusetrack.casefile import queue
from abusetrack.errors import AbusetrackError
from abusetrack.triage.batch import Failure, Progress
from abusetrack.ui import progress, theme
from abusetrack.ui.desk import Changed, Desk
from abusetrack.ui.icons import Tint
from abusetrack.ui.text import plain_tip
from abusetrack.ui.widgets.parts import ElidedLine, button, label
from abusetrack.ui.worker import Advance, Ended

_RETRY_MS = 5 * 60 * 1000  # names that failed for the moment become due again by then


class LookupStatus(QWidget):
    """Follows the desk's lookups, and goes on with what is queued.

    Signals:
        ended(str): a batch is over; a sentence with counts alone.
        unanswered_wanted(tuple[Failure, ...]): what had no answer is to be listed.
    """

    ended = Signal(str)
    unanswered_wanted = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._looking_up = False
        self._stopped = False
        self._queued = 0
        self._calm = False
        self._paused = False
        self._spent = 0.0  # seconds before the last pause
        self._last = Progress(0, 0, 0)
        self._unanswered: tuple[Failure, ...] = ()
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
        self.queue.setAccessibleDescription(self.tr("Names queued for lookup"))
        self._progress = QProgressBar()
        self._progress.setAccessibleName(self.tr("Progress of lookups"))
        self._progress.setFixedWidth(140)
        self._progress.setFormat(self.tr("%v of %m"))
        self.look_up_button = button(
            self.tr("Look up"),
            self._desk.look_up,
            tip=self.tr("Look up what is queued (Ctrl+R)"),
            icon="refresh-cw",
        )
        self.cancel_button = button(
            self.tr("Stop"),
            self.cancel,
            tip=self.tr("Stop lookups; the rest stays queued (Esc)"),
            icon="square",
        )
        self.pause_button = button(
            self.tr("Pause"), self.pause, tip=self.tr("Begin no further name (Ctrl+P)")
        )
        self._pause_icon = Tint(self.pause_button, "pause")
        self.unanswered_button = button(
            self.tr("Without an answer"),
            lambda: self.unanswered_wanted.emit(self._unanswered),
            tip=self.tr("List the names that were not fully answered, and retry them"),
            icon="triangle-alert",
        )
        self.waits = ElidedLine()
        self.waits.setAccessibleDescription(self.tr("Servers that are waited for"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SMALL)
        for item in (
            self.queue,
            self._progress,
            self.look_up_button,
            self.pause_button,
            self.cancel_button,
            self.unanswered_button,
        ):
            row.addWidget(item)
        row.addWidget(self.waits, 1)

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

    def pause(self) -> None:
        """Begin no further name, or go on."""
        if not self._looking_up:
            return
        if self._paused:
            self._desk.worker.go_on()
            self._elapsed.start()
        else:
            self._desk.worker.pause()
            self._spent = self._seconds()
        self._paused = not self._paused
        self._show_progress()
        self._show_busy()

    def _seconds(self) -> float:
        """Return for how long the batch has run, pauses apart."""
        return self._spent + (0.0 if self._paused else self._elapsed.elapsed() / 1000)

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
        self._stopped = False
        if self._looking_up:
            return  # one more batch after this one, which goes on or stays paused
        self._looking_up = True
        self._unanswered = ()
        self._progress.setRange(0, 0)
        self._spent = 0.0
        self._elapsed.start()
        self._show_busy()

    @Slot(object)
    def _on_advanced(self, advance: Advance) -> None:
        self._last = advance.progress
        self._progress.setRange(0, max(self._last.total, self._last.done))
        self._progress.setValue(self._last.done)
        self._show_progress()

    def _show_progress(self) -> None:
        self.queue.setText(
            progress.text(self._last, self._seconds(), calm=self._calm, paused=self._paused)
        )
        waits = progress.waits_text(self._last)
        self.waits.setText(waits.partition("\n")[0])
        self.waits.setToolTip(plain_tip(waits).replace("\n", "<br>"))

    @Slot(object)
    def _on_ended(self, ended: Ended) -> None:
        self._looking_up = self._paused = False
        self._last = Progress(0, 0, 0)
        self.waits.clear()
        self._stopped = ended.result is None
        self._desk.changed.emit(Changed.FINDINGS | Changed.QUEUE)
        messages = self._desk.messages
        if isinstance(ended.error, AbusetrackError):
            messages.care(str(ended.error))
        elif ended.error is not None:
            raise ended.error  # a bug: on to the crash hook
        elif ended.result is None:
            messages.news(self.tr("Lookups stopped; the rest stays queued."))
        elif ended.result.done:
            self._unanswered = tuple(ended.result.failures)
            said = self.tr("Names looked up: {done}; not fully answered: {failed}.").format(
                done=ended.result.done, failed=len({item.host for item in self._unanswered})
            )
            said = self.tr("Lookups are done.") if self._calm else said
            messages.news(said)
            self.ended.emit(said)
        self._show_busy()

    def _show_busy(self) -> None:
        self._progress.setVisible(self._looking_up)
        self.cancel_button.setVisible(self._looking_up)
        self.pause_button.setVisible(self._looking_up)
        self.pause_button.setText(self.tr("Go on") if self._paused else self.tr("Pause"))
        self._pause_icon.change("play" if self._paused else "pause")
        self.unanswered_button.setVisible(bool(self._unanswered) and not self._looking_up)
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

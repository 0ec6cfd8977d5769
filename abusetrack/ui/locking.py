"""The lock: after a while without a key or a move, or at once, the window shows nothing more."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from abusetrack.casefile import CaseFile
from abusetrack.errors import AbusetrackError, WrongPassphraseError
from abusetrack.ui import clipboard, theme
from abusetrack.ui.desk import Desk
from abusetrack.ui.widgets.parts import button, heading, label

_FIELD_WIDTH = 320
_LIVELY = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
}

Open = Callable[[str], CaseFile]  # opens the case file with a passphrase


class LockPage(QWidget):
    """Asks for the passphrase; shows nothing of the case file.

    Signals:
        tried(str): a passphrase was typed.
    """

    tried = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(self.tr("Passphrase of the case file"))
        self.field.setFixedWidth(_FIELD_WIDTH)
        self.field.returnPressed.connect(self._try)
        self.button = button(self.tr("Unlock"), self._try, leading=True)
        self.wrong = label(wrap=True)
        self.wrong.setObjectName("badge")
        self.wrong.setMaximumWidth(_FIELD_WIDTH)
        self.wrong.hide()
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.MEDIUM)
        layout.addStretch()
        row = QHBoxLayout()
        row.addWidget(self.field)
        row.addWidget(self.button)
        holder = QWidget()
        holder.setLayout(row)
        about = label(
            self.tr("Lookups go on. Type the passphrase to see the window again."), muted=True
        )
        for item in (heading(self.tr("Locked")), about, holder):
            layout.addWidget(item, 0, Qt.AlignmentFlag.AlignHCenter)
        said = QHBoxLayout()  # an aligned label would get the height of one line
        said.addStretch(1)
        said.addWidget(self.wrong, 1000)
        said.addStretch(1)
        layout.addLayout(said)
        layout.addStretch()

    def say(self, text: str) -> None:
        """Say why it did not open."""
        self.wrong.setText(text)
        self.wrong.setVisible(bool(text))
        self.field.setFocus()

    def _try(self) -> None:
        passphrase = self.field.text()
        self.field.clear()
        self.tried.emit(passphrase)


class Lock(QObject):
    """Locks and unlocks a desk, by hand or after ``minutes`` of idleness (0: never by itself).

    Signals:
        changed(bool): whether it is locked now.
    """

    changed = Signal(bool)

    def __init__(
        self, desk: Desk, open_with: Open | None, minutes: float, parent: QObject | None = None
    ) -> None:
        """Without ``open_with`` nothing can be locked: the file has no passphrase."""
        super().__init__(parent)
        self._desk = desk
        self._open_with = open_with
        self.page = LockPage()
        self.page.tried.connect(self.unlock)
        self.locked = False
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self.lock)
        if open_with is not None and minutes:
            self._idle.setInterval(round(minutes * 60_000))
            self._idle.start()
            if (app := QApplication.instance()) is not None:
                app.installEventFilter(self)

    @property
    def possible(self) -> bool:
        """Whether a passphrase stands between the window and who unlocks it."""
        return self._open_with is not None

    @Slot()
    def lock(self) -> None:
        """Hide everything, close what the window reads with, take our text off the clipboard."""
        if self.locked:
            return
        if not self.possible:
            self._desk.messages.care(
                self.tr(
                    "This case file has no passphrase, so it cannot be locked: anyone could open"
                    " it again. File, Change the passphrase, sets one."
                )
            )
            return
        self.locked = True
        self._idle.stop()
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                widget.reject()
            elif isinstance(widget, QMenu):
                widget.hide()
        clipboard.forget()
        self._desk.lock()
        self.changed.emit(True)
        self.page.say("")

    @Slot(str)
    def unlock(self, passphrase: str) -> None:
        """Show everything again where the passphrase is right."""
        if not self.locked or self._open_with is None:
            return
        try:
            case = self._open_with(passphrase)
        except WrongPassphraseError:
            self.page.say(self.tr("That passphrase does not open it; mind upper and lower case."))
            return
        except AbusetrackError as error:
            self.page.say(str(error))
            return
        with case:
            self._desk.unlock(case)
        self.locked = False
        if self._idle.interval():
            self._idle.start()
        self.changed.emit(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count the idle time from the last sign of somebody."""
        if event.type() in _LIVELY and not self.locked:
            self._idle.start()
        return super().eventFilter(watched, event)

"""A field to type names into; what is pasted goes to the preview and is not shown here."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget


class ReportEntry(QPlainTextEdit):
    """Typed text only.

    Signals:
        pasted(QMimeData): something was pasted.
        entered(): Ctrl+Return was pressed.
    """

    pasted = Signal(object)
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(False)  # the page takes drops
        self.setTabChangesFocus(True)
        self.setAccessibleName(self.tr("Names or URLs to type"))
        self.setPlaceholderText(
            self.tr(
                "Type names or URLs here, one per line. What you paste or drop goes straight "
                "into the preview below."
            )
        )

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802  # Qt's name
        """Hand pasted things on."""
        self.pasted.emit(source)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Ctrl+Return."""
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.entered.emit()
            return
        super().keyPressEvent(event)

"""Titles, muted lines, raw text, empty places and the message bar."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, QObject, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from abusetrack.ui import clipboard, theme
from abusetrack.ui.icons import Tint
from abusetrack.ui.messages import Message, Messages, Weight
from abusetrack.ui.text import copied

_NEWS_MS = 8000
_EMPTY_WIDTH = 380


def label(text: str = "", *, muted: bool = False, wrap: bool = False) -> QLabel:
    """Return a label that shows its text as it is."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(wrap)
    if muted:
        made.setObjectName("muted")
    return made


class ElidedLine(QLabel):
    """One line that takes the room there is; what is cut out of its middle stands in the tip."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        """Ask for the height alone."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much as fits."""
        del event
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideMiddle, self.width()
        )
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        way = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        painter.drawText(self.rect(), way, shown)


def heading(text: str) -> QLabel:
    """Return the title of a page."""
    made = label(text)
    made.setFont(theme.title(made.font()))
    return made


def open_once(dialog: QDialog) -> None:
    """Open a dialog over its window, and let go of it once it is closed."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def button(
    text: str,
    on_click: Callable[[], object],
    *,
    shortcut: str = "",
    tip: str = "",
    leading: bool = False,
    icon: str = "",
) -> QPushButton:
    """Return a push button; its shortcut, if any, is told in the tool tip.

    It has no accessible name of its own: a screen reader is told what stands on it now.
    """
    made = QPushButton(text)
    made.setProperty("leading", leading)
    if icon:
        Tint(made, icon)
    made.clicked.connect(on_click)
    if shortcut:
        # An action's, because setText() of a button forgets the button's own shortcut.
        action = QAction(text, made)
        action.setShortcut(QKeySequence(shortcut))
        action.triggered.connect(made.click)
        made.addAction(action)
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        tip = f"{tip} ({shown})" if tip else shown
    made.setToolTip(tip)
    return made


def copy_action(view: QWidget, text: Callable[[], str]) -> None:
    """Let ``view`` copy text: defanged, unless Shift is held."""
    for title, keys, put in (
        (view.tr("Copy, defanged"), "Ctrl+C", lambda: clipboard.put(copied(text()))),
        (view.tr("Copy as it is"), "Ctrl+Shift+C", lambda: clipboard.put(text())),
    ):
        action = QAction(title, view)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(put)
        view.addAction(action)
    view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)


class RawText(QPlainTextEdit):
    """Read-only text from outside; what is copied of it is defanged."""

    def __init__(self, name: str, *, defanged: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._defanged = defanged
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFont(theme.fixed())
        self.setAccessibleName(name)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        plain = QAction(self.tr("Copy as it is"), self)
        plain.setShortcut(QKeySequence("Ctrl+Shift+C"))
        plain.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        plain.triggered.connect(lambda: clipboard.put(self.textCursor().selection().toPlainText()))
        self.addAction(plain)

    def createMimeDataFromSelection(self) -> QMimeData:  # noqa: N802  # Qt's name
        """Return the selected text as plain text."""
        text = self.textCursor().selection().toPlainText()
        data = QMimeData()
        data.setText(clipboard.ours(copied(text) if self._defanged else text))
        return data


class EmptyPlace(QWidget):
    """Says what to do next where there is nothing to show."""

    def __init__(self, title: str, text: str, action: QPushButton | None = None) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.SMALL)
        layout.addStretch()
        self._title = label(title)
        self._title.setFont(theme.title(self._title.font()))
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text = label(text, muted=True, wrap=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setMaximumWidth(_EMPTY_WIDTH)
        self._text.setMinimumWidth(_EMPTY_WIDTH // 2)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        for part in (self._title, self._text, action):
            if part is not None:
                row = QHBoxLayout()
                row.addStretch(1)
                row.addWidget(part, 1000 if part is self._text else 0)
                row.addStretch(1)
                layout.addLayout(row)
        layout.addStretch()

    def say(self, title: str, text: str) -> None:
        """Say something else."""
        self._title.setText(title)
        self._text.setText(text)


class MessageBar(QFrame):
    """Shows the newest message above the page; what needs care stays, news fade beneath it."""

    def __init__(self, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.SMALL, theme.SMALL, theme.SMALL)
        self._text = label(wrap=True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._text.setAccessibleDescription(self.tr("Message"))
        close = button(self.tr("Dismiss"), self._dismiss, tip=self.tr("Put the message away"))
        layout.addWidget(self._text)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.setInterval(_NEWS_MS)
        self._fade.timeout.connect(self._forget_news)
        self._care = self._news = ""
        self.hide()
        messages.said.connect(self._on_said)

    @Slot(object)
    def _on_said(self, message: Message) -> None:
        if message.weight is Weight.CARE:
            self._care, self._news = message.text, ""
            self._fade.stop()
        else:
            self._news = message.text
            self._fade.start()
        self._show()

    @Slot()
    def _forget_news(self) -> None:
        self._news = ""
        self._show()

    def _dismiss(self) -> None:
        self._care = ""
        self._fade.stop()
        self._forget_news()

    def _show(self) -> None:
        self.setProperty("care", bool(self._care))
        self._text.setText("\n".join(filter(None, (self._care, self._news))))
        for part in (self, self._text):
            part.style().unpolish(part)
            part.style().polish(part)
        self.setVisible(bool(self._text.text()))


class ActivateOnEnter(QObject):
    """Lets Return and Enter do what a double click does in a view."""

    def __init__(self, view: QAbstractItemView, act: Callable[[], object]) -> None:
        super().__init__(view)
        self._act = act
        view.installEventFilter(self)
        view.doubleClicked.connect(lambda _index: act())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Act on the keys."""
        if event.type() is QEvent.Type.KeyPress and event.key() in {  # type: ignore[attr-defined]  # a QKeyEvent by its type
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
        }:
            self._act()
            return True
        return super().eventFilter(watched, event)

"""One box for everything: commands by their words, and domains by whatever is known of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QVBoxLayout,
)

from abusetrack.casefile import CaseFile, projection, search
from abusetrack.casefile.filters import ListQuery
from abusetrack.records import DomainNow
from abusetrack.ui import commands, theme
from abusetrack.ui.commands import Command
from abusetrack.ui.desk import Desk
from abusetrack.ui.models.domain_table import shown_name
from abusetrack.ui.text import joined
from abusetrack.ui.widgets.delegates import RowDelegate
from abusetrack.ui.words import word

_DOMAINS = 8  # that are offered; the list shows all
_TYPING_MS = 150
_WIDTH = 560
_ACT = Qt.ItemDataRole.UserRole + 1


class CommandBox(QDialog):
    """Opens over the window; Return does what the chosen line says.

    Signals:
        wanted(tuple): ("domain", name) or ("search", text) is to be shown.
        found(int): the domains that fit are offered; how many.
    """

    wanted = Signal(object)
    found = Signal(int)

    def __init__(self, desk: Desk, window: QMainWindow, *, revealed: bool) -> None:
        super().__init__(window)
        self._desk = desk
        self._revealed = revealed
        self._commands = [item for item in commands.of_menus(window) if item.action.isEnabled()]
        self._generation = 0
        self.setWindowTitle(self.tr("Find a command or a domain"))
        self.setFixedWidth(_WIDTH)
        self.line = QLineEdit()
        self.line.setAccessibleName(self.windowTitle())
        self.line.setPlaceholderText(self.tr("A command, a name, AS64500, an address, a reference"))
        self.line.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Commands and domains"))
        self.list.setProperty("flat", True)
        self.list.setItemDelegate(RowDelegate(self.list))
        self.list.itemActivated.connect(self._act)
        self.list.itemClicked.connect(self._act)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.SMALL)
        layout.addWidget(self.line)
        layout.addWidget(self.list)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._search)
        self.line.textChanged.connect(self._on_typed)
        self._list([])

    def texts(self) -> list[str]:
        """Return the lines that are offered."""
        items = map(self.list.item, range(self.list.count()))
        return [item.text() for item in items if item is not None]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move in the list while the cursor stays in the line."""
        if event.type() is QEvent.Type.KeyPress:
            key = event.key()  # type: ignore[attr-defined]  # a QKeyEvent by its type
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(key)
            if step is not None:
                last = self.list.count() - 1
                self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), last))
                return True
            if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._act(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _on_typed(self) -> None:
        self._list([])
        self._typing.start()

    def _search(self) -> None:
        text = self.line.text().strip()
        self._generation += 1
        generation = self._generation
        if not text:
            return

        def find(case: CaseFile) -> list[DomainNow]:
            page = search.first(case, ListQuery(text=text), _DOMAINS)
            return projection.rows(case, [hit.id for hit in page.hits])

        self._desk.read(find, partial(self._on_found, generation))

    def _on_found(self, generation: int, rows: list[DomainNow]) -> None:
        if generation == self._generation:
            self._list(rows)
            self.found.emit(len(rows))

    def _list(self, rows: list[DomainNow]) -> None:
        words = self.line.text().casefold().split()
        self.list.clear()
        for command in self._commands:
            if all(one in f"{command.place} {command.text}".casefold() for one in words):
                self._add(joined([command.text, command.keys]), partial(_run, command))
        for row in rows:
            name = shown_name(row, revealed=self._revealed)
            text = joined([name, word(row.findings.state)])
            self._add(text, partial(self.wanted.emit, ("domain", row.domain)))
        if words:
            text = self.line.text().strip()
            self._add(
                self.tr("Search all domains for this"), partial(self.wanted.emit, ("search", text))
            )
        self.list.setCurrentRow(0)

    def _add(self, text: str, act: Callable[[], object]) -> None:
        item = QListWidgetItem(text)
        item.setData(_ACT, act)
        self.list.addItem(item)

    def _act(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            act = item.data(_ACT)
            self.accept()
            act()


def _run(command: Command) -> None:
    command.action.trigger()

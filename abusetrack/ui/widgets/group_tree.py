"""Rows in groups, each row leading somewhere; what was selected stays so when they change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem, QWidget

from abusetrack.ui import theme
from abusetrack.ui.text import joined
from abusetrack.ui.widgets.delegates import RowDelegate
from abusetrack.ui.widgets.parts import ActivateOnEnter, copy_action

_KEY = Qt.ItemDataRole.UserRole + 1
_FULL = Qt.ItemDataRole.UserRole + 2  # the unmasked text, for the clipboard


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what its cells show, where it leads, and what is copied of it."""

    cells: tuple[str, ...]
    key: tuple[str, str]  # what it leads to, such as ("domain", name)
    full: str
    children: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together; ``total`` may be more than are listed."""

    title: str
    rows: tuple[Row, ...]
    total: int


class GroupTree(QTreeWidget):
    """Shows groups.

    Signals:
        chosen(tuple): the key of the row on which Return or a double click came.
    """

    chosen = Signal(object)

    def __init__(
        self, name: str, titles: Sequence[str], widths: Sequence[int], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.calm = False  # groups without their counts
        self.setAccessibleName(name)
        self.setHeaderLabels(list(titles))
        self.setUniformRowHeights(True)
        self.setIndentation(theme.LARGE)
        self.setItemDelegate(RowDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.header().setStretchLastSection(True)
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)
        ActivateOnEnter(self, self._choose)
        copy_action(self, self.selected_text)

    def show_groups(self, groups: Sequence[Group]) -> None:
        """Show other groups; empty ones are left out."""
        current = self.currentItem()
        kept = current.data(0, _KEY) if current is not None else None
        place = self.verticalScrollBar().value()
        self.clear()
        for group in groups:
            if group.rows:
                self._add(group)
        self.verticalScrollBar().setValue(place)
        wanted = [item for item in self._items() if item.data(0, _KEY) == kept]
        items = wanted or list(self._items())
        if items:
            self.setCurrentItem(items[0])

    def texts(self) -> list[tuple[str, ...]]:
        """Return the cells of every row, groups left out."""
        return [tuple(item.text(n) for n in range(self.columnCount())) for item in self._items()]

    def titles(self) -> list[str]:
        """Return the titles of the groups with their counts, as shown."""
        return [item.text(0) for item in self._tops()]

    def selected_text(self) -> str:
        """Return the selected rows, unmasked; the caller defangs."""
        found = [item.data(0, _FULL) for item in self.selectedItems()]
        return "\n".join(text for text in found if text)

    def _add(self, group: Group) -> None:
        top = QTreeWidgetItem([group.title if self.calm else f"{group.title} ({group.total:,})"])
        top.setFont(0, theme.strong(self.font()))
        top.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.addTopLevelItem(top)
        top.setFirstColumnSpanned(True)
        for row in group.rows:
            self._put(top, row)
        if group.total > len(group.rows):
            more = f"{group.total - len(group.rows):,}"
            left = self.tr("and more") if self.calm else self.tr("and {n} more").format(n=more)
            QTreeWidgetItem(top, [left]).setFlags(Qt.ItemFlag.ItemIsEnabled)
        top.setExpanded(True)

    def _put(self, parent: QTreeWidgetItem, row: Row) -> None:
        item = QTreeWidgetItem(parent, list(row.cells))
        item.setData(0, _KEY, row.key)
        item.setData(0, _FULL, row.full)
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, joined(row.cells))
        for child in row.children:
            self._put(item, child)
        item.setExpanded(bool(row.children))

    def _choose(self) -> None:
        item = self.currentItem()
        if item is not None and (key := item.data(0, _KEY)) is not None:
            self.chosen.emit(tuple(key))

    def _tops(self) -> Iterator[QTreeWidgetItem]:
        for number in range(self.topLevelItemCount()):
            if (top := self.topLevelItem(number)) is not None:
                yield top

    def _items(self) -> Iterator[QTreeWidgetItem]:
        pending = [*self._tops()]
        while pending:
            item = pending.pop(0)
            if item.data(0, _KEY) is not None:
                yield item
            children = (item.child(n) for n in range(item.childCount()))
            pending = [child for child in children if child is not None] + pending

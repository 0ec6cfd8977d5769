"""The facts of one domain as a tree of two columns: what, and its value with source and age."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from abusetrack.ui import theme
from abusetrack.ui.facts import Section
from abusetrack.ui.text import Masker
from abusetrack.ui.widgets.delegates import FactDelegate, NoteRole
from abusetrack.ui.widgets.parts import copy_action

_FULL = Qt.ItemDataRole.UserRole + 3  # the unmasked value, for the clipboard
_NAME_WIDTH = 132


class FactsView(QTreeWidget):
    """Shows sections; every text in it is plain and masked by the caller's masker."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Facts with their sources"))
        self.setProperty("flat", True)
        self.setHeaderHidden(True)
        self.setColumnCount(2)
        self.setRootIsDecorated(False)
        self.setIndentation(theme.SMALL)
        self.setItemDelegate(FactDelegate(self))
        self.setWordWrap(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.header().resizeSection(0, _NAME_WIDTH)
        self._lay_out = QTimer(self)
        self._lay_out.setSingleShot(True)
        self._lay_out.setInterval(0)
        self._lay_out.timeout.connect(self.scheduleDelayedItemsLayout)
        copy_action(self, self.selected_text)

    def show_sections(self, sections: Sequence[Section], masker: Masker) -> None:
        """Show other facts, at the place in the list where the old ones were read."""
        place = self.verticalScrollBar().value()
        self.clear()
        for section in sections:
            top = QTreeWidgetItem([section.title])
            top.setFont(0, theme.strong(self.font()))
            top.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.addTopLevelItem(top)
            top.setFirstColumnSpanned(True)
            for fact in section.facts:
                item = QTreeWidgetItem(top, [fact.name, _lines(fact.value, masker)])
                note = _lines(fact.note, masker)
                item.setData(1, NoteRole, note)
                item.setData(1, _FULL, f"{fact.name}: {fact.value}")
                item.setTextAlignment(0, Qt.AlignmentFlag.AlignTop)
                spoken = f"{fact.name}: {item.text(1)}. {note}"
                item.setData(1, Qt.ItemDataRole.AccessibleTextRole, spoken)
        self.expandAll()
        self.verticalScrollBar().setValue(place)

    def selected_text(self) -> str:
        """Return the selected facts, unmasked; the caller defangs."""
        return "\n".join(str(item.data(1, _FULL)) for item in self.selectedItems())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew when the width changes."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._lay_out.start()


def _lines(text: str, masker: Masker) -> str:
    return "\n".join(masker(line) for line in text.split("\n"))

"""What happened to one domain, newest first, each entry with who said it and what it was before."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from abusetrack.triage.timeline import Entry, Timeline, What
from abusetrack.ui import theme
from abusetrack.ui.text import Masker, joined, minute
from abusetrack.ui.widgets.delegates import FactDelegate, NoteRole
from abusetrack.ui.widgets.parts import copy_action, label
from abusetrack.ui.words import word

_FULL = Qt.ItemDataRole.UserRole + 3  # the unmasked entry, for the clipboard
_WHEN_WIDTH = 160


class HistoryView(QWidget):
    """Shows a timeline; lookups that changed nothing are left out unless asked for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timeline: Timeline | None = None
        self._masker = Masker((), revealed=False)
        self.lookups = QCheckBox(self.tr("Show every lookup"))
        self.lookups.setAccessibleName(self.lookups.text())
        self.lookups.toggled.connect(self._show)
        self._checks = label(muted=True, wrap=True)
        self._tree = QTreeWidget()
        self._tree.setAccessibleName(self.tr("History of the domain"))
        self._tree.setProperty("flat", True)
        self._tree.setHeaderHidden(True)
        self._tree.setColumnCount(2)
        self._tree.setRootIsDecorated(False)
        self._tree.setIndentation(0)
        self._tree.setItemDelegate(FactDelegate(self._tree))
        self._tree.setWordWrap(True)
        self._tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self._tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self._tree.header().resizeSection(0, _WHEN_WIDTH)
        copy_action(self._tree, self.selected_text)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.SMALL, 0, 0)
        layout.setSpacing(theme.SMALL)
        layout.addWidget(self.lookups)
        layout.addWidget(self._tree, 1)
        layout.addWidget(self._checks)

    def show_timeline(self, timeline: Timeline | None, masker: Masker) -> None:
        """Show another timeline, or none while it is fetched."""
        self._timeline = timeline
        self._masker = masker
        self._show()

    def texts(self) -> list[tuple[str, str, str]]:
        """Return time, text and note of the entries on the screen."""
        items = map(self._tree.topLevelItem, range(self._tree.topLevelItemCount()))
        return [(item.text(0), item.text(1), str(item.data(1, NoteRole))) for item in items if item]

    def selected_text(self) -> str:
        """Return the selected entries, unmasked; the caller defangs."""
        return "\n".join(str(item.data(1, _FULL)) for item in self._tree.selectedItems())

    def _show(self) -> None:
        place = self._tree.verticalScrollBar().value()
        self._tree.clear()
        found = self._timeline
        self._checks.clear()
        if found is None:
            return
        for entry in reversed(found.entries):
            if entry.what is not What.LOOKUP or self.lookups.isChecked():
                self._tree.addTopLevelItem(self._item(entry))
        planned = [(check.at, check.reason) for check in found.checks if check.at is not None]
        if planned:
            at, reason = min(planned)
            when = joined([minute(at), reason])
            self._checks.setText(self.tr("To be looked up again: {when}").format(when=when))
        self._tree.verticalScrollBar().setValue(place)

    def _item(self, entry: Entry) -> QTreeWidgetItem:
        said = [self._masker(line) for line in (entry.by, *entry.details) if line]
        what = word(entry.what)
        told = entry.text.startswith(what)  # "reported: ..." says itself what it is
        text = self._masker(entry.text if told else f"{what}: {entry.text}")
        item = QTreeWidgetItem([minute(entry.at), text])
        item.setData(1, NoteRole, "\n".join(said))
        item.setTextAlignment(0, Qt.AlignmentFlag.AlignTop)
        whole = joined([minute(entry.at), entry.text, entry.by, *entry.details])
        item.setData(1, _FULL, whole)
        spoken = f"{minute(entry.at)}: {text}. {'. '.join(said)}"
        item.setData(1, Qt.ItemDataRole.AccessibleTextRole, spoken)
        return item

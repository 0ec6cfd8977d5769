"""The list of the notices page: drafts, contacts to confirm, exported notices, and the rest."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem, QWidget

from abusetrack.casefile.notices import StoredNotice
from abusetrack.records import Draft, NotDrafted, Rung
from abusetrack.ui import theme
from abusetrack.ui.planning import Overview, ToConfirm, reasons
from abusetrack.ui.text import mask_name, one_line
from abusetrack.ui.widgets.delegates import RowDelegate
from abusetrack.ui.words import word

_ITEM = Qt.ItemDataRole.UserRole + 1
_MOST_NAMES = 200  # listed under one reason

Item = Draft | ToConfirm | StoredNotice | NotDrafted | str  # a str is a reason of many


def _titled(draft: Draft) -> str:
    name = one_line(draft.recipient.party_name)
    return name if draft.rung is Rung.FIRST else f"{name} · {word(draft.rung)}"


class NoticeList(QTreeWidget):
    """Shows an overview in groups; each row stands for one item."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[Item] = []
        self.calm = False  # groups and rows without their counts
        self.setAccessibleName(self.tr("Drafts, contacts to confirm, and what is not drafted"))
        self.setHeaderLabels([self.tr("Notice"), self.tr("Domains")])
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setItemDelegate(RowDelegate(self))
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, self.header().ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, self.header().ResizeMode.ResizeToContents)

    def show_overview(self, found: Overview, *, revealed: bool) -> None:
        """Show another overview; the row that stands where the current one stood is selected."""
        row = self.currentItem()
        number = row.data(0, _ITEM) if row is not None else None
        blocked = self.blockSignals(True)
        self.clear()
        self._items = []
        for title, rows in self._groups(found):
            if rows:
                top = self._top(title, len(rows))
                for text, count, item in rows:
                    self._child(top, text, str(count), item)
        self._show_reasons(found, revealed=revealed)
        self.blockSignals(blocked)
        self._select(number or 0)

    def item(self, row: QTreeWidgetItem | None) -> Item | None:
        """Return what a row stands for."""
        number = row.data(0, _ITEM) if row is not None else None
        return None if number is None else self._items[int(number)]

    def current(self) -> Item | None:
        """Return what the current row stands for."""
        return self.item(self.currentItem())

    def selected_drafts(self) -> list[Draft]:
        """Return the drafts among the selected rows."""
        chosen = [self.item(row) for row in self.selectedItems()]
        return [item for item in chosen if isinstance(item, Draft)]

    def is_empty(self) -> bool:
        """Whether there is nothing to list."""
        return not self._items

    def _groups(self, found: Overview) -> list[tuple[str, list[tuple[str, int, Item]]]]:
        return [
            (
                self.tr("Drafts"),
                [(_titled(d), len(d.rows), d) for d in found.plan.drafts],
            ),
            (
                self.tr("Contact to be confirmed first"),
                [
                    (one_line(item.contact.party_name), len(item.domains), item)
                    for item in found.to_confirm
                ],
            ),
            (
                self.tr("Exported"),
                [
                    (f"{item.reference}  {one_line(item.recipient.party_name)}",
                     len(item.rows), item)
                    for item in found.exported
                ],
            ),
        ]  # fmt: skip

    def _show_reasons(self, found: Overview, *, revealed: bool) -> None:
        if not found.plan.not_drafted:
            return
        top = self._top(self.tr("Not drafted"), len(found.plan.not_drafted))
        for reason, items in reasons(found.plan):
            parent = self._child(top, one_line(reason), str(len(items)), reason)
            for item in items[:_MOST_NAMES]:
                name = item.domain if revealed else mask_name(item.domain)
                self._child(parent, name, "", item)
            if len(items) > _MOST_NAMES:
                left = self.tr("and {n} more").format(n=len(items) - _MOST_NAMES)
                left = self.tr("and more") if self.calm else left
                self._child(parent, left, "", reason)

    def rows_of(self, kind: type[Item]) -> list[QTreeWidgetItem]:
        """Return the rows that stand for items of one kind."""
        return [row for row in self._rows() if isinstance(self.item(row), kind)]

    def select_reference(self, reference: str) -> None:
        """Select an exported notice; the selection stays where it is not listed."""
        for row in self.rows_of(StoredNotice):
            item = self.item(row)
            if isinstance(item, StoredNotice) and item.reference == reference:
                self.setCurrentItem(row)

    def _rows(self) -> list[QTreeWidgetItem]:
        tops = [self.topLevelItem(at) for at in range(self.topLevelItemCount())]
        return [
            child
            for top in tops
            if top is not None
            for at in range(top.childCount())
            if (child := top.child(at)) is not None
        ]

    def _top(self, title: str, count: int) -> QTreeWidgetItem:
        top = QTreeWidgetItem([title if self.calm else f"{title} ({count})", ""])
        top.setFont(0, theme.strong(self.font()))
        top.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.addTopLevelItem(top)
        top.setExpanded(True)
        return top

    def _child(self, parent: QTreeWidgetItem, text: str, count: str, item: Item) -> QTreeWidgetItem:
        row = QTreeWidgetItem(parent, [text, "" if self.calm else count])
        row.setData(0, _ITEM, len(self._items))
        row.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._items.append(item)
        return row

    def _select(self, place: int) -> None:
        rows = self._rows()
        if rows:
            self.setCurrentItem(rows[min(place, len(rows) - 1)])

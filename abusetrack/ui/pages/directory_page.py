"""The table of parties with its filters, and the page on the selected one."""

from __future__ import annotations

import json
from dataclasses import replace

from PySide6.QtCore import QItemSelectionModel, Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from abusetrack.casefile.party_list import PartyKey
from abusetrack.records import Role
from abusetrack.ui import theme
from abusetrack.ui.desk import Changed, Desk
from abusetrack.ui.models.party_table import NAME_COLUMN, PartyTable
from abusetrack.ui.news import News
from abusetrack.ui.pages.party_panel import PartyPanel
from abusetrack.ui.widgets.parts import EmptyPlace, copy_action, heading, label
from abusetrack.ui.widgets.tables import table
from abusetrack.ui.words import word

_TYPING_MS = 200


class DirectoryPage(QWidget):
    """Lists parties; shows one, and lets a person decide on its contact."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.model = PartyTable(desk, self)
        self._kept: PartyKey | None = None
        self._build()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._ask)
        News(desk, self, self._refresh, Changed.FINDINGS | Changed.CONTACTS | Changed.NOTICES)
        self.filter.textChanged.connect(self._typing.start)
        self.model.modelAboutToBeReset.connect(self._keep_selection)
        self.model.modelReset.connect(self._restore_selection)
        self.model.listed.connect(self._on_listed)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self.table.sortByColumn(NAME_COLUMN, Qt.SortOrder.AscendingOrder)

    # -- building

    def _build(self) -> None:
        self.panel = PartyPanel(self._desk)
        self.table = self._make_table()
        self._empty = EmptyPlace("", "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._empty)
        self._count = label(muted=True)
        self._count.setAccessibleDescription(self.tr("How many parties are listed"))
        left = QWidget()
        inner = QVBoxLayout(left)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(theme.SMALL)
        inner.addLayout(self._filters())
        inner.addWidget(self._stack, 1)
        inner.addWidget(self._count)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(self.panel)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(theme.MEDIUM)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([676, 404])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(heading(self.tr("Directory")))
        layout.addWidget(split, 1)

    def _filters(self) -> QHBoxLayout:
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter by name or address"))
        self.filter.setAccessibleName(self.tr("Filter by name or address"))
        self.filter.setToolTip(self.tr("Any part of a party's name, key, e-mail or web form"))
        self.filter.setClearButtonEnabled(True)
        self.role = QComboBox()
        self.role.setAccessibleName(self.tr("Role"))
        self.role.addItem(self.tr("Any role"), None)
        for role in Role:
            self.role.addItem(word(role), role.value)
        policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.role.setSizeAdjustPolicy(policy)
        self.role.setMinimumContentsLength(9)
        self.role.view().setMinimumWidth(180)
        self.role.currentIndexChanged.connect(self._ask)
        self.used = QCheckBox(self.tr("&In use"))
        self.used.setAccessibleName(self.tr("Only parties of domains in this case file"))
        self.used.setToolTip(self.tr("Only parties that domains of this case file are with"))
        self.unconfirmed = QCheckBox(self.tr("&Unconfirmed"))
        self.unconfirmed.setAccessibleName(self.tr("Only contacts that nobody has confirmed"))
        row = QHBoxLayout()
        row.setSpacing(theme.SMALL)
        row.addWidget(self.filter, 1)
        row.addWidget(self.role)
        for box in (self.used, self.unconfirmed):
            box.toggled.connect(self._ask)
            row.addWidget(box)
        return row

    def _make_table(self) -> QTableView:
        made = table(self.model, self.tr("Parties"), middle=NAME_COLUMN, toned=self.model.toned())
        made.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        made.setSortingEnabled(True)
        made.horizontalHeader().setStretchLastSection(True)
        width = made.fontMetrics().averageCharWidth()
        for column, characters in enumerate(self.model.column_widths()):
            made.setColumnWidth(column, characters * width + 2 * theme.SMALL)
        copy_action(made, self._copied)
        return made

    def _copied(self) -> str:
        row = self.panel.row
        return f"{row.key} {row.name}" if row else ""

    # -- what is listed

    def show_page(self) -> None:
        """Take the keyboard."""
        self.table.setFocus()

    def set_revealed(self, revealed: bool) -> None:
        """Parties are nobody's reported names: nothing here is masked."""

    def left(self) -> str:
        """Say what is listed, for :meth:`come_back`."""
        return json.dumps(
            {
                "text": self.filter.text(),
                "role": self.role.currentData(),
                "used": self.used.isChecked(),
                "unconfirmed": self.unconfirmed.isChecked(),
            }
        )

    def come_back(self, text: str) -> None:
        """List what was listed when the page was left."""
        found = json.loads(text)
        self.role.setCurrentIndex(max(self.role.findData(found["role"]), 0))
        self.used.setChecked(found["used"])
        self.unconfirmed.setChecked(found["unconfirmed"])
        self.filter.setText(found["text"])

    @Slot()
    def _ask(self) -> None:
        role = self.role.currentData()
        self.model.ask(
            replace(
                self.model.query,
                text=self.filter.text().strip(),
                role=Role(role) if role else None,
                used_only=self.used.isChecked(),
                unconfirmed_only=self.unconfirmed.isChecked(),
                kept=None,
            )
        )

    def set_calm(self, calm: bool) -> None:
        """Leave numbers out, or show them."""
        self._count.setVisible(not calm)

    @Slot()
    def _refresh(self) -> None:
        row = self.panel.row  # it stays on the screen while somebody works on it
        self.model.ask(replace(self.model.query, kept=(row.key, row.role) if row else None))
        if row is not None:
            self.panel.refresh()

    @Slot(object)
    def _on_listed(self, count: int) -> None:
        self._stack.setCurrentIndex(0 if count else 1)
        many = self.tr("{n} parties").format(n=f"{count:,}")
        self._count.setText(self.tr("1 party") if count == 1 else many)
        query = self.model.query
        if query.text or query.role or query.used_only or query.unconfirmed_only:
            self._empty.say(
                self.tr("Nothing fits the filter"), self.tr("Clear it, or search for less.")
            )
        else:
            self._empty.say(
                self.tr("No parties yet"),
                self.tr(
                    "Lookups bring contacts; tables of contacts are taken in with "
                    "'abusetrack contacts import'."
                ),
            )

    # -- the selection, kept by key

    def _keep_selection(self) -> None:
        current = self.table.selectionModel().currentIndex()
        self._kept = self.model.keys[current.row()] if current.isValid() else None

    def _restore_selection(self) -> None:
        if self._kept in self.model.keys:
            index = self.model.index(self.model.keys.index(self._kept), 0)
            flags = QItemSelectionModel.SelectionFlag
            chosen = flags.ClearAndSelect | flags.Rows
            self.table.selectionModel().setCurrentIndex(index, chosen)
        elif self.panel.row is not None:
            self.panel.show_row(None)

    @Slot()
    def _on_current(self) -> None:
        current = self.table.selectionModel().currentIndex()
        row = self.model.row(current.row()) if current.isValid() else None
        shown = self.panel.row
        if row is not None and (shown is None or (row.key, row.role) != (shown.key, shown.role)):
            self.panel.show_row(row)

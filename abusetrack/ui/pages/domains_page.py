"""The table of domains with its filters, the bulk actions, and the detail panel."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from abusetrack.casefile import CaseFile, assessments, saved
from abusetrack.casefile.filters import ListQuery
from abusetrack.records import Assessment
from abusetrack.triage.refresh import refresh
from abusetrack.ui import theme
from abusetrack.ui.desk import MOST_ROWS, Changed, Desk
from abusetrack.ui.dialogs.assess import AssessDialog
from abusetrack.ui.filtering import without_facets
from abusetrack.ui.models.domain_table import NAME_COLUMN, DomainTable
from abusetrack.ui.news import News
from abusetrack.ui.pages.detail_panel import DetailPanel
from abusetrack.ui.text import joined
from abusetrack.ui.widgets.column_menu import ColumnMenu
from abusetrack.ui.widgets.filter_bar import FilterBar
from abusetrack.ui.widgets.kept_selection import KeptSelection
from abusetrack.ui.widgets.list_export import ListExport
from abusetrack.ui.widgets.parts import EmptyPlace, button, copy_action, heading, label, open_once
from abusetrack.ui.widgets.tables import table

_ORDER = "last_reported"


class DomainsPage(QWidget):
    """Lists domains; asks, assesses and shows them.

    Signals:
        intake_wanted(): there is nothing to list, and the analyst wants to change that.
    """

    intake_wanted = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.model = DomainTable(desk, self)
        self._coming: tuple[ListQuery, list[int]] | None = None  # as it was left
        self._calm = False
        self._wanted: str | None = None  # to be selected once it is listed
        self._build()
        News(desk, self, self._refresh, Changed.REPORTS | Changed.FINDINGS | Changed.CONTACTS)
        self._selection = KeptSelection(self.table, self.model)
        self.model.modelAboutToBeReset.connect(self._selection.keep)
        self.model.modelReset.connect(self._restore_selection)
        self.model.listed.connect(self._on_listed)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._on_sorted)
        self.table.sortByColumn(self.model.column_of(_ORDER), Qt.SortOrder.DescendingOrder)

    # -- building

    def _build(self) -> None:
        self.detail = DetailPanel(self._desk)
        self.table = self._make_table()
        self._empty = EmptyPlace(
            self.tr("No domains yet"),
            "",
            button(self.tr("Go to Intake"), self.intake_wanted.emit, tip=self.tr("Ctrl+2")),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._empty)
        left = QWidget()
        inner = QVBoxLayout(left)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(theme.SMALL)
        inner.addWidget(self._filter_bar())
        inner.addWidget(self._stack, 1)
        inner.addLayout(self._actions())
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(self.detail)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(theme.MEDIUM)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([676, 404])
        self._heading = heading(self.tr("Domains"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(self._heading)
        layout.addWidget(split, 1)

    def _filter_bar(self) -> FilterBar:
        self.bar = FilterBar(self._desk, self.model.query)
        self.filter = self.bar.search
        self.bar.changed.connect(self._ask)
        self.column_menu = ColumnMenu(self.table, self.model, self)
        self.export = ListExport(
            self._desk, lambda: self.model.query, self.column_menu.shown, parent=self
        )
        columns = button(
            self.tr("Columns"),
            lambda: None,
            tip=self.tr("Which columns are shown"),
            icon="columns-3",
        )
        columns.setMenu(self.column_menu)
        self.bar.add_button(columns)
        self.bar.add_button(self.export.make_button())
        return self.bar

    def _make_table(self) -> QTableView:
        made = table(self.model, self.tr("Domains"), middle=NAME_COLUMN, toned=self.model.toned())
        made.setSortingEnabled(True)
        made.horizontalHeader().setSectionsMovable(True)
        width = made.fontMetrics().averageCharWidth()
        for column, characters in enumerate(self.model.column_widths()):
            made.setColumnWidth(column, characters * width + 2 * theme.SMALL)
        copy_action(made, lambda: "\n".join(self.selected_domains()))
        return made

    def _actions(self) -> QHBoxLayout:
        self._count = label(muted=True)
        self._count.setAccessibleDescription(self.tr("How many domains are listed and selected"))
        self.assess_button = button(
            self.tr("Assess…"),
            self.assess_selected,
            shortcut="Ctrl+E",
            tip=self.tr("Record a finding for the selected domains"),
            leading=True,
        )
        self.again_button = button(
            self.tr("Look up again"),
            self._look_up_again,
            shortcut="Ctrl+Shift+R",
            tip=self.tr("Queue the selected domains again"),
        )
        row = QHBoxLayout()
        row.setSpacing(theme.SMALL)
        row.addWidget(self._count, 1)
        row.addWidget(self.again_button)
        row.addWidget(self.assess_button)
        return row

    # -- what is listed

    def show_page(self) -> None:
        """Take the keyboard."""
        self.table.setFocus()

    def show_domain(self, domain: str) -> None:
        """List what has to do with one domain, and select it."""
        self._wanted = domain
        self.bar.set_query(replace(without_facets(self.bar.query), text=domain))

    def search(self, text: str) -> None:
        """List what has to do with a text."""
        self.bar.set_query(replace(without_facets(self.bar.query), text=text))

    def show_query(self, query: ListQuery) -> None:
        """List what a query asks for, as chips that can be taken away."""
        self.bar.set_query(query)

    def focus_filter(self) -> None:
        """Put the cursor into the filter box."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def set_revealed(self, revealed: bool) -> None:
        """Show names, or mask them."""
        self.model.set_revealed(revealed)
        self.detail.set_revealed(revealed)

    def left(self) -> str:
        """Say what is listed, shown and selected, for :meth:`come_back`."""
        return json.dumps(
            {
                "query": saved.encode(self.bar.query),
                "columns": self.column_menu.ticked(),
                "selected": self._selection.ids()[:MOST_ROWS],
            }
        )

    def come_back(self, text: str) -> None:
        """List, show and select what was so when the page was left."""
        found = json.loads(text)
        self.column_menu.tick(found["columns"])
        query = saved.decode(found["query"])
        if query is not None:
            self._coming = (query, found["selected"])
            self.bar.set_query(query)

    def set_calm(self, calm: bool) -> None:
        """Leave numbers out, or show them."""
        self._calm = calm
        self.column_menu.set_calm(calm)
        self.detail.set_calm(calm)
        self._say_count()

    @Slot()
    def _ask(self) -> None:
        """List what the filter bar says, and show its order in the header."""
        query = self.bar.query
        header = self.table.horizontalHeader()
        keys = [column.key for column in self.model.offered()]
        number = keys.index(query.sort) if query.sort in keys else -1  # saved elsewhere
        way = Qt.SortOrder.DescendingOrder if query.descending else Qt.SortOrder.AscendingOrder
        header.blockSignals(True)
        header.setSortIndicator(number, way)
        header.blockSignals(False)
        self.model.ask(query)

    @Slot(int, Qt.SortOrder)
    def _on_sorted(self, column: int, order: Qt.SortOrder) -> None:
        if column < 0:
            return
        self.bar.query = replace(
            self.bar.query,
            sort=self.model.offered()[column].key,
            descending=order is Qt.SortOrder.DescendingOrder,
        )

    @Slot()
    def _refresh(self) -> None:
        self.model.refresh()
        if self.detail.domain is not None:
            self.detail.refresh()

    @Slot(object)
    def _on_listed(self, count: int) -> None:
        self._select_wanted()
        self._say_count()
        self._stack.setCurrentIndex(0 if count else 1)
        if self.model.query.filtered:
            self._empty.say(
                self.tr("Nothing fits the filter"), self.tr("Clear it, or search for less.")
            )
        else:
            self._empty.say(
                self.tr("No domains yet"),
                self.tr("Take in a list of reports first."),
            )

    def _select_wanted(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is None:
            return
        for number in range(min(self.model.rowCount(), MOST_ROWS)):
            row = self.model.row(number)
            if row is not None and row.domain == wanted:
                self.table.selectRow(number)
                self.detail.show_row(row)

    # -- the selection

    def selected_domains(self) -> list[str]:
        """Return the names of the selected rows, in the order of the table."""
        return self._desk.names(self._selection.ids())

    def _restore_selection(self) -> None:
        if self._coming is not None and self.model.query == self._coming[0]:
            self._selection.replace(self._coming[1])
            self._coming = None
        if not self._selection.restore() and self.detail.domain is not None:
            self.detail.show_row(None)
        self._say_count()

    @Slot()
    def _on_selected(self) -> None:
        self._say_count()

    @Slot()
    def _on_current(self) -> None:
        current = self.table.selectionModel().currentIndex()
        row = self.model.row(current.row()) if current.isValid() else None
        if row is not None and row.domain != self.detail.domain:
            self.detail.show_row(row)

    def _say_count(self) -> None:
        chosen = len(self._selection.ids())
        listed = len(self.model.keys)
        many = self.tr("{n} domains").format(n=f"{listed:,}")
        count = self.tr("1 domain") if listed == 1 else many
        selected = self.tr("{n} selected").format(n=f"{chosen:,}") if chosen else ""
        self._count.setText(joined([selected] if self._calm else [count, selected]))
        self.assess_button.setEnabled(chosen > 0)
        self.again_button.setEnabled(chosen > 0)

    # -- actions

    def assess_selected(self) -> None:
        """Ask for a finding on the selected domains."""
        domains = self.selected_domains()
        if not domains:
            return
        dialog = AssessDialog(
            self._desk.context,
            len(domains),
            lambda assessment: self.assess(domains, assessment),
            self,
        )
        open_once(dialog)

    def assess(self, domains: Sequence[str], assessment: Assessment) -> None:
        """Record one finding for every report of ``domains``."""
        context = self._desk.context

        def store(case: CaseFile) -> int:
            with case.transaction():
                touched = assessments.add_many(case, [(name, assessment) for name in domains])
                refresh(context, case, domains)
            return sum(touched)

        self._desk.write(store, self._on_assessed)

    def _on_assessed(self, reports: int) -> None:
        self._desk.messages.news(self.tr("Finding recorded; reports: {n}.").format(n=reports))
        self._desk.changed.emit(Changed.FINDINGS)

    def _look_up_again(self) -> None:
        if domains := self.selected_domains():
            self._desk.look_up_again(domains)

"""One figure: what it says, its chart, the same numbers as a table, and how to take it along."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from abusetrack.metrics.panels.model import Panel, PanelKind, Table
from abusetrack.ui import theme
from abusetrack.ui.models.figure_table import FigureTable
from abusetrack.ui.text import one_line
from abusetrack.ui.widgets.charts import ChartView, chart_of
from abusetrack.ui.widgets.parts import ActivateOnEnter, button, copy_action, label
from abusetrack.ui.widgets.tables import table

_PER_ROW = 5  # figures side by side
_LOW, _HIGH = 150, 420  # pixels of a table
_LOOKED_AT = 60  # rows, for the width of a column
_ANY = 16_777_215  # Qt's own word for no limit
_WIDEST = 260  # pixels of a column


class FigureCard(QFrame):
    """Shows a panel; before the first one there is a sentence that it is being counted.

    Signals:
        chosen(str): the key of a bar, step, country or row.
        case_chosen(str): the domain of a case that is still open.
        open_wanted(): the cases still open behind the figure are to be listed.
        save_wanted(str): the figure is to be saved as "png", "svg" or "csv", or copied ("copy").
    """

    chosen = Signal(str)
    case_chosen = Signal(str)
    open_wanted = Signal()
    save_wanted = Signal(str)

    def __init__(self, kind: PanelKind) -> None:
        super().__init__()
        self.kind = kind
        self.panel: Panel | None = None
        self.chart: ChartView | None = None
        self.setObjectName("card")
        self._name = QCoreApplication.translate("figures", kind.name)
        self.setAccessibleName(self._name)
        self._build()

    # -- building

    def _build(self) -> None:
        self.title = label(self._name, wrap=True)
        self.title.setFont(theme.strong(self.title.font()))
        self.stale = label(self.tr("Being counted"), muted=True)
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.stale, 0, Qt.AlignmentFlag.AlignTop)
        self._figures = QGridLayout()
        self._figures.setHorizontalSpacing(theme.HUGE)
        self._figures.setVerticalSpacing(theme.TIGHT)
        self._empty = label(muted=True, wrap=True)
        self._empty.setAccessibleDescription(self.tr("Why there is no chart"))
        self.model = FigureTable(self)
        self.table = self._make_table()
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(theme.MEDIUM)
        self._split.addWidget(self.table)
        self.notes = label(wrap=True)
        self.definition = label(muted=True, wrap=True)
        self.definition.setAccessibleDescription(self.tr("Definition"))
        self.definition.setFont(theme.small(self.definition.font()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.MEDIUM, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.SMALL)
        layout.addLayout(top)
        layout.addLayout(self._figures)
        layout.addWidget(self._empty)
        layout.addWidget(self._split, 1)
        layout.addWidget(self.notes)
        layout.addWidget(self.definition)
        layout.addLayout(self._actions())
        self._show_parts()

    def _make_table(self) -> QTableView:
        made = table(self.model, self.tr("{name}, as a table").format(name=self._name), middle=0)
        made.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        ActivateOnEnter(made, self._choose_row)
        copy_action(made, self._copied)
        return made

    def _actions(self) -> QHBoxLayout:
        self.open_button = button(
            self.tr("Still open"),
            self._on_open,
            tip=self.tr("List the cases behind this figure that are still open"),
        )
        self.open_button.setCheckable(True)
        self.open_button.setVisible(self.kind.group == "Takedown" and self.kind.key != "answers")
        row = QHBoxLayout()
        row.setSpacing(theme.SMALL)
        row.addWidget(self.open_button)
        row.addStretch()
        self.buttons = {}
        for what, text, tip in (
            ("copy", self.tr("Copy image"), self.tr("Put a picture on the clipboard")),
            ("png", self.tr("PNG…"), self.tr("Save a picture")),
            ("svg", self.tr("SVG…"), self.tr("Save a drawing that can be scaled")),
            ("csv", self.tr("CSV…"), self.tr("Save the numbers")),
        ):
            made = button(text, partial(self._take, what), tip=tip)
            made.setAccessibleName(f"{text.rstrip('…')}: {self.kind.name}")
            self.buttons[what] = made
            row.addWidget(made)
        return row

    def _take(self, what: str) -> None:
        self.save_wanted.emit(what)

    # -- showing

    def set_stale(self, stale: bool) -> None:
        """Say whether the picture is of other filters or older facts than it should be."""
        self.stale.setText(
            self.tr("Being counted")
            if self.panel is None
            else self.tr("Not up to date: being counted anew")
        )
        self.stale.setVisible(stale)

    def show_panel(self, panel: Panel) -> None:
        """Show a panel in place of the one before."""
        self.panel = panel
        self.title.setText(one_line(panel.title))
        self.notes.setText("  ".join(map(one_line, panel.notes)))
        self.definition.setText(panel.definition)
        self._empty.setText(panel.empty)
        self._show_figures(panel.figures)
        if self.chart is not None:
            self.chart.hide()
            self.chart.deleteLater()
            self.chart = None
        if panel.chart is not None:
            self.chart = chart_of(panel.chart, panel.unit)
            self.chart.setAccessibleName(one_line(panel.title))
            self.chart.setAccessibleDescription(self.tr("The table beside has the same numbers."))
            self.chart.chosen.connect(self.chosen)
            self._split.insertWidget(0, self.chart)
            self._split.setStretchFactor(0, 3)
            self._split.setStretchFactor(1, 2)
            self._split.setSizes([600, 400])
        self.open_button.setChecked(False)
        self._show_table(panel.table)
        self.set_stale(False)
        self._show_parts()

    def show_open(self, cases: Table) -> None:
        """List open cases in place of the table, until the button is released."""
        if self.open_button.isChecked():
            self._show_table(cases)
            self.table.setFocus()

    def _show_parts(self) -> None:
        panel = self.panel
        for part, shown in (
            (self._split, panel is not None and bool(panel.table.rows)),
            (self._empty, panel is not None and bool(panel.empty)),
            (self.notes, panel is not None and bool(panel.notes)),
            (self.definition, panel is not None),
        ):
            part.setVisible(shown)
        self.open_button.setEnabled(panel is not None and bool(panel.table.rows))
        for made in self.buttons.values():
            made.setEnabled(panel is not None and bool(panel.table.rows))
        self.buttons["copy"].setEnabled(self.chart is not None)
        self.buttons["png"].setEnabled(self.chart is not None)
        self.buttons["svg"].setEnabled(self.chart is not None)

    def _show_figures(self, figures: Sequence[tuple[str, str]]) -> None:
        while (item := self._figures.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for number, (name, value) in enumerate(figures):
            row, column = divmod(number, _PER_ROW)
            self._figures.addWidget(_figure(name, value), row, column)
        self._figures.setColumnStretch(_PER_ROW, 1)

    def _show_table(self, shown: Table) -> None:
        self.model.show(shown)
        metrics = self.table.fontMetrics()
        for column, header in enumerate(shown.headers):
            texts = (
                self.model.text(row, column) for row in range(min(len(shown.rows), _LOOKED_AT))
            )
            width = max(map(metrics.horizontalAdvance, [header, *texts])) + theme.HUGE
            self.table.setColumnWidth(column, min(_WIDEST, width))
        wanted = (len(shown.rows) + 1) * theme.ROW_HEIGHT + theme.LARGE
        alone = self.chart is None
        self.table.setMinimumHeight(min(wanted, _HIGH if alone else _LOW))
        self.table.setMaximumHeight(min(wanted, _HIGH) if alone else _ANY)

    # -- leading on

    def _choose_row(self) -> None:
        current = self.table.currentIndex()
        key = self.model.key(current.row()) if current.isValid() else None
        if key is not None:
            (self.case_chosen if self.open_button.isChecked() else self.chosen).emit(key)

    def _copied(self) -> str:
        current = self.table.currentIndex()
        if not current.isValid():
            return ""
        return "\t".join(
            self.model.text(current.row(), column) for column in range(self.model.columnCount())
        )

    def _on_open(self) -> None:
        if self.open_button.isChecked():
            self.open_wanted.emit()
        elif self.panel is not None:
            self._show_table(self.panel.table)


def _figure(name: str, value: str) -> QWidget:
    """Return a value with its name above."""
    made = QWidget()
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    above: QLabel = label(one_line(name), muted=True)
    above.setFont(theme.small(above.font()))
    below = label(one_line(value))
    below.setFont(theme.strong(below.font()))
    below.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    below.setAccessibleName(f"{one_line(name)}: {one_line(value)}")
    column.addWidget(above)
    column.addWidget(below)
    return made

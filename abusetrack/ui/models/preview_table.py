"""The preview of a list: what each row or candidate would become; bare names can be ticked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from abusetrack.records import Arrival, Report
from abusetrack.ui.models.keyed_table import ToneRole
from abusetrack.ui.text import mask_url, one_line, plain_url
from abusetrack.ui.theme import Tone

Index = QModelIndex | QPersistentModelIndex

BARE = "bare"
Group = Arrival | str  # an arrival, or BARE

_TONES: dict[Group, Tone] = {
    Arrival.NEW: Tone.ACCENT,
    Arrival.REPEATED: Tone.CALM,
    Arrival.DUPLICATE: Tone.PLAIN,
    Arrival.REJECTED: Tone.NOTE,
    BARE: Tone.FAINT,
}
STATUS_COLUMN, LINE_COLUMN, NAME_COLUMN, DETAIL_COLUMN, ORIGIN_COLUMN = range(5)


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row or candidate of a list."""

    origin: str  # the file's name, or "pasted"
    line: int | None
    group: Group
    name: str  # a URL or name for the rows taken, the text for those rejected
    detail: str  # the reason, or reference and received date
    report: Report | None  # None: rejected


class PreviewTable(QAbstractTableModel):
    """Rows of one group or all; ticks of bare names.

    Signals:
        ticked(int): how many bare names are ticked now.
    """

    ticked = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: Sequence[PreviewRow] = ()
        self._shown: Sequence[PreviewRow] = ()
        self._group: Group | None = None
        self._ticks: set[int] = set()  # by identity of the report
        self._revealed = False

    def set_rows(self, rows: Sequence[PreviewRow]) -> None:
        """Show another list; no bare name is ticked."""
        self._ticks.clear()
        self._all = rows
        self.show_group(self._group)
        self.ticked.emit(0)

    def show_group(self, group: Group | None) -> None:
        """Show the rows of one group; all where None."""
        self.beginResetModel()
        self._group = group
        self._shown = [row for row in self._all if group is None or row.group == group]
        self.endResetModel()

    def set_revealed(self, revealed: bool) -> None:
        """Show names, or mask them."""
        self._revealed = revealed
        self._touch(NAME_COLUMN)

    def counts(self) -> Counter[Group]:
        """Return how many rows each group has."""
        return Counter(row.group for row in self._all)

    def name_at(self, number: int) -> str:
        """Return the name or URL of a shown row, unmasked; the caller defangs."""
        return self._shown[number].name

    def ticked_reports(self) -> list[Report]:
        """Return the bare names that are ticked."""
        return [row.report for row in self._all if row.report and id(row.report) in self._ticks]

    def tick_all(self, ticked: bool) -> None:
        """Tick every bare name, or none."""
        self._ticks = {id(row.report) for row in self._all if ticked and row.group == BARE}
        self._touch(STATUS_COLUMN)
        self.ticked.emit(len(self._ticks))

    def _touch(self, column: int) -> None:
        if self._shown:
            last = self.index(len(self._shown) - 1, column)
            self.dataChanged.emit(self.index(0, column), last)

    # -- Qt's interface

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Return how many rows are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else ORIGIN_COLUMN + 1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's title."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        titles = (
            self.tr("Becomes"),
            self.tr("Line"),
            self.tr("Name or URL"),
            self.tr("Why, or reference"),
            self.tr("From"),
        )
        return titles[section] if 0 <= section < len(titles) else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Say that bare names can be ticked."""
        flags = super().flags(index)
        if self._is_tick(index):
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows; never raises."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        row = self._shown[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self._cell(row, index.column())
        if role == ToneRole and index.column() == STATUS_COLUMN:
            return _TONES[row.group]
        if role == Qt.ItemDataRole.CheckStateRole and self._is_tick(index):
            on = id(row.report) in self._ticks
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        return _alignment(index.column()) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def setData(  # noqa: N802  # Qt's name
        self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Tick or untick a bare name."""
        if role != Qt.ItemDataRole.CheckStateRole or not self._is_tick(index):
            return False
        report = self._shown[index.row()].report
        if Qt.CheckState(value) is Qt.CheckState.Checked:
            self._ticks.add(id(report))
        else:
            self._ticks.discard(id(report))
        self.dataChanged.emit(index, index, [role])
        self.ticked.emit(len(self._ticks))
        return True

    def _is_tick(self, index: Index) -> bool:
        return (
            index.isValid()
            and index.column() == STATUS_COLUMN
            and index.row() < len(self._shown)
            and self._shown[index.row()].group == BARE
        )

    def _cell(self, row: PreviewRow, column: int) -> str:
        if column == STATUS_COLUMN:
            return self.tr("bare name") if row.group == BARE else str(row.group)
        if column == LINE_COLUMN:
            return str(row.line or "")
        if column == NAME_COLUMN:
            return self._name(row)
        return one_line(row.detail if column == DETAIL_COLUMN else row.origin)

    def _name(self, row: PreviewRow) -> str:
        if self._revealed:
            return plain_url(row.name) if row.report else one_line(row.name, 500)
        if row.report is None:
            return self.tr("{n} characters, hidden").format(n=len(row.name)) if row.name else ""
        return mask_url(row.name)


def _alignment(column: int) -> Qt.AlignmentFlag:
    right = column == LINE_COLUMN
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter

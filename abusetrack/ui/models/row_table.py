"""A table of rows that are all there: a preview of what goes, or comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from abusetrack.ui.models.keyed_table import Column, ToneRole
from abusetrack.ui.text import mask_name, one_line, plain_tip

Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")
_NONE = QModelIndex()


class RowTable(QAbstractTableModel, Generic[Row]):
    """Shows rows by columns; in the column ``names`` names are masked until revealed."""

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        domain: Callable[[Row], str],
        *,
        names: int,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._domain = domain
        self._names = names
        self._revealed = False
        self.rows: Sequence[Row] = ()

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def set_revealed(self, revealed: bool) -> None:
        """Show names, or mask them."""
        self._revealed = revealed
        if self.rows:
            bottom = self.index(len(self.rows) - 1, self._names)
            self.dataChanged.emit(self.index(0, self._names), bottom)

    def name_at(self, number: int) -> str:
        """Return the name of a row, unmasked; the caller defangs."""
        return self._domain(self.rows[number])

    def rowCount(self, parent: Index = _NONE) -> int:
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NONE) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's title."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return self._columns[section].title if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows; never raises."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row, column = self.rows[index.row()], self._columns[index.column()]
        if role == ToneRole:
            return column.tone(row) if column.tone else None
        text = self._text(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(text)
        shown = role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}
        return text if shown else None

    def _text(self, row: Row, column: int) -> str:
        if column == self._names and not self._revealed:
            return mask_name(self._domain(row))
        return one_line(self._columns[column].show(row), 500)

"""The table of a panel: the same numbers as its chart."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from abusetrack.bulletin.words import cell
from abusetrack.metrics.panels.model import Table
from abusetrack.ui.text import one_line, plain_tip

Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()
_EMPTY = Table((), ())


class FigureTable(QAbstractTableModel):
    """Shows one :class:`Table`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table = _EMPTY
        self._first_number = 0  # the column from which on everything stands right

    def show(self, table: Table) -> None:
        """Show another table."""
        self.beginResetModel()
        self.table = table
        self._first_number = min(
            (
                column
                for row in table.rows
                for column, value in enumerate(row)
                if isinstance(value, int | float)
            ),
            default=len(table.headers),
        )
        self.endResetModel()

    def key(self, row: int) -> str | None:
        """Return what a row leads to; None where it leads nowhere."""
        return self.table.keys[row] if row < len(self.table.keys) else None

    def text(self, row: int, column: int) -> str:
        """Return a cell as people read it."""
        return one_line(cell(self.table.rows[row][column], self.table.headers[column]))

    def rowCount(self, parent: Index = _NONE) -> int:
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self.table.rows)

    def columnCount(self, parent: Index = _NONE) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.table.headers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell; numbers stand right, and so does what follows them, never too close."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self.text(index.row(), index.column()))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(index.column())
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the name of a column."""
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(self.table.headers[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(section)
        return None

    def _side(self, column: int) -> Qt.AlignmentFlag:
        right = column >= self._first_number
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

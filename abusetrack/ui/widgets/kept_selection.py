"""The selection and the place in a list of domains, kept by id while the list is asked anew."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel
from PySide6.QtWidgets import QTableView

from abusetrack.ui.models.domain_table import DomainTable

_MOST = 5000  # that are found again


class KeptSelection:
    """Of one table over one model."""

    def __init__(self, table: QTableView, model: DomainTable) -> None:
        self._table, self._model = table, model
        self._kept: Sequence[int] = ()
        self._place = 0

    def ids(self) -> list[int]:
        """Return the ids of the selected rows, in the order of the table."""
        rows: set[int] = set()  # not selectedRows(): that asks the model for each row many times
        for part in self._table.selectionModel().selection().toList():
            rows.update(range(part.top(), part.bottom() + 1))
        return [self._model.keys[number] for number in sorted(rows)]

    def keep(self) -> None:
        """Note what is selected, and how far the table is scrolled."""
        ids = self.ids()
        self._kept = ids if len(ids) <= _MOST else ()
        self._place = self._table.verticalScrollBar().value()

    def replace(self, ids: Sequence[int]) -> None:
        """Select these the next time."""
        self._kept = ids

    def restore(self) -> bool:
        """Select what was, and scroll there; return whether any of it is still listed."""
        numbers = self._model.rows_of(self._kept) if self._kept else []
        if numbers:
            selection = QItemSelection()
            for number in numbers:
                index = self._model.index(number, 0)
                selection.select(index, index)
            flags = QItemSelectionModel.SelectionFlag
            model = self._table.selectionModel()
            model.setCurrentIndex(self._model.index(numbers[0], 0), flags.NoUpdate)
            model.select(selection, flags.ClearAndSelect | flags.Rows)
        self._table.verticalScrollBar().setValue(self._place)
        return bool(numbers)

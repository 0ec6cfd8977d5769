"""Which columns of the list of domains are shown."""

from __future__ import annotations

from collections.abc import Container

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu, QTableView, QWidget

from abusetrack.ui.models.domain_table import COUNTS, NAME_COLUMN, DomainTable


class ColumnMenu(QMenu):
    """Ticks for every column but that of the name, without which a row says nothing."""

    def __init__(self, table: QTableView, model: DomainTable, parent: QWidget) -> None:
        super().__init__(parent)
        self._table, self._model, self._calm = table, model, False
        for number, column in enumerate(model.offered()):
            if number == NAME_COLUMN:
                continue
            action = self.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(not column.hidden)
            action.setData(number)
            action.toggled.connect(self._show)
        self._show()

    def set_calm(self, calm: bool) -> None:
        """Keep columns with numbers away, or show those that are ticked."""
        self._calm = calm
        self._show()

    def ticked(self) -> list[str]:
        """Return the keys of the columns that are ticked."""
        offered = self._model.offered()
        return [offered[a.data()].key for a in self.actions() if a.isChecked()]

    def tick(self, keys: Container[str]) -> None:
        """Tick these columns alone."""
        offered = self._model.offered()
        for action in self.actions():
            action.setChecked(offered[action.data()].key in keys)

    def shown(self) -> list[str]:
        """Return the keys of the columns that are shown, as they stand from left to right."""
        header = self._table.horizontalHeader()
        numbers = map(header.logicalIndex, range(header.count()))
        offered = self._model.offered()
        return [offered[n].key for n in numbers if not self._table.isColumnHidden(n)]

    @Slot()
    def _show(self) -> None:
        offered = self._model.offered()
        for action in self.actions():
            away = self._calm and offered[action.data()].key in COUNTS
            self._table.setColumnHidden(action.data(), away or not action.isChecked())

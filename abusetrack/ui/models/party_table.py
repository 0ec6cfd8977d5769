"""The table of parties: keys in order, and a bounded cache of the rows that are seen.

Sorting and filtering are SQL in the reader thread, as in the table of domains.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from abusetrack.casefile import CaseFile, party_list
from abusetrack.casefile.party_list import PartyKey, PartyQuery, PartyRow
from abusetrack.errors import AbusetrackError
from abusetrack.ui.desk import MOST_ROWS, Desk
from abusetrack.ui.models.domain_table import ToneRole
from abusetrack.ui.text import day, one_line, plain_tip
from abusetrack.ui.theme import Tone

_CACHED = 2000
_AROUND = MOST_ROWS // 4  # rows fetched before the one that is asked for

Index = QModelIndex | QPersistentModelIndex
_title = partial(QCoreApplication.translate, "parties")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: by what it is sorted, what it is called and what it shows."""

    key: str
    title: str
    show: Callable[[PartyRow], str]
    width: int  # in characters
    right: bool = False
    tone: Callable[[PartyRow], Tone] | None = None


def _address(row: PartyRow) -> str:
    contact = row.contact
    if contact is None:
        return _title("no contact known")
    return one_line(contact.email or contact.form or contact.phone or "")


def _seal(row: PartyRow) -> str:
    if row.contact is None:
        return "—"
    return _title("confirmed") if row.contact.confirmed_at else _title("to be confirmed")


def _seal_tone(row: PartyRow) -> Tone:
    if row.contact is None:
        return Tone.FAINT
    return Tone.CALM if row.contact.confirmed_at else Tone.NOTE


def _as_of(row: PartyRow) -> str:
    return day(row.contact.as_of) if row.contact else "—"


def columns() -> tuple[Column, ...]:
    """Return the columns in display order, titles in the present language."""
    return (
        Column("name", _title("Party"), lambda row: one_line(row.name), 23),
        Column("role", _title("Role"), lambda row: row.role.value, 11),
        Column("address", _title("Reached by"), _address, 24),
        Column("confirmed", _title("Contact"), _seal, 15, tone=_seal_tone),
        Column("as_of", _title("Seen"), _as_of, 11),
        Column("notices", _title("Notices"), lambda row: str(row.notices), 8, right=True),
    )


NAME_COLUMN = 0


class PartyTable(QAbstractTableModel):
    """Keys and a row cache; lives in the GUI thread.

    Signals:
        listed(int): a new list is in place; how many rows.
    """

    listed = Signal(object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._columns = columns()
        self._query = PartyQuery()
        self._keys: list[PartyKey] = []
        self._cache: OrderedDict[PartyKey, PartyRow | None] = OrderedDict()
        self._generation = 0

    @property
    def query(self) -> PartyQuery:
        """What is listed, and in what order."""
        return self._query

    @property
    def keys(self) -> list[PartyKey]:
        """The keys in the order of the rows; not to be changed."""
        return self._keys

    def ask(self, query: PartyQuery) -> None:
        """List something else."""
        self._query = query
        self.refresh()

    def refresh(self) -> None:
        """Ask for the keys again; the old ones stay until then."""
        self._generation += 1
        generation, query = self._generation, self._query

        def keys(case: CaseFile) -> list[PartyKey] | None:
            return party_list.keys(case, query) if generation == self._generation else None

        self._desk.read(keys, partial(self._on_keys, generation))

    def _on_keys(self, generation: int, keys: list[PartyKey] | None) -> None:
        if generation != self._generation or keys is None:
            return
        self._cache.clear()
        if keys == self._keys:
            if keys:
                last = self.index(len(keys) - 1, len(self._columns) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
        else:
            self.beginResetModel()
            self._keys = keys
            self.endResetModel()
        self.listed.emit(len(keys))

    def row(self, number: int) -> PartyRow | None:
        """Return the row at a position; None where it cannot be read."""
        if not 0 <= number < len(self._keys):
            return None
        wanted = self._keys[number]
        if wanted not in self._cache:
            self._fetch(number)
        self._cache.move_to_end(wanted)
        return self._cache[wanted]

    def _fetch(self, number: int) -> None:
        start = max(0, min(number - _AROUND, len(self._keys) - MOST_ROWS))
        missing = [key for key in self._keys[start : start + MOST_ROWS] if key not in self._cache]
        try:
            found = {(row.key, row.role): row for row in self._desk.parties(missing)}
        except AbusetrackError as error:
            self._desk.messages.care(str(error))
            found = {}
        for key in missing:
            self._cache[key] = found.get(key)
        while len(self._cache) > _CACHED:
            self._cache.popitem(last=False)

    # -- Qt's interface

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Return how many parties are listed."""
        return 0 if parent.isValid() else len(self._keys)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's title."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        return _alignment(column) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows; never raises."""
        if not index.isValid() or not 0 <= index.column() < len(self._columns):
            return None
        column = self._columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role not in _FROM_ROW:
            return None
        row = self.row(index.row())
        if row is None:
            return self.tr("not readable") if role == Qt.ItemDataRole.DisplayRole else None
        if role == ToneRole:
            return column.tone(row) if column.tone else None
        text = column.show(row)
        return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Ask for the keys in another order."""
        if 0 <= column < len(self._columns):
            descending = order is Qt.SortOrder.DescendingOrder
            key = self._columns[column].key
            self.ask(replace(self._query, sort=key, descending=descending))

    def column_widths(self) -> list[int]:
        """Return the widths of the columns, in characters."""
        return [column.width for column in self._columns]


_FROM_ROW = {
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.AccessibleTextRole,
    ToneRole,
}


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter

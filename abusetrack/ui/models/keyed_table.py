"""A table over SQL: keys in order, and a bounded cache of the rows that are seen.

Sorting and filtering are SQL, in a thread that reads. Each answer carries a generation
number, so that none overtakes a newer one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from abusetrack.casefile import CaseFile
from abusetrack.casefile.party_list import PartyQuery
from abusetrack.casefile.projection import ListQuery
from abusetrack.errors import AbusetrackError
from abusetrack.ui.desk import MOST_ROWS, Desk
from abusetrack.ui.text import plain_tip
from abusetrack.ui.theme import Tone

_CACHED = 2000
_AROUND = MOST_ROWS // 4  # rows fetched before the one that is asked for

ToneRole = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex

Key = TypeVar("Key", bound=Hashable)
Row = TypeVar("Row")
Query = TypeVar("Query", ListQuery, PartyQuery)

Listing = Callable[[CaseFile], list[Key] | None]


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column: what it is called, how it is sorted and what it shows."""

    key: str  # what sorts it
    title: str
    show: Callable[[Row], str]
    width: int  # in characters
    right: bool = False
    tone: Callable[[Row], Tone] | None = None
    hidden: bool = False  # until it is chosen


class KeyedTable(QAbstractTableModel, Generic[Key, Row, Query]):
    """Keys and a row cache; lives in the GUI thread. A subclass says what is listed and read.

    Signals:
        listed(int): a new list is in place; how many rows.
    """

    listed = Signal(object)

    def __init__(
        self,
        desk: Desk,
        columns: Sequence[Column[Row]],
        query: Query,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._columns = tuple(columns)
        self._query: Query = query
        self._keys: list[Key] = []
        self._cache: OrderedDict[Key, Row | None] = OrderedDict()
        self._stale: set[Key] = set()
        self._generation = 0

    # -- what a subclass says

    def _list(self, case: CaseFile, query: Query) -> list[Key]:
        """Return the keys that ``query`` asks for; runs in a thread that reads."""
        raise NotImplementedError

    def _submit(self, work: Listing[Key], done: Callable[[list[Key] | None], None]) -> None:
        """Let ``work`` run in a thread that reads."""
        self._desk.read(work, done)

    def _read(self, keys: Sequence[Key]) -> Mapping[Key, Row]:
        """Return rows by key; runs in the GUI thread, by primary key."""
        raise NotImplementedError

    def _text(self, row: Row, column: int) -> str:
        """Return what a cell shows."""
        return self._columns[column].show(row)

    # -- what is listed

    @property
    def query(self) -> Query:
        """What is listed, and in what order."""
        return self._query

    @property
    def keys(self) -> list[Key]:
        """The keys in the order of the rows; not to be changed."""
        return self._keys

    def ask(self, query: Query) -> None:
        """List something else."""
        self._query = query
        self.refresh()

    def refresh(self) -> None:
        """Ask for the keys again, and fetch seen rows anew; the old ones stay until then."""
        self._generation += 1
        generation, query = self._generation, self._query

        def keys(case: CaseFile) -> list[Key] | None:
            return self._list(case, query) if generation == self._generation else None

        self._submit(keys, partial(self._on_keys, generation))

    def _on_keys(self, generation: int, keys: list[Key] | None) -> None:
        if generation != self._generation or keys is None:
            return
        self._stale = set(self._cache)
        if keys == self._keys:
            self._changed(0, len(self._columns) - 1)
        else:
            self.beginResetModel()
            self._keys = keys
            self.endResetModel()
        self.listed.emit(len(keys))

    def _changed(self, first: int, last: int) -> None:
        """Say that these columns show something else in every row."""
        if self._keys:
            bottom = self.index(len(self._keys) - 1, last)
            self.dataChanged.emit(self.index(0, first), bottom)

    def row(self, number: int) -> Row | None:
        """Return the row at a position; None where it is not there any more."""
        if not 0 <= number < len(self._keys):
            return None
        wanted = self._keys[number]
        if wanted not in self._cache or wanted in self._stale:
            self._fetch(number)
        self._cache.move_to_end(wanted)
        return self._cache[wanted]

    def _fetch(self, number: int) -> None:
        start = max(0, min(number - _AROUND, len(self._keys) - MOST_ROWS))
        missing = [
            key
            for key in self._keys[start : start + MOST_ROWS]
            if key not in self._cache or key in self._stale
        ]
        found: Mapping[Key, Row] = {}
        try:
            found = self._read(missing)
        except AbusetrackError as error:
            self._desk.messages.care(str(error))
        for key in missing:
            self._cache[key] = found.get(key)
            self._cache.move_to_end(key)
        self._stale.difference_update(missing)
        while len(self._cache) > _CACHED:
            dropped, _row = self._cache.popitem(last=False)
            self._stale.discard(dropped)

    # -- Qt's interface

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Return how many rows are listed."""
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
        text = self._text(row, index.column())
        return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text

    def multiData(  # noqa: N802  # Qt's name
        self, index: Index, span: Any
    ) -> None:
        """Fill in all that a cell is painted with.

        ``span`` is Qt's QModelRoleDataSpan. Each cell is asked once: between two questions other
        threads take Python's lock, and while lookups run a list took four times as long.
        """
        for number in range(span.size()):
            asked = span[number]
            value = self.data(index, asked.role())
            if value is None:
                asked.clearData()
            else:
                asked.setData(value)

    def toned(self) -> frozenset[int]:
        """Return the columns whose cells have a tone."""
        return frozenset(n for n, column in enumerate(self._columns) if column.tone)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Ask for the keys in another order."""
        if 0 <= column < len(self._columns):
            descending = order is Qt.SortOrder.DescendingOrder
            key = self._columns[column].key
            self.ask(replace(self._query, sort=key, descending=descending))

    def column_widths(self) -> list[int]:
        """Return the widths of the columns, in characters."""
        return [column.width + (_CHIP if column.tone else 0) for column in self._columns]


_CHIP = 4  # characters: what a chip has around its text
_FROM_ROW = {
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.AccessibleTextRole,
    ToneRole,
}


def _alignment(column: Column[Row]) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter

"""The table of domains: ids in order, and a bounded cache of the rows that are seen.

Sorting and filtering are SQL, in a thread that reads; a newer query interrupts the one
that runs. Each carries a generation number, so that no answer overtakes a newer one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
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

from abusetrack.casefile import CaseFile, projection
from abusetrack.casefile.projection import ListQuery
from abusetrack.errors import AbusetrackError
from abusetrack.records import DomainNow, HostingAgreement, HostKind, State
from abusetrack.ui.desk import MOST_ROWS, Desk
from abusetrack.ui.text import day, joined, mask_name, one_line, plain_tip
from abusetrack.ui.theme import Tone

_CACHED = 2000
_AROUND = MOST_ROWS // 4  # rows fetched before the one that is asked for

ToneRole = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex

_HELD = {State.HELD_BY_REGISTRY, State.HELD_BY_REGISTRAR}
_LEAVING = {State.PENDING_DELETE, State.REDEMPTION, State.EXPIRED, State.PARKED}
_GONE = {State.NOT_REGISTERED, State.NOT_DELEGATED}


def state_tone(state: State) -> Tone:
    """Group the states of a domain."""
    for states, tone in ((_HELD, Tone.CALM), (_LEAVING, Tone.NOTE), (_GONE, Tone.PLAIN)):
        if state in states:
            return tone
    return Tone.ACCENT if state is State.ACTIVE else Tone.FAINT


def shown_name(row: DomainNow, *, revealed: bool) -> str:
    """Return a row's name as a list shows it."""
    name = one_line(row.unicode)
    return name if revealed else mask_name(name, keep_labels(row))


def keep_labels(row: DomainNow) -> int:
    """Return how many labels of a name stay unmasked: those of its public suffix."""
    if row.suffix_kind is None:
        return 1 if row.host_kind is HostKind.ONION else 0
    return row.domain.count(".")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is called, how it is sorted and what it shows."""

    key: str  # the column of domain_now that sorts it
    title: str
    show: Callable[[DomainNow], str]
    width: int  # in characters
    right: bool = False
    tone: Callable[[DomainNow], Tone] | None = None
    hidden: bool = False  # until it is chosen


def _registrar(row: DomainNow) -> str:
    found = row.findings
    return one_line(found.registrar) if found.registrar else f"({found.registrar_reason})"


def _country(row: DomainNow) -> str:
    found = row.findings
    if found.hosting_verdict is HostingAgreement.CDN:
        return joined(["CDN", one_line(found.cdn or "")])
    if found.hosting_country:
        return found.hosting_country
    return "—" if found.hosting_verdict is HostingAgreement.NONE else found.hosting_verdict.value


def _network(row: DomainNow) -> str:
    found = row.findings
    if found.asn is None:
        return "—"
    return f"AS{found.asn} {one_line(found.as_name or '')}".rstrip()


def _kind(row: DomainNow) -> str:
    return row.kind.value if row.kind else "—"


_title = partial(QCoreApplication.translate, "domains")


def _persistent(row: DomainNow) -> str:
    said = row.findings.persistent
    return "—" if said is None else _title("yes") if said else _title("no")


def _suffix(row: DomainNow) -> str:
    return row.suffix_kind.value if row.suffix_kind else "—"


def _confirmed(row: DomainNow) -> str:
    return str(row.confirmed_reports)


def _looked_up(row: DomainNow) -> str:
    return day(row.findings.looked_up_at)


def columns() -> tuple[Column, ...]:
    """Return the columns in display order, titles in the present language."""
    return (
        Column("unicode", _title("Domain"), lambda row: row.unicode, 22),
        Column(
            "state",
            _title("State"),
            lambda row: row.findings.state.value,
            17,
            tone=lambda row: state_tone(row.findings.state),
        ),
        Column("registrar", _title("Registrar"), _registrar, 19),
        Column("hosting_country", _title("Country"), _country, 9),
        Column("asn", _title("Network"), _network, 15),
        Column("kind", _title("Kind of site"), _kind, 13),
        Column("confirmed_reports", _title("Confirmed"), _confirmed, 11, right=True),
        Column("reports", _title("Reports"), lambda row: str(row.reports), 9, right=True),
        Column("last_reported", _title("Last report"), lambda row: day(row.last_reported), 13),
        Column("looked_up_at", _title("Looked up"), _looked_up, 13),
        Column("id", _title("No."), lambda row: str(row.id), 6, right=True),
        Column("persistent", _title("Persistent"), _persistent, 11, hidden=True),
        Column("tld", _title("Ending"), lambda row: row.tld or "—", 10, hidden=True),
        Column("suffix_kind", _title("Kind of suffix"), _suffix, 16, hidden=True),
        Column("urls", _title("URLs"), lambda row: str(row.urls), 7, right=True, hidden=True),
        Column(
            "first_reported",
            _title("First report"),
            lambda row: day(row.first_reported),
            13,
            hidden=True,
        ),
        Column(
            "last_confirmed",
            _title("Last confirmed"),
            lambda row: day(row.last_confirmed),
            14,
            hidden=True,
        ),
        Column(
            "created",
            _title("Registered"),
            lambda row: day(row.findings.created),
            13,
            hidden=True,
        ),
        Column(
            "expires", _title("Expires"), lambda row: day(row.findings.expires), 13, hidden=True
        ),
    )


NAME_COLUMN = 0


class DomainTable(QAbstractTableModel):
    """Ids and a row cache; lives in the GUI thread.

    Signals:
        listed(int): a new list of ids is in place; how many.
    """

    listed = Signal(object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._columns = columns()
        self._query = ListQuery()
        self._ids: list[int] = []
        self._cache: OrderedDict[int, DomainNow | None] = OrderedDict()
        self._stale: set[int] = set()
        self._generation = 0
        self._revealed = False

    # -- what is listed

    @property
    def query(self) -> ListQuery:
        """What is listed, and in what order."""
        return self._query

    @property
    def ids(self) -> list[int]:
        """The ids in the order of the rows; not to be changed."""
        return self._ids

    def ask(self, query: ListQuery) -> None:
        """List something else."""
        self._query = query
        self.refresh()

    def refresh(self) -> None:
        """Ask for the ids again, and fetch seen rows anew; the old ones stay until then."""
        self._generation += 1
        generation = self._generation
        query = self._query

        def ids(case: CaseFile) -> list[int] | None:
            return projection.ids(case, query) if generation == self._generation else None

        self._desk.list_ids(ids, partial(self._on_ids, generation))

    def _on_ids(self, generation: int, ids: list[int] | None) -> None:
        if generation != self._generation or ids is None:
            return
        self._stale = set(self._cache)
        if ids == self._ids:
            if ids:
                last = self.index(len(ids) - 1, len(self._columns) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
        else:
            self.beginResetModel()
            self._ids = ids
            self.endResetModel()
        self.listed.emit(len(ids))

    def set_revealed(self, revealed: bool) -> None:
        """Show names, or mask them."""
        self._revealed = revealed
        if self._ids:
            last = self.index(len(self._ids) - 1, NAME_COLUMN)
            self.dataChanged.emit(self.index(0, NAME_COLUMN), last)

    def row(self, number: int) -> DomainNow | None:
        """Return the row at a position; None where it is not there any more."""
        if not 0 <= number < len(self._ids):
            return None
        wanted = self._ids[number]
        if wanted not in self._cache or wanted in self._stale:
            self._fetch(number)
        self._cache.move_to_end(wanted)
        return self._cache[wanted]

    def rows_of(self, ids: Iterable[int]) -> list[int]:
        """Return the positions of ids, in ascending order; those not listed are left out."""
        wanted = set(ids)
        return [number for number, item in enumerate(self._ids) if item in wanted]

    def _fetch(self, number: int) -> None:
        start = max(0, min(number - _AROUND, len(self._ids) - MOST_ROWS))
        missing = [
            item
            for item in self._ids[start : start + MOST_ROWS]
            if item not in self._cache or item in self._stale
        ]
        try:
            found = {row.id: row for row in self._desk.rows(missing)}
        except AbusetrackError as error:
            self._desk.messages.care(str(error))
            found = {}
        for item in missing:
            self._cache[item] = found.get(item)
            self._cache.move_to_end(item)
        self._stale.difference_update(missing)
        while len(self._cache) > _CACHED:
            dropped, _row = self._cache.popitem(last=False)
            self._stale.discard(dropped)

    # -- Qt's interface

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Return how many domains are listed."""
        return 0 if parent.isValid() else len(self._ids)

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
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return None

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
        name = index.column() == NAME_COLUMN
        text = shown_name(row, revealed=self._revealed) if name else column.show(row)
        return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Ask for the ids in another order."""
        if 0 <= column < len(self._columns):
            self.ask(
                replace(
                    self._query,
                    sort=self._columns[column].key,
                    descending=order is Qt.SortOrder.DescendingOrder,
                )
            )

    def column_widths(self) -> list[int]:
        """Return the widths of the columns, in characters."""
        return [column.width for column in self._columns]

    def offered(self) -> list[Column]:
        """Return the columns, in the order of their numbers."""
        return list(self._columns)

    def column_of(self, key: str) -> int:
        """Return the position of a column."""
        return [column.key for column in self._columns].index(key)


_FROM_ROW = {
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.AccessibleTextRole,
    ToneRole,
}


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter

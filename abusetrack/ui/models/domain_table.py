"""The table of domains: which columns it has, and how a name is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject

from abusetrack.casefile import CaseFile, projection
from abusetrack.casefile.projection import ListQuery
from abusetrack.records import DomainNow, HostingAgreement, HostKind, State
from abusetrack.ui.desk import Desk
from abusetrack.ui.models.keyed_table import Column, KeyedTable, Listing
from abusetrack.ui.text import day, joined, mask_name, one_line
from abusetrack.ui.theme import Tone
from abusetrack.ui.words import word

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


def _registrar(row: DomainNow) -> str:
    found = row.findings
    return one_line(found.registrar) if found.registrar else f"({found.registrar_reason})"


def _country(row: DomainNow) -> str:
    found = row.findings
    if found.hosting_verdict is HostingAgreement.CDN:
        return joined(["CDN", one_line(found.cdn or "")])
    if found.hosting_country:
        return found.hosting_country
    return "—" if found.hosting_verdict is HostingAgreement.NONE else word(found.hosting_verdict)


def _network(row: DomainNow) -> str:
    found = row.findings
    if found.asn is None:
        return "—"
    return f"AS{found.asn} {one_line(found.as_name or '')}".rstrip()


def _kind(row: DomainNow) -> str:
    return word(row.kind) if row.kind else "—"


_title = partial(QCoreApplication.translate, "domains")


def _persistent(row: DomainNow) -> str:
    said = row.findings.persistent
    return "—" if said is None else _title("yes") if said else _title("no")


def _suffix(row: DomainNow) -> str:
    return word(row.suffix_kind) if row.suffix_kind else "—"


def _confirmed(row: DomainNow) -> str:
    return str(row.confirmed_reports)


def _looked_up(row: DomainNow) -> str:
    return day(row.findings.looked_up_at)


def columns() -> tuple[Column[DomainNow], ...]:
    """Return the columns in display order, titles in the present language."""
    return (
        Column("unicode", _title("Domain"), lambda row: row.unicode, 22),
        Column(
            "state",
            _title("State"),
            lambda row: word(row.findings.state),
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
COUNTS = {"confirmed_reports", "reports", "urls"}  # columns that calm mode hides


class DomainTable(KeyedTable[int, DomainNow, ListQuery]):
    """Ids and a row cache; names are masked unless revealed."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(desk, columns(), ListQuery(), parent)
        self._revealed = False

    def _list(self, case: CaseFile, query: ListQuery) -> list[int]:
        return projection.ids(case, query)

    def _submit(self, work: Listing[int], done: Callable[[list[int] | None], None]) -> None:
        self._desk.list_ids(work, done)  # a newer query interrupts the one that runs

    def _read(self, keys: Sequence[int]) -> Mapping[int, DomainNow]:
        return {row.id: row for row in self._desk.rows(list(keys))}

    def _text(self, row: DomainNow, column: int) -> str:
        if column == NAME_COLUMN:
            return shown_name(row, revealed=self._revealed)
        return super()._text(row, column)

    def set_revealed(self, revealed: bool) -> None:
        """Show names, or mask them."""
        self._revealed = revealed
        self._changed(NAME_COLUMN, NAME_COLUMN)

    def rows_of(self, ids: Iterable[int]) -> list[int]:
        """Return the positions of ids, in ascending order; those not listed are left out."""
        wanted = set(ids)
        return [number for number, item in enumerate(self.keys) if item in wanted]

    def offered(self) -> list[Column[DomainNow]]:
        """Return the columns, in the order of their numbers."""
        return list(self._columns)

    def column_of(self, key: str) -> int:
        """Return the position of a column."""
        return [column.key for column in self._columns].index(key)

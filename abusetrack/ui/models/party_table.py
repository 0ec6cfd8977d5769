"""The table of parties: which columns it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject

from abusetrack.casefile import CaseFile, party_list
from abusetrack.casefile.party_list import PartyKey, PartyQuery, PartyRow
from abusetrack.ui.desk import Desk
from abusetrack.ui.models.keyed_table import Column, KeyedTable
from abusetrack.ui.text import day, one_line
from abusetrack.ui.theme import Tone
from abusetrack.ui.words import word

_title = partial(QCoreApplication.translate, "parties")


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


def columns() -> tuple[Column[PartyRow], ...]:
    """Return the columns in display order, titles in the present language."""
    return (
        Column("name", _title("Party"), lambda row: one_line(row.name), 23),
        Column("role", _title("Role"), lambda row: word(row.role), 11),
        Column("address", _title("Reached by"), _address, 24),
        Column("confirmed", _title("Contact"), _seal, 15, tone=_seal_tone),
        Column("as_of", _title("Seen"), _as_of, 11),
        Column("notices", _title("Notices"), lambda row: str(row.notices), 8, right=True),
    )


NAME_COLUMN = 0


class PartyTable(KeyedTable[PartyKey, PartyRow, PartyQuery]):
    """Keys and a row cache of parties."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(desk, columns(), PartyQuery(), parent)

    def _list(self, case: CaseFile, query: PartyQuery) -> list[PartyKey]:
        return party_list.keys(case, query)

    def _read(self, keys: Sequence[PartyKey]) -> Mapping[PartyKey, PartyRow]:
        return {(row.key, row.role): row for row in self._desk.parties(list(keys))}

"""Tables of contacts and of parties: the public ones, and our own in and out.

Our own table of contacts begins with the columns ``party`` and ``role``; the public ones
are by registrar (``iana_id``) or by registry (``tld``). Cells that a spreadsheet would
compute begin with an apostrophe in what we write, which is dropped again on reading.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from abusetrack import intake
from abusetrack.casefile import CaseFile, directory, parties
from abusetrack.errors import ExternalError, InputError
from abusetrack.judgement.registrars import registrar_key
from abusetrack.notices.formats.table import FORMULA
from abusetrack.records import Complaint, Contact, ContactOrigin, Party, Role, role_of
from abusetrack.triage.context import Context

_OWN = {"party", "role", "email", "form"}
_REGISTRARS = {"iana_id", "name", "email", "form"}
_REGISTRIES = {"tld", "name", "email", "form"}
CONTACT_COLUMNS = (
    "party", "name", "role", "email", "form", "phone", "origin", "source", "as_of", "comment",
    "confirmed_by", "confirmed_at",
)  # fmt: skip
PARTY_COLUMNS = ("party", *parties.FIELDS)
_YES_NO = {"yes": True, "no": False, "": None}
YES_OR_NO = frozenset({"framework", "union", "online_platform", "exact_urls", "one_domain"})
_NUMBERS = {"form_characters", "form_rows"}

_Row = Mapping[str, str]


def import_contacts(
    context: Context, case: CaseFile, path: Path, *, with_confirmations: bool = False
) -> tuple[int, list[Complaint]]:
    """Import a CSV of contacts; return how many rows became contacts.

    Rows without an e-mail address, form and phone give no contact and no complaint: the
    public tables list those too. ``with_confirmations`` takes over from our own table who
    confirmed a contact; without it they have to be confirmed anew.

    Raises:
        InputError: the file cannot be read or has not the columns.
    """
    columns, rows = _read(path)
    make = next((made for wanted, made in _KINDS if columns >= wanted), None)
    if make is None:
        raise InputError(
            f"{path.name} is no table of contacts: its first line must name the columns "
            "party and role, iana_id or tld, with name, email, form (and phone, notes, as_of)."
        )
    contacts: list[Contact] = []
    complaints: list[Complaint] = []
    for line, row in rows:
        made = make(context, row, path.name)
        if isinstance(made, str):
            complaints.append(Complaint(line, row.get("name", ""), made))
        elif made is not None:
            unconfirmed = replace(made, confirmed_by=None, confirmed_at=None)
            contacts.append(made if with_confirmations else unconfirmed)
    directory.upsert(case, contacts)
    return len(contacts), complaints


def export_contacts(case: CaseFile, path: Path) -> int:
    """Write every contact as CSV; return how many.

    Raises:
        ExternalError: the file cannot be written.
        InputError: it exists already.
    """
    found = directory.contacts(case, as_stored=True)
    lines = [
        (
            item.party_key, item.party_name, item.role.value, item.email, item.form, item.phone,
            item.origin.value, item.source, _time(item.as_of), item.comment, item.confirmed_by,
            _time(item.confirmed_at),
        )
        for item in found
    ]  # fmt: skip
    _write(path, CONTACT_COLUMNS, lines)
    return len(lines)


def import_parties(
    context: Context, case: CaseFile, path: Path, *, own: bool = False
) -> tuple[int, list[Complaint]]:
    """Import a CSV of notes on parties; return how many rows changed something.

    ``own`` takes them for our own word; else they are a table's, and ours wins.
    An empty cell says nothing.

    Raises:
        InputError: the file cannot be read or has no column ``party``.
    """
    columns, rows = _read(path)
    if "party" not in columns or not columns & set(parties.FIELDS):
        raise InputError(
            f"{path.name} is no table of parties: its first line must name the column party and "
            f"some of {', '.join(parties.FIELDS)}."
        )
    changed = 0
    complaints: list[Complaint] = []
    origin = ContactOrigin.MANUAL if own else ContactOrigin.AUTOMATIC
    with case.transaction():
        for line, row in rows:
            key = row["party"]
            try:
                values = note_values({name: row[name] for name in parties.FIELDS if row.get(name)})
            except InputError as error:
                complaints.append(Complaint(line, key, str(error)))
                continue
            if not key:
                complaints.append(Complaint(line, "", "no party"))
                continue
            changed += parties.note(
                case, key, values, origin=origin, source="" if own else path.name,
                as_of=context.clock.now(),
            )  # fmt: skip
    return changed, complaints


def export_parties(case: CaseFile, path: Path) -> int:
    """Write the notes on every party as CSV; return how many parties.

    Raises:
        ExternalError: the file cannot be written.
        InputError: it exists already.
    """
    found = parties.many(case, dict.fromkeys(parties.noted(case), ""))
    lines = [
        (party.key, *(cell(party, name) for name in parties.FIELDS)) for party in found.values()
    ]
    _write(path, PARTY_COLUMNS, lines)
    return len(lines)


def note_values(texts: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a party from text; an empty text takes a value back.

    Raises:
        InputError: a text fits not its field; the message says which.
    """
    return {name: _value(name, text) for name, text in texts.items()}


def _value(name: str, text: str) -> Any:
    text = text.strip()
    if name in YES_OR_NO:
        if text.lower() not in _YES_NO:
            raise InputError(f"{name} is yes, no or nothing (not known), not {text!r}.")
        return _YES_NO[text.lower()]
    if name in _NUMBERS:
        if text and not (text.isascii() and text.isdigit() and 0 < int(text) < 10**9):
            raise InputError(f"{name} is a number above 0, or nothing.")
        return int(text) if text else None
    if name == "form_fields":
        return tuple(part.strip() for part in text.split(";") if part.strip())
    if name == "country":
        if text and not (len(text) == 2 and text.isascii() and text.isalpha()):
            raise InputError("country is two letters (ISO 3166), such as IE.")
        return text.upper()
    if name == "openpgp_fingerprint":
        plain = "".join(text.split()).upper()
        if plain and (len(plain) not in {40, 64} or set(plain) - set("0123456789ABCDEF")):
            raise InputError("openpgp_fingerprint is 40 or 64 hexadecimal digits.")
        return plain
    if name == "openpgp_key" and "PRIVATE KEY" in text:
        raise InputError("openpgp_key is a private key; give the public key only.")
    return text


def cell(party: Party, name: str) -> str:
    """Return a field of a party as text; yes, no, or nothing where it is not known."""
    value = getattr(party, name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "; ".join(value)
    return "" if value is None else str(value)


# --- rows of the three kinds of tables ----------------------------------------


def _own(context: Context, row: _Row, source: str) -> Contact | str | None:
    key = row.get("party", "")
    try:
        role = Role(row["role"]) if row.get("role") else role_of(key)
        origin = ContactOrigin(row.get("origin") or ContactOrigin.AUTOMATIC)
    except ValueError:
        return "the role or the origin is none that is known"
    if not key:
        return "no party"
    made = _contact(context, row, key, role, row.get("source") or source)
    if made is None:
        return None
    return replace(
        made,
        origin=origin,
        comment=row.get("comment", ""),
        confirmed_by=row.get("confirmed_by") or None,
        confirmed_at=_moment(row.get("confirmed_at", "")),
    )


def _registrar(context: Context, row: _Row, source: str) -> Contact | str | None:
    if not _ways(row):
        return None
    name, number, tld = row.get("name", ""), row.get("iana_id", ""), _tld(row)
    if not number and not (tld and name):
        return "no IANA ID, and no TLD with a name instead"
    if number and not (number.isascii() and number.isdigit()):
        return f"{number!r} is no IANA ID"
    key = registrar_key(int(number) if number else None, tld, name)
    return _contact(context, row, key, Role.REGISTRAR, source)


def _registry(context: Context, row: _Row, source: str) -> Contact | str | None:
    if not _ways(row):
        return None
    if not (tld := _tld(row)):
        return "no TLD"
    return _contact(context, row, f"tld:{tld}", Role.REGISTRY, source)


_KINDS: Sequence[tuple[set[str], Callable[[Context, _Row, str], Contact | str | None]]] = (
    (_OWN, _own),
    (_REGISTRARS, _registrar),
    (_REGISTRIES, _registry),
)


def _contact(context: Context, row: _Row, key: str, role: Role, source: str) -> Contact | None:
    if not _ways(row):
        return None
    return Contact(
        party_key=key,
        party_name=row.get("name") or key,
        role=role,
        email=row.get("email") or None,
        form=row.get("form") or None,
        phone=row.get("phone") or None,
        origin=ContactOrigin.AUTOMATIC,
        source=source,
        as_of=_moment(row.get("as_of", "")) or context.clock.now(),
        comment=row.get("notes", ""),
    )


def _ways(row: _Row) -> bool:
    return any(row.get(way) for way in ("email", "form", "phone"))


def _tld(row: _Row) -> str:
    return row.get("tld", "").strip(".").lower()


# --- CSV ------------------------------------------------------------------------


def _read(path: Path) -> tuple[set[str], list[tuple[int, dict[str, str]]]]:
    text = intake.decode(intake.load(path))
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        columns = {(name or "").strip().lower() for name in reader.fieldnames or ()}
        return columns, list(_rows(reader))
    except csv.Error as error:
        raise InputError(
            f"{path.name} cannot be read as CSV near line {reader.line_num}: {error}; mend that."
        ) from error


def _rows(reader: csv.DictReader[str]) -> Iterator[tuple[int, dict[str, str]]]:
    for row in reader:
        plain = {
            key.strip().lower(): _unmarked(value.strip())
            for key, value in row.items()
            if isinstance(key, str) and isinstance(value, str)
        }
        yield reader.line_num, plain


def _unmarked(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _marked(text: str) -> str:
    """Mark what a spreadsheet would compute; lines stay, because a key has many."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _write(path: Path, columns: Sequence[str], lines: Sequence[Sequence[str | None]]) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
            writer.writerow(columns)
            writer.writerows([_marked(text or "") for text in line] for line in lines)
    except FileExistsError as error:
        raise InputError(f"{path} exists already; name another file.") from error
    except OSError as error:
        raise ExternalError(f"{path} cannot be written: {error.strerror}.") from error


def _time(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat() if moment else ""


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None

"""Take abuse contacts in from the public tables, and confirm them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from abusetrack import intake
from abusetrack.casefile import CaseFile, directory
from abusetrack.errors import InputError
from abusetrack.judgement.registrars import registrar_key
from abusetrack.records import Complaint, Contact, ContactOrigin, Role
from abusetrack.triage.context import Context

# Of the public tables of abuse contacts: by registrar (IANA ID) and by registry (TLD).
_REGISTRARS = {"iana_id", "name", "email", "form"}
_REGISTRIES = {"tld", "name", "email", "form"}


def import_table(context: Context, case: CaseFile, path: Path) -> tuple[int, list[Complaint]]:
    """Import a CSV of contacts (columns in docs/cli.md); return how many rows became contacts.

    Rows without an e-mail address and without a form give no contact and no complaint:
    the tables list those too.

    Raises:
        InputError: the file cannot be read or has not the columns.
    """
    text = intake.decode(intake.load(path))
    reader = csv.DictReader(io.StringIO(text, newline=""))
    columns = {(name or "").strip().lower() for name in reader.fieldnames or ()}
    if not (columns >= _REGISTRARS or columns >= _REGISTRIES):
        raise InputError(
            f"{path.name} is no table of contacts: its first line must name the columns "
            "iana_id or tld, name, email, form (and link, notes, as_of)."
        )
    role = Role.REGISTRAR if columns >= _REGISTRARS else Role.REGISTRY
    contacts: list[Contact] = []
    complaints: list[Complaint] = []
    for row in _rows(reader):
        made = _contact(context, row, role, source=path.name, line=reader.line_num)
        if isinstance(made, Complaint):
            complaints.append(made)
        elif made is not None:
            contacts.append(made)
    directory.upsert(case, contacts)
    return len(contacts), complaints


def listed(case: CaseFile, *, used_only: bool = False) -> list[Contact]:
    """Return the contact that a draft would use, per party and role.

    ``used_only`` leaves out parties of which no domain of the case file is.
    """
    keys = {row["registrar_key"] for row in case.query("SELECT registrar_key FROM domain_now")}
    chosen: dict[tuple[str, Role], Contact] = {}
    for contact in directory.contacts(case):
        if not used_only or contact.party_key in keys:
            chosen.setdefault((contact.party_key, contact.role), contact)
    return list(chosen.values())


def _rows(reader: csv.DictReader[str]) -> Iterator[dict[str, str]]:
    for row in reader:
        yield {
            key.strip().lower(): value.strip()
            for key, value in row.items()
            if isinstance(key, str) and isinstance(value, str)
        }


def _contact(
    context: Context, row: Mapping[str, str], role: Role, *, source: str, line: int
) -> Contact | Complaint | None:
    email, form = row.get("email", ""), row.get("form", "")
    if not (email or form):
        return None
    name = row.get("name", "")
    if role is Role.REGISTRY:
        tld = row.get("tld", "").strip(".").lower()
        if not tld:
            return Complaint(line, name, "no TLD")
        key = f"tld:{tld}"
    else:
        number, tld = row.get("iana_id", ""), row.get("tld", "").strip(".").lower()
        if not number and not (tld and name):
            return Complaint(line, name, "no IANA ID, and no TLD with a name instead")
        if number and not (number.isascii() and number.isdigit()):
            return Complaint(line, name, f"{number!r} is no IANA ID")
        key = registrar_key(int(number) if number else None, tld, name)
    return Contact(
        party_key=key,
        party_name=name or key,
        role=role,
        email=email or None,
        form=form or None,
        phone=row.get("phone") or None,
        origin=ContactOrigin.AUTOMATIC,
        source=source,
        as_of=_day(row.get("as_of", "")) or context.clock.now(),
        comment=row.get("notes", ""),
    )


def _day(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None

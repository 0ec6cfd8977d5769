"""Lists of protected names, in and out as CSV."""

from __future__ import annotations

import csv
from pathlib import Path

from abusetrack.casefile import CaseFile, protected
from abusetrack.errors import InputError
from abusetrack.names import Names
from abusetrack.records import HostKind, ProtectedCategory, ProtectedName, Refusal

_LARGEST = 10 * 1024 * 1024
_COLUMNS = "name, category (own, partner, registry, other) and party"


def name_of(names: Names, text: str) -> str:
    """Read a name to protect.

    Raises:
        InputError: it is no domain name, with the reason.
    """
    host = names.host(text)
    if isinstance(host, Refusal):
        raise InputError(f"That is no name that can be protected: {host.value}.")
    if host.kind is not HostKind.NAME:
        raise InputError("Only domain names can be protected, not addresses or onion services.")
    return host.name


def add_list(names: Names, case: CaseFile, path: Path) -> int:
    """Protect the names of a CSV file, all or none; return how many are new or changed.

    Raises:
        InputError: it cannot be read, or a line is wrong; the message names the line.
    """
    found = []
    for number, row in enumerate(_rows(path), start=2):
        try:
            name = name_of(names, row.get("name") or "")
            category = ProtectedCategory((row.get("category") or "other").strip().lower())
        except InputError as error:
            raise InputError(f"Line {number}: {error} Nothing was taken in.") from error
        except ValueError as error:
            raise InputError(
                f"Line {number}: the category is not own, partner, registry or other. "
                "Nothing was taken in."
            ) from error
        found.append(ProtectedName(name, category, (row.get("party") or "").strip()))
    return protected.add(case, found, imported=True)


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{path} is larger than 10 MB; that is no list of names.")
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as UTF-8 text.") from error
    reader = csv.DictReader(lines)
    if "name" not in {(title or "").strip().lower() for title in reader.fieldnames or ()}:
        raise InputError(f"{path} needs a header line with the columns {_COLUMNS}.")
    reader.fieldnames = [(title or "").strip().lower() for title in reader.fieldnames or ()]
    try:
        return [row for row in reader if any((value or "").strip() for value in row.values())]
    except (csv.Error, AttributeError, TypeError) as error:
        raise InputError(f"{path} is no CSV file that can be read.") from error

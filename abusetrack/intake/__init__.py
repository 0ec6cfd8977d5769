"""Lists of reports: pasted text, text files, CSV, XLSX and mail.

Each row or candidate becomes exactly one report, one name to be ticked, or one
complaint with its line and reason. Media never enter: only text is read, and encoded
media in it are removed and counted before anything is read out of it. Raw files are
kept nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePath

from abusetrack import held
from abusetrack.errors import InputError
from abusetrack.intake import tables
from abusetrack.intake.decode import decode
from abusetrack.intake.mail import read_mail
from abusetrack.intake.model import MAX_BYTES, AssessmentRow, Context, Intake, Ledger, StatusRow
from abusetrack.intake.sheets import is_workbook, read_sheets
from abusetrack.intake.texts import read_text
from abusetrack.records import Complaint

__all__ = [
    "AssessmentRow",
    "Context",
    "Intake",
    "StatusRow",
    "decode",
    "load",
    "read",
    "read_assessments",
    "read_path",
    "read_statuses",
]

_TABLES = {".csv", ".tsv"}
_TOO_LARGE = f"The file is larger than {MAX_BYTES // 2**20} MB; split it."


def load(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        InputError: it cannot be read, is larger than 50 MB, or is the open case file.
    """
    held.refuse(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"{path.name} cannot be read: {error.strerror}; check the path and its permissions."
        ) from error
    if len(data) > MAX_BYTES:
        raise InputError(_TOO_LARGE)
    return data


def read_path(path: Path, *, context: Context) -> Intake:
    """Read a file by its name and content.

    Raises:
        InputError: it cannot be read, is too large, or is no list that can be read.
    """
    return read(load(path), filename=path.name, context=context)


def read(data: bytes | str, *, filename: str, context: Context) -> Intake:
    """Read a list; pasted text is a ``str``, and ``filename`` may then be empty.

    Raises:
        InputError: it is too large, or no list that can be read.
    """
    ledger = Ledger(context)
    if len(data) > MAX_BYTES:
        raise InputError(_TOO_LARGE)
    suffix = PurePath(filename).suffix.lower()
    if isinstance(data, bytes) and suffix == ".eml":
        read_mail(data, ledger)
    elif isinstance(data, bytes) and is_workbook(data):
        _read_workbook(data, ledger)
    else:
        text = data if isinstance(data, str) else decode(data)
        if suffix in _TABLES or tables.is_table(text, context):
            tables.read_reports(tables.parse_csv(text, context), ledger)
        else:
            read_text(ledger.scrub(text), ledger)
    return ledger.intake()


def read_assessments(
    data: bytes | str, *, filename: str, context: Context
) -> tuple[tuple[AssessmentRow, ...], tuple[Complaint, ...]]:
    """Read a table of assessments: a column url or domain, and the assessment columns.

    Raises:
        InputError: it is too large, no table, or lacks a column.
    """
    ledger = Ledger(context)
    found = tuple(tables.read_assessments(_table(data, filename, ledger, "Assessments"), ledger))
    return found, ledger.intake().complaints


def read_statuses(
    data: bytes | str, *, filename: str, context: Context
) -> tuple[tuple[StatusRow, ...], tuple[Complaint, ...]]:
    """Read a table of content statuses: url or domain, status, and perhaps seen at and source.

    Raises:
        InputError: it is too large, no table, or lacks a column.
    """
    ledger = Ledger(context)
    rows = _table(data, filename, ledger, "Content statuses")
    found = tuple(tables.read_statuses(rows, ledger))
    return found, ledger.intake().complaints


def _table(data: bytes | str, filename: str, ledger: Ledger, what: str) -> Sequence[tables.Row]:
    if len(data) > MAX_BYTES:
        raise InputError(_TOO_LARGE)
    if PurePath(filename).suffix.lower() == ".eml":
        raise InputError(f"{what} are read from CSV or XLSX files, not from mails.")
    if isinstance(data, bytes) and is_workbook(data):
        return [row for sheet in read_sheets(data, ledger)[:1] for row in sheet]
    text = data if isinstance(data, str) else decode(data)
    return tables.parse_csv(text, ledger.context)


def _read_workbook(data: bytes, ledger: Ledger) -> None:
    """Read every sheet that holds names; one that holds none is one complaint.

    Raises:
        InputError: no sheet holds any.
    """
    failures: list[tuple[int, InputError]] = []
    sheets = [rows for rows in read_sheets(data, ledger) if rows]
    for number, rows in enumerate(sheets, start=1):
        try:
            tables.read_reports(rows, ledger)
        except InputError as error:
            failures.append((number, error))
    if failures and len(failures) == len(sheets):
        raise failures[0][1]
    for number, failure in failures:
        ledger.complain(1, f"sheet {number} that is not empty", str(failure))

"""Excel workbooks: the values of cells, and nothing else."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from abusetrack.errors import InputError
from abusetrack.intake.model import Ledger
from abusetrack.intake.tables import Row

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

MAX_UNPACKED = 200 * 1024 * 1024
MAX_PARTS = 5000
MAX_ROWS = 250_000  # that hold something
MAX_WALKED = 8 * 1_048_576  # empty ones too: one cell in the last row of a sheet makes a million
_MAX_COLUMN = 256
_MAX_ROW_NUMBER = 1_048_576

_DAMAGED = "The workbook is damaged or protected; open it, save it again as .xlsx and retry."


def is_workbook(data: bytes) -> bool:
    """Whether the bytes are an .xlsx file."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return False


def read_sheets(data: bytes, ledger: Ledger) -> list[list[Row]]:
    """Return the rows of each sheet; media inside the file are counted and never unpacked.

    Rows are numbered as Excel shows them. Cells right of column IV are not read.

    Raises:
        InputError: the file is damaged, too large once unpacked, or has too many rows.
    """
    _check_archive(data, ledger)
    import openpyxl  # takes 0.3 s, and most lists are no workbooks

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which we do not read
            book = openpyxl.load_workbook(
                io.BytesIO(data), read_only=True, data_only=True, keep_links=False
            )
            try:
                return list(_sheets(book))
            finally:
                book.close()
    except InputError:
        raise
    except (
        zipfile.BadZipFile,
        ParseError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
        OverflowError,
        EOFError,
        NotImplementedError,
        RuntimeError,  # an encrypted part
        RecursionError,
        zipfile.zlib.error,  # type: ignore[attr-defined]
    ) as error:
        raise InputError(_DAMAGED) from error


def _check_archive(data: bytes, ledger: Ledger) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise InputError(_DAMAGED) from error
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise InputError(
            "The workbook is too large once unpacked; split it, or save the sheet as CSV."
        )
    for part in parts:
        name = part.filename.lower()
        if name.startswith("xl/media/") or "thumbnail" in name:
            ledger.discard("images")
        elif name.startswith(("xl/embeddings/", "xl/activex/")) or name.endswith(".bin"):
            ledger.discard("attachments")


def _sheets(book: Workbook) -> Iterator[list[Row]]:
    filled = walked = 0
    for sheet in book.worksheets:
        rows: list[Row] = []
        reader: Any = sheet
        reader.reset_dimensions()  # the file's own word for them may be wrong
        for number, cells in enumerate(
            reader.iter_rows(values_only=True, max_row=_MAX_ROW_NUMBER, max_col=_MAX_COLUMN), 1
        ):
            walked += 1
            if walked > MAX_WALKED:
                raise InputError(
                    "The workbook has too many empty rows; save the sheet with the list as CSV."
                )
            if cells.count(None) == len(cells):
                continue
            row = Row(number, _without_tail(cells))
            if row.empty:
                continue
            filled += 1
            if filled > MAX_ROWS:
                raise InputError(f"The workbook has more than {MAX_ROWS:,} rows; split it.")
            rows.append(row)
        yield rows


def _without_tail(cells: tuple[object, ...]) -> tuple[object, ...]:
    end = len(cells)
    while end and cells[end - 1] is None:
        end -= 1
    return cells[:end]

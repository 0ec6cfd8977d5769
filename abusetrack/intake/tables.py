"""Rows of CSV files and sheets: which column is what, and what each row gives."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from abusetrack.errors import InputError
from abusetrack.intake import assessment
from abusetrack.intake.dates import read_when
from abusetrack.intake.model import (
    MAX_BYTES,
    AssessmentRow,
    Context,
    Ledger,
    RowError,
    StatusRow,
)
from abusetrack.intake.scrub import HOLE
from abusetrack.records import ContentState, ContentStatus, Refusal, Report, Target

_OPEN_QUOTE = "a quotation mark in it is not closed, so it runs on into other rows"
HOLLOW = "encoded data stood in it and was removed unread"

_DELIMITERS = ",;\t|"
_SAMPLE = 20  # rows in which the header is looked for
_COLUMN_SAMPLE = 200  # rows by which a table without a header is judged

# Our column -> what lists call it, folded. The first header that fits is taken.
_HEADERS = {
    "url": (
        "url", "urls", "uri", "link", "reported url", "reported link", "web address",
        "url or domain", "url/domain", "url domain",
    ),
    "domain": ("domain", "domains", "domain name", "host", "hostname", "host name", "fqdn"),
    "received": (
        "received", "received at", "date received", "receipt date", "reported", "reported at",
        "date", "timestamp", "first seen", "first reported at",
    ),
    "source": ("source", "report source"),
    "reference": (
        "reference", "ref", "reference number", "id", "report id", "case", "case id", "ticket",
    ),
    "note": ("note", "notes", "comment", "comments", "remark", "remarks"),
    "outcome": ("outcome", "assessment", "finding"),
    "kind": ("kind", "site kind", "kind of site", "site type"),
    "legal category": ("legal category", "category"),
    "law": ("law",),
    "severity": ("severity",),
    "assessed at": ("assessed at", "assessed", "assessment date", "date assessed"),
    "assessed by": ("assessed by", "analyst", "assessor"),
    "commercial": ("commercial",),
    "disguised": ("disguised",),
    "access note": ("access note",),
    "xarf class": ("xarf class", "xarf classification", "classification"),
    "detection method": ("detection method",),
}  # fmt: skip
_FIELD_OF = {header: field for field, headers in _HEADERS.items() for header in headers}

# A list of content statuses: what else it may say of a URL is not read.
_STATUS_HEADERS = {
    "status": ("status", "content status", "content", "state"),
    "seen at": (
        "seen at", "seen", "checked at", "checked", "last checked", "date", "timestamp", "at",
    ),
}  # fmt: skip
_STATUS_FIELD_OF = {
    header: field
    for field, headers in (
        {name: _HEADERS[name] for name in ("url", "domain", "source")} | _STATUS_HEADERS
    ).items()
    for header in headers
}

Columns = dict[str, int]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its line and its cells (text, numbers, dates, None)."""

    line: int
    cells: Sequence[object]

    @property
    def empty(self) -> bool:
        """Whether no cell holds anything."""
        return all(cell is None or (isinstance(cell, str) and not cell.strip())
                   for cell in self.cells)  # fmt: skip

    @property
    def text(self) -> str:
        """The cells as one line, for complaints."""
        return " | ".join(str(cell) for cell in self.cells if cell not in {None, ""})


def parse_csv(text: str, context: Context) -> list[Row]:
    """Split CSV text into rows by the delimiter that shows most of the known columns.

    Raises:
        InputError: a cell is larger than any file may be.
    """
    text = text.replace("\x00", "")
    first, _, rest = text.partition("\n")
    if match := re.fullmatch(r"sep=(.)\r?", first, re.IGNORECASE):  # as Excel writes it
        return [Row(row.line + 1, row.cells) for row in _split(rest, match[1])]
    head = text[:65536]
    best = max(_DELIMITERS, key=lambda delimiter: _score(head, delimiter, context))
    return list(_split(text, best))


def is_table(text: str, context: Context) -> bool:
    """Whether text begins with a header line that names a url or domain column among others."""
    line = text.lstrip("\ufeff\r\n").partition("\n")[0]
    if len(line) > 4096:
        return False
    for delimiter in _DELIMITERS:
        cells = [cell.strip(' "\r') for cell in line.split(delimiter)]
        columns = _columns(cells, context)
        if len(cells) > 1 and columns.keys() & {"url", "domain"}:
            return True
    return _fold(line) in _FIELD_OF and _FIELD_OF[_fold(line)] in {"url", "domain"}


def read_reports(rows: Sequence[Row], ledger: Ledger) -> None:
    """Make a report or a complaint of each row that is not empty.

    Raises:
        InputError: no column holds URLs or domains, or several do.
    """
    columns, rows = _find_columns(rows, ledger)
    left = deque(rows)
    del rows  # so that each row is let go once it is read
    while left:
        row = left.popleft()
        try:
            _refuse_swallowed(row, ledger)
            ledger.take(_report(row, columns, ledger))
        except RowError as error:
            ledger.complain(row.line, _named(row, columns), str(error))


def read_assessments(rows: Sequence[Row], ledger: Ledger) -> Iterator[AssessmentRow]:
    """Yield an assessment of each row; complaints go to the ledger.

    Raises:
        InputError: no column holds URLs or domains, or several do.
    """
    columns, rows = _find_columns(rows, ledger)
    if "outcome" not in columns:
        raise InputError("The table has no column named outcome; nothing was assessed.")
    for row in rows:
        try:
            cells = _cells(row, columns, ledger)
            target = _target(cells, ledger)
            found = assessment.read_assessment(cells, ledger.context, ledger.zone)
            if found is None:
                raise RowError("the outcome is empty")
        except RowError as error:
            ledger.complain(row.line, _named(row, columns), str(error))
            continue
        subject = target.host.name if target.bare else target.url
        yield AssessmentRow(subject, found, row.line)


def read_statuses(rows: Sequence[Row], ledger: Ledger) -> Iterator[StatusRow]:
    """Yield the content status of each row; complaints go to the ledger.

    Raises:
        InputError: no column holds URLs or domains, or several do, or none the status.
    """
    columns, rows = _find_columns(rows, ledger, _STATUS_FIELD_OF)
    if "status" not in columns:
        raise InputError("The table has no column named status; nothing was recorded.")
    for row in rows:
        try:
            cells = _cells(row, columns, ledger)
            target = _target(cells, ledger)
            found = _status(cells, ledger)
        except RowError as error:
            ledger.complain(row.line, _named(row, columns), str(error))
            continue
        yield StatusRow(target.host.name if target.bare else target.url, found, row.line)


def _status(cells: dict[str, object], ledger: Ledger) -> ContentStatus:
    context = ledger.context
    state = assessment.word(str(cells.get("status", "")), ContentState, {}, "status")
    at = context.received_at
    if "seen at" in cells:
        at = read_when(cells["seen at"], context, ledger.zone)
    elif "source" in cells:
        raise RowError("what somebody else saw needs its date (seen at)")
    if at > context.received_at:
        raise RowError("it was seen at a time that is still to come")
    return ContentStatus(state, at, str(cells.get("source", context.actor)))


def _report(row: Row, columns: Columns, ledger: Ledger) -> Report:
    cells = _cells(row, columns, ledger)
    target = _target(cells, ledger)
    context = ledger.context
    return Report(
        target=target,
        received_at=read_when(cells["received"], context, ledger.zone)
        if "received" in cells
        else context.received_at,
        source=str(cells.get("source", context.source)),
        reference=_optional(cells, "reference"),
        note=_optional(cells, "note"),
        line=row.line,
        assessment=assessment.read_assessment(cells, context, ledger.zone),
    )


def _cells(row: Row, columns: Columns, ledger: Ledger) -> dict[str, object]:
    """Return the cells that hold something by our name, freed of encoded media."""
    cells: dict[str, object] = {}
    scrubbed = [ledger.scrub(cell) if isinstance(cell, str) else cell for cell in row.cells]
    for name, index in columns.items():
        cell = scrubbed[index] if index < len(scrubbed) else None
        if isinstance(cell, str):
            cell = cell.strip()
            if name not in {"url", "domain"}:
                cell = cell.replace(HOLE, "").strip()
        elif isinstance(cell, float) and cell.is_integer():
            cell = int(cell)  # sheets hold no whole numbers
        if cell is not None and cell != "":
            cells[name] = cell
    return cells


def _target(cells: dict[str, object], ledger: Ledger) -> Target:
    text = str(cells.get("url", cells.get("domain", "")))
    if HOLE in text:
        raise RowError(HOLLOW)
    target = ledger.context.names.target(text)
    if isinstance(target, Refusal):
        raise RowError(target.value)
    return target


def _refuse_swallowed(row: Row, ledger: Ledger) -> None:
    """Refuse a row whose cell of several lines holds what look like rows of their own."""
    for cell in row.cells:
        if isinstance(cell, str) and "\n" in cell:
            for line in cell.split("\n")[1:]:
                parts = re.split(f"[{_DELIMITERS}]", line)
                if len(parts) == len(row.cells) and any(
                    isinstance(ledger.context.names.target(part), Target) for part in parts
                ):
                    raise RowError(_OPEN_QUOTE)


def _optional(cells: dict[str, object], name: str) -> str | None:
    return str(cells[name]) if name in cells else None


def _named(row: Row, columns: Columns) -> str:
    """The text shown with a complaint: the name or URL, else the whole row."""
    for name in ("url", "domain"):
        index = columns.get(name, len(row.cells))
        if index < len(row.cells) and row.cells[index] not in {None, ""}:
            return str(row.cells[index])
    return row.text


def _find_columns(
    rows: Sequence[Row], ledger: Ledger, fields: Mapping[str, str] = _FIELD_OF
) -> tuple[Columns, Sequence[Row]]:
    """Return where the columns are, and the rows below the header that hold something.

    ``fields`` has our name of a column for each header that is understood.
    """
    rows = [row for row in rows if not row.empty]
    for number, row in enumerate(rows[:_SAMPLE]):
        columns = _columns(row.cells, ledger.context, fields)
        if columns.keys() & {"url", "domain"}:
            for above in rows[:number]:
                ledger.complain(above.line, above.text, "it stands above the names of the columns")
            _leave_columns(row, columns, ledger)
            return columns, rows[number + 1 :]
    holding = [
        index
        for index in range(max((len(row.cells) for row in rows[:_COLUMN_SAMPLE]), default=0))
        if _holds_names(rows[:_COLUMN_SAMPLE], index, ledger.context)
    ]
    if len(holding) == 1:
        return _below_header(rows, holding[0], ledger, fields)
    if not rows:
        return {}, rows
    what = "Several columns hold" if holding else "No column holds"
    raise InputError(
        f"{what} URLs or domains; name the one to read url or domain in the first line, "
        "or choose a source profile that names it."
    )


def _below_header(
    rows: Sequence[Row], url: int, ledger: Ledger, fields: Mapping[str, str]
) -> tuple[Columns, Sequence[Row]]:
    """Return the columns where no header names the one of the URLs, but may name others."""
    for number, row in enumerate(rows[:_SAMPLE]):
        columns = _columns(row.cells, ledger.context, fields)
        if len(columns) > 1 and url not in columns.values():
            for above in rows[:number]:
                ledger.complain(above.line, above.text, "it stands above the names of the columns")
            columns["url"] = url
            _leave_columns(row, columns, ledger)
            return columns, rows[number + 1 :]
        if _holds_names([row], url, ledger.context):
            break
    return {"url": url}, rows


def _leave_columns(header: Row, columns: Columns, ledger: Ledger) -> None:
    for index, cell in enumerate(header.cells):
        if isinstance(cell, str) and cell.strip() and index not in columns.values():
            ledger.leave_column(cell)


def _columns(
    cells: Sequence[object], context: Context, fields: Mapping[str, str] = _FIELD_OF
) -> Columns:
    profile = context.profile.columns if context.profile else {}
    theirs = {_fold(header): ours.replace("_", " ") for ours, header in profile.items()}
    columns: Columns = {}
    for index, cell in enumerate(cells):
        if not isinstance(cell, str) or len(cell) > 100:
            continue
        folded = _fold(cell)
        field = theirs.get(folded)
        if field is not None:
            columns[field] = index
        elif (known := fields.get(folded)) and known not in theirs.values():
            columns.setdefault(known, index)
    return columns


def _fold(header: str) -> str:
    return " ".join(header.strip(' "\r\n\ufeff').casefold().replace("_", " ").split())


def _holds_names(rows: Sequence[Row], index: int, context: Context) -> bool:
    cells = [row.cells[index] for row in rows if index < len(row.cells)]
    texts = [cell for cell in cells if isinstance(cell, str) and cell.strip()]
    good = sum(isinstance(context.names.target(text), Target) for text in texts)
    return good > 0 and good * 2 >= len(texts)


def _score(head: str, delimiter: str, context: Context) -> tuple[int, int]:
    rows = [row for _number, row in zip(range(_SAMPLE), _split(head, delimiter), strict=False)]
    known = max((len(_columns(row.cells, context)) for row in rows), default=0)
    widths = [len(row.cells) for row in rows if not row.empty]
    steady = max(set(widths), key=widths.count) if widths else 0
    return known, steady


def _split(text: str, delimiter: str) -> Iterator[Row]:
    """Yield rows with the line each begins on.

    An odd number of quotation marks means that one is not closed and would swallow the
    rows after it: then every line is a row, and quotation marks mean nothing.
    """
    odd = text.count('"') % 2 == 1
    csv.field_size_limit(MAX_BYTES)
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quoting=csv.QUOTE_NONE if odd else csv.QUOTE_MINIMAL,
        skipinitialspace=True,
    )
    line = 1
    try:
        for cells in reader:
            yield Row(line, [cell.strip('" ') for cell in cells] if odd else cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"The table cannot be split into cells near line {line}.") from error

"""Tables written row by row, so that a million take no more memory than one.

Nothing of them stands in a temporary file elsewhere: what they hold is not for other folders.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import BinaryIO
from xml.sax.saxutils import escape

from abusetrack.notices.formats.table import neutral

Cell = str | int | None
About = Mapping[str, Cell]

MOST_ROWS = 1_048_576  # of one sheet, its head included (ECMA-376)


def write_csv(
    out: BinaryIO, about: About, columns: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> int:
    """Write CSV (RFC 4180, UTF-8); return how many rows.

    What is said about the export stands as further heads, ``key=value``, over empty cells.
    """
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*columns, *(f"{key}={value}" for key, value in about.items())])
    rest = [""] * len(about)
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007  (counted)
        writer.writerow([_shown(cell) for cell in row] + rest)
    text.flush()
    text.detach()
    return count


def write_jsonl(
    out: BinaryIO, about: About, columns: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> int:
    """Write one JSON object to a line, in ASCII; the first says what this is."""
    _line(out, {"about": dict(about), "columns": list(columns)})
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007  (counted)
        _line(out, dict(zip(columns, row, strict=True)))
    return count


def write_xlsx(
    out: BinaryIO, about: About, columns: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> int:
    """Write a workbook (ECMA-376): the sheet *about*, then as many as the rows need.

    openpyxl would write every sheet into the system's folder for temporary files first.
    """
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        _sheet(book, 1, [(str(key), value) for key, value in about.items()])
        sheets, count = 1, 0
        left = iter(rows)
        while True:
            sheets += 1
            written = _sheet(book, sheets, _with_head(columns, left))
            count += written - 1
            if written < MOST_ROWS:
                break
        _parts(book, ["about", *(f"domains {number}" for number in range(1, sheets))])
    return count


def _line(out: BinaryIO, value: object) -> None:
    out.write(json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n")


def _shown(cell: Cell) -> Cell:
    return neutral(cell) if isinstance(cell, str) else cell


def _with_head(columns: Sequence[str], rows: Iterator[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    yield columns
    for _, row in zip(range(MOST_ROWS - 1), rows, strict=False):
        yield row


def _sheet(book: zipfile.ZipFile, number: int, rows: Iterable[Sequence[Cell]]) -> int:
    count = 0
    with _part(book, f"xl/worksheets/sheet{number}.xml") as sheet:
        sheet.write(_HEAD + f'<worksheet xmlns="{_MAIN}"><sheetData>')
        for count, row in enumerate(rows, start=1):  # noqa: B007  (counted)
            sheet.write(f"<row>{''.join(map(_cell, row))}</row>")
        sheet.write("</sheetData></worksheet>")
    return count


def _cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, str):
        text = escape(neutral(cell))
        return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f"<c><v>{int(cell)}</v></c>"


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _parts(book: zipfile.ZipFile, names: Sequence[str]) -> None:
    """Write what ties the sheets together."""
    sheets, links, types = [], [], []
    for number, name in enumerate(names, start=1):
        sheets.append(f'<sheet name="{escape(name)}" sheetId="{number}" r:id="r{number}"/>')
        links.append(
            f'<Relationship Id="r{number}" Type="{_OFFICE}/worksheet"'
            f' Target="worksheets/sheet{number}.xml"/>'
        )
        types.append(
            f'<Override PartName="/xl/worksheets/sheet{number}.xml"'
            f' ContentType="{_TYPE}.worksheet+xml"/>'
        )
    bodies = {
        "xl/workbook.xml": f"""<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">
<sheets>{"".join(sheets)}</sheets></workbook>""",
        "xl/_rels/workbook.xml.rels": f"""<Relationships xmlns="{_PACKAGE}/relationships">
{"".join(links)}</Relationships>""",
        "_rels/.rels": f"""<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>
</Relationships>""",
        "[Content_Types].xml": f"""<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>
{"".join(types)}</Types>""",
    }
    for path, body in bodies.items():
        with _part(book, path) as part:
            part.write(_HEAD + body)


@contextmanager
def _part(book: zipfile.ZipFile, name: str) -> Iterator[io.TextIOWrapper]:
    info = zipfile.ZipInfo(name)  # a fixed date: the same table is the same file
    info.compress_type = zipfile.ZIP_DEFLATED
    with book.open(info, "w", force_zip64=True) as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8", newline="")
        yield text
        text.flush()
        text.detach()

from __future__ import annotations

import csv
import io
import json
import tempfile
import tracemalloc

import openpyxl
import pytest

from abusetrack.triage import tables

ABOUT = {"exported_at": "2026-03-01T12:00:00Z", "chain_head": "ab"}
ROWS = [
    ["=1+1", 7, None],
    ["+cmd", -3, True],
    ['plain, "quoted"\n<&>', 0, ""],
    ["mü\u202enchen\x00", 2**40, "@x"],
]


def written(write, rows=ROWS, columns=("name", "count", "flag")):
    out = io.BytesIO()
    assert write(out, ABOUT, columns, iter(rows)) == len(rows)
    return out.getvalue()


def test_csv_is_one_table_and_computes_nothing():
    body = written(tables.write_csv)
    assert body.count(b"\r\n") == len(ROWS) + 1
    head, *rows = csv.reader(io.StringIO(body.decode(), newline=""))
    assert head == [
        "name", "count", "flag", "exported_at=2026-03-01T12:00:00Z", "chain_head=ab",
    ]  # fmt: skip
    assert [row[:3] for row in rows] == [
        ["'=1+1", "7", ""],
        ["'+cmd", "-3", "True"],
        ['plain, "quoted"\\u000a<&>', "0", ""],
        ["mü\\u202enchen\\u0000", str(2**40), "'@x"],
    ]


def test_a_workbook_opens_elsewhere_and_computes_nothing(tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(written(tables.write_xlsx))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["about", "domains 1"]
    assert dict(book["about"].values) == ABOUT
    sheet = book["domains 1"]
    assert next(sheet.values) == ("name", "count", "flag")
    assert [tuple(row) for row in list(sheet.values)[1:]] == [
        ("'=1+1", 7, None),
        ("'+cmd", -3, 1),
        ('plain, "quoted"\\u000a<&>', 0, None),
        ("mü\\u202enchen\\u0000", 2**40, "'@x"),
    ]
    assert not [cell for row in sheet for cell in row if cell.data_type == "f"]


def test_the_same_table_is_the_same_workbook():
    assert written(tables.write_xlsx) == written(tables.write_xlsx)


@pytest.mark.parametrize("count", [0, 3, 4, 5, 8, 9])
def test_more_rows_than_a_sheet_holds_go_on_in_the_next(monkeypatch, tmp_path, count):
    monkeypatch.setattr(tables, "MOST_ROWS", 5)  # the head and four
    path = tmp_path / "x.xlsx"
    path.write_bytes(written(tables.write_xlsx, [[number] for number in range(count)], ("n",)))
    book = openpyxl.load_workbook(path)
    found = [row[0] for sheet in book.worksheets[1:] for row in list(sheet.values)[1:]]
    assert found == list(range(count))
    assert all(sheet.max_row <= 5 for sheet in book.worksheets[1:])


def test_json_lines_keep_types_and_are_ascii():
    body = written(tables.write_jsonl)
    first, *rows = (json.loads(line) for line in body.decode("ascii").splitlines())
    assert first == {"about": ABOUT, "columns": ["name", "count", "flag"]}
    assert [list(row.values()) for row in rows] == ROWS


@pytest.mark.parametrize("write", [tables.write_csv, tables.write_xlsx, tables.write_jsonl])
def test_memory_does_not_grow_with_the_rows_and_no_other_file_is_made(write, tmp_path, monkeypatch):
    def peak(count):
        with (tmp_path / "out").open("wb") as out:
            tracemalloc.start()
            write(out, ABOUT, ("a", "b"), ([f"x{number}", number] for number in range(count)))
            top = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return top

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    peak(10)
    assert peak(20_000) < peak(2_000) + 300_000

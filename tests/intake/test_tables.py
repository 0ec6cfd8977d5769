"""CSV and Excel: columns, dates, assessments, and every row accounted for."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abusetrack.errors import InputError
from abusetrack.intake import (
    Context,
    read,
    read_assessments,
    read_path,
    read_statuses,
    sheets,
)
from abusetrack.records import (
    Assessment,
    AssessmentOutcome,
    ContentState,
    ContentStatus,
    DetectionMethod,
    Refusal,
    SiteKind,
    XarfClass,
)

Make = Callable[..., Context]


def workbook(*sheets_of_rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets_of_rows:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_all_columns(context: Context) -> None:
    text = (
        "URL,Received,Source,Reference,Note,Outcome,Kind,Legal category,Law,Severity,"
        "Assessed at,Assessed by,Commercial,Disguised,Access note\n"
        "hxxp://a[.]test/x,2026-02-01T10:00:00+01:00,partner,R-1,seen,Confirmed,image-host,"
        "cat 1,Act 5,2,2026-02-02,bo,yes,no,by referrer\n"
    )
    intake = read(text, filename="x.csv", context=context)
    (report,) = intake.reports
    assert report.target.url == "http://a.test/x"
    assert report.received_at == datetime(2026, 2, 1, 9, tzinfo=UTC)
    assert (report.source, report.reference, report.note) == ("partner", "R-1", "seen")
    assert report.line == 2
    assert report.assessment == Assessment(
        outcome=AssessmentOutcome.CONFIRMED,
        assessed_at=datetime(2026, 2, 2, tzinfo=UTC),
        assessed_by="bo",
        kind=SiteKind.IMAGE_HOST,
        legal_category="cat 1",
        law="Act 5",
        severity=2,
        commercial=True,
        disguised=False,
        access_note="by referrer",
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_delimiters_and_encodings(context: Context, delimiter: str, encoding: str) -> None:
    rows = [["note", "domain", "ref"], ["é, with; both", "a.test", "1"], ["", "b.test", ""]]
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    intake = read(text.encode(encoding), filename="x.csv", context=context)
    assert [(r.line, r.target.url, r.note, r.reference) for r in intake.reports] == [
        (2, "//a.test/", "é, with; both", "1"),
        (3, "//b.test/", None, None),
    ]


def test_every_row_is_a_report_or_a_complaint(context: Context) -> None:
    text = (
        "list of March,,\nurl,received,ref\nhttp://a.test/,,\n,,\n,2026-01-01,R2\n"
        'localhost,,\nhttp://a.test/,,\n"http://b.test/\nhttp://c.test/",,\n'
        "http://d.test/,yesterday,\nhttp://e.test/,,,,extra\n"
    )
    intake = read(text, filename="x.csv", context=context)
    assert [(r.line, r.target.url) for r in intake.reports] == [
        (3, "http://a.test/"),
        (7, "http://a.test/"),
        (11, "http://e.test/"),
    ]
    assert [(c.line, c.reason) for c in intake.complaints] == [
        (1, "it stands above the names of the columns"),
        (5, Refusal.EMPTY.value),
        (6, Refusal.NO_DOMAIN.value),
        (8, Refusal.SPACE.value),
        (10, "the date is not ISO 8601 (2026-03-04); choose a source profile with its format"),
    ]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a.test", "http://b.test/x", "", " ", "x y", "localhost", "?"]),
            st.sampled_from(["", "2026-01-01", "soon"]),
            st.sampled_from(["", "confirmed", "perhaps"]),
        )
    )
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_row_ends_as_exactly_one_thing(
    context: Context, rows: list[tuple[str, str, str]]
) -> None:
    text = "url,received,outcome\n" + "".join(",".join(row) + "\n" for row in rows)
    intake = read(text, filename="x.csv", context=context)
    lines = [item.line for item in (*intake.reports, *intake.unticked, *intake.complaints)]
    held = [number for number, row in enumerate(rows, start=2) if "".join(row).strip()]
    assert sorted(lines) == held


def test_a_quotation_mark_that_is_not_closed_swallows_no_row(context: Context) -> None:
    text = 'url,note\nhttp://a.test/,"open\nhttp://b.test/,x\nhttp://c.test/,y\n'
    intake = read(text, filename="x.csv", context=context)
    assert [(r.line, r.target.url) for r in intake.reports] == [
        (2, "http://a.test/"),
        (3, "http://b.test/"),
        (4, "http://c.test/"),
    ]


def test_rows_hidden_in_a_note_are_a_complaint(context: Context) -> None:
    text = 'url,note\nhttp://a.test/,"open\nhttp://b.test/,x"\nhttp://c.test/,"two\nlines"\n'
    intake = read(text, filename="x.csv", context=context)
    assert [r.note for r in intake.reports] == ["two\nlines"]
    assert [(c.line, c.reason) for c in intake.complaints] == [
        (2, "a quotation mark in it is not closed, so it runs on into other rows")
    ]


def test_the_url_column_goes_before_the_domain_column(context: Context) -> None:
    text = "domain,url\na.test,http://a.test/x\nb.test,\n"
    intake = read(text, filename="x.csv", context=context)
    assert [r.target.url for r in intake.reports] == ["http://a.test/x", "//b.test/"]


def test_a_table_without_header_needs_one_column_of_names(context: Context) -> None:
    intake = read("2026-01-01,a.test\n2026-01-02,no name\n", filename="x.csv", context=context)
    assert [(r.line, r.target.url) for r in intake.reports] == [(1, "//a.test/")]
    assert [(c.line, c.text) for c in intake.complaints] == [(2, "no name")]
    with pytest.raises(InputError, match="Several columns"):
        read("a.test,b.test\n", filename="x.csv", context=context)
    with pytest.raises(InputError, match="No column"):
        read("x,y\n1,2\n", filename="x.csv", context=context)


def test_a_header_in_another_language_still_names_the_other_columns(context: Context) -> None:
    text = (
        "Adresse;Received;Outcome;Assessed at\n"
        "http://a.test/x;2026-01-05;confirmed;2026-01-06\n"
        "http://b.test/y;03/04/2026;;\n"
    )
    intake = read(text, filename="x.csv", context=context)
    (report,) = intake.reports
    assert report.received_at == datetime(2026, 1, 5, tzinfo=UTC)
    assert report.assessment is not None
    assert [c.line for c in intake.complaints] == [3]


def test_excels_separator_line(context: Context) -> None:
    intake = read("sep=|\r\nurl|ref\r\na.test|1\r\n", filename="x.csv", context=context)
    assert [(r.line, r.reference) for r in intake.reports] == [(3, "1")]


def test_an_empty_table_gives_nothing(context: Context) -> None:
    assert read("", filename="x.csv", context=context).complaints == ()


def test_a_profile_names_columns_format_and_zone(make_context: Make) -> None:
    context = make_context(
        date_format="%d/%m/%Y %H:%M",
        zone="Europe/Dublin",
        columns={"url": "Adresse", "received": "Datum"},
    )
    text = "url,Adresse,Datum\nx,http://a.test/,01/07/2025 10:00\ny,b.test,2025-07-01\n"
    intake = read(text, filename="x.csv", context=context)
    assert [(r.target.url, r.received_at) for r in intake.reports] == [
        ("http://a.test/", datetime(2025, 7, 1, 9, tzinfo=UTC)),
        ("//b.test/", datetime(2025, 6, 30, 23, tzinfo=UTC)),
    ]


def test_an_unknown_zone_is_told(make_context: Make) -> None:
    with pytest.raises(InputError, match="Mars/Olympus"):
        read("a.test", filename="", context=make_context(zone="Mars/Olympus"))


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ("03/04/2026", "not ISO 8601"),
        ("2026-13-01", "not ISO 8601"),
        ("46085", "not ISO 8601"),
        ("1994-12-31", "before 1995"),
        ("0001-01-01T00:00:00+14:00", "out of range"),
        ("2026-03-03", "future"),
    ],
)
def test_a_date_is_never_guessed(context: Context, when: str, reason: str) -> None:
    intake = read(f"url,received\na.test,{when}\n", filename="x.csv", context=context)
    assert intake.reports == ()
    assert reason in intake.complaints[0].reason


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("perhaps,,,,", "the outcome is not known; use one of: confirmed, not illegal,"),
        ("confirmed,castle,,,", "the kind is not known; use one of: dedicated,"),
        (",dedicated,,,", "an assessment without an outcome"),
        ("confirmed,,bad,,", "the severity is not a whole number"),
        ("confirmed,,,maybe,", "commercial is not known"),
        ("confirmed,,,,bo", "another person's assessment needs its date"),
    ],
)
def test_unknown_words_are_complaints(context: Context, cells: str, reason: str) -> None:
    head = "url,outcome,kind,severity,commercial,assessed by\n"
    intake = read(f"{head}a.test,{cells}\n", filename="x.csv", context=context)
    assert intake.reports == ()
    assert reason in intake.complaints[0].reason


def test_an_assessment_without_date_is_the_importers(context: Context) -> None:
    text = "url,outcome,kind,assessed by\na.test,illegal,cyberlocker,\nb.test,,unknown,\n"
    first, second = read(text, filename="x.csv", context=context).reports
    assert first.assessment == Assessment(
        AssessmentOutcome.CONFIRMED, context.received_at, "ana", SiteKind.IMAGE_HOST
    )
    assert second.assessment is None


def test_assessment_rows(context: Context) -> None:
    text = (
        "domain,outcome,kind\nA.test,confirmed,dedicated\nhttp://a.test/%7ex#y,not illegal,\n"
        "b.test,,\nx y,confirmed,\n"
    )
    rows, complaints = read_assessments(text, filename="x.csv", context=context)
    assert [(row.subject, row.line, row.assessment.outcome) for row in rows] == [
        ("a.test", 2, AssessmentOutcome.CONFIRMED),
        ("http://a.test/~x", 3, AssessmentOutcome.NOT_ILLEGAL),
    ]
    assert [(c.line, c.reason) for c in complaints] == [
        (4, "the outcome is empty"),
        (5, Refusal.SPACE.value),
    ]
    with pytest.raises(InputError, match="no column named outcome"):
        read_assessments("domain\na.test\n", filename="x.csv", context=context)
    with pytest.raises(InputError, match="not from mails"):
        read_assessments(b"", filename="x.eml", context=context)


def test_status_rows(context: Context) -> None:
    text = (
        "URL;Content status;Checked at;Source;Reference\n"
        "hxxps://a[.]test/x;GONE;2026-02-01;desk system;R1\n"
        "b.test;could_not_tell;;;\n"
        "c.test;vanished;;;\n"
        "d.test;gone;;partner;\n"
        "e.test;gone;2026-03-02;;\n"
        "f.test;;;;\n"
    )
    rows, complaints = read_statuses(text, filename="x.csv", context=context)
    assert [(row.subject, row.line, row.status) for row in rows] == [
        ("https://a.test/x", 2,
         ContentStatus(ContentState.GONE, datetime(2026, 2, 1, tzinfo=UTC), "desk system")),
        ("b.test", 3, ContentStatus(ContentState.COULD_NOT_TELL, context.received_at, "ana")),
    ]  # fmt: skip
    said = {item.line: item.reason for item in complaints}
    assert said.keys() == {4, 5, 6, 7}
    assert "use one of: present, gone, moved, could not tell" in said[4]
    assert "needs its date" in said[5]
    assert "the status is not known" in said[7]
    with pytest.raises(InputError, match="no column named status"):
        read_statuses("url,outcome\na.test,confirmed\n", filename="x.csv", context=context)
    with pytest.raises(InputError, match="not from mails"):
        read_statuses(b"", filename="x.eml", context=context)


def test_a_status_is_no_column_of_a_list_of_reports(context: Context) -> None:
    """It is listed as not read: a list of reports records no content statuses."""
    intake = read("url,status\na.test/x,gone\n", filename="x.csv", context=context)
    assert intake.unread_columns == ("status",)


def test_assessments_of_a_workbook(context: Context) -> None:
    data = workbook([["url", "outcome", "severity"], ["a.test", "confirmed", 3.0]])
    rows, complaints = read_assessments(data, filename="x.xlsx", context=context)
    assert [(row.subject, row.assessment.severity) for row in rows] == [("a.test", 3)]
    assert complaints == ()


def test_a_workbook(make_context: Make) -> None:
    data = workbook(
        [
            ["url", "received", "reference", "outcome"],
            ["http://a.test/", datetime(2026, 2, 1, 10), 17.0, None],  # noqa: DTZ001 - as Excel
            [None, None, None, None],
            ["b.test", date(2026, 2, 1), "R", "confirmed"],
            ["c.test", 46054, None, None],
            [5, None, None, None],
        ],
        [],
        [["Legend"], ["green means done"]],
    )
    context = make_context(zone="Europe/Paris")
    intake = read(data, filename="x.xlsx", context=context)
    assert [(r.line, r.target.url, r.received_at, r.reference) for r in intake.reports] == [
        (2, "http://a.test/", datetime(2026, 2, 1, 9, tzinfo=UTC), "17"),
        (4, "//b.test/", datetime(2026, 1, 31, 23, tzinfo=UTC), "R"),
    ]
    reasons = {(c.line, c.text): c.reason for c in intake.complaints}
    assert reasons[5, "c.test"] == "the date is a number, not a date"
    assert reasons[6, "5"] == Refusal.BAD_ADDRESS.value
    assert "No column holds" in reasons[1, "sheet 2 that is not empty"]


def test_a_workbook_by_content_whatever_its_name(context: Context, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(workbook([["domain"], ["a.test"]]))
    assert len(read_path(path, context=context).reports) == 1


def altered(data: bytes, name: str, body: bytes) -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.namelist():
            if item != name:
                new.writestr(item, old.read(item))
        new.writestr(name, body)
    return stream.getvalue()


def test_a_wrong_dimension_hides_no_row(context: Context) -> None:
    data = workbook([["domain"], ["a.test"], ["b.test"]])
    name = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = archive.read(name).replace(b'ref="A1:A3"', b'ref="A1:A1"')
    assert len(read(altered(data, name, body), filename="x.xlsx", context=context).reports) == 2


def test_a_zip_bomb_is_not_unpacked(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    data = altered(workbook([["domain"], ["a.test"]]), "xl/big.xml", b"\x00" * 3_000_000)
    monkeypatch.setattr(sheets, "MAX_UNPACKED", 2_000_000)
    with pytest.raises(InputError, match="too large once unpacked"):
        read(data, filename="x.xlsx", context=context)


def test_too_many_rows_are_told(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_ROWS", 2)
    data = workbook([["domain"], ["a.test"], ["b.test"]])
    with pytest.raises(InputError, match="more than 2 rows"):
        read(data, filename="x.xlsx", context=context)


def test_empty_rows_have_an_end(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few bytes can put a cell into the last row of each of a thousand sheets."""
    name = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(workbook([["domain"], ["a.test"]]))) as archive:
        body = archive.read(name).replace(b'r="2"', b'r="50"').replace(b'"A2"', b'"A50"')
    data = altered(workbook([["domain"], ["a.test"]]), name, body)
    (report,) = read(data, filename="x.xlsx", context=context).reports
    assert report.line == 50
    monkeypatch.setattr(sheets, "MAX_WALKED", 40)
    with pytest.raises(InputError, match="too many empty rows"):
        read(data, filename="x.xlsx", context=context)


ENTITIES = b"".join(
    [
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + b"a" * 1000 + b'">',
        *(b'<!ENTITY %c "%s">' % (98 + n, (b"&%c;" % (97 + n)) * 50) for n in range(8)),
        b"]><worksheet><sheetData><row r='1'><c t='inlineStr'><is><t>&i;</t></is></c></row>",
        b"</sheetData></worksheet>",
    ]
)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row>"),
        ("xl/worksheets/sheet1.xml", b"\x00\x01"),
        ("xl/worksheets/sheet1.xml", ENTITIES),
        ("xl/workbook.xml", b""),
        ("[Content_Types].xml", b"<Types/>"),
        (
            "xl/worksheets/sheet1.xml",
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s'
            % b"<sheetData><row r='x'><c r='??'/></row></sheetData></worksheet>",
        ),
    ],
)
def test_a_damaged_workbook_is_one_sentence(context: Context, name: str, body: bytes) -> None:
    data = altered(workbook([["domain"], ["a.test"]]), name, body)
    with pytest.raises(InputError):
        read(data, filename="x.xlsx", context=context)


def test_a_truncated_workbook_is_one_sentence(context: Context) -> None:
    with pytest.raises(InputError):
        read(workbook([["domain"], ["a.test"]])[:-30], filename="x.xlsx", context=context)


def test_a_path_that_cannot_be_read_is_told(context: Context, tmp_path: Path) -> None:
    for path in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            read_path(path, context=context)


@pytest.mark.parametrize(
    ("head", "unread"),
    [
        ("url,reference", ()),
        ("url,mood,,Law,Priority (1-5)", ("mood", "Priority (1-5)")),
        ("the page,reference,note,mood", ("mood",)),
    ],
)
def test_columns_that_nothing_is_taken_from_are_named(context, head, unread) -> None:
    row = "http://a.test/" + "," * head.count(",")
    intake = read(f"{head}\n{row}\n", filename="x.csv", context=context)
    assert len(intake.reports) == 1
    assert intake.unread_columns == unread


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("A1,manual review", (XarfClass.A1, DetectionMethod.MANUAL_REVIEW)),
        ("b2,hash_match", (XarfClass.B2, DetectionMethod.HASH_MATCH)),
        ("BASELINE,", (XarfClass.BASELINE, None)),
        (",", (None, None)),
    ],
)
def test_what_xarf_asks_of_an_analyst_is_read(context: Context, cells: str, expected) -> None:
    text = f"url,outcome,xarf class,detection method\nhttps://a.example/,confirmed,{cells}\n"
    (report,) = read(text, filename="x.csv", context=context).reports
    found = report.assessment
    assert (found.xarf_class, found.detection_method) == expected

"""Mails: only text is searched; and no media get in, in whatever position."""

from __future__ import annotations

import base64
import binascii
import contextlib
import re
import textwrap
import zipfile
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abusetrack.errors import InputError
from abusetrack.intake import Context, Intake, read
from abusetrack.records import Refusal

MARKER = b"q7ZmRk9-photo-marker-Xw4"
PNG = b"\x89PNG\r\n\x1a\n" + MARKER * 40
BASE64 = base64.b64encode(PNG).decode()
WRAPPED = "\n".join(textwrap.wrap(BASE64, 76))
UU = "\n".join(
    ["begin 644 a.png"]
    + [binascii.b2a_uu(PNG[at : at + 45]).decode().rstrip("\n") for at in range(0, len(PNG), 45)]
    + ["`", "end"]
)
YENC = "=ybegin line=128 size=9 name=a.png\n" + MARKER.decode() + "\n=yend size=9"


def traces() -> list[str]:
    """The marker as it would show: raw, and in base64 at each of its three alignments."""
    shown = [MARKER.decode(), MARKER.hex(), MARKER.hex().upper(), "%71%37", "\\x71\\x37"]
    for shift in range(3):
        encoded = base64.b64encode(b"\x00" * shift + MARKER).decode()
        shown.append(encoded[4:-4])
    shown += [line for line in UU.splitlines()[1:-2] if len(line) > 20]
    return shown


def assert_no_trace(intake: Intake) -> None:
    whole = repr(intake)
    pieces = [*traces(), *(BASE64[at : at + 16] for at in range(len(BASE64) - 16))]
    assert [piece for piece in pieces if piece in whole] == []


def mail(text: str = "see http://a.test/x\n") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "x@sender.test"
    message["Subject"] = "http://subject.test/"
    message["X-Link"] = "http://header.test/"
    message.set_content(text)
    return message


def read_mail(message: EmailMessage | bytes, context: Context) -> Intake:
    data = message if isinstance(message, bytes) else message.as_bytes(policy=SMTP)
    return read(data, filename="report.eml", context=context)


def urls(intake: Intake) -> list[str]:
    return [report.target.url for report in intake.reports]


# --- what is searched -----------------------------------------------------------


def test_headers_and_signatures_are_not_searched(context: Context) -> None:
    text = (
        "see http://a.test/x and b.test\n> quoted http://c.test/\n> -- \n> http://old.test/\n"
        "after http://d.test/\n-- \nAna, http://signature.test/\n"
    )
    intake = read_mail(mail(text), context)
    assert [(r.line, r.target.url) for r in intake.reports] == [
        (1, "http://a.test/x"),
        (2, "http://c.test/"),
        (5, "http://d.test/"),
    ]
    assert [r.target.url for r in intake.unticked] == ["//b.test/"]
    assert intake.complaints == ()


def test_a_forwarded_mail_is_searched_its_headers_are_not(context: Context) -> None:
    outer = mail("forwarded\n")
    outer.add_attachment(mail("in http://inner.test/\n"))
    assert urls(read_mail(outer, context)) == ["http://inner.test/"]


def test_a_csv_part_is_a_table(context: Context) -> None:
    message = mail()
    message.add_attachment("url,reference\nb.test,R1\nx y,R2\n", subtype="csv", filename="l.csv")
    message.add_attachment("no,names\n1,2\n", subtype="csv", filename="m.csv")
    intake = read_mail(message, context)
    assert [(r.target.url, r.reference) for r in intake.reports] == [
        ("http://a.test/x", None),
        ("//b.test/", "R1"),
    ]
    assert [c.reason for c in intake.complaints if c.line == 3] == [Refusal.SPACE.value]
    assert len(intake.complaints) == 2


def test_a_mail_without_text_says_so(context: Context) -> None:
    message = EmailMessage()
    message.set_content("<p>http://a.test/</p>", subtype="html")
    intake = read_mail(message, context)
    assert intake.reports == ()
    assert intake.discarded.other == 1
    assert "no plain-text part" in intake.complaints[0].reason


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("utf-8", "bücher[.]test".encode()),
        ("iso-8859-1", "bücher[.]test".encode("latin-1")),
        ("unheard", "bücher[.]test".encode()),
        ("punycode", "bücher[.]test".encode()),
        ("idna", "bücher[.]test".encode()),
        ("zlib", "bücher[.]test".encode()),
        ("us-ascii", "bücher[.]test".encode("cp1252")),
    ],
)
def test_charsets(context: Context, charset: str, body: bytes) -> None:
    data = f"Content-Type: text/plain; charset={charset}\n\n".encode() + body
    assert urls(read_mail(data, context)) == ["//xn--bcher-kva.test/"]


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "7bit", "x-unheard"])
def test_transfer_encodings(context: Context, encoding: str) -> None:
    body = b"see http://a.test/x=3D1\n" if encoding == "quoted-printable" else b"http://a.test/x=1"
    if encoding == "base64":
        body = base64.encodebytes(body)
    data = f"Content-Transfer-Encoding: {encoding}\n\n".encode() + body
    assert urls(read_mail(data, context)) == ["http://a.test/x=1"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"Content-Type: multipart/mixed\n\nhttp://a.test/\n",
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\n",
        b"Content-Type: text/plain; charset*=utf-8''%ff%00\n\nx",
        b"Content-Type: message/rfc822\n\n",
        b"Content-Type: message/delivery-status\n\nx: y\n\n",
        b"Content-Transfer-Encoding: base64\n\n!!!\n",
        b"Content-Transfer-Encoding: uuencode\n\nbegin 644 x\nzzz\n",
        b"Content-Type: ;;;=\n\n",
        b"\xff\xfe\x00\x01",
        b"Content-Type: message/rfc822\n\n" * 3000,
    ],
)
def test_a_broken_mail_is_told(context: Context, data: bytes) -> None:
    with contextlib.suppress(InputError):
        assert read_mail(data, context).reports == ()


@given(st.binary(max_size=200), st.sampled_from(["report.eml", "x.csv", "x.xlsx", "x.txt"]))
@settings(
    deadline=None, max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_bytes_are_read_or_refused_with_a_sentence(
    context: Context, data: bytes, filename: str
) -> None:
    for body in (data, b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + data + b"\n--b--"):
        try:
            said, taken = "", read(body, filename=filename, context=context)
        except InputError as error:
            said, taken = str(error), None
        assert said.endswith(".") or (taken and all(r.target.host.name for r in taken.reports))


# --- media ----------------------------------------------------------------------


def tnef() -> bytes:
    return b"\x78\x9f\x3e\x22\x01\x00" + PNG


def test_no_part_of_a_mail_lets_media_in(context: Context) -> None:
    message = mail(f"see http://a.test/x\n\n{WRAPPED}\n\nand http://b.test/\n")
    message.add_alternative(
        f'<p>http://html.test/ <img src="data:image/png;base64,{BASE64}"></p>', subtype="html"
    )
    html = message.get_payload()[-1]
    html.add_related(PNG, "image", "png", cid="<i@x.test>")
    message.make_mixed()
    message.add_attachment(PNG, "image", "png", filename="a.png")
    message.add_attachment(PNG, "image", "png", disposition="inline")
    message.add_attachment(tnef(), "application", "ms-tnef", filename="winmail.dat")
    message.add_attachment(b"%PDF-1.7\n" + MARKER, "application", "pdf", filename="a.pdf")
    message.add_attachment(PNG, "application", "octet-stream", filename="list.csv")
    message.add_attachment(PNG, "text", "plain", filename="picture.txt")
    message.add_attachment(PNG, "text", "csv", filename="picture.csv")
    message.add_attachment(f"url,note\nc.test,{BASE64}\n", subtype="csv", filename="c.csv")
    inner = mail("inner http://d.test/\n" + UU + "\nafter http://e.test/\n")
    inner.add_attachment(PNG, "image", "jpeg", filename="b.jpg")
    message.add_attachment(inner)
    intake = read_mail(message, context)
    assert urls(intake) == [
        "http://a.test/x",
        "http://b.test/",
        "//c.test/",
        "http://d.test/",
        "http://e.test/",
    ]
    assert intake.complaints == ()
    assert_no_trace(intake)
    counts = intake.discarded
    assert (counts.images, counts.attachments, counts.base64_runs) == (4, 5, 3)
    assert counts.other == 1  # the HTML
    assert counts.total == 13


EMBEDDED = [
    WRAPPED,
    BASE64,
    textwrap.indent(WRAPPED, "> "),
    WRAPPED.replace("\n", "\r\n"),
    WRAPPED.replace("\n", "\n\n"),
    WRAPPED.replace("\n", " "),
    "image: " + WRAPPED,
    '"' + WRAPPED.replace("\n", '",\n"') + '"',
    f'<img src="data:image/png;base64,{BASE64}">',
    f'<img src="data:image/png;base64,{WRAPPED}"> end',
    f"data:;base64,{BASE64}",
    f"data:image/png;base64, {WRAPPED}",
    f"DATA:image/svg+xml,{MARKER.decode()}",
    f"data:image/png;name=x;base64,{BASE64}",
    base64.urlsafe_b64encode(PNG).decode(),
    PNG.hex(),
    PNG.hex().upper(),
    "".join(f"%{byte:02x}" for byte in PNG),
    "".join(f"\\x{byte:02x}" for byte in PNG),
    UU,
    UU.removesuffix("`\nend"),
    textwrap.indent(UU, "> "),
    "begin-base64 644 a.png\n" + WRAPPED + "\n====",
    YENC,
    YENC.removesuffix("\n=yend size=9"),
    "http://u.test/?i=" + BASE64 * 2,
    "data%3Aimage " + BASE64,
]


@pytest.mark.parametrize("embedded", EMBEDDED, ids=range(len(EMBEDDED)))
@pytest.mark.parametrize("form", ["{}", "http://a.test/x\n{}\nhttp://b.test/\n", "x {}"])
def test_encoded_media_in_text_are_dropped_and_counted(
    context: Context, embedded: str, form: str
) -> None:
    intake = read(form.format(embedded), filename="x.txt", context=context)
    assert_no_trace(intake)
    assert intake.discarded.base64_runs + intake.discarded.data_uris >= 1
    if "a.test" in form and not embedded.startswith("=ybegin"):
        assert {"http://a.test/x", "http://b.test/"} <= set(urls(intake))
        assert intake.reports[-1].line == form.format(embedded).count("\n")


@pytest.mark.parametrize("embedded", EMBEDDED, ids=range(len(EMBEDDED)))
def test_encoded_media_in_cells_are_dropped_and_counted(context: Context, embedded: str) -> None:
    quoted = '"' + embedded.replace('"', '""') + '"'
    text = (
        "url,note,reference,other,outcome,law,source\n"
        f"http://a.test/x,{quoted},{quoted},{quoted},confirmed,{quoted},{quoted}\n"
        f"{quoted},,,,,,\n"
    )
    intake = read(text, filename="x.csv", context=context)
    assert_no_trace(intake)
    assert urls(intake) == ["http://a.test/x"]
    assert len(intake.complaints) == 1
    assert intake.discarded.total >= 6


def test_media_inside_a_workbook_are_counted_and_not_unpacked(
    context: Context, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    for row in (["url", "note"], ["http://a.test/x", f"data:image/png;base64,{BASE64}"]):
        book.active.append(row)
    path = tmp_path / "x.xlsx"
    book.save(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/media/image1.png", PNG)
        archive.writestr("xl/media/image2.emf", PNG)
        archive.writestr("xl/embeddings/oleObject1.bin", PNG)
        archive.writestr("docProps/thumbnail.jpeg", PNG)
    intake = read(path.read_bytes(), filename=path.name, context=context)
    assert urls(intake) == ["http://a.test/x"]
    assert_no_trace(intake)
    counts = intake.discarded
    assert (counts.images, counts.attachments, counts.data_uris) == (3, 1, 1)


def test_what_is_no_media_is_kept(context: Context) -> None:
    """Long URLs, hashes and ruled lines are no media."""
    path = "/" + "Ab3/" * 100 + "?token=" + "Q" * 500
    text = f"http://a.test{path}\n{'-' * 150}\nsha512 {'0f' * 64} of it\n"
    intake = read(text, filename="x.txt", context=context)
    assert urls(intake) == [f"http://a.test{path}"]
    assert intake.discarded.total == 0


def test_a_hole_in_the_text_itself_is_no_hole(context: Context) -> None:
    assert urls(read("\ufffc http://a.test/ \ufffc", filename="", context=context)) == [
        "http://a.test/"
    ]


def test_the_markers_are_what_is_looked_for() -> None:
    """Guards the guard: what is embedded would be recognised if it came through."""
    for embedded in EMBEDDED:
        text = re.sub(r"\s", "", embedded)
        assert any(piece in text for piece in traces())

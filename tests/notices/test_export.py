from __future__ import annotations

import csv
import dataclasses
import email
import email.header
import email.policy
import io
import os
import re
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from abusetrack.errors import ExternalError, InputError
from abusetrack.notices import PRACTICE_MARK, export, write_files
from abusetrack.notices.formats import eml
from abusetrack.notices.formats import table as tables
from abusetrack.notices.lint import lint_mail
from abusetrack.records import ExportedFile

STRICT = email.policy.strict
RAISING = email.policy.default.clone(raise_on_defect=True)


def _mail(draft, organisation) -> bytes:
    return export(draft, organisation, ["eml"])[0].body


def _cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("policy", [STRICT, RAISING])
def test_a_strict_reader_finds_headers_text_and_table(draft, organisation, row, policy):
    made = draft(rows=[row(), row("bad-two.example", registrar="Ähnliche Namen")])
    message = email.message_from_bytes(_mail(made, organisation), policy=policy)
    assert dict(message.items()) == {
        "From": "Hotline Exempla <notices@hotline.example>",
        "Reply-To": "notices@hotline.example",
        "To": "abuse@registrar.example",
        "Subject": made.subject,
        "X-Unsent": "1",
        "MIME-Version": "1.0",
        "Content-Type": message["Content-Type"],
    }
    body, table = message.iter_parts()
    assert body.get_content().replace("\r\n", "\n") == made.body
    assert table.get_content_type() == "text/csv"
    assert table.get_filename() == "HE-2026-000017-sample-names-ltd.csv"
    assert [one["domain"] for one in _cells(table.get_content())] == [
        "bad-one.example",
        "bad-two.example",
    ]
    assert not [part for part in message.walk() if part.get_content_type() == "text/html"]


def test_no_page_address_of_a_reported_site_is_in_any_file(draft, organisation, row):
    made = draft(rows=[row(f"bad{number}.example") for number in range(50)])
    for file in export(made, organisation, ["eml", "txt", "csv"]):
        if file.name.endswith(".eml"):
            parts = email.message_from_bytes(file.body, policy=RAISING).iter_parts()
            texts = [part.get_content() for part in parts]
        else:
            texts = [file.body.decode()]
        for text in texts:
            assert not re.search(r"bad\d+(\[\.\]|\.)example[/:?]", text)


def test_the_same_draft_gives_the_same_bytes(draft, organisation):
    formats = ["eml", "txt", "csv"]
    assert export(draft(), organisation, formats) == export(draft(), organisation, formats)


def test_every_line_is_short_and_plain_ascii_with_crlf(draft, organisation, row):
    body = _mail(draft(rows=[row(registrar="名" * 200)]), organisation)
    assert body.isascii()
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert max(map(len, body.split(b"\r\n"))) <= 78


@pytest.mark.parametrize("length", [*range(60, 100), 200, 300])
@pytest.mark.parametrize("letter", ["x", "ж"])
def test_a_subject_of_any_length_comes_back_whole(draft, organisation, length, letter):
    words = f"{letter * 7} " * 50
    made = dataclasses.replace(draft(), subject=f"[HE-2026-000017] {words}"[: length - 1] + letter)
    body = eml.mail(made, organisation, [])
    message = email.message_from_bytes(body, policy=RAISING)
    assert message["Subject"] == made.subject
    assert b"Subject:\r\n" not in body
    assert b"Subject: \r\n" not in body
    assert max(map(len, body.split(b"\r\n"))) <= 78


@pytest.mark.parametrize("length", [*range(40, 90, 3), 150, 199])
@pytest.mark.parametrize("letter", ["x", "ж"])
def test_a_name_of_any_length_comes_back_whole(draft, organisation, length, letter):
    name = (f"{letter * 7} " * 30)[: length - 1] + letter
    long = organisation.but({"name": name})
    body = _mail(draft(organisation=long), long)
    # Not by the strict reader: it puts a space between the parts of a name that was folded.
    header = email.message_from_bytes(body)["From"]
    read = str(email.header.make_header(email.header.decode_header(header)))
    assert " ".join(read.split()) == f"{name} <notices@hotline.example>"
    assert max(map(len, body.split(b"\r\n"))) <= 78


def test_a_name_in_any_script_stands_in_from(draft, organisation):
    foreign = organisation.but({"name": 'Линия, "защиты" <x@y.example>'})
    body = _mail(draft(organisation=foreign), foreign)
    sender = email.message_from_bytes(body, policy=RAISING)["From"].addresses
    assert [(one.display_name, one.addr_spec) for one in sender] == [
        ('Линия, "защиты" <x@y.example>', "notices@hotline.example")
    ]


def test_a_form_gets_text_and_table_and_no_mail(draft, organisation, contact):
    form = dataclasses.replace(contact, email=None, form="https://registrar.example/abuse")
    made = draft(recipient=form)
    names = [file.name for file in export(made, organisation)]
    assert [name.rpartition(".")[2] for name in names] == ["txt", "csv"]
    with pytest.raises(InputError, match="takes no mail"):
        eml.mail(made, organisation, [])


def test_the_text_says_where_to_send_it(draft, organisation):
    made = draft()
    text = export(made, organisation, ["txt"])[0].body.decode()
    assert text.startswith("Send to:  abuse@registrar.example\n")
    assert f"Subject:  {made.subject}\n" in text
    assert text.endswith(made.body)


def test_practice_is_in_subject_body_names_and_table(draft, organisation, contact):
    nobody = dataclasses.replace(contact, email="abuse@registrar.invalid")
    made = draft(recipient=nobody, practice=True)
    files = export(made, organisation, ["eml", "txt", "csv"])
    assert all(file.name.startswith("PRACTICE-NOT-A-NOTICE-HE-2026-") for file in files)
    assert all(PRACTICE_MARK in file.body.decode() for file in files)
    message = email.message_from_bytes(files[0].body, policy=RAISING)
    body, table = message.iter_parts()
    assert message["Subject"].startswith(PRACTICE_MARK)
    assert body.get_content().startswith(PRACTICE_MARK)
    assert table.get_filename().startswith("PRACTICE-NOT-A-NOTICE-")
    assert [one["practice"] for one in _cells(table.get_content())] == [PRACTICE_MARK]


def test_an_unknown_format_is_refused(draft, organisation):
    with pytest.raises(InputError, match="use eml, txt, csv"):
        export(draft(), organisation, ["docx"])


def test_what_the_linter_finds_stops_the_export(draft, organisation):
    nameless = organisation.but({"verification_url": ""})
    with pytest.raises(InputError, match=r"Set organisation\.verification_url"):
        export(draft(), nameless)


def test_columns_are_those_documented(draft, row, pages):
    made = draft(rows=[row(pages=pages)])
    headers = [text.splitlines()[0] for text in (tables.table(made), tables.pages(made))]
    documented = re.findall(r"^(\w+)  +\S", tables.__doc__ or "", re.MULTILINE)
    columns = [["practice", *header.replace('"', "").split(",")] for header in headers]
    assert columns[0] + columns[1] == documented


def test_a_table_names_at_most_200_hosts_and_counts_all(draft, row):
    hosts = tuple(f"h{number}.bad.example" for number in range(3000))
    (cells,) = _cells(tables.table(draft(rows=[row("bad.example", hosts=hosts)])))
    assert len(cells["hosts"].split("; ")) == 200
    assert cells["host_count"] == "3000"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", " =", "\u00a0="])
def test_no_cell_is_a_formula(start):
    assert tables.neutral(f"{start}HYPERLINK(1)").startswith("'")


HOSTILE = st.one_of(
    st.text(),
    st.sampled_from(
        [
            "x\r\nBcc: victim@other.example",
            "x\nStatus          clientHold",
            "=cmd|' /C calc'!A0",
            "\u202egnp.exe",
            "y" * 5000,
            "y " * 5000,
            "=?utf-8?q?=0D=0ABcc:_v@o.example?=",
            '","","',
            "--=_0\r\nContent-Type: text/html\r\n\r\n<b>x</b>",
            "Our reference   FALSE-1",
        ]
    ),
)


@settings(
    max_examples=120,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to shrink so much text takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, st.lists(HOSTILE, max_size=3))
def test_hostile_words_break_nothing(
    draft, organisation, contact, row, party, registrar, source, law, reference, statuses
):
    made = draft(
        recipient=dataclasses.replace(contact, party_name=party, phone=registrar),
        rows=[
            row(
                registrar=registrar,
                registration_source=source,
                law=law,
                legal_category=party,
                reference=reference,
                statuses=tuple(statuses),
            )
        ],
    )
    labels = re.findall(r"^ {0,3}([A-Z]\w+(?: \w+)*)(?:  |$)", made.body, re.MULTILINE)
    assert labels == re.findall(r"^ {0,3}([A-Z]\w+(?: \w+)*)(?:  |$)", draft().body, re.MULTILINE)
    body = eml.mail(made, organisation, [eml.Attachment("table.csv", tables.table(made))])
    assert lint_mail(body) == ()
    assert max(map(len, body.split(b"\r\n"))) <= 998
    parts = list(email.message_from_bytes(body, policy=STRICT).iter_parts())
    assert parts[0].get_content().replace("\r\n", "\n") == made.body
    (cells,) = _cells(parts[1].get_content())
    assert not [text for text in cells.values() if text.startswith(("=", "+", "-", "@"))]
    assert None not in cells


@given(HOSTILE)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_reference_is_one_plain_word(draft, reference):
    try:
        made = draft(reference=reference)
    except InputError:
        return
    assert re.fullmatch(r"[A-Za-z0-9./-]{1,60}", made.reference)


@pytest.mark.parametrize(
    ("reference", "party", "stem"),
    [
        ("HE/2026/17", "A/B: C?", "HE-2026-17-a-b-c"),
        ("HE-1..", "...", "HE-1-registrar"),
        ("CON", "nul", "CON-nul"),
    ],
)
def test_file_names_are_safe_on_every_system(draft, organisation, contact, reference, party, stem):
    made = draft(reference=reference, recipient=dataclasses.replace(contact, party_name=party))
    assert [file.name for file in export(made, organisation)] == [f"{stem}.eml", f"{stem}.txt"]


def test_a_tampered_mail_is_found(draft, organisation):
    body = _mail(draft(), organisation)
    assert lint_mail(body) == ()
    for spoiled in (
        body.replace(b"X-Unsent: 1", b"X-Unsent: 1\r\nBcc: x@other.example"),
        body.replace(b"text/csv", b"text/html"),
        body.replace(b"To: abuse@registrar.example", b"To: a@x.example, b@y.example"),
        body.replace(b"\r\n--=_", b"\r\n--no"),
        b"",
    ):
        assert [finding.code for finding in lint_mail(spoiled)] == ["mail"]


FILES = (
    ExportedFile("one.txt", "text/plain", b"one"),
    ExportedFile("two.csv", "text/csv", b"two"),
)


def test_files_are_written_for_the_owner_only(tmp_path):
    folder = tmp_path / "deep" / "drafts"
    paths = write_files(folder, FILES)
    assert [path.read_bytes() for path in paths] == [b"one", b"two"]
    assert sorted(path.name for path in folder.iterdir()) == ["one.txt", "two.csv"]
    if os.name == "posix":
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}


def test_nothing_is_overwritten_and_nothing_half_done(tmp_path):
    (tmp_path / "two.csv").write_bytes(b"kept")
    with pytest.raises(InputError, match=r"two\.csv is there already and was kept"):
        write_files(tmp_path, FILES)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("two.csv", b"kept")]


def test_a_folder_that_is_a_file_is_said(tmp_path):
    place = tmp_path / "drafts"
    place.write_text("a file")
    with pytest.raises(InputError, match="drafts is there already"):
        write_files(place, FILES)


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(ExternalError, match="cannot be written"):
        write_files(tmp_path / ("x" * 300), FILES)


def test_every_column_of_the_table_is_documented(draft, organisation):
    page = (Path(__file__).parents[2] / "docs" / "notices.md").read_text(encoding="utf-8")
    header = export(draft(), organisation, ["csv"])[0].body.decode().splitlines()[0]
    named = page[page.index("## The table") :]
    assert [name for name in header.replace('"', "").split(",") if f"`{name}`" not in named] == []

from __future__ import annotations

import dataclasses
import io

import pytest
from pypdf import PdfReader

from abusetrack.notices import PRACTICE_MARK, export
from abusetrack.records import Role
from abusetrack.settings import NoticeSettings


def _pdf(draft, organisation, page_size="A4") -> bytes:
    settings = NoticeSettings(page_size=page_size)
    (file,) = [
        file
        for file in export(draft, organisation, ["pdf"], settings=settings)
        if file.name.endswith(".pdf")
    ]
    return file.body


def _pages(body: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(body)).pages]


def test_every_page_says_reference_and_number(draft, organisation, row):
    made = draft(rows=[row(f"n{number:02}.example") for number in range(30)])
    pages = _pages(_pdf(made, organisation))
    assert len(pages) > 5
    for number, page in enumerate(pages, start=1):
        assert f"HE-2026-000017   page {number} of {len(pages)}" in page


def test_it_says_all_that_the_text_says(draft, organisation):
    made = draft()
    words = " ".join(" ".join(_pages(_pdf(made, organisation))).split())
    for line in made.body.splitlines():
        assert " ".join(line.split()) in words


def test_the_same_draft_gives_the_same_bytes(draft, organisation):
    assert _pdf(draft(), organisation) == _pdf(draft(), organisation)


@pytest.mark.parametrize(("size", "points"), [("A4", (595, 841)), ("Letter", (612, 792))])
def test_paper(draft, organisation, size, points):
    box = PdfReader(io.BytesIO(_pdf(draft(), organisation, size))).pages[0].mediabox
    assert (int(box.width), int(box.height)) == points


def test_names_in_other_scripts_are_drawn_or_escaped(draft, organisation, row):
    made = draft(
        rows=[
            row("xn--bse-qla.example", unicode="böse.example"),
            row("xn--80ak6aa92e.example", unicode="аррӏе.example"),
            row("xn--fiqs8s.example", unicode="中国.example"),
        ]
    )
    words = "".join(_pages(_pdf(made, organisation)))
    assert "böse[.]example" in words
    assert "аррӏе[.]example" in words
    assert "\\u4e2d\\u56fd[.]example" in words  # not in the font


def test_page_addresses_only_for_those_who_may_have_them(drafted, organisation):
    host = "".join(_pages(_pdf(drafted(Role.HOST), organisation)))
    assert "https://bad-one.example/a/b?c=7" in host
    assert "only with a referrer from a link list" in " ".join(host.split())
    registrar = "".join(_pages(_pdf(drafted(Role.REGISTRAR), organisation)))
    assert "TABLE OF PAGES" not in registrar


def test_practice_is_on_every_page(draft, organisation, contact):
    nobody = dataclasses.replace(contact, email="abuse@registrar.invalid")
    body = _pdf(draft(recipient=nobody, practice=True), organisation)
    assert all(PRACTICE_MARK in page for page in _pages(body))
    assert PRACTICE_MARK in PdfReader(io.BytesIO(body)).metadata.title

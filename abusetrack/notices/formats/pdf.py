"""The notice as a PDF file: its text, and the table of pages where it may have one.

The same draft gives the same bytes (reportlab's invariant mode). Every page says the
notice's reference and which page of how many it is. What the font lacks is written as
an escape, so that nothing is there unseen.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from abusetrack.names.plain import WIDTH, escape, visible
from abusetrack.notices.compose import PRACTICE_MARK
from abusetrack.notices.formats import text
from abusetrack.records import Draft
from abusetrack.settings import Organisation

MEDIA_TYPE = "application/pdf"

_FONT, _BOLD = "DejaVuSansMono", "DejaVuSansMono-Bold"
_SIZE = 9.0  # points
_LEAD = 12.0
_MARGIN = 64.0
_HEADING = re.compile(r"\d+\. [A-Z ,]+")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    bold: bool = False


def pdf(draft: Draft, organisation: Organisation, page_size: str) -> bytes:
    """Return the notice as PDF; ``page_size`` is ``A4`` or ``Letter``."""
    from reportlab.lib import pagesizes
    from reportlab.pdfgen.canvas import Canvas

    known = _fonts()
    width, height = {"A4": pagesizes.A4, "Letter": pagesizes.LETTER}[page_size]
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width, height), invariant=1, initialFontName=_FONT)
    canvas.setTitle(draft.subject)
    canvas.setAuthor(visible(organisation.name))
    canvas.setSubject(draft.reference)
    canvas.setCreator("abusetrack")
    lines = [_Line(_shown(line.text, known), line.bold) for line in _lines(draft)]
    most = int((height - 2 * _MARGIN) // _LEAD)
    pages = [lines[start : start + most] for start in range(0, len(lines), most)]
    for number, page in enumerate(pages, start=1):
        _page(canvas, draft, page, number, len(pages), width, height)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _fonts() -> frozenset[int]:
    """Register the fonts that ship with abusetrack; return the characters that both have."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    known: set[int] | None = None
    for name in (_FONT, _BOLD):
        file = resources.files("abusetrack.resources").joinpath("fonts", f"{name}.ttf")
        font = TTFont(name, io.BytesIO(file.read_bytes()))
        pdfmetrics.registerFont(font)
        glyphs = set(font.face.charToGlyph)
        known = glyphs if known is None else known & glyphs
    return frozenset(known or ())


def _page(
    canvas: Any,
    draft: Draft,
    lines: Sequence[_Line],
    number: int,
    count: int,
    width: float,
    height: float,
) -> None:
    canvas.setFont(_FONT, _SIZE - 1)
    mark = f"{PRACTICE_MARK}   " if draft.practice else ""
    foot = f"{mark}{draft.reference}   page {number} of {count}"
    canvas.drawRightString(width - _MARGIN, _MARGIN / 2, foot)
    for index, line in enumerate(lines):
        canvas.setFont(_BOLD if line.bold else _FONT, _SIZE)
        canvas.drawString(_MARGIN, height - _MARGIN - (index + 1) * _LEAD, line.text)


def _lines(draft: Draft) -> Iterator[_Line]:
    for line in text.text(draft).split("\n"):
        bold = bool(_HEADING.fullmatch(line)) or line.startswith("Subject:")
        for part in _cut(line):
            yield _Line(part, bold)
    if any(row.pages for row in draft.rows):
        yield from (_Line(""), _Line("TABLE OF PAGES: DO NOT OPEN", bold=True), _Line(""))
        for number, row in enumerate(draft.rows, start=1):
            for page in row.pages:
                head = f"{number}. "
                yield from _wrapped(page.url, head)
                said = f"{page.confirmed_at:%Y-%m-%d %H:%M} UTC; {page.legal_category}; {page.law}"
                yield from _wrapped(said, " " * len(head))
                if page.access_note:
                    yield from _wrapped(page.access_note, " " * len(head))


def _cut(line: str) -> list[str]:
    return [line[start : start + _WIDEST] for start in range(0, len(line), _WIDEST)] or [""]


_WIDEST = WIDTH + 10  # characters that fit between the margins of either paper


def _wrapped(said: str, lead: str) -> Iterator[_Line]:
    wrapped = textwrap.wrap(
        visible(said, 9000),
        _WIDEST,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_on_hyphens=False,
    )
    for part in wrapped:
        yield _Line(part)


def _shown(line: str, known: frozenset[int]) -> str:
    return "".join(char if ord(char) in known else escape(char) for char in line)

"""A report as PDF; the same contents give the same bytes (reportlab's invariant mode)."""

from __future__ import annotations

import io
from importlib import resources
from typing import Any
from xml.sax.saxutils import escape

from abusetrack.bulletin.charts import WIDTH, drawing
from abusetrack.bulletin.contents import Bulletin
from abusetrack.bulletin.words import ABOUT, PRACTICE, cell, moment, title
from abusetrack.metrics.panels import Panel

FONT, BOLD = "DejaVuSans", "DejaVuSans-Bold"
_ROWS = 40  # of a table; CSV files have all
_WIDE = 8  # columns; a wider table of few lines is turned round
_MARGIN = 56.0


def pdf(bulletin: Bulletin, page_size: str) -> bytes:
    """Return the report as PDF; ``page_size`` is ``A4`` or ``Letter``."""
    from reportlab.lib import pagesizes
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

    fonts()
    styles = {
        "title": ParagraphStyle("title", fontName=BOLD, fontSize=16, leading=20, spaceAfter=6),
        "group": ParagraphStyle("group", fontName=BOLD, fontSize=13, leading=17, spaceBefore=10,
                                spaceAfter=4),
        "panel": ParagraphStyle("panel", fontName=BOLD, fontSize=10, leading=13, spaceBefore=8),
        "text": ParagraphStyle("text", fontName=FONT, fontSize=8.5, leading=12),
        "small": ParagraphStyle("small", fontName=FONT, fontSize=7, leading=9.5,
                                textColor="#555555"),
        "cell": ParagraphStyle("cell", fontName=FONT, fontSize=7, leading=9),
    }  # fmt: skip
    story: list[Any] = []
    if bulletin.practice:
        story.append(Paragraph(PRACTICE, styles["panel"]))
    story.append(Paragraph(escape(title(bulletin)), styles["title"]))
    said = [bulletin.organisation, bulletin.filters, f"data of {moment(bulletin.as_of)}"]
    story.append(Paragraph(escape(" · ".join(filter(None, said))), styles["text"]))
    story += [Spacer(1, 6), Paragraph(ABOUT, styles["small"])]
    for section in bulletin.sections:
        heading = [Paragraph(escape(section.name), styles["group"])]
        for panel in section.panels:
            story += _panel(panel, styles, heading)
            heading = []
    size = {"A4": pagesizes.A4, "Letter": pagesizes.LETTER}[page_size]
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=size,
        invariant=1,
        title=title(bulletin),
        author=bulletin.organisation,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
    )

    def foot(canvas: Any, _document: Any) -> None:
        canvas.setFont(FONT, 7)
        mark = f"{PRACTICE}   " if bulletin.practice else ""
        canvas.drawRightString(
            size[0] - _MARGIN, _MARGIN / 2, f"{mark}{bulletin.period}   {canvas.getPageNumber()}"
        )

    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def fonts() -> None:
    """Register the fonts that ship with abusetrack."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name in (FONT, BOLD):
        file = resources.files("abusetrack.resources").joinpath("fonts", f"{name}.ttf")
        pdfmetrics.registerFont(TTFont(name, io.BytesIO(file.read_bytes())))


def _panel(panel: Panel, styles: dict[str, Any], heading: list[Any]) -> list[Any]:
    from reportlab.platypus import KeepTogether, Paragraph, Spacer

    head: list[Any] = [*heading, Paragraph(escape(panel.title), styles["panel"])]
    if panel.figures:
        line = " · ".join(f"{name}: {value}" for name, value in panel.figures)
        head.append(Paragraph(escape(line), styles["text"]))
    chart = drawing(panel.chart, FONT) if panel.chart else None
    if chart is not None:
        head += [Spacer(1, 4), chart]
    elif panel.empty:
        head.append(Paragraph(escape(panel.empty), styles["text"]))
    rest: list[Any] = []
    if panel.table.rows:
        rest += [Spacer(1, 4), _table(panel, styles["cell"])]
    rest += [Paragraph(escape(text), styles["small"]) for text in (*panel.notes, panel.definition)]
    return [KeepTogether(head), *rest]


def _table(panel: Panel, style: Any) -> Any:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Paragraph, Table, TableStyle

    lines = _lines(panel)
    columns = len(lines[0])
    if columns > _WIDE and len(lines) <= _WIDE:
        lines = [list(line) for line in zip(*lines, strict=True)]
        columns = len(lines[0])
    first = min(170.0, WIDTH / 2) if columns <= _WIDE else 110.0
    others = (WIDTH - first) / max(1, columns - 1)
    head, *rows = [[Paragraph(escape(text), style) for text in line] for line in lines]
    made = Table([head, *rows], colWidths=[first, *[others] * (columns - 1)], repeatRows=1)
    made.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, 0), 0.5, HexColor("#888888")),
                ("ROWBACKGROUNDS", (0, 1), (-1, -1), (HexColor("#ffffff"), HexColor("#f4f6f8"))),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
            ]
        )
    )
    return made


def _lines(panel: Panel) -> list[list[str]]:
    headers = panel.table.headers
    rows = [
        [cell(value, name) for value, name in zip(row, headers, strict=True)]
        for row in panel.table.rows[:_ROWS]
    ]
    return [list(headers), *rows]

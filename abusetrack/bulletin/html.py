"""A report as one HTML file: no script, nothing loaded from anywhere."""

from __future__ import annotations

from importlib import resources

import jinja2
from markupsafe import Markup

from abusetrack.bulletin.charts import drawing
from abusetrack.bulletin.contents import Bulletin
from abusetrack.bulletin.words import ABOUT, PRACTICE, cell, moment, title
from abusetrack.metrics.panels import Panel


def html(bulletin: Bulletin) -> bytes:
    """Return the report as HTML, UTF-8."""
    text = (resources.files("abusetrack.resources") / "bulletin" / "page.html.jinja").read_text(
        "utf-8"
    )
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters |= {"cell": cell, "moment": moment, "svg": _svg}
    page = environment.from_string(text).render(
        bulletin=bulletin, title=title(bulletin), about=ABOUT, practice=PRACTICE
    )
    return page.encode()


def _svg(panel: Panel) -> Markup:
    """Return the chart as SVG; its texts are escaped by the library."""
    from reportlab.graphics import renderSVG

    made = drawing(panel.chart, "Helvetica") if panel.chart else None
    if made is None:
        return Markup("")
    whole = renderSVG.drawToString(made)
    return Markup(whole[whole.index("<svg") :])  # noqa: S704  (written by the library)

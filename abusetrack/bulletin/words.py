"""Words and cells that PDF and HTML share."""

from __future__ import annotations

from datetime import datetime

from abusetrack.bulletin.contents import FEW, Bulletin
from abusetrack.metrics.panels.model import Cell

PRACTICE = "PRACTICE: nothing here is real"
ABOUT = (
    "Only reports that analysts confirmed are counted. Domains, pages and reports are different "
    f"units and never added up. Cells from 1 to {FEW - 1} are left out, with what is made of them. "
    "No figure says that a registrar, registry or network is at fault: large ones have more of "
    "everything."
)


def cell(value: Cell, header: str) -> str:
    """Return a table's cell as text; shares are said in percent."""
    if value is None:
        return ""
    if isinstance(value, float):
        is_share = header in {"share", "commercial"} or header.startswith("gone within")
        return f"{100 * value:.1f} %" if is_share else f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else value


def moment(at: datetime) -> str:
    """Return a time as the report says it."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def title(bulletin: Bulletin) -> str:
    """Return the report's title."""
    return f"Where the abuse is registered and hosted: {bulletin.period}"

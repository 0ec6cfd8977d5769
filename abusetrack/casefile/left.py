"""How each person left the pages of the window: what is searched and selected may be a name."""

from __future__ import annotations

from collections.abc import Mapping

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import clean


def keep(case: CaseFile, pages: Mapping[str, str]) -> None:
    """Remember how the present actor leaves pages: a text of the page's own by its key."""
    with case.transaction():
        case.executemany(
            "INSERT OR REPLACE INTO left_as VALUES (?, ?, ?)",
            [(clean(case.actor), page, clean(text)) for page, text in pages.items()],
        )


def read(case: CaseFile) -> dict[str, str]:
    """Return how the present actor left pages, by key."""
    return dict(case.rows("SELECT page, value FROM left_as WHERE actor = ?", [clean(case.actor)]))

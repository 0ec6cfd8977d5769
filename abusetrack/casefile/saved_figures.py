"""Filters of the dashboards, saved under a name inside the case file; metrics/ knows their form."""

from __future__ import annotations

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import clean
from abusetrack.errors import InputError


def save(case: CaseFile, name: str, filters: str) -> None:
    """Save filters (JSON) under a name; those of that name are replaced.

    Raises:
        InputError: the name is empty.
    """
    name = clean(name.strip())
    if not name:
        raise InputError("Give the filters a name to save them under.")
    with case.transaction():
        case.execute(
            "INSERT OR REPLACE INTO saved_figures VALUES (?, ?, ?, ?)",
            [name, filters, case.now(), clean(case.actor)],
        )


def load(case: CaseFile, name: str) -> str | None:
    """Return the filters of a name; None where there are none."""
    sql = "SELECT filters FROM saved_figures WHERE name = ?"
    text: str | None = case.value(sql, [clean(name.strip())])
    return text


def names(case: CaseFile) -> list[str]:
    """Return the names under which filters are saved, in order."""
    return [name for (name,) in case.rows("SELECT name FROM saved_figures ORDER BY name")]


def remove(case: CaseFile, name: str) -> bool:
    """Forget saved filters; say whether there were some."""
    with case.transaction():
        gone = case.execute("DELETE FROM saved_figures WHERE name = ?", [clean(name.strip())])
    return gone > 0

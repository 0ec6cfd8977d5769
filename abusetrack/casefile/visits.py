"""When each person last said that they had seen what is new."""

from __future__ import annotations

from datetime import datetime

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import clean, moment, stamp


def last(case: CaseFile) -> datetime | None:
    """Return when the present actor last looked; None where that never was."""
    at: str | None = case.value("SELECT at FROM visit WHERE actor = ?", [clean(case.actor)])
    return moment(at)


def mark(case: CaseFile, at: datetime) -> None:
    """Remember that the present actor has seen everything up to ``at``."""
    with case.transaction():
        case.execute(
            "INSERT INTO visit VALUES (?, ?) ON CONFLICT (actor) DO UPDATE"
            " SET at = max(at, excluded.at)",
            [clean(case.actor), stamp(at)],
        )

"""When each person last said that they had seen what is new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import clean, moment, stamp


@dataclass(frozen=True, slots=True)
class Visit:
    """When somebody had seen everything, and the local number of the last fact there was."""

    at: datetime
    fact: int


def last(case: CaseFile) -> Visit | None:
    """Return when the present actor last looked; None where that never was."""
    rows = case.rows("SELECT at, fact FROM visit WHERE actor = ?", [clean(case.actor)])
    return Visit(moment(rows[0][0]), rows[0][1]) if rows else None


def now(case: CaseFile) -> Visit:
    """Return what has to be marked for everything that is here now."""
    return Visit(case.clock.now(), case.value("SELECT max(n) FROM fact") or 0)


def mark(case: CaseFile, seen: Visit) -> None:
    """Remember that the present actor has seen everything up to there."""
    with case.transaction():
        case.execute(
            "INSERT INTO visit VALUES (?, ?, ?) ON CONFLICT (actor) DO UPDATE"
            " SET at = max(at, excluded.at), fact = max(fact, excluded.fact)",
            [clean(case.actor), stamp(seen.at), seen.fact],
        )

"""When this case file last met the team's hub, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import moment


@dataclass(frozen=True, slots=True)
class LastSync:
    """The last whole exchange: with which team's hub, when, and how many facts each way."""

    team: str
    at: datetime
    sent: int
    came: int


def note(case: CaseFile, team: str, sent: int, came: int) -> None:
    """Remember an exchange that came to its end."""
    with case.transaction():
        case.execute("DELETE FROM sync")
        case.execute("INSERT INTO sync VALUES (?, ?, ?, ?)", [team, case.now(), sent, came])


def last(case: CaseFile) -> LastSync | None:
    """Return the last exchange; None where there was none."""
    rows = case.rows("SELECT team, at, sent, came FROM sync")
    return LastSync(rows[0][0], moment(rows[0][1]), *rows[0][2:]) if rows else None

"""Take back what a person just recorded, and judge the domains anew."""

from __future__ import annotations

from abusetrack.casefile import CaseFile, undoing
from abusetrack.casefile.undoing import Done, Undone
from abusetrack.triage.context import Context
from abusetrack.triage.refresh import refresh


def undo(context: Context, case: CaseFile, done: Done) -> Undone:
    """Take it back, in one transaction."""
    with case.transaction():
        undone = undoing.take_back(case, done)
        refresh(context, case, undone.domains)
    return undone

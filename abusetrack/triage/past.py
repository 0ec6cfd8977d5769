"""What a dossier says of the past: changes, content statuses, notes, and what is in dispute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from abusetrack.casefile import CaseFile, changes, content, findings, notes, queue, reports
from abusetrack.casefile.content import StoredStatus
from abusetrack.casefile.notes import StoredNote
from abusetrack.casefile.queue import Plan
from abusetrack.records import Change, Conflict
from abusetrack.triage.ledger_json import time_text

_ERASED = "(erased)"


@dataclass(frozen=True, slots=True)
class Past:
    """Of one domain: changes oldest first, the last word on each URL, the notes that stand."""

    changes: tuple[Change, ...]
    contents: tuple[StoredStatus, ...]
    notes: tuple[StoredNote, ...]
    conflicts: tuple[Conflict, ...]
    checks: tuple[Plan, ...]


def of_domain(case: CaseFile, domain: str) -> Past:
    """Gather what was recorded of a domain."""
    return Past(
        changes=changes.of_domain(case, domain),
        contents=content.latest(case, domain),
        notes=notes.of_domain(case, domain),
        conflicts=(*findings.conflicts(case, domain), *notes.conflicts(case, domain)),
        checks=tuple(queue.checks(case, domain)),
    )


def as_json(past: Past | None) -> dict[str, Any]:
    """Return the keys of ``show --json`` that are of the past."""
    if past is None:
        past = Past((), (), (), (), ())
    return {
        "changes": [change_as_json(change) for change in past.changes],
        "content_statuses": [
            {
                "url": said.url,
                "status": said.status.state.value,
                "at": time_text(said.status.at),
                "source": said.status.source or None,
                "recorded_by": said.actor,
            }
            for said in past.contents
        ],
        "notes": [
            {
                "id": note.id,
                "text": note.text,
                "text_reason": None if note.text is not None else "erased",
                "at": time_text(note.at),
                "by": note.actor,
            }
            for note in past.notes
        ],
        "conflicts": [
            {
                "what": conflict.what,
                "subject": conflict.subject,
                "fields": list(conflict.fields),
                "versions": list(conflict.versions),
            }
            for conflict in past.conflicts
        ],
        "checks": [
            {"host": check.host, "due_at": time_text(check.at), "reason": check.reason or None}
            for check in past.checks
        ],
    }


def change_as_json(change: Change) -> dict[str, Any]:
    """Return a change as JSON shows it everywhere."""
    return {
        "kind": change.kind.value,
        "subject": change.subject,
        "before": change.before,
        "after": change.after,
        "last_seen_before": time_text(change.last_seen_before),
        "first_seen_after": time_text(change.first_seen_after),
        "established_at": time_text(change.established_at),
        "facts": list(change.facts),
    }


def lines(past: Past) -> Iterator[tuple[str, str]]:
    """Yield (what, value) pairs; an empty first part continues the one above."""
    for title, values in (
        ("changed", [_change(change) for change in past.changes]),
        ("content", [_content(said) for said in past.contents]),
        ("notes", [_note(note) for note in past.notes]),
        ("in dispute", [_conflict(conflict) for conflict in past.conflicts]),
    ):
        for number, value in enumerate(values):
            yield "" if number else title, value


def _change(change: Change) -> str:
    return (
        f"{change.kind.value} ({change.subject}): {change.before} -> {change.after}, between "
        f"{change.last_seen_before:%Y-%m-%d %H:%M} and {change.first_seen_after:%Y-%m-%d %H:%M} UTC"
    )


def _content(said: StoredStatus) -> str:
    who = said.status.source or said.actor
    base, _path = reports.split_url(said.url)
    return f"{said.status.state.value}, {said.status.at:%Y-%m-%d %H:%M} UTC, says {who}: {base}"


def _note(note: StoredNote) -> str:
    return f"{note.text or _ERASED} ({note.actor}, {note.at:%Y-%m-%d %H:%M} UTC, {note.id})"


def _conflict(conflict: Conflict) -> str:
    number, what = len(conflict.versions), conflict.what
    return (
        f"{number} versions of one {what} differ in {', '.join(conflict.fields)}; "
        "assess, amend or note again to settle it"
    )

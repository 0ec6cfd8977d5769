"""What people say later: content statuses, notes, and amendments of what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from abusetrack import intake
from abusetrack.casefile import CaseFile, assessments, content, notes
from abusetrack.records import Complaint, ContentState, ContentStatus, Refusal
from abusetrack.triage.context import Context
from abusetrack.triage.dossier import known_domain
from abusetrack.triage.refresh import refresh
from abusetrack.triage.taking import reading, subject_of

_NO_SUBJECT = "give a registrable domain or a whole URL"
_NOT_REPORTED = "nothing is reported of this name or URL"
_NOT_ASSESSED = "no report of this name or URL was assessed yet"


def say_content(
    context: Context,
    case: CaseFile,
    subjects: Iterable[str],
    state: ContentState,
    *,
    at: datetime | None = None,
    source: str = "",
) -> tuple[int, list[Complaint]]:
    """Record what was seen of URLs; return of how many, and what failed.

    A bare domain stands for all its reported URLs. ``at`` is now and ``source`` the
    present actor unless given.
    """
    status = ContentStatus(state, at or context.clock.now(), source or context.actor)
    return _each(
        context,
        case,
        enumerate(subjects, start=1),
        lambda _line, subject: content.add(case, subject, status),
        _NOT_REPORTED,
    )


def say_content_of_list(
    context: Context, case: CaseFile, path: Path
) -> tuple[int, list[Complaint]]:
    """Record the content statuses of a CSV or XLSX file; return of how many URLs, what failed.

    Raises:
        InputError: it cannot be read, or is no such table.
    """
    rows, complaints = intake.read_statuses(
        intake.load(path), filename=path.name, context=reading(context)
    )
    said = {row.line: row for row in rows}
    count, unknown = _each(
        context,
        case,
        ((line, row.subject) for line, row in said.items()),
        lambda line, subject: content.add(case, subject, said[line].status),
        _NOT_REPORTED,
    )
    return count, [*complaints, *unknown]


def amend(
    context: Context, case: CaseFile, subjects: Iterable[str], changes: Mapping[str, Any]
) -> tuple[int, list[Complaint]]:
    """Change fields of what was found; return of how many reports, and what failed."""
    return _each(
        context,
        case,
        enumerate(subjects, start=1),
        lambda _line, subject: assessments.amend(case, subject, changes),
        _NOT_ASSESSED,
    )


def note(
    context: Context, case: CaseFile, text: str, words: str, *, replaces: str | None = None
) -> str:
    """Store a note on the domain of a name or URL; return the note's id.

    Raises:
        InputError: nothing was reported under the name, the note is empty, or there is
            no such note to replace.
    """
    return notes.add(case, known_domain(context, case, text), words, replaces=replaces)


def _each(
    context: Context,
    case: CaseFile,
    subjects: Iterable[tuple[int, str]],
    step: Callable[[int, str], int],
    nothing: str,
) -> tuple[int, list[Complaint]]:
    """Do one step for every (line, subject) in one transaction; judge their domains anew."""
    count, complaints, touched = 0, [], set()
    with case.transaction():
        for line, text in subjects:
            named = subject_of(context.names, text)
            if isinstance(named, Refusal):
                complaints.append(Complaint(line, text, named.value))
            elif named is None:
                complaints.append(Complaint(line, text, _NO_SUBJECT))
            elif (number := step(line, named[0])) == 0:
                complaints.append(Complaint(line, text, nothing))
            else:
                count += number
                touched.add(named[1])
        refresh(context, case, sorted(touched))
    return count, complaints

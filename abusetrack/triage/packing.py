"""Earlier notices packed as proof: their exact bytes, and what followed."""

from __future__ import annotations

from collections.abc import Iterable

from abusetrack.casefile import CaseFile, notices, observations, replies
from abusetrack.casefile.notices import StoredNotice
from abusetrack.notices.formats.pack import Answer, Mark, Packed
from abusetrack.records import ExportedFile, Step


def packed(case: CaseFile, steps: Iterable[Step]) -> tuple[Packed, ...]:
    """Return earlier notices with their exact bytes and what was marked on them."""
    return tuple(
        _packed(case, notice, step)
        for step in steps
        if (notice := notices.read(case, step.reference)) is not None
    )


def _packed(case: CaseFile, notice: StoredNotice, step: Step) -> Packed:
    kept = [(file, observations.evidence(case, file.sha256)) for file in notice.files]
    return Packed(
        step=step,
        subject=notice.subject,
        body=notice.body,
        rows=notice.rows,
        files=tuple(
            ExportedFile(file.name, file.media_type, evidence.body)
            for file, evidence in kept
            if evidence is not None
        ),
        marks=tuple(
            Mark(event.status.value, event.at, event.channel, event.their_reference)
            for event in notices.events(case, notice.reference)
        ),
        answers=tuple(
            Answer(answer.received_at, answer.sender, answer.subject, answer.body)
            for answer in replies.answers(case, notice.reference)
        ),
    )

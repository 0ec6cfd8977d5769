"""What is new since somebody last said that they had seen everything: one list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from abusetrack.casefile import CaseFile, changes, ledger, queue, reports, visits
from abusetrack.casefile.queue import Plan
from abusetrack.casefile.visits import Visit
from abusetrack.judgement import ladder
from abusetrack.records import Change
from abusetrack.triage.context import Context
from abusetrack.triage.ledger_json import time_text
from abusetrack.triage.past import change_as_json

MOST = 1000  # of each kind


@dataclass(frozen=True, slots=True)
class AnswerDue:
    """A notice whose receiver was asked for an answer by a day that is over."""

    reference: str
    party: str
    reply_by: datetime
    domains: int


@dataclass(frozen=True, slots=True)
class Since:
    """What is new; ``mark`` is None where this person never said that they saw anything.

    ``reports`` has, for each domain, how many came in since; at most :data:`MOST` of a kind.
    """

    mark: datetime | None
    as_of: Visit
    changes: tuple[tuple[str, Change], ...]  # newest first
    answers: tuple[AnswerDue, ...]  # longest due first
    checks: tuple[tuple[str, Plan], ...]  # longest due first
    reports: tuple[tuple[str, int], ...]  # newest first


def since(context: Context, case: CaseFile) -> Since:
    """Gather what is new for the present actor, and what waits for somebody."""
    now, mark = context.clock.now(), visits.last(case)
    fact = mark.fact if mark else 0
    at = mark.at if mark else None
    return Since(
        mark=at,
        as_of=visits.now(case),
        changes=tuple(changes.since(case, at, fact=fact, limit=MOST)),
        answers=tuple(_answers(case, now)),
        checks=tuple(queue.due(case, until=now, limit=MOST)),
        reports=tuple(reports.recorded_since(case, fact, limit=MOST)),
    )


def seen(case: CaseFile, found: Since) -> None:
    """Remember that the present actor has seen everything in the list."""
    visits.mark(case, found.as_of)


def _answers(case: CaseFile, now: datetime) -> list[AnswerDue]:
    late = [
        AnswerDue(row.reference, row.party_name, row.reply_by, row.domains)
        for row in ledger.rows(case)
        if row.reply_by and ladder.overdue(row.status, row.rung, row.reply_by, as_of=now)
    ]
    return sorted(late, key=lambda item: item.reply_by)[:MOST]


def as_json(found: Since) -> dict[str, Any]:
    """Return the list as ``since --json`` prints it."""
    return {
        "mark": time_text(found.mark),
        "mark_reason": None if found.mark else "nobody of this name has marked anything as seen",
        "as_of": time_text(found.as_of.at),
        "changes": [
            {"domain": domain} | change_as_json(change) for domain, change in found.changes
        ],
        "answers_due": [
            {
                "reference": item.reference,
                "party": item.party,
                "reply_by": time_text(item.reply_by),
                "domains": item.domains,
            }
            for item in found.answers
        ],
        "checks_due": [
            {
                "domain": domain,
                "host": check.host,
                "due_at": time_text(check.at),
                "reason": check.reason or None,
            }
            for domain, check in found.checks
        ],
        "reports": [{"domain": domain, "reports": number} for domain, number in found.reports],
    }

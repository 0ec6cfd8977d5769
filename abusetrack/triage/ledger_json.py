"""The ledger of notices as the command line prints it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from abusetrack.judgement.ladder import Proposal
from abusetrack.triage.ledger import CAVEAT, Listed, Shown


def proposal_json(proposal: Proposal) -> dict[str, Any]:
    """Return a proposal as ``notice next --json`` prints it."""
    party = proposal.party
    return {
        "rung": proposal.rung.value if proposal.rung else None,
        "party": party.key if party else None,
        "name": party.name if party else None,
        "role": party.role.value if party else None,
        "due_at": time_text(proposal.due_at),
        "reason": proposal.reason,
        "earlier": [step.reference for step in proposal.earlier],
    }


def listed_json(item: Listed) -> dict[str, Any]:
    """Return a notice as ``notice list --json`` prints it."""
    row = item.row
    return {
        "reference": row.reference,
        "role": row.role.value,
        "rung": row.rung.value,
        "party": row.party_key,
        "name": row.party_name,
        "domains": row.domains,
        "status": row.status.value,
        "status_at": time_text(row.status_at),
        "exported_at": time_text(row.exported_at),
        "sent_at": time_text(row.sent_at),
        "answered_at": time_text(row.answered_at),
        "reply_by": time_text(row.reply_by),
        "overdue": item.overdue,
        "practice": row.practice,
    }


def shown_json(item: Shown) -> dict[str, Any]:
    """Return a notice as ``notice show --json`` prints it."""
    notice = item.notice
    return {
        "reference": notice.reference,
        "role": notice.role.value,
        "rung": notice.rung.value,
        "party": notice.recipient.party_key,
        "name": notice.recipient.party_name,
        "status": notice.status.value,
        "exported_at": time_text(notice.exported_at),
        "exported_by": notice.exported_by,
        "reply_by": time_text(notice.reply_by),
        "overdue": item.overdue,
        "template": notice.template,
        "subject": notice.subject,
        "files": [{"name": file.name, "sha256": file.sha256} for file in notice.files],
        "events": [
            {
                "status": event.status.value,
                "at": time_text(event.at),
                "by": event.actor,
                "channel": event.channel or None,
                "their_reference": event.their_reference or None,
                "note": event.note or None,
            }
            for event in item.events
        ],
        "answers": [
            {
                "received_at": time_text(answer.received_at),
                "from": answer.sender or None,
                "subject": answer.subject or None,
                "text": answer.body,
                "discarded": dict(answer.discarded),
                "erased": answer.erased,
            }
            for answer in item.answers
        ],
        "quality": [
            {"quality": rating.quality.value, "at": time_text(rating.at), "note": rating.note}
            for rating in item.ratings
        ],
        "outcomes": [
            {
                "domain": outcome.domain,
                "state": outcome.state.value,
                "reason": outcome.reason,
                "looked_up_at": time_text(outcome.looked_up_at),
                "withdrawn": outcome.withdrawn,
                "changes": [
                    {
                        "kind": change.kind.value,
                        "subject": change.subject,
                        "before": change.before,
                        "after": change.after,
                        "last_seen_before": time_text(change.last_seen_before),
                        "first_seen_after": time_text(change.first_seen_after),
                    }
                    for change in outcome.changes
                ],
            }
            for outcome in item.outcomes
        ],
        "outcomes_caveat": CAVEAT,
    }


def time_text(moment: datetime | None) -> str | None:
    """Return a time as JSON gives it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None

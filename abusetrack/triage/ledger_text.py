"""Everything about one notice in lines, for both faces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from abusetrack.casefile.replies import Answer
from abusetrack.judgement.ladder import Proposal
from abusetrack.triage.ledger import CAVEAT, Outcome, Shown


def lines(item: Shown) -> Iterator[str]:
    """Yield what became of a notice, what came back, and what is seen of its domains."""
    found = item.notice
    to = f"{found.recipient.party_name} ({found.recipient.party_key}), {found.role.value}"
    yield f"{found.reference}  {found.rung.value} to {to}"
    yield f"exported {found.exported_at:%Y-%m-%d %H:%M} UTC by {found.exported_by}"
    if found.reason:
        yield f"reason typed: {found.reason}"
    if found.reply_by:
        late = "  OVERDUE" if item.overdue else ""
        yield f"asks for an answer by {found.reply_by:%Y-%m-%d} (a request){late}"
    for event in item.events:
        more = ", ".join(filter(None, (event.channel, event.their_reference, event.note)))
        said = f": {more}" if more else ""
        yield f"  {event.at:%Y-%m-%d %H:%M}  {event.status.value} (by {event.actor}){said}"
    for answer in item.answers:
        yield from _answer(answer)
    for rating in item.ratings:
        note = f" ({rating.note})" if rating.note else ""
        yield f"  {rating.at:%Y-%m-%d}  they said of it: {rating.quality.value}{note}"
    yield "its domains as last looked up:"
    for outcome in item.outcomes:
        yield from _outcome(outcome)
    yield f"  ({CAVEAT})"


def _answer(answer: Answer) -> Iterator[str]:
    yield f"  {answer.received_at:%Y-%m-%d %H:%M}  answer from {answer.sender or 'not said'}"
    body = [answer.subject, *answer.body.splitlines()] if not answer.erased else ["erased"]
    for line in body:
        yield f"      | {line}"
    for kind, count in answer.discarded.items():
        yield f"      ({count} {kind} discarded unread)"


def _outcome(outcome: Outcome) -> Iterator[str]:
    seen = f"{outcome.looked_up_at:%Y-%m-%d}" if outcome.looked_up_at else "never looked up"
    gone = ", withdrawn" if outcome.withdrawn else ""
    yield f"  {outcome.domain}  {outcome.state.value} ({seen}){gone}"
    for change in outcome.changes:
        between = f"{change.last_seen_before:%Y-%m-%d} and {change.first_seen_after:%Y-%m-%d}"
        yield f"      {change.kind.value} between {between}: {change.before} -> {change.after}"


def proposals(found: Mapping[str, Proposal]) -> Iterator[str]:
    """Yield the next step about each domain, and why."""
    for name, item in found.items():
        what = "nothing to draft now"
        if item.rung and item.party:
            what = f"{item.rung.value} to {item.party.name} ({item.party.key})"
        yield f"{name}: {what}; {item.reason}"

"""What to do next about a domain that somebody was told of: wait, remind, or go a rung up.

The order and the waiting times are those that hotlines use; all of them are requests,
so the next step is a proposal with its reason, never a thing that happens by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from abusetrack.records import Advice, NoticeStatus, PartyRef, Role, Rung, State, Step

# Nearest to the content first. Others are told at any time and are no rung.
LADDER = (Role.PLATFORM, Role.HOST, Role.CDN, Role.REGISTRAR, Role.REGISTRY, Role.ICANN)

_SETTLED = frozenset(
    {
        State.HELD_BY_REGISTRY,
        State.HELD_BY_REGISTRAR,
        State.PENDING_DELETE,
        State.REDEMPTION,
        State.NOT_REGISTERED,
        State.NOT_DELEGATED,
        State.PARKED,
    }
)
_ALLOWED = frozenset({Advice.ADVISED, Advice.POSSIBLE})
_UNANSWERED = frozenset({NoticeStatus.SENT, NoticeStatus.ACKNOWLEDGED})
_FAILED = frozenset({NoticeStatus.REFUSED, NoticeStatus.NO_ANSWER})


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long a role is given: until it is reminded, and until the next rung is told."""

    reminder: timedelta
    escalation: timedelta


@dataclass(frozen=True, slots=True)
class LadderCase:
    """What the proposal rests on.

    ``states`` are all that hold, strongest first. ``steps`` are the standing notices on the
    domain, oldest first, withdrawals left out; ``revised`` are those of them that the
    assessments no longer bear out.
    """

    states: tuple[State, ...]
    parties: tuple[PartyRef, ...]
    advice: Mapping[Role, Advice]
    steps: tuple[Step, ...]
    waiting: Mapping[Role, Waiting]
    as_of: datetime
    revised: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """The next step; ``rung`` is None where there is nothing to draft now.

    ``due_at`` is when the step is due, or until when to wait; ``earlier`` are the steps that
    a notice has to restate, oldest first.
    """

    rung: Rung | None
    party: PartyRef | None
    due_at: datetime | None
    reason: str
    earlier: tuple[Step, ...] = ()


def propose(case: LadderCase) -> Proposal:
    """Say what comes next."""
    if case.revised:
        last = case.revised[-1]
        said = f"its assessment was revised: {last.party_name} has to be told"
        return Proposal(Rung.WITHDRAWAL, _party(last), case.as_of, said, case.revised)
    settled = next((state for state in case.states if state in _SETTLED), None)
    if settled is not None:
        return _nothing(f"nothing to ask: {settled.value}")
    if not case.steps:
        return _first(case)
    disputed = [step for step in case.steps if step.status is NoticeStatus.DISPUTED]
    if disputed:
        return _nothing(f"{disputed[-1].reference} is disputed: settle that first")
    last_of = {step.party_key: step for step in case.steps}
    found = [_after(case, last) for last in sorted(last_of.values(), key=_height)]
    due = [item for item in found if item.rung is not None]
    waits = [item for item in found if item.rung is None and item.due_at is not None]
    if due or waits:
        return (due or sorted(waits, key=lambda item: item.due_at or case.as_of))[0]
    return _nothing("; ".join(dict.fromkeys(item.reason for item in found)))


def rungs(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the steps that a later notice may restate: none to hotlines or authorities.

    That the police know is not for the customer's providers to hear.
    """
    return tuple(step for step in steps if step.role in LADDER)


def _height(step: Step) -> int:
    return LADDER.index(step.role) if step.role in LADDER else len(LADDER)


def _after(case: LadderCase, last: Step) -> Proposal:
    """Say what comes after the last step to one party."""
    if last.status is NoticeStatus.EXPORTED:
        return _nothing(f"{last.reference} was exported and not marked as sent: send it, mark it")
    if last.status is NoticeStatus.BOUNCED:
        return Proposal(
            last.rung,
            _party(last),
            case.as_of,
            f"{last.reference} did not reach {last.party_name}: find another contact",
            rungs(case.steps),
        )
    if last.status in _FAILED:
        return _up(case, last, case.as_of, f"{last.party_name}: {last.status.value}")
    return _in_time(case, last)


def _in_time(case: LadderCase, last: Step) -> Proposal:
    """Wait, remind, or go up: by the time since the party was first told of it."""
    to_party = [step for step in case.steps if step.party_key == last.party_key]
    told = min(step.sent_at or step.exported_at for step in to_party)
    waiting = case.waiting[last.role]  # every role has one
    reminded = any(step.rung is Rung.REMINDER for step in to_party)
    asked = last.reply_by or told
    if last.status is NoticeStatus.ACTIONED:
        since = last.answered_at or told
        said = f"{last.party_name} said on {since:%Y-%m-%d} that it acted; the domain is still up"
        due = since + waiting.reminder
    elif reminded:
        said, due = _unanswered(last), max(told + waiting.escalation, asked)
    else:
        said, due = _unanswered(last), told + waiting.reminder
        if last.status is NoticeStatus.ACKNOWLEDGED:  # receipt is confirmed: its day holds
            due = max(due, asked)
    if case.as_of < due:
        return Proposal(None, None, due, f"wait until {due:%Y-%m-%d %H:%M} UTC: {said}")
    if reminded:
        return _up(case, last, due, said)
    return Proposal(Rung.REMINDER, _party(last), due, said, tuple(to_party))


def _unanswered(last: Step) -> str:
    if last.status is NoticeStatus.ACKNOWLEDGED:
        return f"{last.party_name} confirmed receipt and did not say what it did"
    return f"{last.party_name} has not answered {last.reference}"


def _first(case: LadderCase) -> Proposal:
    for wanted in (Advice.ADVISED, Advice.POSSIBLE):
        for role in LADDER:
            party = _of_role(case, role)
            if party is not None and case.advice.get(role) is wanted:
                return Proposal(Rung.FIRST, party, case.as_of, f"nobody was told: {wanted.value}")
    return _nothing("nobody may be told: see the advice for each role")


def _up(case: LadderCase, last: Step, due: datetime, said: str) -> Proposal:
    """Go up from the highest rung that was told; those below it are only reminded."""
    if last.role not in LADDER:
        return _nothing(f"{said}; it is no rung of the ladder")
    height = _height(last)
    if any(height < _height(step) < len(LADDER) for step in case.steps):
        return _nothing(f"{said}; a party further up was told already")
    for role in LADDER[height + 1 :]:
        party = _of_role(case, role)
        if party and case.advice.get(role) in _ALLOWED:
            return Proposal(Rung.ESCALATION, party, due, said, rungs(case.steps))
    return _nothing(f"{said}; nobody further up may be told")


def _of_role(case: LadderCase, role: Role) -> PartyRef | None:
    return next((party for party in case.parties if party.role is role), None)


def _party(step: Step) -> PartyRef:
    return PartyRef(step.party_key, step.party_name, step.role)


def _nothing(reason: str) -> Proposal:
    return Proposal(None, None, None, reason)


def overdue(
    status: NoticeStatus, rung: Rung, reply_by: datetime | None, *, as_of: datetime
) -> bool:
    """Whether a notice waits for an answer beyond the day that it asked for."""
    waits = status in _UNANSWERED and rung is not Rung.WITHDRAWAL
    return waits and reply_by is not None and reply_by < as_of


def summary(steps: Sequence[Step]) -> str:
    """Restate steps in one line each, for a reader who was not there."""
    return "\n".join(
        f"{step.sent_at or step.exported_at:%Y-%m-%d} {step.reference} ({step.rung.value}) to "
        f"{step.party_name}, {step.role.value}: {step.status.value}"
        for step in steps
    )

"""The ledger of notices for both faces: where each stands, what came back, what is next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from abusetrack import intake
from abusetrack.casefile import (
    CaseFile,
    changes,
    contact_ledger,
    ledger,
    notices,
    projection,
    replies,
)
from abusetrack.casefile.ledger import LedgerRow
from abusetrack.casefile.notices import NoticeEvent, StoredNotice
from abusetrack.errors import InputError
from abusetrack.intake.answers import AnswerText, read_answer
from abusetrack.judgement import ladder
from abusetrack.judgement.ladder import LadderCase, Proposal, Waiting
from abusetrack.judgement.roles import judge_roles
from abusetrack.records import (
    Change,
    ContactOutcome,
    NoticeStatus,
    Quality,
    Role,
    Rung,
    State,
    Step,
)
from abusetrack.triage.context import Context
from abusetrack.triage.refresh import host_names, look, persistence, refresh
from abusetrack.triage.roles import Roles
from abusetrack.triage.views import StoredFacts

CAVEAT = "that a domain is held or gone does not prove that the notice caused it"
_TEXTS = {"txt", "eml"}


@dataclass(frozen=True, slots=True)
class Listed:
    """One notice in the list."""

    row: LedgerRow
    overdue: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the watch sees of a domain of a notice, as of its last lookup."""

    domain: str
    state: State
    reason: str
    looked_up_at: datetime | None
    withdrawn: bool
    changes: tuple[Change, ...] = ()  # first seen after the notice was sent (else exported)


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything about one notice."""

    notice: StoredNotice
    overdue: bool
    events: tuple[NoticeEvent, ...]
    answers: tuple[replies.Answer, ...]
    ratings: tuple[replies.Rating, ...]
    outcomes: tuple[Outcome, ...]


def listing(
    context: Context,
    case: CaseFile,
    *,
    overdue_only: bool = False,
    party_key: str | None = None,
    domain: str | None = None,
    statuses: tuple[NoticeStatus, ...] = (),
) -> list[Listed]:
    """Return notices, newest first; the longest overdue first where only those are wanted."""
    now = context.clock.now()
    found = [
        Listed(row, ladder.overdue(row.status, row.rung, row.reply_by, as_of=now))
        for row in ledger.rows(case, party_key=party_key, domain=domain, statuses=statuses)
    ]
    if overdue_only:
        late = [item for item in found if item.overdue]
        return sorted(late, key=lambda item: (item.row.reply_by or now, item.row.reference))
    return found


def shown(context: Context, case: CaseFile, reference: str) -> Shown:
    """Gather everything about one notice.

    Raises:
        InputError: there is no such notice.
    """
    stored = notices.read(case, reference)
    if stored is None:
        raise InputError(
            f"There is no notice {reference} in this case file; see 'abusetrack notice list'."
        )
    now = context.clock.now()
    return Shown(
        notice=stored,
        overdue=ladder.overdue(stored.status, stored.rung, stored.reply_by, as_of=now),
        events=tuple(notices.events(case, reference)),
        answers=tuple(replies.answers(case, reference)),
        ratings=tuple(replies.ratings(case, reference)),
        outcomes=tuple(_outcomes(case, stored, step_of(case, stored).sent_at)),
    )


def _outcomes(case: CaseFile, notice: StoredNotice, sent_at: datetime | None) -> Iterable[Outcome]:
    since = sent_at or notice.exported_at
    names = [row.domain for row in notice.rows]
    found = {now.domain: now.findings for now in projection.read_many(case, names)}
    for name in names:
        finding = found.get(name)
        yield Outcome(
            domain=name,
            state=finding.state if finding else State.UNKNOWN,
            reason=finding.state_reason if finding else "not in this case file any more",
            looked_up_at=finding.looked_up_at if finding else None,
            withdrawn=name in notice.withdrawn or notice.status is NoticeStatus.WITHDRAWN,
            changes=tuple(
                change
                for change in changes.of_domain(case, name)
                if change.first_seen_after >= since
            ),
        )


def mark(
    context: Context,
    case: CaseFile,
    references: Sequence[str],
    status: NoticeStatus,
    *,
    at: datetime | None = None,
    channel: str = "",
    their_reference: str = "",
    note: str = "",
) -> None:
    """Record what became of notices, all or none, and judge their domains anew.

    Raises:
        InputError: there is no such notice, or it cannot be marked so.
    """
    with case.transaction():
        for reference in references:
            notices.mark(
                case,
                reference,
                status,
                at=at,
                channel=channel,
                their_reference=their_reference,
                note=note,
            )
        found = (notices.read(case, reference) for reference in references)
        refresh(context, case, {row.domain for stored in found if stored for row in stored.rows})


def file_answer(
    context: Context,
    case: CaseFile,
    reference: str,
    path: Path,
    *,
    received_at: datetime | None = None,
    status: NoticeStatus | None = None,
    outcome: ContactOutcome | None = None,
    quality: Quality | None = None,
    their_reference: str = "",
) -> AnswerText:
    """File a mail or text onto a notice as text; record with it what the person says of it.

    It was received when given, else when the mail says it was sent, else now. Media are
    discarded and counted.

    Raises:
        InputError: there is no such notice, or the file cannot be read.
    """
    if path.suffix.lower().lstrip(".") not in _TEXTS:
        raise InputError("An answer is a mail (.eml) or a text file (.txt); save it as one.")
    now = context.clock.now()
    answer = read_answer(intake.load(path), filename=path.name)
    said = answer.sent_at if answer.sent_at and answer.sent_at <= now else None
    at = received_at or said or now
    with case.transaction():
        replies.file_answer(
            case,
            reference,
            received_at=at,
            sender=answer.sender,
            subject=answer.subject,
            body=answer.body,
            discarded=answer.discarded,
        )
        stored = notices.read(case, reference)
        if status is not None:
            mark(context, case, [reference], status, at=at, their_reference=their_reference)
        if outcome is not None and stored is not None:
            recipient = stored.recipient
            address = recipient.email or recipient.form or recipient.phone
            contact_ledger.record(
                case, recipient.party_key, stored.role, outcome, address=address, at=at
            )
        if quality is not None:
            replies.rate(case, reference, quality, at=at)
    return answer


# --- the next step -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Steps:
    """The notices on a domain that were not withdrawn, oldest first."""

    upheld: tuple[Step, ...]
    revised: tuple[Step, ...]  # the assessments no longer bear them out


def steps_of(case: CaseFile, domain: str) -> Steps:
    """Return the notices on a domain that still stand, as steps."""
    from abusetrack.triage import upheld  # with the templates, which lists do without

    bears_out: list[Step] = []
    revised: list[Step] = []
    for notice in notices.of_domain(case, domain):
        if notice.rung is Rung.WITHDRAWAL:
            continue
        for row in upheld.standing_rows(notice):
            if row.domain == domain:
                holds = upheld.still_holds(case, notice.role, row)
                (bears_out if holds else revised).append(step_of(case, notice))
    return Steps(tuple(bears_out), tuple(revised))


def step_of(case: CaseFile, notice: StoredNotice) -> Step:
    """Return a notice as a later one restates it."""
    events = notices.events(case, notice.reference)
    sent = next((event for event in events if event.status is NoticeStatus.SENT), None)
    answered = [event.at for event in events if event.status in ledger.ANSWERS]
    answered += [answer.received_at for answer in replies.answers(case, notice.reference)]
    theirs = [event.their_reference for event in events if event.their_reference]
    return Step(
        reference=notice.reference,
        role=notice.role,
        rung=notice.rung,
        party_key=notice.recipient.party_key,
        party_name=notice.recipient.party_name,
        exported_at=notice.exported_at,
        status=notice.status,
        sent_at=sent.at if sent else None,
        channel=sent.channel if sent else "",
        their_reference=theirs[-1] if theirs else "",
        domains=tuple(row.domain for row in notice.rows),
        answered_at=max(answered, default=None),
        reply_by=notice.reply_by,
    )


def next_step(context: Context, case: CaseFile, domain: str) -> Proposal:
    """Propose what to do next about a domain.

    Raises:
        InputError: the domain was never reported.
    """
    now = projection.read(case, domain)
    if now is None:
        raise InputError("A name given was never reported to this case file.")
    facts = StoredFacts(case)
    view = look(context, facts, domain, host_names(case, domain), suffix_kind=now.suffix_kind)
    roles = Roles(context, case)
    subject = roles.case_of(now, view, persistence(context, case, now, view, facts))
    steps = steps_of(case, domain)
    return ladder.propose(
        LadderCase(
            states=view.state.states,
            parties=subject.parties,
            advice={verdict.role: verdict.advice for verdict in judge_roles(subject)},
            steps=steps.upheld,
            revised=steps.revised,
            waiting=waiting(context),
            as_of=context.clock.now(),
        )
    )


def waiting(context: Context) -> Mapping[Role, Waiting]:
    """Return the waiting times of the settings for every role."""
    hours = context.settings.policy.waiting_hours
    return {
        role: Waiting(timedelta(hours=remind), timedelta(hours=go_up))
        for role, name in _SETTING_OF.items()
        for remind, go_up in [getattr(hours, name)]
    }


_SETTING_OF = {
    role: "icann" if role is Role.ICANN else role.value.replace(" ", "_") for role in Role
}

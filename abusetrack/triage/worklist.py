"""The work list: every domain with its next step, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from msgspec import structs

from abusetrack.casefile import CaseFile, gates, waiting
from abusetrack.casefile.waiting import Waiting
from abusetrack.judgement.priority import NextStep, Points, Urgency, Weights, judge_priority
from abusetrack.records import State
from abusetrack.triage import gates as gating
from abusetrack.triage import withdrawing
from abusetrack.triage.context import Context

_ENDED = {
    State.HELD_BY_REGISTRY,
    State.HELD_BY_REGISTRAR,
    State.PENDING_DELETE,
    State.REDEMPTION,
    State.NOT_REGISTERED,
}


@dataclass(frozen=True, slots=True)
class Item:
    """One domain, what to do next, since when that waits, and its points."""

    domain: str
    step: NextStep
    since: datetime
    points: tuple[Points, ...]

    @property
    def priority(self) -> float:
        """The sum of its points."""
        return sum(item.points for item in self.points)


def worklist(context: Context, case: CaseFile) -> list[Item]:
    """Return what waits, by priority, then by how long it waits, then by name."""
    weights = Weights(**structs.asdict(context.settings.worklist))
    now = context.clock.now()
    said = gates.all_of(case)
    to_withdraw = withdrawing.due(context, case).domains
    found = []
    for row in waiting.everything(case, also=to_withdraw):
        entries = said.get(row.domain, ())
        gate = gating.judge(context, entries, hosting_country=row.hosting_country)
        withdraw = row.domain in to_withdraw
        step = next_step(row, gate_open=gate.open, as_of=now, withdraw=withdraw)
        if step is None:
            continue
        what, since = step
        urgency = Urgency(
            row.severities, row.confirmed, row.commercial, row.persistent, since, withdraw
        )
        found.append(Item(row.domain, what, since, judge_priority(urgency, weights, as_of=now)))
    return sorted(found, key=lambda item: (-item.priority, item.since, item.domain))


def next_step(
    row: Waiting, *, gate_open: bool, as_of: datetime, withdraw: bool = False
) -> tuple[NextStep, datetime] | None:
    """Return what to do next about a domain and since when it waits; None if nothing does.

    What has to be withdrawn comes before all else, even of a domain that is held or gone:
    it may be so because of us. A domain that is held or gone asks for no notice; its
    unassessed reports still wait.
    """
    if withdraw:
        what = NextStep.CLEAR_GATE if gate_open else NextStep.WITHDRAW
        return what, row.last_assessed or as_of
    if row.confirmed and row.state not in _ENDED:
        if row.answer_due is not None and row.answer_due <= as_of:
            return NextStep.ANSWER_OVERDUE, row.answer_due
        if gate_open and row.first_confirmed is not None:
            return NextStep.CLEAR_GATE, row.first_confirmed
        if row.unsent_since is not None:
            return NextStep.SEND, row.unsent_since
        if row.notices == 0 and row.first_confirmed is not None:
            return NextStep.DRAFT, row.first_confirmed
    if row.unassessed_since is not None:
        return NextStep.ASSESS, row.unassessed_since
    return None

"""The desk's own work: what came in, what was assessed, what waits, what is overdue."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from abusetrack.casefile import CaseFile
from abusetrack.casefile.encoding import canonical, moment, stamp
from abusetrack.metrics import columns
from abusetrack.metrics.filters import Filters
from abusetrack.records import AssessmentOutcome, NoticeStatus, Rung

_ANSWERS = (
    NoticeStatus.ACKNOWLEDGED,
    NoticeStatus.ACTIONED,
    NoticeStatus.REFUSED,
    NoticeStatus.DISPUTED,
)
# As the list of notices says it (judgement.ladder.overdue).
_WAITING = (NoticeStatus.SENT.value, NoticeStatus.ACKNOWLEDGED.value)


@dataclass(frozen=True, slots=True)
class Party:
    """How a party dealt with the notices that were sent to it; withdrawals are none.

    A notice is counted by what was marked on it last; ``silent`` were sent and have no
    mark since. ``first_answer_days`` is the median from sent to the first answer.
    """

    key: str
    name: str
    role: str
    notices: int
    acknowledged: int
    actioned: int
    refused: int
    silent: int
    bounced: int
    disputed: int
    withdrawn: int
    first_answer_days: float | None


@dataclass(frozen=True, slots=True)
class Work:
    """Reports of the period by day, and the state of the desk now."""

    days: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]  # day -> (source, reports)
    outcomes: tuple[tuple[str, int], ...]  # of the reports of the period
    waiting: int  # reports of any time not yet assessed
    queued: int  # hosts due for lookup
    overdue: int  # notices whose reply was asked for by a time now past


def work(case: CaseFile, filters: Filters, *, now: datetime) -> Work:
    """Count the reports of the filters' period and source, and what waits now."""
    reports = columns.reports(case)
    rows = reports.chosen(filters, confirmed=False)
    facts = reports.facts
    said = list(zip(facts.of("source"), facts.of("outcome"), strict=True))
    days: dict[str, Counter[str]] = defaultdict(Counter)
    outcomes: Counter[str] = Counter()
    for (day, number), count in columns.tally(
        reports.received[rows] // columns.DAY, facts.number[rows]
    ):
        source, outcome = said[number]
        days[columns.named_day(day)][source or "not given"] += count
        outcomes[outcome] += count
    return Work(
        days=tuple((day, tuple(sorted(days[day].items()))) for day in sorted(days)),
        outcomes=tuple(sorted(outcomes.items(), key=lambda item: (-item[1], item[0]))),
        waiting=int(facts.where(_not_assessed).sum()),
        queued=case.value("SELECT count(*) FROM queue WHERE due_at <= ?", [stamp(now)]),
        overdue=case.value(
            "SELECT count(*) FROM notice WHERE status IN (?, ?) AND reply_by < ? AND rung <> ?",
            [*_WAITING, stamp(now), Rung.WITHDRAWAL.value],
        ),
    )


def _not_assessed(said: Mapping[str, Any]) -> bool:
    return bool(said["outcome"] == AssessmentOutcome.NOT_ASSESSED)


def compliance(case: CaseFile, filters: Filters) -> tuple[Party, ...]:
    """Return how each party dealt with the notices sent to it in the period."""
    found: dict[tuple[str, str], list[tuple[NoticeStatus, float | None]]] = defaultdict(list)
    names: dict[str, str] = {}
    for key, role, name, status, sent, answered, _ in _sent(case, filters):
        days = None
        if answered is not None:
            days = (moment(answered) - moment(sent)).total_seconds() / 86_400
        found[key, role].append((NoticeStatus(status), days))
        names[key] = name or key
    parties = [_party(names[key], key, role, marks) for (key, role), marks in found.items()]
    return tuple(sorted(parties, key=lambda party: (-party.notices, party.name)))


def told_domains(case: CaseFile, filters: Filters, row: str) -> list[int]:
    """Return the ids of the domains of notices sent in the period.

    ``row``: to a party, "role>key", or those with a mark, as the fields of :class:`Party`
    call it.
    """
    role, to_party, party = row.partition(">")
    marks = () if to_party else _MARKS[row]
    notices = [
        notice
        for key, its_role, _, status, _, _, notice in _sent(case, filters)
        if status in marks or (to_party and (its_role, key) == (role, party))
    ]
    rows = case.rows(
        "SELECT DISTINCT domain_now.id FROM json_each(?) AS wanted"
        " JOIN notice_row ON notice_row.notice = wanted.value"
        " JOIN domain_now ON domain_now.domain = notice_row.domain",
        [canonical(notices)],
    )
    return [domain for (domain,) in rows]


# What was marked last, by the field of a party that counts it.
_MARKS = {
    "acknowledged": (NoticeStatus.ACKNOWLEDGED,),
    "actioned": (NoticeStatus.ACTIONED,),
    "refused": (NoticeStatus.REFUSED,),
    "silent": (NoticeStatus.SENT, NoticeStatus.NO_ANSWER),
    "bounced": (NoticeStatus.BOUNCED,),
    "disputed": (NoticeStatus.DISPUTED,),
    "withdrawn": (NoticeStatus.WITHDRAWN,),
}


def _sent(case: CaseFile, filters: Filters) -> list[tuple[Any, ...]]:
    """Return the notices that were sent in the period."""
    since = stamp(filters.since) or ""
    until = stamp(filters.until) or "9"
    return [
        row for row in case.kept_value("sent", lambda: _all_sent(case)) if since <= row[4] < until
    ]


def _all_sent(case: CaseFile) -> list[tuple[Any, ...]]:
    return case.rows(
        _SENT,
        {
            "sent": NoticeStatus.SENT.value,
            "withdrawal": Rung.WITHDRAWAL.value,
            **{f"answer{number}": status.value for number, status in enumerate(_ANSWERS)},
        },
    )


_SENT = """
WITH event AS (
    SELECT notice_event.notice, content ->> '$.status' AS status, content ->> '$.at' AS at
    FROM notice_event JOIN fact ON fact.n = notice_event.fact
), first_sent AS (
    SELECT notice, min(at) AS at FROM event WHERE status = :sent GROUP BY notice
)
SELECT notice.party_key, notice.role, fact.content ->> '$.recipient.party_name', notice.status,
    first_sent.at, min(answer.at), notice.fact
FROM first_sent JOIN notice ON notice.fact = first_sent.notice
JOIN fact ON fact.n = notice.fact
LEFT JOIN event AS answer ON answer.notice = notice.fact AND answer.at >= first_sent.at
    AND answer.status IN (:answer0, :answer1, :answer2, :answer3)
WHERE notice.rung <> :withdrawal
GROUP BY notice.fact
"""


def _party(name: str, key: str, role: str, marks: list[tuple[NoticeStatus, float | None]]) -> Party:
    statuses = [status for status, _days in marks]
    days = [taken for _status, taken in marks if taken is not None]
    return Party(
        key=key,
        name=name,
        role=role,
        notices=len(marks),
        **{name: sum(map(statuses.count, marks)) for name, marks in _MARKS.items()},
        first_answer_days=median(days) if days else None,
    )

"""The ledger of notices: where each stands, as one row; made for lists and counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, moment
from abusetrack.records import NoticeStatus, Role, Rung

# Marks that say that a person at the receiver's has spoken.
ANSWERS = (
    NoticeStatus.ACKNOWLEDGED,
    NoticeStatus.ACTIONED,
    NoticeStatus.REFUSED,
    NoticeStatus.DISPUTED,
)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One exported notice; times are None where nobody marked them."""

    reference: str
    role: Role
    rung: Rung
    party_key: str
    party_name: str
    domains: int
    status: NoticeStatus
    status_at: datetime
    exported_at: datetime
    sent_at: datetime | None  # first marked so
    answered_at: datetime | None  # the first mark or filed answer that says so
    reply_by: datetime | None  # a request
    practice: bool


def rows(
    case: CaseFile,
    *,
    party_key: str | None = None,
    domain: str | None = None,
    statuses: tuple[NoticeStatus, ...] = (),
) -> list[LedgerRow]:
    """Return notices, newest first: all, or those to a party, on a domain, of these statuses."""
    found = case.rows(
        f"{_SELECT} WHERE (:party IS NULL OR notice.party_key = :party)"
        " AND (:domain IS NULL OR notice.fact IN"
        " (SELECT notice FROM notice_row WHERE domain = :domain))"
        " AND (:statuses = '[]' OR notice.status IN (SELECT value FROM json_each(:statuses)))"
        " ORDER BY notice.exported_at DESC, notice.fact DESC",
        {
            "party": clean(party_key),
            "domain": clean(domain),
            "statuses": canonical([status.value for status in statuses]),
            "answers": canonical([status.value for status in ANSWERS]),
        },
    )
    return [
        LedgerRow(
            reference=reference,
            role=Role(role),
            rung=Rung(rung),
            party_key=key,
            party_name=name,
            domains=domains,
            status=NoticeStatus(status),
            status_at=moment(status_at),
            exported_at=moment(exported_at),
            sent_at=moment(sent_at),
            answered_at=moment(answered_at),
            reply_by=moment(reply_by),
            practice=bool(practice),
        )
        for (
            reference, role, rung, key, name, domains, status, status_at, exported_at, sent_at,
            answered_at, reply_by, practice,
        ) in found
    ]  # fmt: skip


_MARKED = (
    "(SELECT min(json_extract(mark.content, '$.at')) FROM notice_event"
    " JOIN fact AS mark ON mark.n = notice_event.fact WHERE notice_event.notice = notice.fact"
    " AND json_extract(mark.content, '$.status') {which})"
)
_SENT = _MARKED.format(which="= 'sent'")
_ANSWERED = _MARKED.format(which="IN (SELECT value FROM json_each(:answers))")
_FILED = "(SELECT min(received_at) FROM notice_answer WHERE notice = notice.fact)"
# The least of two of which each may be NULL.
_FIRST_ANSWER = f"coalesce(min({_ANSWERED}, {_FILED}), {_ANSWERED}, {_FILED})"
_SELECT = (
    "SELECT notice.reference, notice.role, notice.rung, notice.party_key,"
    " json_extract(fact.content, '$.recipient.party_name'),"
    " (SELECT count(*) FROM notice_row WHERE notice = notice.fact),"
    f" notice.status, notice.status_at, notice.exported_at, {_SENT}, {_FIRST_ANSWER},"
    " notice.reply_by, json_extract(fact.content, '$.practice')"
    " FROM notice JOIN fact ON fact.n = notice.fact"
)

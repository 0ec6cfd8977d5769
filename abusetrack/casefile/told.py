"""Who was told of a domain: the notices that were sent, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, id_text, moment, stamp
from abusetrack.records import NoticeStatus, Role, Rung, Told

# Whatever is said of a notice but that it was drafted or withdrawn tells that it was sent.
_SENT = tuple(
    status.value
    for status in NoticeStatus
    if status
    not in {
        NoticeStatus.DRAFT,
        NoticeStatus.READY,
        NoticeStatus.EXPORTED,
        NoticeStatus.WITHDRAWN,
    }
)
_TOLD = """
SELECT notice_row.domain, notice.reference, notice.role, notice.party_key,
    json_extract(fact.content, '$.recipient.party_name'),
    CASE WHEN gone.notice IS NULL THEN notice.status ELSE :withdrawn END, fact.id, (
        SELECT min(json_extract(event.content, '$.at')) FROM notice_event
        JOIN fact AS event ON event.n = notice_event.fact
        WHERE notice_event.notice = notice.fact
            AND json_extract(event.content, '$.status') IN (SELECT value FROM json_each(:sent))
    ) AS sent_at
FROM json_each(:domains) AS wanted
JOIN notice_row ON notice_row.domain = wanted.value
JOIN notice ON notice.fact = notice_row.notice JOIN fact ON fact.n = notice.fact
LEFT JOIN notice_withdrawal AS gone
    ON gone.notice = notice.fact AND gone.domain = notice_row.domain
WHERE notice.rung <> :withdrawal
GROUP BY notice_row.domain, notice.fact ORDER BY notice_row.domain, notice.fact
"""


def of_domain(case: CaseFile, domain: str) -> tuple[Told, ...]:
    """Return the notices about a domain in the order of their export; no withdrawals.

    One that was withdrawn for this domain alone counts as withdrawn.
    """
    return of_many(case, [domain]).get(domain, ())


def of_many(case: CaseFile, domains: Iterable[str]) -> dict[str, tuple[Told, ...]]:
    """Return :func:`of_domain` of each domain that a notice was written about."""
    found: dict[str, tuple[Told, ...]] = {}
    for domain, reference, role, key, name, status, fact, sent_at in case.rows(
        _TOLD,
        {
            "domains": canonical([clean(domain) for domain in domains]),
            "sent": canonical(_SENT),
            "withdrawn": NoticeStatus.WITHDRAWN.value,
            "withdrawal": Rung.WITHDRAWAL.value,
        },
    ):
        told = Told(
            reference,
            Role(role),
            key,
            name or key,
            moment(sent_at),
            NoticeStatus(status),
            id_text(fact),
        )
        found[domain] = (*found.get(domain, ()), told)
    return found


def marked_since(case: CaseFile, after: datetime) -> list[str]:
    """Return the domains of notices of which something was said after a time."""
    rows = case.rows(
        "SELECT DISTINCT notice_row.domain FROM notice_event"
        " JOIN fact ON fact.n = notice_event.fact"
        " JOIN notice_row ON notice_row.notice = notice_event.notice"
        " WHERE fact.at >= ? ORDER BY notice_row.domain",
        [stamp(after)],
    )
    return [domain for (domain,) in rows]

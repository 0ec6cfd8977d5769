"""Content statuses: what people, or the hotline's own system, say of reported URLs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from abusetrack.casefile import audit, facts
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import clean, id_text, moment, without_empty
from abusetrack.casefile.facts import NewFact, StoredFact
from abusetrack.records import ContentState, ContentStatus


@dataclass(frozen=True, slots=True)
class StoredStatus:
    """A content status as stored; the URL has no path once that is erased."""

    id: str
    url: str
    status: ContentStatus
    recorded_at: datetime
    actor: str


def add(case: CaseFile, subject: str, status: ContentStatus) -> int:
    """Store what was said of every reported URL of ``subject``; return how many.

    ``subject`` is a domain, a host or a normalised URL; 0 where nothing is reported of it.
    """
    where = _OF_URL if "//" in subject else _OF_NAME
    with case.transaction():
        rows = case.rows(
            f"{_FIRST_REPORTS} WHERE {where} GROUP BY url.id ORDER BY url.id",
            {"name": clean(subject), "digest": case.digest(subject)},
        )
        if not rows:
            return 0
        written = facts.append(
            case, [NewFact("content status", _content(report, status)) for (report,) in rows]
        )
        fold(case, facts.read(case, [fact.n for fact in written]))
        audit.append(
            case,
            "content",
            id_text(written[0].id) if "//" in subject else subject,
            {"urls": len(rows), "state": status.state.value, "at": status.at},
        )
    return len(rows)


def fold(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Enter content statuses, here or come from elsewhere; what was taken back goes."""
    said = [fact for fact in stored if "taken_back" not in fact.content]
    numbers = facts.numbers_of(case, {fact.content["report"] for fact in stored})
    case.executemany(
        "INSERT INTO content_status SELECT ?, url, ?, ? FROM report WHERE fact = ?",
        [
            (
                fact.n,
                fact.content["state"],
                fact.content["at"],
                numbers[fact.content["report"]],
            )
            for fact in said
        ],
    )
    gone = facts.numbers_of(case, {f.supersedes for f in stored if f not in said and f.supersedes})
    case.executemany(
        "DELETE FROM content_status WHERE fact = ?", [(number,) for number in gone.values()]
    )


def of_domain(case: CaseFile, domain: str) -> tuple[StoredStatus, ...]:
    """Return every content status of a domain's URLs, as they were seen, oldest first."""
    return tuple(status for _, status in _read(case, domain))


def latest(case: CaseFile, domain: str) -> tuple[StoredStatus, ...]:
    """Return the newest content status of each of a domain's URLs, by when it was seen."""
    return tuple(dict(_read(case, domain)).values())


_OF_URL = "url.digest = :digest"
_OF_NAME = """url.host IN (SELECT host.id FROM host JOIN domain_now ON domain_now.id = host.domain
    WHERE host.name = :name OR domain_now.domain = :name)"""
_FIRST_REPORTS = """SELECT fact.id FROM url JOIN report ON report.url = url.id
    JOIN fact ON fact.n = report.fact
    AND report.fact = (SELECT min(first.fact) FROM report AS first WHERE first.url = url.id)"""
_SELECT = """SELECT content_status.fact, content_status.url,
    (SELECT min(report.fact) FROM report WHERE report.url = content_status.url)
    FROM content_status JOIN url ON url.id = content_status.url
    JOIN host ON host.id = url.host JOIN domain_now ON domain_now.id = host.domain
    WHERE domain_now.domain = ? ORDER BY content_status.at, content_status.fact"""


def _content(report: bytes, status: ContentStatus) -> dict[str, object]:
    return without_empty(
        {
            "report": id_text(report),
            "state": status.state.value,
            "at": status.at,
            "source": status.source,
        }
    )


def _read(case: CaseFile, domain: str) -> list[tuple[int, StoredStatus]]:
    """Return (number of the URL, status), oldest first."""
    rows = case.rows(_SELECT, [clean(domain)])
    said = facts.read(case, [fact for fact, _, _ in rows])
    reports = facts.read(case, [report for _, _, report in rows])
    return [
        (url, _decode(fact, report))
        for fact, report, (_, url, _) in zip(said, reports, rows, strict=True)
    ]


def _decode(fact: StoredFact, report: StoredFact) -> StoredStatus:
    content = fact.content
    return StoredStatus(
        fact.id,
        report.content["base"] + (report.text("path") or "/"),
        ContentStatus(
            ContentState(content["state"]), moment(content["at"]), content.get("source", "")
        ),
        fact.at,
        fact.actor,
    )

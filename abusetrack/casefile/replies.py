"""What came back on a notice: answers filed as text, and what its receiver said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from abusetrack.casefile import audit, facts, notices
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import clean, moment, without_empty
from abusetrack.casefile.facts import NewFact, StoredFact
from abusetrack.errors import InputError
from abusetrack.records import Quality


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as filed; a text that was erased is empty."""

    received_at: datetime
    filed_by: str
    filed_at: datetime
    sender: str
    subject: str
    body: str
    discarded: Mapping[str, int]  # parts thrown away unread, by kind
    erased: bool


@dataclass(frozen=True, slots=True)
class Rating:
    """What the receiver said of a notice, as a person noted it."""

    quality: Quality
    at: datetime
    by: str
    note: str


def file_answer(
    case: CaseFile,
    reference: str,
    *,
    received_at: datetime,
    sender: str = "",
    subject: str = "",
    body: str = "",
    discarded: Mapping[str, int] | None = None,
) -> None:
    """File an answer onto an exported notice, as text only.

    Raises:
        InputError: there is no such notice.
    """
    with case.transaction():
        content = without_empty(
            {
                "notice": _id_of(case, reference),
                "received_at": received_at,
                "discarded": {kind: n for kind, n in (discarded or {}).items() if n} or None,
            }
        )
        texts = without_empty({"sender": sender, "subject": subject, "body": body})
        written = facts.append(case, [NewFact("notice answer", content, texts)])[0]
        fold_answers(case, facts.read(case, [written.n]))
        audit.append(
            case,
            "file answer",
            reference,
            {"received_at": received_at, "discarded": content.get("discarded", {})},
        )


def rate(
    case: CaseFile,
    reference: str,
    quality: Quality,
    *,
    at: datetime | None = None,
    note: str = "",
) -> None:
    """Record what the receiver said of a notice; the last word counts.

    Raises:
        InputError: there is no such notice.
    """
    with case.transaction():
        content = {
            "notice": _id_of(case, reference),
            "quality": quality.value,
            "at": at or case.clock.now(),
        }
        texts = without_empty({"note": note})
        written = facts.append(case, [NewFact("notice quality", content, texts)])[0]
        fold_ratings(case, facts.read(case, [written.n]))
        audit.append(case, "notice quality", reference, {"quality": quality.value})


def answers(case: CaseFile, reference: str) -> list[Answer]:
    """Return the answers to a notice, oldest first."""
    return [
        Answer(
            received_at=moment(fact.content["received_at"]),
            filed_by=fact.actor,
            filed_at=fact.at,
            sender=fact.text("sender") or "",
            subject=fact.text("subject") or "",
            body=fact.text("body") or "",
            discarded=fact.content.get("discarded", {}),
            erased=fact.erased,
        )
        for fact in _of_notice(case, reference, "notice_answer", "received_at, of.fact")
    ]


def ratings(case: CaseFile, reference: str) -> list[Rating]:
    """Return what was said of a notice, oldest first."""
    return [
        Rating(
            Quality(fact.content["quality"]),
            moment(fact.content["at"]),
            fact.actor,
            fact.text("note") or "",
        )
        for fact in _of_notice(case, reference, "notice_quality", "of.fact")
    ]


def quality_counts(
    case: CaseFile, *, party_key: str | None = None
) -> dict[tuple[str, str], dict[Quality, int]]:
    """Count notices by what was last said of them, per (template, party key)."""
    found: dict[tuple[str, str], dict[Quality, int]] = {}
    for template, party, quality, count in case.rows(
        "SELECT json_extract(fact.content, '$.template'), notice.party_key, last.quality, count(*)"
        " FROM notice JOIN fact ON fact.n = notice.fact JOIN notice_quality AS last"
        " ON last.fact = (SELECT said.n FROM notice_quality JOIN fact AS said"
        " ON said.n = notice_quality.fact WHERE notice_quality.notice = notice.fact"
        " ORDER BY said.id DESC LIMIT 1)"
        " WHERE :party IS NULL OR notice.party_key = :party GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        {"party": clean(party_key)},
    ):
        found.setdefault((template, party), {})[Quality(quality)] = count
    return found


def fold_answers(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Enter ``notice answer`` facts."""
    numbers = facts.numbers_of(case, (fact.content["notice"] for fact in stored))
    case.executemany(
        "INSERT INTO notice_answer(fact, notice, received_at) VALUES (?, ?, ?)",
        [(fact.n, numbers[fact.content["notice"]], fact.content["received_at"]) for fact in stored],
    )


def fold_ratings(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Enter ``notice quality`` facts."""
    numbers = facts.numbers_of(case, (fact.content["notice"] for fact in stored))
    case.executemany(
        "INSERT INTO notice_quality(fact, notice, quality) VALUES (?, ?, ?)",
        [(fact.n, numbers[fact.content["notice"]], fact.content["quality"]) for fact in stored],
    )


def _id_of(case: CaseFile, reference: str) -> str:
    stored = notices.read(case, reference)
    if stored is None:
        raise InputError(f"There is no notice {reference} in this case file; check it.")
    return stored.id


def _of_notice(case: CaseFile, reference: str, table: str, order: str) -> list[StoredFact]:
    rows = case.rows(
        f"SELECT of.fact FROM {table} AS of JOIN notice ON notice.fact = of.notice"
        f" WHERE notice.reference = ? ORDER BY {order}",
        [clean(reference)],
    )
    return facts.read(case, [n for (n,) in rows])

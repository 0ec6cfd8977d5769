"""Assessments: what an analyst found on a report; a later one supersedes the earlier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from abusetrack.casefile import audit, counts, facts
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, id_text, moment, stamp, without_empty
from abusetrack.casefile.facts import NewFact, StoredFact, Written
from abusetrack.records import Assessment, AssessmentOutcome, SiteKind


def add(case: CaseFile, subject: str, assessment: Assessment) -> int:
    """Store an assessment of every report of ``subject``; return how many.

    ``subject`` is a domain, a host or a normalised URL; 0 where nothing is reported of it.
    A report with a newer assessment, stored before this one was made, keeps it: an old
    list taken in again undoes no correction.
    """
    return add_many(case, [(subject, assessment)])[0]


def add_many(case: CaseFile, pairs: Sequence[tuple[str, Assessment]]) -> list[int]:
    """Store many assessments in one transaction, in order; return the reports of each."""
    numbers = []
    touched: set[int] = set()
    with case.transaction():
        for subject, assessment in pairs:
            reports = _reports(case, subject, stamp(assessment.assessed_at))
            numbers.append(len(reports))
            if not reports:
                continue
            written = attach(
                case, [(fact, fact_id, before, assessment) for fact, fact_id, _, before in reports]
            )
            touched.update(domain for _, _, domain, _ in reports)
            audit.append(
                case,
                "assess",
                id_text(written[0].id) if "//" in subject else subject,
                without_empty(
                    {
                        "reports": len(reports),
                        "outcome": assessment.outcome.value,
                        "kind": assessment.kind.value,
                        "legal_category": assessment.legal_category,
                        "law": assessment.law,
                        "severity": assessment.severity,
                        "commercial": assessment.commercial,
                        "disguised": assessment.disguised,
                    }
                ),
            )
        counts.fold(case, touched)
    return numbers


def attach(
    case: CaseFile, judged: Sequence[tuple[int, bytes, bytes | None, Assessment]]
) -> list[Written]:
    """Write one assessment fact per report, inside the caller's transaction.

    Each item is the report's local number and id, the id of the assessment that held
    until now, and the new one. Counts are left to the caller.
    """
    written = facts.append(
        case,
        [_fact(report_id, before, assessment) for _, report_id, before, assessment in judged],
    )
    _hold(
        case,
        [
            (report, fact.n, assessment)
            for fact, (report, _, _, assessment) in zip(written, judged, strict=True)
        ],
    )
    return written


def fold(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Let assessment facts that came from elsewhere, or are folded anew, hold of their reports."""
    numbers = facts.numbers_of(case, {fact.content["report"] for fact in stored})
    rows = case.rows(
        "SELECT fact, domain, assessment FROM report"
        " WHERE fact IN (SELECT value FROM json_each(?))",
        [canonical(list(numbers.values()))],
    )
    before = facts.read(case, [number for _, _, number in rows if number])
    rivals: dict[int, list[StoredFact]] = {}
    for fact in {fact.n: fact for fact in (*before, *stored)}.values():
        rivals.setdefault(numbers[fact.content["report"]], []).append(fact)
    outdated = {
        n
        for (n,) in case.rows(
            "SELECT n FROM json_each(?) AS wanted JOIN fact ON n = wanted.value WHERE EXISTS"
            " (SELECT 1 FROM fact AS later WHERE later.supersedes = fact.id)",
            [canonical([fact.n for some in rivals.values() for fact in some])],
        )
    }
    held = []
    for report, some in rivals.items():
        left = [fact for fact in some if fact.n not in outdated]
        if left:
            fact = min(left, key=_safest_first)
            held.append((report, fact.n, decode(fact)))
    _hold(case, held)
    counts.fold(case, [domain for _, domain, _ in rows])


def _safest_first(fact: StoredFact) -> tuple[bool, str]:
    """Order rivals that supersede the same assessment, the same in every case file.

    One that does not confirm goes first: while people disagree, nothing is counted.
    """
    return fact.content["outcome"] == AssessmentOutcome.CONFIRMED.value, fact.id


def _hold(case: CaseFile, held: Iterable[tuple[int, int, Assessment]]) -> None:
    """Write into rows of ``report`` what holds of them: report, assessment fact, assessment."""
    case.executemany(
        "UPDATE report SET assessment = ?, outcome = ?, kind = ?, commercial = ?, disguised = ?,"
        " legal_category = ?, assessed_at = ? WHERE fact = ?",
        [
            (
                number,
                assessment.outcome.value,
                assessment.kind.value,
                assessment.commercial,
                assessment.disguised,
                clean(assessment.legal_category),
                stamp(assessment.assessed_at),
                report,
            )
            for report, number, assessment in held
        ],
    )


def _reports(case: CaseFile, subject: str, at: str) -> list[tuple[Any, ...]]:
    """Return number, id, domain and present assessment's id of each report of ``subject``.

    Those of which a finding made at the time ``at`` is outdated are left out.
    """
    where = _OF_URL if "//" in subject else _OF_NAME
    return case.rows(
        f"{_REPORTS} WHERE ({where}) AND NOT ({_NEWER}) ORDER BY report.fact",
        {"name": subject, "digest": case.digest(subject), "at": at},
    )


_OF_URL = "report.url = (SELECT id FROM url WHERE digest = :digest)"
_OF_NAME = """report.domain = (SELECT id FROM domain_now WHERE domain = :name) OR report.url IN
    (SELECT url.id FROM url JOIN host ON host.id = url.host WHERE host.name = :name)"""
_NEWER = "before.n IS NOT NULL AND report.assessed_at > :at AND before.at > :at"
_REPORTS = (
    "SELECT report.fact, fact.id, report.domain, before.id FROM report"
    " JOIN fact ON fact.n = report.fact LEFT JOIN fact AS before ON before.n = report.assessment"
)


def _fact(report_id: bytes, before: bytes | None, assessment: Assessment) -> NewFact:
    values = asdict(assessment)
    note = values.pop("access_note")
    content = without_empty(values) | {"report": id_text(report_id)}
    return NewFact(
        "assessment", content, {} if note is None else {"access_note": note}, supersedes=before
    )


def decode(fact: StoredFact) -> Assessment:
    """Return the assessment that a fact holds."""
    content = fact.content
    return Assessment(
        outcome=AssessmentOutcome(content["outcome"]),
        assessed_at=moment(content["assessed_at"]),
        assessed_by=content.get("assessed_by", ""),
        kind=SiteKind(content["kind"]),
        legal_category=content.get("legal_category"),
        law=content.get("law"),
        severity=content.get("severity"),
        commercial=content.get("commercial"),
        disguised=content.get("disguised"),
        access_note=fact.text("access_note"),
    )

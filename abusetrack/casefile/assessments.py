"""Assessments: what an analyst found on a report; a later one supersedes the earlier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from abusetrack.casefile import audit, counts, facts
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, id_text, stamp, without_empty
from abusetrack.casefile.facts import NewFact, StoredFact, Written
from abusetrack.casefile.findings import agreed, holding, standing, twins
from abusetrack.records import Assessment


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
                        "xarf_class": assessment.xarf_class,
                        "detection_method": assessment.detection_method,
                    }
                ),
            )
        counts.fold(case, touched)
    return numbers


def amend(case: CaseFile, subject: str, changes: Mapping[str, Any]) -> int:
    """Change fields of what was found of every report of ``subject``; return how many reports.

    ``changes`` has new values by the names of :class:`Assessment`'s fields; the others
    stay. Reports never assessed are left out: there is nothing to change.
    """
    now = case.clock.now()
    with case.transaction():
        found = [row for row in _reports(case, subject, stamp(now)) if row[3] is not None]
        if not found:
            return 0
        held = standing(case, [report for report, *_ in found])
        written = attach(
            case,
            [
                (
                    report,
                    report_id,
                    before,
                    replace(
                        agreed(held[report]),
                        assessed_at=now,
                        assessed_by=case.actor,
                        **changes,
                    ),
                )
                for report, report_id, _, before in found
            ],
        )
        said = {k: v for k, v in changes.items() if k not in _ERASABLE}
        told = {"access_note": "changed"} if _ERASABLE & changes.keys() else {}
        audit.append(
            case,
            "amend",
            id_text(written[0].id) if "//" in subject else subject,
            {"reports": len(found), **said, **told},
        )
        counts.fold(case, {domain for _, _, domain, _ in found})
    return len(found)


def attach(
    case: CaseFile, judged: Sequence[tuple[int, bytes, bytes | None, Assessment]]
) -> list[Written]:
    """Write one assessment fact per report, inside the caller's transaction.

    Each item is the report's local number and id, the id of the assessment that held
    until now, and the new one. It also settles what stood beside the one before. Counts
    are left to the caller.
    """
    rivals = _rivals(case, [report for report, _, before, _ in judged if before is not None])
    written = facts.append(
        case,
        [
            _fact(report_id, before, assessment, rivals.get(report, {}).keys() - {before})
            for report, report_id, before, assessment in judged
        ],
    )
    if rivals:
        case.executemany(
            "UPDATE finding SET replaced_by = ? WHERE report = ? AND replaced_by IS NULL",
            [
                (fact.n, report)
                for fact, (report, _, _, _) in zip(written, judged, strict=True)
                if report in rivals
            ],
        )
    case.executemany(
        "INSERT INTO finding VALUES (?, ?, NULL)",
        [(fact.n, report) for fact, (report, _, _, _) in zip(written, judged, strict=True)],
    )
    _hold(
        case,
        [
            (report, fact.n, assessment)
            for fact, (report, _, _, assessment) in zip(written, judged, strict=True)
        ],
    )
    both = {number for pair in twins(case, [report for report, *_ in judged]) for number in pair}
    if both:
        _hold_again(case, both)
    return written


def fold(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Let assessment facts that came from elsewhere, or are folded anew, hold of their reports.

    Of several that nobody has replaced, what they agree on holds, whichever desk reads them.
    """
    numbers = facts.numbers_of(case, {fact.content["report"] for fact in stored})
    case.executemany(
        "INSERT OR IGNORE INTO finding VALUES (?, ?, NULL)",
        [(fact.n, numbers[fact.content["report"]]) for fact in stored],
    )
    known = {number for pair in twins(case, numbers.values()) for number in pair}
    every = sorted({*numbers.values(), *known})
    wanted = canonical(every)
    of_reports = "report IN (SELECT value FROM json_each(?))"
    rows = case.rows(f"SELECT fact FROM finding WHERE {of_reports}", [wanted])
    case.executemany("UPDATE finding SET replaced_by = ? WHERE fact = ?", _replaced(case, rows))
    _hold_again(case, every)
    rows = case.rows(f"SELECT DISTINCT domain FROM report WHERE fact {of_reports[7:]}", [wanted])
    counts.fold(case, [domain for (domain,) in rows])


def _replaced(case: CaseFile, rows: Iterable[tuple[int]]) -> list[tuple[int, int]]:
    """Return (by which, which) of the assessments that others name as the ones before them.

    The first to do so comes last, and so is the one that is kept.
    """
    found = {fact.id: fact for fact in facts.read(case, [n for (n,) in rows])}
    return [
        (fact.n, found[before].n)
        for fact in sorted(found.values(), key=lambda fact: fact.id, reverse=True)
        for before in (fact.supersedes, *fact.content.get("settles", ()))
        if before in found
    ]


def _hold_again(case: CaseFile, reports: Iterable[int]) -> None:
    held = holding(case, reports)
    _hold(case, [(report, said.n, said.assessment) for report, said in held.items()])


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


_ERASABLE = frozenset({"access_note"})


def _rivals(case: CaseFile, reports: Sequence[int]) -> dict[int, dict[bytes, None]]:
    """Return the ids of the assessments that stand, by report."""
    found: dict[int, dict[bytes, None]] = {}
    if reports:
        for report, fact_id in case.rows(
            "SELECT report, fact.id FROM finding JOIN fact ON fact.n = finding.fact"
            " WHERE replaced_by IS NULL AND report IN (SELECT value FROM json_each(?))"
            " ORDER BY fact.id",
            [canonical(list(reports))],
        ):
            found.setdefault(report, {})[fact_id] = None
    return found


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


def _fact(
    report_id: bytes, before: bytes | None, assessment: Assessment, settles: Iterable[bytes]
) -> NewFact:
    values = asdict(assessment)
    note = values.pop("access_note")
    content = without_empty(values) | {"report": id_text(report_id)}
    if settled := sorted(map(id_text, settles)):
        content["settles"] = settled
    return NewFact(
        "assessment", content, {} if note is None else {"access_note": note}, supersedes=before
    )

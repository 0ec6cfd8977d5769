"""What analysts found, over time: every assessment, those that stand, and where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from abusetrack.casefile import facts
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, moment
from abusetrack.casefile.facts import StoredFact
from abusetrack.records import (
    Assessment,
    AssessmentOutcome,
    Conflict,
    DetectionMethod,
    SiteKind,
    XarfClass,
)


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """An assessment as stored; ``replaced`` once a later one stands in its place."""

    n: int
    id: str
    report: str  # id of the report
    assessment: Assessment
    recorded_at: datetime
    actor: str
    replaced: bool


def history(case: CaseFile, domain: str) -> tuple[StoredFinding, ...]:
    """Return every assessment of a domain's reports, replaced ones too, as they were recorded."""
    return _findings(
        case,
        "report IN (SELECT report.fact FROM report JOIN domain_now ON domain_now.id = report.domain"
        " WHERE domain_now.domain = ?)",
        [clean(domain)],
    )


def standing(case: CaseFile, reports: Iterable[int]) -> dict[int, list[StoredFinding]]:
    """Return the assessments of each report (local number) that nobody has replaced.

    More than one where desks that were merged found something apart from each other; by
    id, so that every desk has them in one order.
    """
    numbers = list(reports)
    rows = case.rows(
        "SELECT report, finding.fact FROM finding JOIN fact ON fact.n = finding.fact"
        " WHERE replaced_by IS NULL AND report IN (SELECT value FROM json_each(?))"
        " ORDER BY fact.id",
        [canonical(numbers)],
    )
    found: dict[int, list[StoredFinding]] = {number: [] for number in numbers}
    for (report, _), fact in zip(rows, facts.read(case, [n for _, n in rows]), strict=True):
        found[report].append(_stored(fact, replaced=False))
    return found


_TWINS = """
SELECT mine.fact, twin.fact FROM report AS mine JOIN report AS twin
    ON twin.domain = mine.domain AND twin.url = mine.url AND twin.reference = mine.reference
WHERE mine.fact IN (SELECT value FROM json_each(?)) AND twin.fact <> mine.fact
"""


def twins(case: CaseFile, reports: Iterable[int]) -> list[tuple[int, int]]:
    """Return (report, other report) of the same URL with the same reference, by local number.

    There are such where desks that were merged both took it in.
    """
    return case.rows(_TWINS, [canonical(list(reports))])


@dataclass(frozen=True, slots=True)
class Holding:
    """What holds of one report, and the number of the first finding it rests on."""

    n: int
    assessment: Assessment


def holding(case: CaseFile, reports: Iterable[int]) -> dict[int, Holding]:
    """Return what holds of each report (local number) that has any finding.

    Nothing is confirmed of which another desk says, for the same URL and reference, that
    it is not illegal or outside the remit.
    """
    own = standing(case, reports)
    pairs = twins(case, own)
    others = standing(case, {other for _, other in pairs})
    denied = {
        report
        for report, other in pairs
        if any(item.assessment.outcome in _DENIALS for item in others[other])
    }
    return {
        report: Holding(found[0].n, _undisputed(agreed(found), denied=report in denied))
        for report, found in own.items()
        if found
    }


def _undisputed(assessment: Assessment, *, denied: bool) -> Assessment:
    if denied and assessment.outcome is AssessmentOutcome.CONFIRMED:
        return replace(assessment, outcome=AssessmentOutcome.NOT_ASSESSED)
    return assessment


def agreed(found: Sequence[StoredFinding]) -> Assessment:
    """Return what several assessments agree on; where they differ, nothing is said.

    An outcome in dispute is *not yet assessed*: only what all confirm is confirmed.
    """
    versions = [item.assessment for item in found]
    if len(versions) == 1:
        return versions[0]
    changes = {
        name: empty
        for name, empty in _IN_DISPUTE.items()
        if len({getattr(version, name) for version in versions}) > 1
    }
    return replace(max(versions, key=lambda version: version.assessed_at), **changes)


def conflicts(case: CaseFile, domain: str) -> tuple[Conflict, ...]:
    """Return where assessments of one URL under one reference differ and none replaced another."""
    rows = case.rows(
        "SELECT report.fact, report.url, report.reference FROM report"
        " JOIN domain_now ON domain_now.id = report.domain WHERE domain_now.domain = ?"
        " ORDER BY report.fact",
        [clean(domain)],
    )
    held = standing(case, [report for report, _, _ in rows])
    groups: dict[tuple[int, bytes], list[StoredFinding]] = {}
    for report, url, reference in rows:
        groups.setdefault((url, reference), []).extend(held[report])
    found = []
    for versions in groups.values():
        differing = tuple(
            name
            for name in _IN_DISPUTE
            if len({getattr(item.assessment, name) for item in versions}) > 1
        )
        if differing:
            ids = tuple(item.id for item in versions)
            found.append(Conflict("assessment", versions[0].report, differing, ids))
    return tuple(found)


_DENIALS = frozenset({AssessmentOutcome.NOT_ILLEGAL, AssessmentOutcome.OUTSIDE_REMIT})

# What two findings can differ in, and what holds while they do.
_IN_DISPUTE: Mapping[str, Any] = {
    field.name: field.default
    for field in fields(Assessment)
    if field.name not in {"outcome", "assessed_at", "assessed_by", "access_note"}
} | {"outcome": AssessmentOutcome.NOT_ASSESSED}


def _findings(case: CaseFile, where: str, params: Sequence[Any]) -> tuple[StoredFinding, ...]:
    rows = case.rows(
        f"SELECT fact, replaced_by IS NOT NULL FROM finding WHERE {where} ORDER BY fact", params
    )
    stored = facts.read(case, [n for n, _ in rows])
    return tuple(
        _stored(fact, replaced=bool(gone)) for fact, (_, gone) in zip(stored, rows, strict=True)
    )


def _stored(fact: StoredFact, *, replaced: bool) -> StoredFinding:
    return StoredFinding(
        fact.n, fact.id, fact.content["report"], decode(fact), fact.at, fact.actor, replaced
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
        xarf_class=_word(XarfClass, content.get("xarf_class")),
        detection_method=_word(DetectionMethod, content.get("detection_method")),
    )


_Word = TypeVar("_Word", bound=StrEnum)


def _word(words: type[_Word], text: str | None) -> _Word | None:
    return None if text is None else words(text)

"""Taking back what was just recorded: facts are only added, so what held before is said again.

A finding gets the one before it, or *not yet assessed*; a note gets the text that it
replaced, a gate and a protected name what was said of them before. Where nothing held
before, a later fact says that the earlier one is ``taken_back``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from abusetrack.casefile import (
    assessments,
    audit,
    content,
    counts,
    facts,
    findings,
    gates,
    notes,
    protected,
)
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean
from abusetrack.casefile.facts import NewFact, StoredFact
from abusetrack.records import Assessment, AssessmentOutcome

T = TypeVar("T")

# Actions of the audit that can be taken back; all others stand.
ACTIONS = frozenset(
    {"assess", "amend", "note", "content", "gate", "protect name", "unprotect name"}
)


@dataclass(frozen=True, slots=True)
class Done:
    """What a person did: the actions by the audit, and between which facts it was written."""

    actions: tuple[str, ...]
    after: int  # local number of the last fact before it
    last: int

    @property
    def possible(self) -> bool:
        """Whether it can be taken back."""
        return bool(self.actions) and ACTIONS.issuperset(self.actions)


@dataclass(frozen=True, slots=True)
class Undone:
    """What came of it: the domains it touched, and facts that no longer held anyway."""

    domains: tuple[str, ...]
    facts: int
    outdated: int


def watched(case: CaseFile, *, work: Callable[[CaseFile], T]) -> tuple[T, Done | None]:
    """Do ``work``; return its result, and what of it the audit says that a person did."""
    before, row = _last_fact(case), _last_row(case)
    result = work(case)
    actions = tuple(
        action
        for (action,) in case.rows(
            "SELECT DISTINCT action FROM audit WHERE origin = ? AND seq > ? AND actor = ?",
            [case.origin, row, clean(case.actor)],
        )
    )
    return result, Done(actions, before, _last_fact(case)) if actions else None


def take_back(case: CaseFile, done: Done) -> Undone:
    """Say again what held before, of everything that still holds; one audit row."""
    with case.transaction():
        stored = _facts(case, done)
        touched: dict[str, None] = {}
        undone = 0
        for kind, do in _BY_KIND.items():
            mine = [fact for fact in stored if fact.kind == kind]
            if mine:
                number, domains = do(case, mine)
                undone += number
                touched.update(dict.fromkeys(domains))
        subject = next(iter(touched)) if len(touched) == 1 else ""
        audit.append(case, "undo", subject, {"actions": list(done.actions), "facts": undone})
    return Undone(tuple(touched), undone, len(stored) - undone)


def _last_fact(case: CaseFile) -> int:
    return case.value("SELECT max(n) FROM fact") or 0


def _last_row(case: CaseFile) -> int:
    return case.value("SELECT max(seq) FROM audit WHERE origin = ?", [case.origin]) or 0


def _facts(case: CaseFile, done: Done) -> list[StoredFact]:
    """Return the facts, the newest first; another process may have written between them."""
    rows = case.rows(
        "SELECT n FROM fact WHERE n > ? AND n <= ? AND origin = ? AND actor = ?"
        " AND kind IN (SELECT value FROM json_each(?)) ORDER BY n DESC",
        [done.after, done.last, case.origin, clean(case.actor), canonical(list(_BY_KIND))],
    )
    return facts.read(case, [n for (n,) in rows])


def _before(case: CaseFile, fact: StoredFact) -> StoredFact | None:
    """Return the fact that held before, unless that was taken back or erased."""
    if fact.supersedes is None:
        return None
    (before,) = facts.read(case, list(facts.numbers_of(case, [fact.supersedes]).values())) or (
        None,
    )
    return None if before is None or before.content.get("taken_back") else before


def _add(case: CaseFile, fact: StoredFact, said: dict[str, Any], texts: dict[str, str]) -> None:
    """Write a fact in place of ``fact``, and let it hold."""
    new = NewFact(fact.kind, said, texts, supersedes=bytes.fromhex(fact.id.replace("-", "")))
    (written,) = facts.append(case, [new])
    _FOLD[fact.kind](case, facts.read(case, [written.n]))


def _again(case: CaseFile, fact: StoredFact, keys: Sequence[str]) -> None:
    """Say what held before ``fact``; where nothing did, that it is taken back."""
    before = _before(case, fact)
    if before is None:
        said = {key: fact.content[key] for key in keys if key in fact.content}
        _add(case, fact, said | {"taken_back": True}, {})
    else:
        said = {key: value for key, value in before.content.items() if key != "erasable"}
        _add(case, fact, said, dict(before.texts))


def _findings(case: CaseFile, stored: Sequence[StoredFact]) -> tuple[int, list[str]]:
    by_number = {fact.n: fact for fact in stored if "settles" not in fact.content}
    rows = case.rows(
        "SELECT report.assessment, report.fact, held.id, domain_now.id, domain_now.domain"
        " FROM finding JOIN report ON report.fact = finding.report"
        " AND report.assessment = finding.fact JOIN fact AS held ON held.n = finding.fact"
        " JOIN domain_now ON domain_now.id = report.domain"
        " WHERE finding.replaced_by IS NULL"
        " AND finding.fact IN (SELECT value FROM json_each(?)) ORDER BY report.fact",
        [canonical(list(by_number))],
    )
    never = Assessment(
        outcome=AssessmentOutcome.NOT_ASSESSED,
        assessed_at=case.clock.now(),
        assessed_by=case.actor,
    )
    judged = []
    for number, report, held, _, _ in rows:
        before = _before(case, by_number[number])
        judged.append((report, held, findings.decode(before) if before else never))
    ids = dict(
        case.rows(
            "SELECT n, id FROM fact WHERE n IN (SELECT value FROM json_each(?))",
            [canonical([report for report, _, _ in judged])],
        )
    )
    assessments.attach(case, [(report, ids[report], held, a) for report, held, a in judged])
    counts.fold(case, {domain for _, _, _, domain, _ in rows})
    return len(rows), list(dict.fromkeys(name for *_, name in rows))


def _notes(case: CaseFile, stored: Sequence[StoredFact]) -> tuple[int, list[str]]:
    held = [
        fact
        for fact in stored
        if case.rows("SELECT 1 FROM note WHERE fact = ? AND replaced_by IS NULL", [fact.n])
    ]
    for fact in held:
        _again(case, fact, ("domain",))
    return len(held), [fact.content["domain"] for fact in held]


def _statuses(case: CaseFile, stored: Sequence[StoredFact]) -> tuple[int, list[str]]:
    rows = dict(
        case.rows(
            "SELECT fact, domain_now.domain FROM content_status"
            " JOIN url ON url.id = content_status.url JOIN host ON host.id = url.host"
            " JOIN domain_now ON domain_now.id = host.domain"
            " WHERE fact IN (SELECT value FROM json_each(?))",
            [canonical([fact.n for fact in stored])],
        )
    )
    for fact in stored:
        if fact.n in rows:
            _again(case, fact, ("report",))
    return len(rows), list(dict.fromkeys(rows.values()))


def _gates(case: CaseFile, stored: Sequence[StoredFact]) -> tuple[int, list[str]]:
    held = [fact for fact in stored if case.rows("SELECT 1 FROM gate WHERE fact = ?", [fact.n])]
    for fact in held:
        _again(case, fact, ("domain", "country"))
    return len(held), [fact.content["domain"] for fact in held]


def _protected(case: CaseFile, stored: Sequence[StoredFact]) -> tuple[int, list[str]]:
    """Protection has a word of its own for what is protected no longer."""
    held = []
    for fact in stored:
        name, before = fact.content["name"], _before(case, fact)
        now = case.value("SELECT fact FROM protected WHERE name = ?", [name])
        if now != (fact.n if "category" in fact.content else None):
            continue
        held.append(name)
        _add(case, fact, dict(before.content) if before else {"name": name}, {})
    return len(held), held


_BY_KIND: dict[str, Callable[[CaseFile, Sequence[StoredFact]], tuple[int, list[str]]]] = {
    "assessment": _findings,
    "note": _notes,
    "content status": _statuses,
    "gate": _gates,
    "protected name": _protected,
}
_FOLD: dict[str, Callable[[CaseFile, Sequence[StoredFact]], None]] = {
    "note": notes.fold,
    "content status": content.fold,
    "gate": gates.fold,
    "protected name": protected.fold,
}

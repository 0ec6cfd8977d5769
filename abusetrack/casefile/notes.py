"""Notes on domains: erasable text of people; a later one may replace an earlier."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from abusetrack.casefile import audit, facts
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import clean, id_text
from abusetrack.casefile.facts import NewFact, StoredFact
from abusetrack.errors import InputError
from abusetrack.records import Conflict


@dataclass(frozen=True, slots=True)
class StoredNote:
    """A note; ``text`` is None once erased."""

    id: str
    text: str | None
    at: datetime
    actor: str
    replaces: str | None  # id of the note that it was written in place of
    replaced: bool


def add(case: CaseFile, domain: str, text: str, *, replaces: str | None = None) -> str:
    """Store a note on a domain (or on a host without one); return its id.

    ``replaces`` is the id of a note of that domain that still stands.

    Raises:
        InputError: the note is empty, nothing was reported under the name, or there is
            no such note to replace.
    """
    if not text.strip():
        raise InputError("The note is empty; write what is to be remembered.")
    with case.transaction():
        number = case.value("SELECT id FROM domain_now WHERE domain = ?", [clean(domain)])
        if number is None:
            raise InputError(
                "Nothing under this name was reported to this case file; import a report first."
            )
        before = None if replaces is None else _standing(case, number, replaces)
        content = {"domain": domain}
        note = facts.append(case, [NewFact("note", content, {"note": text}, supersedes=before)])[0]
        fold(case, facts.read(case, [note.n]))
        audit.append(
            case,
            "note",
            domain,
            {"note": id_text(note.id)} | ({"replaces": replaces} if replaces else {}),
        )
    return id_text(note.id)


def fold(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Enter notes, here or come from elsewhere, and say which stand in another's place."""
    for fact in stored:
        case.execute(
            "INSERT INTO note SELECT ?, id, NULL FROM domain_now WHERE domain = ?",
            [fact.n, fact.content["domain"]],
        )
    case.executemany(
        "UPDATE note SET replaced_by = ? WHERE fact = ?",
        [(fact.n, before) for fact in stored for before in _before(case, fact)],
    )
    case.executemany(
        "UPDATE note SET replaced_by = (SELECT min(note.fact) FROM note"
        " JOIN fact AS later ON later.n = note.fact"
        " WHERE later.supersedes = (SELECT id FROM fact WHERE n = ?1))"
        " WHERE fact = ?1 AND replaced_by IS NULL",
        [(fact.n,) for fact in stored],
    )


def _before(case: CaseFile, fact: StoredFact) -> Iterable[int]:
    return () if fact.supersedes is None else facts.numbers_of(case, [fact.supersedes]).values()


def of_domain(case: CaseFile, domain: str, *, replaced: bool = False) -> tuple[StoredNote, ...]:
    """Return the notes on a domain that stand, oldest first; with ``replaced``, all of them.

    What says that a note was taken back is no note.
    """
    rows = case.rows(
        "SELECT note.fact, note.replaced_by IS NOT NULL FROM note"
        " JOIN fact ON fact.n = note.fact JOIN domain_now ON domain_now.id = note.domain"
        " WHERE domain_now.domain = :domain AND (:all OR note.replaced_by IS NULL)"
        " ORDER BY fact.at, note.fact",
        {"domain": clean(domain), "all": replaced},
    )
    return tuple(
        StoredNote(
            fact.id,
            fact.text("note"),
            fact.at,
            fact.actor,
            fact.supersedes,
            bool(gone),
        )
        for fact, (_, gone) in zip(facts.read(case, [n for n, _ in rows]), rows, strict=True)
        if "taken_back" not in fact.content
    )


def conflicts(case: CaseFile, domain: str) -> tuple[Conflict, ...]:
    """Return where two notes were written in place of the same one."""
    rivals: dict[str, list[str]] = {}
    for note in of_domain(case, domain, replaced=True):
        if note.replaces is not None:
            rivals.setdefault(note.replaces, []).append(note.id)
    standing = {note.id for note in of_domain(case, domain)}
    return tuple(
        Conflict("note", domain, ("note",), tuple(ids))
        for ids in rivals.values()
        if len(ids) > 1 and standing >= set(ids)
    )


def _standing(case: CaseFile, domain: int, note: str) -> bytes:
    try:
        raw = uuid.UUID(note).bytes
    except ValueError:
        raw = b""
    found = case.value(
        "SELECT 1 FROM note JOIN fact ON fact.n = note.fact"
        " WHERE fact.id = ? AND note.domain = ? AND note.replaced_by IS NULL",
        [raw, domain],
    )
    if found is None:
        raise InputError(
            "There is no such note on this domain that still stands; 'abusetrack show' lists them."
        )
    return raw

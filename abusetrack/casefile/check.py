"""Is the case file sound? Its structure, every hash, every sequence, the audit chain."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from abusetrack.casefile import audit, driver, facts, vault
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import id_text
from abusetrack.casefile.keys import head_of
from abusetrack.errors import CaseFileError


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found: nothing in ``problems`` means sound.

    Each problem is a sentence that names the first bad row of its kind.
    """

    problems: tuple[str, ...]
    head: str  # hash of the last audit row, in hex
    facts: int
    evidence: int
    audit_rows: int

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def check(case: CaseFile) -> CheckReport:
    """Check everything that can be checked; reads the whole file, changes nothing."""
    problems = [problem for part in _PARTS for problem in _guarded(case, part)]
    try:
        head = audit.head(case)
        counts = [
            case.value(f"SELECT count(*) FROM {name}") for name in ("fact", "evidence", "audit")
        ]
    except CaseFileError:
        head, counts = "", [0, 0, 0]
    return CheckReport(tuple(problems), head, *counts)


def chain_problem(case: CaseFile) -> str | None:
    """Return what is wrong with the audit chains; None if nothing is. Reads no facts."""
    return next(_guarded(case, _chain), None)


_Part = Callable[[CaseFile], Iterator[str]]


# What reading a row may raise once its bytes are not what was written.
_UNREADABLE = (driver.Error, ValueError, TypeError, AttributeError, KeyError)


def _guarded(case: CaseFile, part: _Part) -> Iterator[str]:
    """Yield what one part complains of; a file too damaged to read is a complaint as well."""
    try:
        yield from part(case)
    except CaseFileError as error:
        yield str(error)
    except _UNREADABLE as error:
        name = part.__name__.strip("_")
        yield f"The {name} cannot be read to the end: a row is damaged ({type(error).__name__})."


def _structure(case: CaseFile) -> Iterator[str]:
    for (line,) in case.rows("PRAGMA integrity_check(1)"):
        if line != "ok":
            yield f"The file's structure is damaged: {line}."
    if case.key is not None:
        if case.key.salt != head_of(case.path):
            yield "The file's first bytes were changed: no passphrase would open it any more."
        for (line,) in case.rows("PRAGMA cipher_integrity_check"):
            yield f"The encrypted pages were changed: {line}."
            break
    for table, row, parent, _ in case.rows("PRAGMA foreign_key_check"):
        yield f"Row {row} of {table} names a row of {parent} that is not there."
        break


def _facts(case: CaseFile) -> Iterator[str]:
    last = (0, 0)
    for (
        n,
        fact_id,
        origin_n,
        origin,
        seq,
        kind,
        at,
        actor,
        supersedes,
        content,
        sha256,
    ) in case.each(
        "SELECT fact.n, fact.id, fact.origin, origin.id, seq, kind, at, actor, supersedes, content,"
        " sha256 FROM fact JOIN origin ON origin.n = fact.origin ORDER BY fact.origin, seq"
    ):
        name = f"fact {n} ({id_text(fact_id)})"
        expected = last[1] + 1 if origin_n == last[0] else 1
        if seq != expected:
            yield f"Before {name} a fact is missing: its number is {seq}, not {expected}."
            return
        last = (origin_n, seq)
        if sha256 != facts.hash_of(
            fact_id, origin.hex(), seq, kind, at, actor, supersedes, content
        ):
            yield f"The content of {name} is not what was written: its hash differs."
            return


def _texts(case: CaseFile) -> Iterator[str]:
    for n, field, key, text, content in case.each(
        "SELECT fact.n, field, key, text, content FROM erasable JOIN fact ON fact.n = erasable.fact"
    ):
        if json.loads(content).get("erasable", {}).get(field) != facts.mark(key, text):
            yield f"The {field} of fact {n} is not what was written: its mark differs."
            return
    missing = case.rows(
        "SELECT fact.n, mark.key FROM fact, json_each(fact.content, '$.erasable') AS mark"
        " WHERE fact.kind <> 'observation' AND NOT EXISTS"
        " (SELECT 1 FROM erasable WHERE erasable.fact = fact.n AND erasable.field = mark.key)"
        " AND NOT EXISTS (SELECT 1 FROM tombstone WHERE target = fact.id AND field = mark.key)"
        " LIMIT 1"
    )
    for n, field in missing:
        yield f"The {field} of fact {n} is gone."


_IS_BURIED = "SELECT 1 FROM tombstone WHERE target = ? AND field = 'body'"


def _tombstones(case: CaseFile) -> Iterator[str]:
    for n, field in case.rows(
        "SELECT fact.n, field FROM tombstone JOIN fact ON fact.id = target"
        " JOIN erasable USING (field) WHERE erasable.fact = fact.n LIMIT 1"
    ):
        yield f"The {field} of fact {n} was erased, and is there all the same."
    for (n,) in case.rows(
        "SELECT evidence.n FROM tombstone JOIN evidence ON sha256 = target"
        " WHERE body IS NOT NULL LIMIT 1"
    ):
        yield f"Evidence {n} was erased, and is there all the same."


def _evidence(case: CaseFile) -> Iterator[str]:
    for n, sha256, codec, body, size in case.each(
        "SELECT n, sha256, codec, body, size FROM evidence"
    ):
        try:
            sound = (
                case.value(_IS_BURIED, [sha256]) is not None
                if body is None
                else hashlib.sha256(vault.unpack(codec, body, size)).digest() == sha256
            )
        except ValueError:
            sound = False
        if not sound:
            yield f"Evidence {n} ({sha256.hex()}) is not what was stored: its hash differs."
            return
    for (n,) in case.rows(
        "SELECT fact.n FROM observation JOIN fact ON fact.n = observation.fact"
        " LEFT JOIN evidence ON evidence.n = observation.evidence"
        " WHERE json_extract(content, '$.evidence')"
        " IS NOT nullif(lower(hex(evidence.sha256)), '') LIMIT 1"
    ):
        yield f"The evidence of fact {n} is missing or another one."


def _chain(case: CaseFile) -> Iterator[str]:
    origin_before, seq_before, sha_before = b"", 0, audit.GENESIS
    for origin, seq, at, actor, action, subject, detail, prev, sha256 in case.each(
        "SELECT origin.id, seq, at, actor, action, subject, detail, prev, sha256"
        " FROM audit JOIN origin ON origin.n = audit.origin ORDER BY audit.origin, seq"
    ):
        if origin != origin_before:
            origin_before, seq_before, sha_before = origin, 0, audit.GENESIS
        row = (seq, at, actor, action, subject, detail, prev)
        if seq != seq_before + 1 or prev != sha_before or sha256 != audit.hash_of(origin, *row):
            yield (
                f"The audit chain of case file {origin.hex()[:8]} is broken at row {seq} ({at}): "
                "a row was changed or removed."
            )
            return
        seq_before, sha_before = seq, sha256


_PARTS: tuple[_Part, ...] = (_structure, _facts, _texts, _evidence, _tombstones, _chain)

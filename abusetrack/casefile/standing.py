"""How far each origin has come in this case file, and the hashes at any point of its way."""

from __future__ import annotations

from dataclasses import dataclass

from abusetrack.casefile.connection import CaseFile


@dataclass(frozen=True, slots=True)
class Standing:
    """How many facts and audit rows of an origin are here; both are numbered without gaps."""

    facts: int = 0
    audit: int = 0


def of(case: CaseFile) -> dict[str, Standing]:
    """Return the standing of each origin (hex); the case file's own comes last."""
    rows = case.rows(_STANDING, [case.origin])
    return {origin.hex(): Standing(facts, audit) for origin, facts, audit in rows}


def fact_hash(case: CaseFile, origin: str, seq: int) -> str | None:
    """Return the hash (hex) of a fact of an origin (hex); None where it is not here."""
    return _hash(case, "fact", origin, seq)


def audit_hash(case: CaseFile, origin: str, seq: int) -> str | None:
    """Return the hash (hex) of an audit row of an origin (hex); None where it is not here."""
    return _hash(case, "audit", origin, seq)


def place_of(case: CaseFile, fact: str) -> tuple[str, int] | None:
    """Return origin (hex) and number of the fact with an id; None where it is not here."""
    rows = case.rows(
        "SELECT origin.id, seq FROM fact JOIN origin ON origin.n = fact.origin WHERE fact.id = ?",
        [bytes.fromhex(fact.replace("-", ""))],
    )
    return (rows[0][0].hex(), rows[0][1]) if rows else None


def _hash(case: CaseFile, table: str, origin: str, seq: int) -> str | None:
    found = case.value(
        f"SELECT sha256 FROM {table} WHERE seq = ?"
        " AND origin = (SELECT n FROM origin WHERE id = ?)",
        [seq, bytes.fromhex(origin)],
    )
    return None if found is None else bytes(found).hex()


_STANDING = """
SELECT id, coalesce((SELECT max(seq) FROM fact WHERE origin = origin.n), 0),
    coalesce((SELECT max(seq) FROM audit WHERE origin = origin.n), 0)
FROM origin ORDER BY n = ?, n
"""

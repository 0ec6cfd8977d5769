"""Audit chains verified step by step: what is new, and in turn a part of what was before.

So the cost of a step does not grow with the chains. ``check`` verifies them whole.
"""

from __future__ import annotations

from dataclasses import dataclass

from abusetrack.casefile import audit, check
from abusetrack.casefile.connection import CaseFile

_AGAIN = 200  # rows of a chain that are read once more in a step


@dataclass(frozen=True, slots=True)
class _Chain:
    """One chain, how far it goes, how far it was verified, and how far once more."""

    number: int
    origin: bytes
    last: int
    seq: int
    sha256: bytes
    again: int


def problem(case: CaseFile, *, again: int = _AGAIN) -> str | None:
    """Verify what is new in each chain, and ``again`` older rows of it; say what is wrong.

    Where no chain has anything new, nothing is read. What is verified is remembered in the
    case file: a chain that was cut or written anew before that point does not fit it.
    """
    with case.transaction():
        chains = [_Chain(*row) for row in case.rows(_CHAINS, [audit.GENESIS])]
        if all(one.last == one.seq for one in chains):
            return None
        for one in chains:
            if not (_fits(case, one) and _advance(case, one, again)):
                return check.chain_problem(case) or _REWRITTEN.format(one.origin.hex()[:8], one.seq)
    return None


def _fits(case: CaseFile, one: _Chain) -> bool:
    return one.seq == 0 or _hash_at(case, one, one.seq) == one.sha256


def _advance(case: CaseFile, one: _Chain, again: int) -> bool:
    """Verify what is new of a chain and the next older rows; remember how far it came."""
    head = _walk(case, one, one.seq, one.sha256, one.last)
    begin = _hash_at(case, one, one.again) if one.again else audit.GENESIS
    until = min(one.again + again, one.seq)
    if head is None or begin is None or _walk(case, one, one.again, begin, until) is None:
        return False
    case.execute(
        "INSERT OR REPLACE INTO chain_verified VALUES (?, ?, ?, ?)",
        [one.number, one.last, head, until if until < one.seq else 0],
    )
    return True


def _walk(case: CaseFile, one: _Chain, after: int, sha256: bytes, last: int) -> bytes | None:
    """Return the hash of row ``last`` if each after ``after`` follows from the one before."""
    seq = after
    for found_seq, *rest, prev, found in case.each(_ROWS, [one.number, after, last]):
        seq += 1
        at, actor, action, subject, detail = rest
        row = (seq, at, actor, action, subject, detail, prev)
        if found_seq != seq or prev != sha256 or found != audit.hash_of(one.origin, *row):
            return None
        sha256 = found
    return sha256 if seq == last else None


def _hash_at(case: CaseFile, one: _Chain, seq: int) -> bytes | None:
    found: bytes | None = case.value(
        "SELECT sha256 FROM audit WHERE origin = ? AND seq = ?", [one.number, seq]
    )
    return found


_REWRITTEN = (
    "The audit chain of case file {} is not the one that was verified before: up to row {} rows "
    "were written anew or removed."
)
_CHAINS = """
SELECT n, id, coalesce((SELECT max(seq) FROM audit WHERE audit.origin = origin.n), 0),
    coalesce(seq, 0), coalesce(sha256, ?), coalesce(again, 0)
FROM origin LEFT JOIN chain_verified ON chain_verified.origin = n
"""
_ROWS = """
SELECT seq, at, actor, action, subject, detail, prev, sha256 FROM audit
WHERE origin = ? AND seq > ? AND seq <= ? ORDER BY seq
"""

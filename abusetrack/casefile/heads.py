"""Heads: one hash each over all facts and all audit rows of every case file that is in this one.

Who has noted them can tell later whether anything before was changed or removed: the
older heads have to be met again on the way to the newer ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter, ValidationError

from abusetrack.casefile import audit
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical
from abusetrack.errors import InputError

FORMAT = "abusetrack heads 1"


@dataclass(frozen=True, slots=True)
class Head:
    """How far one origin has come: counts, and hashes in hex.

    ``facts_sha256`` is over the hashes of its facts in their order, ``audit_sha256`` the
    last hash of its audit chain.
    """

    origin: str
    facts: int
    facts_sha256: str
    audit: int
    audit_sha256: str


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads of a case file at a time (UTC)."""

    at: str
    origins: tuple[Head, ...]


_HEADS = TypeAdapter(Heads)


def of(case: CaseFile) -> Heads:
    """Return the heads of an open case file; reads the hash of every fact."""
    found = []
    for number, origin in case.rows("SELECT n, id FROM origin ORDER BY id"):
        facts, digest = _facts(case, number, None)
        rows = case.rows(
            "SELECT seq, sha256 FROM audit WHERE origin = ? ORDER BY seq DESC LIMIT 1", [number]
        )
        seq, last = rows[0] if rows else (0, audit.GENESIS)
        found.append(Head(origin.hex(), facts, digest, seq, last.hex()))
    return Heads(case.now(), tuple(found))


def encode(heads: Heads) -> str:
    """Return heads as one line of canonical JSON."""
    return canonical({"format": FORMAT, **asdict(heads)})


def decode(text: str) -> Heads:
    """Return the heads that :func:`encode` wrote.

    Raises:
        InputError: it is something else.
    """
    try:
        values = json.loads(text)
        if values.pop("format") != FORMAT:
            raise ValueError
        return _HEADS.validate_python(values)
    except (ValueError, TypeError, AttributeError, KeyError, ValidationError) as error:
        raise InputError("These are no heads that abusetrack wrote; check the file.") from error


def compare(case: CaseFile, other: Heads) -> tuple[str, ...]:
    """Return what does not agree with heads noted elsewhere, earlier or later; nothing if all does.

    An earlier head has to stand in what is here. Of a later one only its counts are known, so
    that what is here cannot be judged by it: compare the other way round.
    """
    return tuple(_compared(case, other.origins))


def _compared(case: CaseFile, others: Iterable[Head]) -> Iterator[str]:
    numbers = {origin.hex(): n for n, origin in case.rows("SELECT n, id FROM origin")}
    for other in others:
        name = f"case file {other.origin[:8]}"
        number = numbers.get(other.origin)
        if number is None:
            if other.facts or other.audit:
                yield f"Nothing of {name} is here: {other.facts} facts are missing."
            continue
        facts, digest = _facts(case, number, other.facts)
        if facts < other.facts:
            yield f"Of {name} {other.facts - facts} facts are missing."
        elif digest != other.facts_sha256:
            yield f"Of {name} one of the first {other.facts} facts is another one."
        if other.audit and not case.rows(
            "SELECT 1 FROM audit WHERE origin = ? AND seq = ? AND sha256 = ?",
            [number, other.audit, bytes.fromhex(other.audit_sha256)],
        ):
            yield f"The audit chain of {name} does not lead over the head of row {other.audit}."


def _facts(case: CaseFile, origin: int, first: int | None) -> tuple[int, str]:
    """Return how many of the ``first`` facts of an origin are here, and the hash over them."""
    digest, count = hashlib.sha256(), 0
    for (sha256,) in case.each(
        "SELECT sha256 FROM fact WHERE origin = ? AND seq <= coalesce(?, seq) ORDER BY seq",
        [origin, first],
    ):
        digest.update(sha256)
        count += 1
    return count, digest.hexdigest()

"""Who changed what, and when: one chained row for every change by a person."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean

GENESIS = bytes(32)  # the ``prev`` of the first row


def append(case: CaseFile, action: str, subject: str, detail: Mapping[str, Any]) -> None:
    """Add a row to this file's chain.

    ``subject`` is a domain, a party or a fact's id, and ``detail`` counts and
    choices: never a URL's path, a note or a reference, because a row cannot be erased.
    """
    with case.transaction():
        last = case.rows(
            "SELECT seq, sha256 FROM audit WHERE origin = ? ORDER BY seq DESC LIMIT 1",
            [case.origin],
        )
        seq, prev = last[0] if last else (0, GENESIS)
        row = (seq + 1, case.now(), clean(case.actor), action, clean(subject), canonical(detail))
        case.execute(
            "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [case.origin, *row, prev, hash_of(case.origin_id, *row, prev)],
        )


def hash_of(
    origin: bytes,
    seq: int,
    at: str,
    actor: str,
    action: str,
    subject: str,
    detail: str,
    prev: bytes,
) -> bytes:
    """Return the SHA-256 of the canonical JSON list of a row and its predecessor's hash."""
    row = canonical([origin.hex(), seq, at, actor, action, subject, detail, prev.hex()])
    return hashlib.sha256(row.encode("ascii")).digest()


def head(case: CaseFile) -> str:
    """Return the hash of the last row of this file's chain, in hex."""
    last = case.value(
        "SELECT sha256 FROM audit WHERE origin = ? ORDER BY seq DESC LIMIT 1", [case.origin]
    )
    return (last or GENESIS).hex()

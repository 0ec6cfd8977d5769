"""The dump: every fact of a case file as JSON lines, for another case file to merge.

A header line, then the record table by table (``docs/casefile.md`` describes the lines),
then a line that counts and hashes those before it, so that a cut file is known.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from abusetrack.casefile import audit, heads, vault
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical
from abusetrack.errors import InputError, StorageFullError

FORMAT = "abusetrack facts 1"


@dataclass(frozen=True, slots=True)
class Dumped:
    """What was written."""

    facts: int
    evidence: int
    audit_rows: int


def write(case: CaseFile, target: Path) -> Dumped:
    """Write all facts, evidence and audit rows to ``target``, readable by its owner only.

    It holds everything that the case file holds, in the clear; an audit row says that it was made.

    Raises:
        InputError: there is something of that name already.
        StorageFullError: it cannot be written; nothing is left behind.
    """
    try:
        handle = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as error:
        raise InputError(f"{target} exists already; choose another name.") from error
    except OSError as error:
        raise StorageFullError(_UNWRITABLE.format(target, error.strerror)) from error
    counts = dict.fromkeys(("evidence", "fact", "audit"), 0)
    digest = hashlib.sha256()
    try:
        with os.fdopen(handle, "wb") as file, case.reading():
            for kind, values in _lines(case):
                if kind in counts:
                    counts[kind] += 1
                line = canonical({kind: values}).encode("ascii") + b"\n"
                digest.update(line)
                file.write(line)
            end = {"end": {**counts, "sha256": digest.hexdigest()}}
            file.write(canonical(end).encode("ascii") + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        target.unlink(missing_ok=True)
        raise StorageFullError(_UNWRITABLE.format(target, error.strerror)) from error
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    done = Dumped(counts["fact"], counts["evidence"], counts["audit"])
    try:
        audit.append(case, "dump", "", asdict(done))
    except BaseException:
        target.unlink()
        raise
    return done


_UNWRITABLE = "{} cannot be written: {}. Nothing is left of it; make room or choose another folder."


def _lines(case: CaseFile) -> Iterator[tuple[str, dict[str, Any]]]:
    yield (
        "header",
        {
            "format": FORMAT,
            "origin": case.origin_id.hex(),
            "heads": json.loads(heads.encode(heads.of(case))),
        },
    )
    pieces = case.each("SELECT sha256 FROM evidence ORDER BY sha256")
    while chunk := [sha256 for (sha256,) in itertools.islice(pieces, _CHUNK)]:
        yield from (("evidence", one) for one in evidence(case, chunk))
    origins = [origin.hex() for (origin,) in case.rows("SELECT id FROM origin ORDER BY id")]
    for origin in origins:
        yield from (("fact", one) for one in facts(case, origin))
    for origin in origins:
        yield from (("audit", one) for one in audit_rows(case, origin))


def evidence(case: CaseFile, hashes: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the pieces of evidence with these SHA-256, as a dump has them, in their order."""
    wanted = canonical([one.hex() for one in hashes])
    for sha256, media_type, size, codec, body in case.rows(_EVIDENCE, [wanted]):
        whole = None if body is None else vault.unpack(codec, body, size)
        yield {
            "sha256": sha256.hex(),
            "media_type": media_type,
            "size": size,
            "body": whole if whole is None else base64.b64encode(whole).decode("ascii"),
        }


def facts(case: CaseFile, origin: str, after: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the facts of an origin (hex) from the number ``after`` on, as a dump has them."""
    for fact_id, seq, kind, at, actor, supersedes, content, sha256, texts in case.each(
        _FACTS, [bytes.fromhex(origin), after]
    ):
        yield {
            "id": fact_id.hex(),
            "origin": origin,
            "seq": seq,
            "kind": kind,
            "at": at,
            "actor": actor,
            "supersedes": supersedes and supersedes.hex(),
            "content": json.loads(content),
            "sha256": sha256.hex(),
            "texts": json.loads(texts),
        }


def audit_rows(case: CaseFile, origin: str, after: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the audit rows of an origin (hex) from the number ``after`` on, as a dump has them."""
    for seq, at, actor, action, subject, detail, prev, sha256 in case.each(
        _AUDIT, [bytes.fromhex(origin), after]
    ):
        yield {
            "origin": origin,
            "seq": seq,
            "at": at,
            "actor": actor,
            "action": action,
            "subject": subject,
            "detail": detail,
            "prev": prev.hex(),
            "sha256": sha256.hex(),
        }


_CHUNK = 100  # pieces of evidence read at a time
_EVIDENCE = """
SELECT sha256, media_type, size, codec, body FROM json_each(?) AS wanted
JOIN evidence ON sha256 = unhex(wanted.value) ORDER BY wanted.key
"""
_FACTS = """
SELECT id, seq, kind, at, actor, supersedes, content, sha256,
    (SELECT json_group_object(field, json_array(hex(key), text)) FROM erasable
        WHERE erasable.fact = fact.n)
FROM fact WHERE origin = (SELECT n FROM origin WHERE id = ?) AND seq > ? ORDER BY seq
"""
_AUDIT = """
SELECT seq, at, actor, action, subject, detail, prev, sha256 FROM audit
WHERE origin = (SELECT n FROM origin WHERE id = ?) AND seq > ? ORDER BY seq
"""

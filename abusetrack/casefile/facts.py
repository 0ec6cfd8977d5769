"""Append-only facts: the header, the content, its hash, and the text that can be erased."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, id_text, moment, stamp

KEY_BYTES = 32


@dataclass(slots=True)
class NewFact:
    """A fact about to be written. Texts in ``erasable`` go into side rows of their own."""

    kind: str
    content: dict[str, Any]
    erasable: dict[str, str] = field(default_factory=dict)
    supersedes: bytes | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """Where a fact stands now: its local number and its id."""

    n: int
    id: bytes


def append(case: CaseFile, facts: Sequence[NewFact]) -> list[Written]:
    """Write facts in order, inside the caller's transaction; return where they stand."""
    if not facts:
        return []
    first = (case.value("SELECT max(n) FROM fact") or 0) + 1
    last = case.rows(
        "SELECT seq, id FROM fact WHERE origin = ? ORDER BY seq DESC LIMIT 1", [case.origin]
    )
    seq, last_id = last[0] if last else (0, bytes(16))
    case.ids.start_after(last_id)
    now = case.clock.now()
    at, origin = stamp(now), case.origin_id.hex()
    keys = os.urandom(KEY_BYTES * sum(len(fact.erasable) for fact in facts))
    position = 0
    rows: list[tuple[Any, ...]] = []
    sides: list[tuple[int, str, str, str]] = []
    written: list[Written] = []
    for n, fact in enumerate(facts, first):
        seq += 1
        if fact.erasable:
            marks = {}
            for name, text in fact.erasable.items():
                key = keys[position : position + KEY_BYTES]
                position += KEY_BYTES
                text = clean(text)
                marks[name] = mark(key, text)
                sides.append((n, name, key.hex(), text))
            fact.content["erasable"] = marks
        content = canonical(fact.content)
        fact_id = case.ids.next(now)
        sha256 = hash_of(fact_id, origin, seq, fact.kind, at, case.actor, fact.supersedes, content)
        rows.append(
            (n, fact_id, case.origin, seq, fact.kind, at, clean(case.actor), fact.supersedes,
             content, sha256)
        )  # fmt: skip
        written.append(Written(n, fact_id))
    case.executemany("INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    # In one statement: the search index that a trigger keeps is slow where each row is one.
    case.execute(
        "INSERT INTO erasable SELECT value ->> 0, value ->> 1, unhex(value ->> 2), value ->> 3"
        " FROM json_each(?)",
        [canonical(sides)],
    )
    return written


def mark(key: bytes, text: str) -> str:
    """Return what stands in a fact's content for an erasable text: HMAC-SHA256, in hex."""
    return hmac.digest(key, text.encode(), "sha256").hex()


def hash_of(
    fact_id: bytes,
    origin: str,
    seq: int,
    kind: str,
    at: str,
    actor: str,
    supersedes: bytes | None,
    content: str,
) -> bytes:
    """Return the SHA-256 of the canonical JSON list of a fact's header and content.

    ``content`` is canonical JSON already; ids are in hex.
    """
    superseded = f'"{supersedes.hex()}"' if supersedes else "null"
    text = (
        f'["{fact_id.hex()}",{_quoted(origin)},{seq},{_quoted(kind)},{_quoted(at)},'
        f"{_quoted(clean(actor))},{superseded},{content}]"
    )
    return hashlib.sha256(text.encode("ascii")).digest()


_quoted = lru_cache(256)(canonical)  # of facts written together, most of it is the same


def evidence_named(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the SHA-256 (hex) of the evidence that a fact's content rests on."""
    answer = content.get("evidence")
    if isinstance(answer, str):  # an erasure has a list of what is gone
        yield answer
    for file in content.get("files", ()):
        yield file["sha256"]


@dataclass(frozen=True, slots=True)
class StoredFact:
    """A fact as read back, with what is left of its erasable text."""

    n: int
    id: str
    kind: str
    at: datetime
    actor: str
    supersedes: str | None
    content: dict[str, Any]
    texts: dict[str, str]

    def text(self, name: str) -> str | None:
        """Return an erasable text; None where there was none or it was erased."""
        return self.texts.get(name)

    @property
    def erased(self) -> bool:
        """Whether a text that the fact was written with is gone."""
        return bool(self.content.get("erasable", {}).keys() - self.texts.keys())


def read(case: CaseFile, numbers: Sequence[int]) -> list[StoredFact]:
    """Return the facts with these local numbers, in the order given."""
    if not numbers:
        return []
    wanted = canonical(list(numbers))
    texts: dict[int, dict[str, str]] = {}
    for n, name, text in case.rows(
        "SELECT fact, field, text FROM erasable WHERE fact IN (SELECT value FROM json_each(?))",
        [wanted],
    ):
        texts.setdefault(n, {})[name] = text
    found = {
        n: StoredFact(
            n,
            id_text(fact_id),
            kind,
            moment(at),
            actor,
            supersedes and id_text(supersedes),
            json.loads(content),
            texts.get(n, {}),
        )
        for n, fact_id, kind, at, actor, supersedes, content in case.rows(
            "SELECT n, id, kind, at, actor, supersedes, content FROM fact"
            " WHERE n IN (SELECT value FROM json_each(?))",
            [wanted],
        )
    }
    return [found[n] for n in numbers]


def numbers_of(case: CaseFile, ids: Iterable[str]) -> dict[str, int]:
    """Return the local number of each fact by its id; one that is not there is left out."""
    by_hex = {one.replace("-", ""): one for one in ids}
    rows = case.rows(
        "SELECT wanted.value, n FROM json_each(?) AS wanted"
        " JOIN fact ON fact.id = unhex(wanted.value)",
        [canonical(list(by_hex))],
    )
    return {by_hex[found]: n for found, n in rows}

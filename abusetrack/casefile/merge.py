"""Merging: the facts of another case file join these, by set union.

All of a dump is taken in or nothing. Every hash is checked; what is here already must be
the same; what was erased, here or there, stays erased.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, BinaryIO

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config

from abusetrack import held
from abusetrack.casefile import audit, driver, dump, facts, folding, heads, spans, vault
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean
from abusetrack.errors import InputError

Record = tuple[str, Any]  # "fact", "audit" or "evidence", and the values

_KINDS = frozenset(one.kind for one in folding.FOLDS)
_LONGEST = 512 * 2**20  # bytes of a line: an answer is much smaller, and so is a notice


@dataclass(frozen=True, slots=True)
class Merged:
    """What a dump brought that was not here, and the domains whose judgement may differ now."""

    facts: int
    evidence: int
    audit_rows: int
    erased: int  # texts and pieces that were here, and had been erased there
    domains: tuple[str, ...]


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True)
class _Evidence:
    sha256: str
    media_type: str
    size: int
    body: str | None


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True)
class _Fact:
    id: str
    origin: str
    seq: int
    kind: str
    at: str
    actor: str
    supersedes: str | None
    content: dict[str, Any]
    sha256: str
    texts: dict[str, Annotated[list[str], Field(min_length=2, max_length=2)]]  # key, text


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True)
class _Audit:
    origin: str
    seq: int
    at: str
    actor: str
    action: str
    subject: str
    detail: str
    prev: str
    sha256: str


_ADAPTERS: dict[str, TypeAdapter[Any]] = {
    "evidence": TypeAdapter(_Evidence),
    "fact": TypeAdapter(_Fact),
    "audit": TypeAdapter(_Audit),
}


def merge(case: CaseFile, path: Path) -> Merged:
    """Take in the dump ``path``, in one transaction: all of it, or nothing.

    Raises:
        InputError: it is no dump, was cut or changed (the first bad line is named), holds
            facts of a newer abusetrack, or tells another story than this case file.
    """
    held.refuse(path)
    try:
        with path.open("rb") as file, case.transaction():
            dumped = _Dump(file)
            merged = _Merging(case, dumped.bad).run(dumped.records())
            if merged.facts or merged.evidence or merged.audit_rows:
                counts = {name: getattr(merged, name) for name in _COUNTS}
                audit.append(case, "merge", dumped.source, counts)
            return merged
    except OSError as error:
        raise InputError(f"The dump {path} cannot be read: {error.strerror}.") from error


def unite(case: CaseFile, records: Iterable[Record], bad: Callable[[str], InputError]) -> Merged:
    """Take in facts, evidence and audit rows as they come, inside the caller's transaction.

    ``records`` are kind ("fact", "audit", "evidence") and values as :mod:`dump` writes them;
    of each origin without a gap, from any one whose predecessor is here. ``bad`` makes the
    error of a record from what is wrong with it, and knows where the record came from.

    Raises:
        InputError: what ``bad`` returned; nothing may be committed then.
    """
    return _Merging(case, bad).run(records)


@dataclass(slots=True)
class _Dump:
    """The lines of a dump, read one by one; knows which one is being taken in."""

    file: BinaryIO
    line: int = 0
    source: str = ""  # the origin that wrote it
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_ADAPTERS, 0))

    def bad(self, what: str) -> InputError:
        return InputError(
            f"The dump was not merged, nothing was stored: line {self.line} {what}. "
            "Have it made anew with 'abusetrack dump'."
        )

    def records(self) -> Iterator[Record]:
        """Yield what lies between header and end; check both, and what is in between."""
        digest, ended = hashlib.sha256(), False
        while line := self.file.readline(_LONGEST):
            self.line += 1
            try:
                ((kind, values),) = json.loads(line, parse_constant=_refuse).items()
            except (ValueError, AttributeError, RecursionError) as error:
                raise self.bad("is not as abusetrack writes it") from error
            if ended or (kind == "header") != (self.line == 1):
                raise self.bad("does not belong there")
            if kind == "end":
                ended = True
                if values != {**self.counts, "sha256": digest.hexdigest()}:
                    raise self.bad("does not fit what stands before it: lines are missing")
                continue
            digest.update(line)
            if kind == "header":
                self._header(values)
                continue
            if kind not in _ADAPTERS:
                raise self.bad("is of a kind that this abusetrack does not know")
            self.counts[kind] += 1
            yield kind, values
        if not ended:
            self.line += 1
            raise self.bad("is missing: the file was cut")

    def _header(self, values: Any) -> None:
        if not isinstance(values, dict) or values.get("format") != dump.FORMAT:
            raise self.bad("is not the beginning of a dump that this abusetrack can read")
        heads.decode(json.dumps(values.get("heads")))
        self.source = str(values.get("origin", ""))[:32]


@dataclass(slots=True)
class _Merging:
    """One merge: where each origin stands, and what came."""

    case: CaseFile
    bad: Callable[[str], InputError]
    origins: dict[str, int] = field(default_factory=dict)
    facts: int = 0
    evidence: int = 0
    audit_rows: int = 0
    erases: bool = False
    last_fact: tuple[str, int] = ("", 0)
    last_audit: tuple[str, int, bytes] = ("", 0, audit.GENESIS)

    def run(self, records: Iterable[Record]) -> Merged:
        case = self.case
        self.origins = {origin.hex(): n for n, origin in case.rows("SELECT n, id FROM origin")}
        before = case.value("SELECT max(n) FROM fact") or 0
        take: dict[str, Callable[[Any], None]] = {
            "evidence": self._take_evidence,
            "fact": self._take_fact,
            "audit": self._take_audit,
        }
        for kind, values in records:
            try:
                parsed = _ADAPTERS[kind].validate_python(values)
            except ValidationError as error:
                raise self.bad("is not as abusetrack writes it") from error
            take[kind](parsed)
        held = _held(case) if self.erases else 0  # counted only where it can differ afterwards
        self._fold(before)
        return Merged(
            self.facts,
            self.evidence,
            self.audit_rows,
            held - _held(case) if self.erases else 0,
            _touched(case, before),
        )

    def _take_evidence(self, one: _Evidence) -> None:
        sha256 = self._bytes(one.sha256, 32)
        codec, packed = vault.RAW, None
        if one.body is not None:
            try:
                body = base64.b64decode(one.body, validate=True)
            except ValueError as error:
                raise self.bad("is not as abusetrack writes it") from error
            if hashlib.sha256(body).digest() != sha256 or len(body) != one.size:
                raise self.bad("holds evidence that was changed: its hash differs")
            if not self.case.rows(_IS_BURIED, [sha256]):
                codec, packed = vault.pack(body)
        entered = self.case.execute(
            "INSERT INTO evidence(sha256, media_type, size, codec, body) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (sha256) DO NOTHING",
            [sha256, clean(one.media_type), one.size, codec, packed],
        )
        self.evidence += entered

    def _take_fact(self, one: _Fact) -> None:
        fact_id, sha256 = self._bytes(one.id, 16), self._bytes(one.sha256, 32)
        supersedes = None if one.supersedes is None else self._bytes(one.supersedes, 16)
        content = canonical(one.content)
        if one.origin != self.last_fact[0]:
            self.last_fact = (one.origin, self._before(one.origin, one.seq))
        if one.seq != self.last_fact[1] + 1:
            raise self.bad("comes too early: a fact before it is missing")
        self.last_fact = (one.origin, one.seq)
        header = (one.origin, one.seq, one.kind, one.at, one.actor)
        if facts.hash_of(fact_id, *header, supersedes, content) != sha256:
            raise self.bad("holds a fact that was changed: its hash differs")
        marks = one.content.get("erasable", {})
        for name, (key, text) in one.texts.items():
            if marks.get(name) != facts.mark(self._bytes(key, facts.KEY_BYTES), text):
                raise self.bad("holds a text that was changed: its mark differs")
        if one.kind not in _KINDS:
            raise self.bad("holds a fact of a kind that this abusetrack does not know; update it")
        origin = self._origin(one.origin)
        known = self.case.value(
            "SELECT sha256 FROM fact WHERE origin = ? AND seq = ?", [origin, one.seq]
        )
        if known is not None:
            if known != sha256:
                raise self.bad(_OTHER_STORY)
            return
        self.facts += 1
        self.erases |= one.kind == "erasure"
        number = self._insert(
            "INSERT INTO fact(id, origin, seq, kind, at, actor, supersedes, content, sha256)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING n",
            [fact_id, origin, one.seq, one.kind, one.at, one.actor, supersedes, content, sha256],
        )
        for name, (key, text) in one.texts.items():
            self._text([number, name, bytes.fromhex(key), text, fact_id])

    def _take_audit(self, one: _Audit) -> None:
        sha256, prev = self._bytes(one.sha256, 32), self._bytes(one.prev, 32)
        if one.origin != self.last_audit[0]:
            self.last_audit = (one.origin, *self._audited(one.origin, one.seq - 1))
        _, seq, last = self.last_audit
        row = (one.seq, one.at, one.actor, one.action, one.subject, one.detail, prev)
        origin_id = self._bytes(one.origin, 16)
        if one.seq != seq + 1 or prev != last or audit.hash_of(origin_id, *row) != sha256:
            raise self.bad("breaks the audit chain: a row was changed or removed")
        self.last_audit = (one.origin, one.seq, sha256)
        origin = self._origin(one.origin)
        known = self.case.value(
            "SELECT sha256 FROM audit WHERE origin = ? AND seq = ?", [origin, one.seq]
        )
        if known is None:
            self.audit_rows += 1
            self._insert(
                "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [origin, *row, sha256]
            )
        elif known != sha256:
            raise self.bad(_OTHER_STORY)

    def _before(self, origin: str, seq: int) -> int:
        """Return the number of the fact that this one may follow: the one before, if it is here."""
        last: int = self.case.value(
            "SELECT coalesce(max(seq), 0) FROM fact WHERE origin = ?", [self.origins.get(origin)]
        )
        return min(last, seq - 1)

    def _audited(self, origin: str, seq: int) -> tuple[int, bytes]:
        """Return the row of the chain that the next one has to follow: ``seq`` and its hash."""
        rows = self.case.rows(
            "SELECT seq, sha256 FROM audit WHERE origin = ? AND seq <= ? ORDER BY seq DESC LIMIT 1",
            [self.origins.get(origin), seq],
        )
        return rows[0] if rows else (0, audit.GENESIS)

    def _insert(self, sql: str, values: list[Any]) -> Any:
        try:
            return self.case.value(sql, values)
        except (driver.Error, UnicodeEncodeError) as error:
            raise self.bad("holds what cannot be stored") from error

    def _text(self, values: list[Any]) -> None:
        try:
            self.case.execute(_TEXT, values)
        except (driver.Error, UnicodeEncodeError) as error:
            raise self.bad("holds what cannot be stored") from error

    def _origin(self, origin: str) -> int:
        if origin not in self.origins:
            self.origins[origin] = self._insert(
                "INSERT INTO origin(id) VALUES (?) RETURNING n", [self._bytes(origin, 16)]
            )
        return self.origins[origin]

    def _bytes(self, text: str, length: int) -> bytes:
        try:
            raw = bytes.fromhex(text)
        except ValueError:
            raw = b""
        if len(raw) != length:
            raise self.bad("is not as abusetrack writes it")
        return raw

    def _fold(self, before: int) -> None:
        """Fold what came; a fact may have a right hash and make no sense all the same."""
        case = self.case
        try:
            folding.fold(case, after=before)
        except (driver.Error, LookupError, ValueError, TypeError, AttributeError) as error:
            raise self.bad(f"or one before it makes no sense ({type(error).__name__})") from error
        for sql, what in _LOST:
            for (number,) in case.rows(sql, [before]):
                origin, seq = case.rows(
                    "SELECT origin.id, seq FROM fact JOIN origin ON origin.n = fact.origin"
                    " WHERE fact.n = ?",
                    [number],
                )[0]
                name = f"fact {seq} of case file {origin.hex()[:8]}"
                raise self.bad(f"comes without {what} of {name}")


_OTHER_STORY = (
    "tells another story than this case file: one of the two went on from a copy that was put in "
    "its place by hand; use 'abusetrack restore' for that"
)
_COUNTS = ("facts", "evidence", "audit_rows", "erased")
_IS_BURIED = "SELECT 1 FROM tombstone WHERE target = ? AND field = 'body'"
_TEXT = """
INSERT INTO erasable SELECT ?1, ?2, ?3, ?4
WHERE NOT EXISTS (SELECT 1 FROM tombstone WHERE target = ?5 AND field = ?2)
"""
_TEXT_LOST = """
SELECT fact.n FROM fact, json_each(fact.content, '$.erasable') AS mark WHERE fact.n > ?
    AND NOT EXISTS (SELECT 1 FROM erasable
        WHERE erasable.fact = fact.n AND erasable.field = mark.key)
    AND NOT EXISTS (SELECT 1 FROM tombstone WHERE target = fact.id AND field = mark.key)
LIMIT 1
"""
_EVIDENCE_LOST = """
SELECT fact.n FROM observation JOIN fact ON fact.n = observation.fact
LEFT JOIN evidence ON evidence.n = observation.evidence
WHERE fact.n > ? AND content ->> '$.evidence' IS NOT NULL AND (evidence.n IS NULL
    OR (body IS NULL AND NOT EXISTS
        (SELECT 1 FROM tombstone WHERE target = evidence.sha256 AND field = 'body')))
LIMIT 1
"""
_LOST = ((_TEXT_LOST, "a text"), (_EVIDENCE_LOST, "the evidence"))


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _held(case: CaseFile) -> int:
    """Return how many erasable texts and pieces of evidence there are."""
    count: int = case.value(
        "SELECT (SELECT count(*) FROM erasable)"
        " + (SELECT count(*) FROM evidence WHERE body IS NOT NULL)"
    )
    return count


def _touched(case: CaseFile, before: int) -> tuple[str, ...]:
    """Return the domains of which anything came, also what came of the networks they are in."""
    names = {domain for (domain,) in case.rows(_TOUCHED, [before])}
    known = case.rows(_PREFIXES, [before])
    if known:  # reported addresses are few: each is compared
        for address, domain in case.rows(_REPORTED_ADDRESSES):
            digits = spans.digits(ipaddress.ip_address(address))
            if any(first <= digits <= last for first, last in known):
                names.add(domain)
    return tuple(sorted(names))


_PREFIXES = "SELECT lower(hex(first)), lower(hex(last)) FROM prefix_now WHERE fact > ?"
_REPORTED_ADDRESSES = """
SELECT host.name, domain_now.domain FROM host JOIN domain_now ON domain_now.id = host.domain
WHERE host.kind IN ('ipv4', 'ipv6')
"""
# With UNION each part would be read in the order of domains: all of it.
_TOUCHED = """
SELECT domain FROM domain_now WHERE id IN (
    SELECT domain FROM report WHERE fact > ?1
    UNION ALL SELECT domain FROM report
        WHERE fact IN (SELECT report FROM finding WHERE fact > ?1)
    UNION ALL SELECT host.domain FROM observation JOIN subject ON subject.id = observation.subject
        JOIN host ON host.name = subject.name WHERE observation.fact > ?1
    UNION ALL SELECT domain_now.id FROM observation JOIN subject ON subject.id = observation.subject
        JOIN domain_now ON domain_now.domain = subject.name WHERE observation.fact > ?1
    UNION ALL SELECT domain_now.id FROM notice_row
        JOIN domain_now ON domain_now.domain = notice_row.domain WHERE notice > ?1
    UNION ALL SELECT host.domain FROM prefix_now
        JOIN trait ON trait.kind = 'address'
            AND trait.value BETWEEN lower(hex(first)) AND lower(hex(last))
        JOIN subject ON subject.id = trait.subject JOIN host ON host.name = subject.name
        WHERE prefix_now.fact > ?1)
"""

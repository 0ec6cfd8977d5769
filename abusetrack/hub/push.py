"""What this case file has and the hub has not is left there, sealed, some of it at a time."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from abusetrack.casefile import CaseFile, audit, dump, facts, standing
from abusetrack.casefile.encoding import canonical
from abusetrack.casefile.facts import evidence_named
from abusetrack.casefile.standing import Standing
from abusetrack.errors import CaseFileError
from abusetrack.hub import schema, workstations
from abusetrack.hub.server import Connection, Cursor, run
from abusetrack.hub.team_key import TeamKey

_AT_ONCE = 1_000  # facts or audit rows in one transaction


@dataclass(frozen=True, slots=True)
class Sent:
    """What was left on the hub."""

    facts: int = 0
    evidence: int = 0
    audit_rows: int = 0

    def __add__(self, other: Sent) -> Sent:
        return Sent(
            self.facts + other.facts,
            self.evidence + other.evidence,
            self.audit_rows + other.audit_rows,
        )


class _MovedError(Exception):
    """Somebody else left the same origin's facts meanwhile."""


def push(case: CaseFile, connection: Connection, key: TeamKey, who: str) -> Sent:
    """Leave what the hub has not, of every origin; this case file's own comes last.

    Raises:
        CaseFileError: what would be sent was changed by hand; it is named.
        InputError: the hub and this case file tell another story.
        ExternalError: the hub cannot be reached.
    """
    there = run(connection, lambda cursor: workstations.read(cursor, key), reads_only=True)
    sent = Sent()
    for origin, here in standing.of(case).items():
        if origin in there:
            workstations.must_agree(case, key, there[origin])
        known = there[origin].standing if origin in there else Standing()
        name = who if origin == case.origin_id.hex() else None
        sender = _Sender(case, key, origin, name)
        try:
            sent += sender.send(connection, known, here, is_new=origin not in there)
        except _MovedError:
            continue  # by one that had them too; the next exchange sees how far it came
    return sent


@dataclass(slots=True)
class _Sender:
    """What goes of one origin."""

    case: CaseFile
    key: TeamKey
    origin: str
    name: str | None

    def send(
        self, connection: Connection, there: Standing, here: Standing, *, is_new: bool
    ) -> Sent:
        sent = Sent()
        if is_new:
            run(connection, self._enter)
        for chunk in _chunks(self._facts(there.facts, here.facts)):
            sent += self._leave(connection, there, chunk, ())
            there = Standing(chunk[-1]["seq"], there.audit)
        for chunk in _chunks(self._audit_rows(there.audit, here.audit)):
            sent += self._leave(connection, there, (), chunk)
            there = Standing(there.facts, chunk[-1]["seq"])
        return sent

    def _facts(self, after: int, last: int) -> Iterator[dict[str, Any]]:
        for one in dump.facts(self.case, self.origin, after):
            if one["seq"] > last:
                return
            header = (one["origin"], one["seq"], one["kind"], one["at"], one["actor"])
            supersedes = one["supersedes"] and bytes.fromhex(one["supersedes"])
            found = facts.hash_of(
                bytes.fromhex(one["id"]), *header, supersedes, canonical(one["content"])
            )
            if found.hex() != one["sha256"]:
                raise CaseFileError(_CHANGED.format(f"fact {one['seq']}", self.origin[:8]))
            yield one

    def _audit_rows(self, after: int, last: int) -> Iterator[dict[str, Any]]:
        before = standing.audit_hash(self.case, self.origin, after) or audit.GENESIS.hex()
        for one in dump.audit_rows(self.case, self.origin, after):
            if one["seq"] > last:
                return
            row = {
                name: one[name] for name in ("seq", "at", "actor", "action", "subject", "detail")
            }
            found = audit.hash_of(self._id, prev=bytes.fromhex(one["prev"]), **row)
            if one["prev"] != before or found.hex() != one["sha256"]:
                raise CaseFileError(_CHANGED.format(f"audit row {one['seq']}", self.origin[:8]))
            before = one["sha256"]
            yield one

    def _enter(self, cursor: Cursor) -> None:
        nothing = workstations.tip(self.key, "nothing", "")
        cursor.execute(
            "INSERT INTO abusetrack.workstation"
            " (origin, facts, facts_tip, audit, audit_tip, about, seen_at)"
            " SELECT %(origin)s, 0, %(tip)s, 0, %(tip)s, %(about)s, CURRENT_TIMESTAMP"
            " WHERE NOT EXISTS (SELECT 1 FROM abusetrack.workstation WHERE origin = %(origin)s)",
            {"origin": self._id, "tip": nothing, "about": self._about()},
        )

    def _about(self) -> bytes | None:
        if self.name is None:
            return None
        return workstations.about(self.key, self.origin, self.name)

    @property
    def _id(self) -> bytes:
        return bytes.fromhex(self.origin)

    def _leave(
        self,
        connection: Connection,
        expected: Standing,
        new_facts: Sequence[dict[str, Any]],
        new_audit: Sequence[dict[str, Any]],
    ) -> Sent:
        """Leave some facts and audit rows, with all that belongs to them, or none of it."""

        def work(cursor: Cursor) -> Sent:
            schema.team_of(cursor, self.key)
            cursor.execute(
                "SELECT facts, audit FROM abusetrack.workstation WHERE origin = %s", [self._id]
            )
            row = cursor.fetchone()
            if row is None or row != (expected.facts, expected.audit):
                raise _MovedError
            pieces = self._leave_evidence(cursor, new_facts)
            self._insert("fact", cursor, new_facts)
            self._insert("audit", cursor, new_audit)
            self._leave_texts(cursor, new_facts)
            for one in new_facts:
                if one["kind"] == "erasure":
                    self._blank(cursor, one["content"])
            self._count_on(cursor, new_facts, new_audit)
            return Sent(len(new_facts), pieces, len(new_audit))

        return run(connection, work)

    def _insert(self, table: str, cursor: Cursor, rows: Iterable[Mapping[str, Any]]) -> None:
        cursor.executemany(
            f"INSERT INTO abusetrack.{table}(origin, seq, body) VALUES (%s, %s, %s)".encode(),  # noqa: S608
            [(self._id, one["seq"], self._sealed(table, one)) for one in rows],
        )

    def _sealed(self, table: str, one: Mapping[str, Any]) -> bytes:
        rest = {name: value for name, value in one.items() if name not in _APART}
        return self.key.seal(canonical(rest).encode(), table, self.origin, one["seq"])

    def _leave_texts(self, cursor: Cursor, new: Iterable[Mapping[str, Any]]) -> None:
        cursor.executemany(
            "INSERT INTO abusetrack.fact_text(origin, seq, field, body) VALUES (%s, %s, %s, %s)",
            [
                (self._id, one["seq"], name, self._sealed_text(one["seq"], name, text))
                for one in new
                for name, text in one["texts"].items()
            ],
        )

    def _sealed_text(self, seq: int, name: str, text: Sequence[str]) -> bytes:
        return self.key.seal(json.dumps(text).encode(), "text", self.origin, seq, name)

    def _leave_evidence(self, cursor: Cursor, new: Iterable[Mapping[str, Any]]) -> int:
        hashes = {name for one in new for name in evidence_named(one["content"])}
        by_id = {self.key.id_of("evidence", one): one for one in sorted(hashes)}
        if not by_id:
            return 0
        marks = ", ".join(["%s"] * len(by_id))
        cursor.execute(
            f"SELECT id FROM abusetrack.evidence WHERE id IN ({marks})".encode(),  # noqa: S608
            list(by_id),
        )
        for (known,) in cursor.fetchall():
            del by_id[cast(bytes, known)]
        ids = {sha256: name for name, sha256 in by_id.items()}
        pieces = dump.evidence(self.case, map(bytes.fromhex, ids))
        rows = [(ids[piece["sha256"]], self._sealed_piece(piece)) for piece in pieces]
        cursor.executemany("INSERT INTO abusetrack.evidence(id, body) VALUES (%s, %s)", rows)
        return len(rows)

    def _sealed_piece(self, piece: Mapping[str, Any]) -> bytes | None:
        if piece["body"] is None:
            return None
        rest = {name: value for name, value in piece.items() if name != "sha256"}
        return self.key.seal(canonical(rest).encode(), "evidence", piece["sha256"])

    def _blank(self, cursor: Cursor, content: Mapping[str, Any]) -> None:
        """Erase on the hub what was erased here."""
        for fact, fields in content.get("facts", {}).items():
            if place := standing.place_of(self.case, fact):
                origin, seq = place
                cursor.executemany(
                    "UPDATE abusetrack.fact_text SET body = NULL"
                    " WHERE origin = %s AND seq = %s AND field = %s",
                    [(bytes.fromhex(origin), seq, name) for name in fields],
                )
        cursor.executemany(
            "UPDATE abusetrack.evidence SET body = NULL WHERE id = %s",
            [(self.key.id_of("evidence", one),) for one in content.get("evidence", ())],
        )

    def _count_on(
        self,
        cursor: Cursor,
        new_facts: Sequence[Mapping[str, Any]],
        new_audit: Sequence[Mapping[str, Any]],
    ) -> None:
        changes: list[tuple[str, object]] = []
        for what, column, rows in (("fact", "facts", new_facts), ("audit", "audit", new_audit)):
            if rows:
                mark = workstations.tip(self.key, what, rows[-1]["sha256"])
                changes += [(column, rows[-1]["seq"]), (f"{column}_tip", mark)]
        if (about := self._about()) is not None:
            changes.append(("about", about))
        columns = ", ".join(f"{column} = %s" for column, _ in changes)
        cursor.execute(
            f"UPDATE abusetrack.workstation SET {columns}, seen_at = CURRENT_TIMESTAMP"  # noqa: S608
            " WHERE origin = %s".encode(),
            [*(value for _, value in changes), self._id],
        )


_APART = ("origin", "seq", "texts")
_CHANGED = (
    "Nothing more was sent to the hub: {} of case file {} was changed by hand. Run 'abusetrack "
    "check', and go on from a backup with 'abusetrack restore'."
)


def _chunks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while chunk := list(itertools.islice(rows, _AT_ONCE)):
        yield chunk

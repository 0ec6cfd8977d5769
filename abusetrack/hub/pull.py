"""What others left on the hub comes into this case file: all of it, verified, or nothing."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, cast

from abusetrack.casefile import CaseFile, merge, standing, vault
from abusetrack.casefile.facts import evidence_named
from abusetrack.casefile.merge import Record
from abusetrack.casefile.standing import Standing
from abusetrack.errors import InputError
from abusetrack.hub import schema, workstations
from abusetrack.hub.server import Connection, Cursor, run
from abusetrack.hub.team_key import SealError, TeamKey
from abusetrack.hub.workstations import Workstation

_ROWS = 500  # asked for at a time
_PIECES = 100  # of evidence asked for at a time
_IN_MEMORY = 32 * 2**20  # bytes; beyond that what came waits, sealed, in a nameless file


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came, the domains that have to be judged anew, and the hub's random id."""

    team: str
    facts: int = 0
    evidence: int = 0
    audit_rows: int = 0
    erased: int = 0
    domains: tuple[str, ...] = ()


def pull(case: CaseFile, connection: Connection, key: TeamKey) -> Arrived:
    """Take in what the hub has and this case file has not.

    It is fetched first, in one state of the hub, and stays sealed until the case file takes it
    in one transaction: so nobody here waits for the network.

    Raises:
        InputError: something was changed, or does not fit; the workstation is named.
        ExternalError: the hub cannot be reached.
    """
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        basket = _Basket(case, key, cast(IO[bytes], file))
        team = run(connection, basket.fill, reads_only=True)
        if not basket.rows:
            return Arrived(team)
        with case.transaction():
            came = merge.unite(case, basket.records(), basket.bad)
    return Arrived(team, came.facts, came.evidence, came.audit_rows, came.erased, came.domains)


@dataclass(slots=True)
class _Basket:
    """Sealed rows on their way from the hub to the case file."""

    case: CaseFile
    key: TeamKey
    file: IO[bytes]
    rows: int = 0
    where: str = ""  # which row is being taken in
    names: dict[str, str] = field(default_factory=dict)

    def bad(self, what: str) -> InputError:
        return InputError(
            f"What came from the hub was not taken in, nothing was stored: {self.where} {what}. "
            "Tell whoever runs the hub and that workstation; 'abusetrack check' there says more."
        )

    # -- from the hub

    def fill(self, cursor: Cursor) -> str:
        """Fetch everything that is new; called again from the beginning where need be."""
        self.file.seek(0)
        self.file.truncate()
        self.rows = 0
        team = schema.team_of(cursor, self.key)
        here = standing.of(self.case)
        there = workstations.read(cursor, self.key)
        self.names = {origin: one.name for origin, one in there.items()}
        wanted: set[str] = set()
        for origin, one in there.items():
            known = here.get(origin, Standing())
            workstations.must_agree(self.case, self.key, one)
            self._same_so_far(cursor, one, known)
            self._facts(cursor, origin, known.facts, one.standing.facts, wanted)
        for origin, one in there.items():
            self._audit(cursor, origin, here.get(origin, Standing()).audit, one.standing.audit)
        held = vault.numbers_of(self.case, wanted)
        self._evidence(cursor, sorted(wanted - held.keys()))
        return team

    def _same_so_far(self, cursor: Cursor, one: Workstation, known: Standing) -> None:
        if not 0 < known.facts < one.standing.facts:
            return
        cursor.execute(
            "SELECT body FROM abusetrack.fact WHERE origin = %s AND seq = %s",
            [bytes.fromhex(one.origin), known.facts],
        )
        row = cursor.fetchone()
        self.where = f"fact {known.facts} of {one.name}"
        if row is None:
            raise self.bad("is missing")
        sha256 = self._open(cast(bytes, row[0]), "fact", one.origin, known.facts)["sha256"]
        if sha256 != standing.fact_hash(self.case, one.origin, known.facts):
            raise workstations.other_story(one.name)

    def _facts(self, cursor: Cursor, origin: str, after: int, last: int, wanted: set[str]) -> None:
        for first in range(after + 1, last + 1, _ROWS):
            reach = [bytes.fromhex(origin), first, min(first + _ROWS - 1, last)]
            cursor.execute(
                "SELECT seq, field, body FROM abusetrack.fact_text"
                " WHERE origin = %s AND seq BETWEEN %s AND %s ORDER BY seq, field",
                reach,
            )
            for seq, name, body in cursor.fetchall():
                if body is not None:
                    self._put(["text", origin, seq, name], cast(bytes, body))
            cursor.execute(
                "SELECT seq, body FROM abusetrack.fact"
                " WHERE origin = %s AND seq BETWEEN %s AND %s ORDER BY seq",
                reach,
            )
            for seq, body in cursor.fetchall():
                self.where = f"fact {seq} of {self.names[origin]}"
                content = self._open(cast(bytes, body), "fact", origin, seq)["content"]
                wanted.update(evidence_named(content))
                self._put(["fact", origin, seq], cast(bytes, body))

    def _audit(self, cursor: Cursor, origin: str, after: int, last: int) -> None:
        for first in range(after + 1, last + 1, _ROWS):
            cursor.execute(
                "SELECT seq, body FROM abusetrack.audit"
                " WHERE origin = %s AND seq BETWEEN %s AND %s ORDER BY seq",
                [bytes.fromhex(origin), first, min(first + _ROWS - 1, last)],
            )
            for seq, body in cursor.fetchall():
                self._put(["audit", origin, seq], cast(bytes, body))

    def _evidence(self, cursor: Cursor, hashes: Sequence[str]) -> None:
        for start in range(0, len(hashes), _PIECES):
            some = hashes[start : start + _PIECES]
            by_id = {self.key.id_of("evidence", one): one for one in some}
            marks = ", ".join(["%s"] * len(by_id))
            cursor.execute(
                f"SELECT id, body FROM abusetrack.evidence WHERE id IN ({marks})".encode(),  # noqa: S608
                list(by_id),
            )
            for name, body in cursor.fetchall():
                self._put(["evidence", by_id[cast(bytes, name)]], cast("bytes | None", body))

    # -- to the case file

    def records(self) -> Iterator[Record]:
        """Yield what was fetched, opened, as a merge takes it."""
        texts: dict[int, dict[str, list[str]]] = {}
        for (kind, *place), body in self._taken():
            if kind == "text":
                origin, seq, name = place
                self.where = f"a text of fact {seq} of {self.names[origin]}"
                text = self._open(cast(bytes, body), "text", origin, seq, name)
                texts.setdefault(seq, {})[name] = text
            elif kind == "evidence":
                self.where = f"the piece of evidence {place[0][:12]}"
                yield "evidence", self._piece(place[0], body)
            else:
                origin, seq = place
                self.where = f"{_CALLED[kind]} {seq} of {self.names[origin]}"
                values = self._open(cast(bytes, body), kind, origin, seq)
                values |= {"origin": origin, "seq": seq}
                if kind == "fact":
                    values["texts"] = texts.pop(seq, {})
                yield kind, values
        self.where = "something"

    def _piece(self, sha256: str, body: bytes | None) -> dict[str, Any]:
        if body is None:
            return {"sha256": sha256, "media_type": "", "size": 0, "body": None}
        piece: dict[str, Any] = self._open(body, "evidence", sha256)
        return {**piece, "sha256": sha256}

    def _open(self, sealed: bytes, *place: object) -> Any:
        try:
            return json.loads(self.key.unseal(sealed, *place))
        except (SealError, ValueError) as error:
            raise self.bad("does not open with the team key: it was changed, or moved") from error

    # -- while it waits

    def _put(self, place: list[object], body: bytes | None) -> None:
        head = json.dumps([place, None if body is None else len(body)]).encode() + b"\n"
        self.file.write(head)
        self.file.write(body or b"")
        self.rows += 1

    def _taken(self) -> Iterator[tuple[list[Any], bytes | None]]:
        self.file.seek(0)
        while head := self.file.readline():
            place, length = json.loads(head)
            yield place, None if length is None else self.file.read(length)


_CALLED = {"fact": "fact", "audit": "audit row"}

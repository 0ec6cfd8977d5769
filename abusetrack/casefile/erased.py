"""Tombstones: what an ``erasure`` fact names is gone, here and wherever it is merged.

A tombstone names the field of a fact, or the body of a piece of evidence. Reports that
were one URL (or one reference) before keep a random token in common, so that counts
stay what they were. Where two case files erased the same, the smaller token holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, id_text
from abusetrack.casefile.facts import StoredFact

BODY = "body"  # the field of evidence

_BURY = """
INSERT INTO tombstone(target, field, token) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET token = excluded.token WHERE excluded.token < token
"""


def tokens(case: CaseFile, ids: Iterable[str]) -> dict[str, dict[str, bytes]]:
    """Return, for each fact by its id, the tokens in place of its erased fields."""
    found: dict[str, dict[str, bytes]] = {}
    for target, field, token in case.rows(
        "SELECT target, field, token FROM json_each(?) AS wanted"
        " JOIN tombstone ON target = unhex(wanted.value) WHERE token IS NOT NULL",
        [canonical([one.replace("-", "") for one in ids])],
    ):
        found.setdefault(id_text(target), {})[field] = token
    return found


def fold(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Bury what ``erasure`` facts name, whether or not it is here yet."""
    rows = [row for fact in stored for row in _tombstones(fact.content)]
    pieces = [(sha256, BODY, None) for fact in stored for sha256 in _pieces(fact.content)]
    case.executemany(_BURY, [*rows, *pieces])
    case.executemany(
        "DELETE FROM erasable WHERE fact = (SELECT n FROM fact WHERE id = ?) AND field = ?",
        [(target, field) for target, field, _ in rows],
    )
    case.executemany(
        "DELETE FROM hash_reference WHERE fact = (SELECT n FROM fact WHERE id = ?) AND kind = ?",
        [(target, field) for target, field, _ in rows],
    )
    case.executemany(
        "UPDATE evidence SET body = NULL WHERE sha256 = ?", [(sha256,) for sha256, _, _ in pieces]
    )
    case.executemany(
        "UPDATE report SET reference ="
        " (SELECT token FROM tombstone WHERE target = ?1 AND field = 'reference')"
        " WHERE fact = (SELECT n FROM fact WHERE id = ?1)",
        [(target,) for target, field, token in rows if field == "reference" and token],
    )
    _move(case, [target for target, field, token in rows if field == "path" and token])


def _move(case: CaseFile, ids: Sequence[bytes]) -> None:
    """Let reports go on under the token of their URL.

    In a row of its own: reports of the same URL that another desk took in may have theirs.
    """
    targets = [(one,) for one in ids]
    left = case.rows(
        "SELECT DISTINCT url FROM json_each(?) AS wanted JOIN fact ON fact.id = unhex(wanted.value)"
        " JOIN report ON report.fact = fact.n",
        [canonical([one.hex() for one in ids])],
    )
    case.executemany(_ENTER_TOKEN, targets)
    case.executemany(_GO_ON, targets)
    case.executemany(_STATUSES_GO_ON, left)
    case.executemany(
        "DELETE FROM url WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM report WHERE url = ?1)", left
    )


_TOKEN = "(SELECT token FROM tombstone WHERE target = ?1 AND field = 'path')"  # noqa: S105
_FACT = "(SELECT n FROM fact WHERE id = ?1)"
_ENTER_TOKEN = f"""
INSERT INTO url(digest, host) SELECT {_TOKEN}, host FROM url
WHERE id = (SELECT url FROM report WHERE fact = {_FACT}) ON CONFLICT DO NOTHING
"""
_GO_ON = f"""
UPDATE report SET url = (SELECT id FROM url WHERE digest = {_TOKEN}) WHERE fact = {_FACT}
"""
_STATUSES_GO_ON = """
UPDATE content_status SET url = (
    SELECT report.url FROM fact AS said
    JOIN fact AS reported
        ON reported.id = unhex(replace(said.content ->> '$.report', '-', ''))
    JOIN report ON report.fact = reported.n WHERE said.n = content_status.fact)
WHERE url = ?
"""


def _tombstones(content: dict[str, Any]) -> Iterator[tuple[bytes, str, bytes | None]]:
    for fact, fields in content.get("facts", {}).items():
        for field, token in fields.items():
            yield bytes.fromhex(fact.replace("-", "")), field, bytes.fromhex(token) or None


def _pieces(content: dict[str, Any]) -> list[bytes]:
    return [bytes.fromhex(sha256) for sha256 in content.get("evidence", ())]

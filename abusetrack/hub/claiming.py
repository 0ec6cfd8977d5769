"""Claims on the hub: a domain is somebody's to work on, until the lease runs out.

Time is the server's, so that clocks of workstations do no harm.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import cast

from abusetrack.casefile.claims import Claim
from abusetrack.hub import schema
from abusetrack.hub.server import Connection, Cursor, run
from abusetrack.hub.team_key import SealError, TeamKey


def take(
    connection: Connection,
    key: TeamKey,
    domains: Sequence[str],
    *,
    origin: str,
    who: str,
    lasting: timedelta,
) -> list[Claim]:
    """Claim domains for a case file; return the claims of others, which stay theirs."""

    def work(cursor: Cursor) -> list[Claim]:
        schema.team_of(cursor, key)
        now = _now(cursor)
        rivals = [
            claim
            for domain in domains
            if (claim := _held(cursor, key, domain, now)) and claim.origin != origin
        ]
        free = set(domains) - {claim.domain for claim in rivals}
        for domain in sorted(free):
            mark = key.id_of("claim", domain)
            body = json.dumps({"domain": domain, "who": who}).encode()
            cursor.execute("DELETE FROM abusetrack.claim WHERE domain = %s", [mark])
            cursor.execute(
                "INSERT INTO abusetrack.claim(domain, holder, body, expires_at)"
                " VALUES (%s, %s, %s, %s)",
                [mark, bytes.fromhex(origin), key.seal(body, "claim", origin), now + lasting],
            )
        return rivals

    return run(connection, work)


def release(connection: Connection, key: TeamKey, domains: Sequence[str], origin: str) -> int:
    """Give domains back; return how many were held by this case file."""

    def work(cursor: Cursor) -> int:
        given = 0
        for domain in domains:
            cursor.execute(
                "DELETE FROM abusetrack.claim WHERE domain = %s AND holder = %s",
                [key.id_of("claim", domain), bytes.fromhex(origin)],
            )
            given += cursor.rowcount
        return given

    return run(connection, work)


def current(connection: Connection, key: TeamKey) -> list[Claim]:
    """Return the claims that hold now."""

    def work(cursor: Cursor) -> list[Claim]:
        cursor.execute(
            "SELECT holder, body, expires_at FROM abusetrack.claim"
            " WHERE expires_at > CURRENT_TIMESTAMP ORDER BY expires_at"
        )
        return list(_claims(key, cursor.fetchall()))

    return run(connection, work, reads_only=True)


def _now(cursor: Cursor) -> datetime:
    cursor.execute("SELECT CURRENT_TIMESTAMP")
    row = cursor.fetchone()
    assert row is not None  # noqa: S101  (a SELECT without FROM has one row)
    return cast(datetime, row[0])


def _held(cursor: Cursor, key: TeamKey, domain: str, now: datetime) -> Claim | None:
    cursor.execute(
        "SELECT holder, body, expires_at FROM abusetrack.claim"
        " WHERE domain = %s AND expires_at > %s",
        [key.id_of("claim", domain), now],
    )
    return next(_claims(key, cursor.fetchall()), None)


def _claims(key: TeamKey, rows: Sequence[tuple[object, ...]]) -> Iterator[Claim]:
    for holder, body, expires_at in rows:
        origin = cast(bytes, holder).hex()
        try:
            said = json.loads(key.unseal(cast(bytes, body), "claim", origin))
            yield Claim(said["domain"], said["who"], origin, cast(datetime, expires_at))
        except (SealError, ValueError, KeyError, TypeError):
            continue  # not made with the team's key: nobody's

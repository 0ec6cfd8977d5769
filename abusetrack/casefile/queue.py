"""What is still to be looked up, leased so that no name is asked twice at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, stamp
from abusetrack.casefile.hosts import HOST_COLUMNS, decode_host
from abusetrack.records import Host

_NAMED = """(:names IS NULL OR host.name IN (SELECT value FROM json_each(:names))
            OR host.domain IN (SELECT id FROM domain_now
                WHERE domain IN (SELECT value FROM json_each(:names))))"""

# A host whose domain another process is asking about waits for it.
_LEASE = f"""
UPDATE queue SET lease_owner = :owner, lease_until = :until, attempts = attempts + 1
WHERE host IN (
    SELECT queue.host FROM queue JOIN host ON host.id = queue.host
    WHERE queue.due_at <= :now
        AND (queue.lease_owner IS NULL OR queue.lease_until <= :now)
        AND NOT EXISTS (
            SELECT 1 FROM queue AS other
            WHERE other.domain = queue.domain AND other.lease_owner IS NOT NULL
                AND other.lease_owner <> :owner AND other.lease_until > :now)
        AND {_NAMED}
    ORDER BY queue.due_at, queue.host LIMIT :limit)
RETURNING host
"""


def lease(
    case: CaseFile,
    limit: int,
    *,
    owner: str,
    seconds: float,
    names: Iterable[str] | None = None,
) -> list[Host]:
    """Take up to ``limit`` due hosts for ``owner``, for so many seconds; longest due first.

    ``names`` (hosts or domains) narrows the choice. A lease that ran out is free again.
    """
    now = case.clock.now()
    with case.transaction():
        taken = case.rows(
            _LEASE,
            {
                "owner": owner,
                "until": stamp(now + timedelta(seconds=seconds)),
                "now": stamp(now),
                "names": _listed(names),
                "limit": limit,
            },
        )
    rows = case.rows(
        f"SELECT {HOST_COLUMNS} FROM queue JOIN host ON host.id = queue.host"
        " JOIN domain_now ON domain_now.id = host.domain"
        " WHERE queue.host IN (SELECT value FROM json_each(?)) ORDER BY queue.due_at, queue.host",
        [canonical([number for (number,) in taken])],
    )
    return [decode_host(*row) for row in rows]


def complete(case: CaseFile, hosts: Mapping[str, datetime | None]) -> None:
    """Say that hosts were looked up, by name; each with the time when it is due again, if ever."""
    now = case.now()
    with case.transaction():
        case.executemany(
            "UPDATE queue SET due_at = ?, done_at = ?, attempts = 0, lease_owner = NULL,"
            " lease_until = NULL WHERE host = (SELECT id FROM host WHERE name = ?)",
            [(stamp(retry_at), now, name) for name, retry_at in hosts.items()],
        )


def release(case: CaseFile, owner: str) -> None:
    """Give back everything that ``owner`` holds."""
    with case.transaction():
        case.execute(
            "UPDATE queue SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = ?",
            [owner],
        )


def enqueue(
    case: CaseFile,
    *,
    domains: Iterable[str] | None = None,
    older_than: datetime | None = None,
) -> int:
    """Make hosts due now; return how many that were not.

    ``domains`` (or host names) and ``older_than`` (last looked up before, or never)
    narrow the choice; without them it is every host.
    """
    with case.transaction():
        return case.execute(
            "UPDATE queue SET due_at = :now WHERE (due_at IS NULL OR due_at > :now)"
            " AND (:before IS NULL OR done_at IS NULL OR done_at < :before)"
            " AND (:names IS NULL OR host IN (SELECT host.id FROM host"
            " JOIN domain_now ON domain_now.id = host.domain"
            " WHERE host.name IN (SELECT value FROM json_each(:names))"
            " OR domain_now.domain IN (SELECT value FROM json_each(:names))))",
            {
                "now": case.now(),
                "before": stamp(older_than),
                "names": _listed(domains),
            },
        )


def pending(case: CaseFile, *, names: Iterable[str] | None = None) -> int:
    """Return how many hosts are due, those being asked now included; ``names`` as in lease."""
    count: int = case.value(
        f"SELECT count(*) FROM queue JOIN host ON host.id = queue.host"
        f" WHERE queue.due_at <= :now AND {_NAMED}",
        {"now": case.now(), "names": _listed(names)},
    )
    return count


def _listed(names: Iterable[str] | None) -> str | None:
    return None if names is None else canonical([clean(name) for name in names])

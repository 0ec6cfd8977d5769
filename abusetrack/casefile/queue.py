"""What is still to be looked up, leased so that no name is asked twice at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, moment, stamp
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
            "UPDATE queue SET due_at = ?, done_at = ?, attempts = 0, reason = NULL,"
            " lease_owner = NULL, lease_until = NULL"
            " WHERE host = (SELECT id FROM host WHERE name = ?)",
            [(stamp(retry_at), now, name) for name, retry_at in hosts.items()],
        )


def fail(case: CaseFile, hosts: Iterable[str]) -> None:
    """Say that looking hosts up failed: they are due again, each time later than the last."""
    now = case.clock.now()
    with case.transaction():
        case.execute(
            "UPDATE queue SET due_at = :waits ->> (min(max(attempts, 1), :most) - 1),"
            " done_at = :now, reason = :reason, lease_owner = NULL, lease_until = NULL"
            " WHERE host IN (SELECT id FROM host"
            " WHERE name IN (SELECT value FROM json_each(:hosts)))",
            {
                "waits": canonical([now + wait for wait in _RETRIES]),
                "most": len(_RETRIES),
                "now": stamp(now),
                "reason": _FAILED,
                "hosts": _listed(hosts),
            },
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """When a host is due again, if ever, and why; in words that name nobody."""

    host: str
    at: datetime | None
    reason: str


def plan(case: CaseFile, plans: Iterable[Plan]) -> None:
    """Say when hosts that were looked up are due again; nothing that is due earlier is put off."""
    with case.transaction():
        case.executemany(
            "UPDATE queue SET due_at = ?1, reason = ?2"
            " WHERE host = (SELECT id FROM host WHERE name = ?3) AND done_at IS NOT NULL"
            " AND (due_at IS NULL OR due_at > ?1)",
            [(stamp(item.at), item.reason, clean(item.host)) for item in plans],
        )


def next_due(case: CaseFile) -> datetime | None:
    """Return when the next host is due, perhaps in the past; None where none is."""
    at: str | None = case.value("SELECT min(due_at) FROM queue WHERE due_at IS NOT NULL")
    return moment(at)


def checks(case: CaseFile, domain: str) -> list[Plan]:
    """Return when each host of a domain is due, by name."""
    return [
        Plan(name, moment(at), reason or "")
        for name, at, reason in case.rows(
            "SELECT host.name, due_at, queue.reason FROM queue JOIN host ON host.id = queue.host"
            " JOIN domain_now ON domain_now.id = host.domain WHERE domain_now.domain = ?"
            " ORDER BY host.name",
            [clean(domain)],
        )
    ]


def due(case: CaseFile, *, until: datetime, limit: int = 1000) -> list[tuple[str, Plan]]:
    """Return (domain, plan) of hosts looked up before that are due by then, soonest first."""
    return [
        (domain, Plan(name, moment(at), reason or ""))
        for domain, name, at, reason in case.rows(
            "SELECT domain_now.domain, host.name, due_at, queue.reason FROM queue"
            " JOIN host ON host.id = queue.host JOIN domain_now ON domain_now.id = host.domain"
            " WHERE due_at <= ? AND done_at IS NOT NULL ORDER BY due_at, host.name LIMIT ?",
            [stamp(until), limit],
        )
    ]


def unplanned(case: CaseFile) -> list[str]:
    """Return confirmed domains that were looked up and of which it was never said when next."""
    rows = case.rows(
        "SELECT DISTINCT domain_now.domain FROM queue"
        " JOIN domain_now ON domain_now.id = queue.domain"
        " WHERE due_at IS NULL AND done_at IS NOT NULL AND reason IS NULL"
        " AND confirmed_reports > 0"
    )
    return [domain for (domain,) in rows]


def asked_before(case: CaseFile, hosts: Iterable[str]) -> set[str]:
    """Return those of ``hosts`` that were looked up before, with an answer or without."""
    rows = case.rows(
        "SELECT host.name FROM queue JOIN host ON host.id = queue.host"
        " WHERE done_at IS NOT NULL AND host.name IN (SELECT value FROM json_each(?))",
        [_listed(hosts)],
    )
    return {name for (name,) in rows}


# Minutes, then hours: a name server that is broken for good is not asked every quarter of an hour.
_RETRIES = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(days=1))
_FAILED = "the last lookup failed"


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

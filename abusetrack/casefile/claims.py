"""Who in the team works on which domain, as the hub said last: leases, which run out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, moment, stamp


@dataclass(frozen=True, slots=True)
class Claim:
    """A domain that somebody works on, until a time (UTC); ``origin`` is their case file (hex)."""

    domain: str
    who: str
    origin: str
    expires_at: datetime


def replace(case: CaseFile, claims: Iterable[Claim]) -> None:
    """Put what the hub says now in place of what it said before."""
    with case.transaction():
        case.execute("DELETE FROM claim")
        case.executemany(
            "INSERT OR REPLACE INTO claim VALUES (?, ?, ?, ?)",
            [
                (one.domain, clean(one.who), bytes.fromhex(one.origin), stamp(one.expires_at))
                for one in claims
            ],
        )


def of(case: CaseFile, domains: Iterable[str] | None = None) -> list[Claim]:
    """Return the claims that hold now, all or those of some domains."""
    wanted = None if domains is None else canonical(list(domains))
    rows = case.rows(
        "SELECT domain, who, origin, expires_at FROM claim WHERE expires_at > ?1"
        " AND (?2 IS NULL OR domain IN (SELECT value FROM json_each(?2))) ORDER BY domain",
        [case.now(), wanted],
    )
    return [Claim(domain, who, origin.hex(), moment(at)) for domain, who, origin, at in rows]


def of_others(case: CaseFile, domains: Iterable[str]) -> list[Claim]:
    """Return which of the domains somebody else works on."""
    own = case.origin_id.hex()
    return [one for one in of(case, domains) if one.origin != own]

"""The workstations of the hub: how far each has come, and the marks that tell its story."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from abusetrack.casefile import CaseFile, standing
from abusetrack.casefile.standing import Standing
from abusetrack.errors import InputError
from abusetrack.hub.server import Cursor
from abusetrack.hub.team_key import SealError, TeamKey


@dataclass(frozen=True, slots=True)
class Workstation:
    """What the hub has of one origin (hex): counts, tips, its name, when it last sent (UTC)."""

    origin: str
    standing: Standing
    facts_tip: bytes
    audit_tip: bytes
    name: str
    seen_at: datetime


def read(cursor: Cursor, key: TeamKey) -> dict[str, Workstation]:
    """Return all workstations by origin."""
    cursor.execute(
        "SELECT origin, facts, facts_tip, audit, audit_tip, about, seen_at"
        " FROM abusetrack.workstation ORDER BY origin"
    )
    found = {}
    for row in cursor.fetchall():
        origin_id, facts, facts_tip, audit, audit_tip, about, seen_at = row
        origin = cast(bytes, origin_id).hex()
        found[origin] = Workstation(
            origin,
            Standing(cast(int, facts), cast(int, audit)),
            cast(bytes, facts_tip),
            cast(bytes, audit_tip),
            _name(key, origin, cast("bytes | None", about)),
            cast(datetime, seen_at),
        )
    return found


def about(key: TeamKey, origin: str, name: str) -> bytes:
    """Return the sealed name of a workstation."""
    return key.seal(json.dumps({"name": name}).encode(), "about", origin)


def _name(key: TeamKey, origin: str, sealed: bytes | None) -> str:
    if sealed is None:
        return f"case file {origin[:8]}"
    try:
        return f"{json.loads(key.unseal(sealed, 'about', origin))['name']} ({origin[:8]})"
    except (SealError, ValueError, KeyError, TypeError):
        return f"case file {origin[:8]}"


def tip(key: TeamKey, what: str, sha256: str) -> bytes:
    """Return the mark of the last fact or audit row of an origin."""
    return key.id_of(f"{what} tip", sha256)


def must_agree(case: CaseFile, key: TeamKey, there: Workstation) -> None:
    """See that what both sides have of an origin ends alike here.

    Raises:
        InputError: this case file went on from a copy that the hub knows otherwise.
    """
    facts = standing.fact_hash(case, there.origin, there.standing.facts)
    audit = standing.audit_hash(case, there.origin, there.standing.audit)
    if (facts is not None and tip(key, "fact", facts) != there.facts_tip) or (
        audit is not None and tip(key, "audit", audit) != there.audit_tip
    ):
        raise other_story(there.name)


def other_story(name: str) -> InputError:
    """Return the error of two copies that each went on by itself."""
    return InputError(
        f"Nothing was exchanged: of {name} the hub and this case file tell another story. One of "
        "them went on from a copy that was put in its place by hand; use 'abusetrack restore' "
        "for that, which starts a story of its own."
    )

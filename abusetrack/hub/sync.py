"""One exchange with the hub: take what is there and not here, then leave what is not there.

Nothing is remembered of how far an exchange came: both sides say how many facts and audit
rows of each origin they have, without gaps, and what is beyond that travels. So an
exchange that was cut at any point is simply made again.
"""

from __future__ import annotations

from dataclasses import dataclass

from abusetrack.casefile import CaseFile, chains, claims, standing, syncs
from abusetrack.casefile.claims import Claim
from abusetrack.errors import CaseFileError
from abusetrack.hub import claiming
from abusetrack.hub.pull import Arrived, pull
from abusetrack.hub.push import Sent, push
from abusetrack.hub.server import Connection
from abusetrack.hub.team_key import TeamKey


@dataclass(frozen=True, slots=True)
class Synced:
    """What one exchange brought and left, and who works on what now."""

    arrived: Arrived
    sent: Sent
    claims: tuple[Claim, ...]


def sync(case: CaseFile, connection: Connection, key: TeamKey, who: str) -> Synced:
    """Make one exchange; ``who`` names this workstation to the others.

    What arrived has to be judged by the caller: ``arrived.domains``.

    Raises:
        InputError: the key or version does not fit, or what a workstation left was changed
            or tells another story (it is named); nothing was stored then.
        CaseFileError: facts or the audit chain here were changed by hand; nothing was sent.
        ExternalError: the hub cannot be reached; nothing was lost.
    """
    arrived = pull(case, connection, key)
    if problem := chains.problem(case):
        raise CaseFileError(f"Nothing was sent to the hub: {problem} {_WHAT_TO_DO}")
    sent = push(case, connection, key, who)
    held = tuple(claiming.current(connection, key))
    with case.transaction():
        claims.replace(case, held)
        syncs.note(case, arrived.team, sent.facts, arrived.facts)
    return Synced(arrived, sent, held)


_WHAT_TO_DO = "Run 'abusetrack check', and go on from a backup with 'abusetrack restore'."


def behind(case: CaseFile, there: dict[str, standing.Standing]) -> tuple[int, int]:
    """Return how many facts are on the hub and not here, and here and not on the hub."""
    here = standing.of(case)
    nothing = standing.Standing()
    down = sum(max(0, one.facts - here.get(o, nothing).facts) for o, one in there.items())
    up = sum(max(0, one.facts - there.get(o, nothing).facts) for o, one in here.items())
    return down, up

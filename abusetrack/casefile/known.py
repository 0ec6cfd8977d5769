"""What the case file knows and is young enough for a lookup to use again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from abusetrack.casefile import observations
from abusetrack.casefile.connection import CaseFile
from abusetrack.records import Kind, Observation, Outcome

# An answer that may be different in a minute is asked again.
_SETTLED = frozenset({Outcome.OK, Outcome.NOT_FOUND, Outcome.NO_SERVICE})


@dataclass(frozen=True, slots=True)
class CaseKnown:
    """Implements :class:`abusetrack.records.Known` over an open case file."""

    case: CaseFile
    registration_max_age: timedelta
    network_max_age: timedelta

    def registration(self, domain: str) -> tuple[Observation, ...]:
        """Return the settled registration observations of ``domain`` young enough to reuse."""
        since = self.case.clock.now() - self.registration_max_age
        return tuple(
            found
            for found in observations.latest(self.case, domain)
            if found.kind is Kind.REGISTRATION
            and found.outcome in _SETTLED
            and found.asked_at >= since
        )

    def network(self, address: str) -> tuple[Observation, ...]:
        """Return origin and network observations whose prefix covers ``address``."""
        since = self.case.clock.now() - self.network_max_age
        return observations.covering(self.case, address, since=since)

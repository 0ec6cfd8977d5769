"""What the case file knows and is young enough for a lookup to use again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from abusetrack.casefile import observations
from abusetrack.casefile.connection import CaseFile
from abusetrack.records import Kind, Observation, Outcome, Question

_ANSWERED = frozenset({Outcome.OK, Outcome.NOT_FOUND})
# Not worth asking again before its time; every other outcome may be different in a minute.
_SETTLED = _ANSWERED | {Outcome.NO_SERVICE, Outcome.NOT_ASKED}
_EVERY_TIME = frozenset({Question.REGISTRY_RDAP, Question.REGISTRAR_RDAP})


@dataclass(frozen=True, slots=True)
class CaseKnown:
    """Implements :class:`abusetrack.records.Known` over an open case file."""

    case: CaseFile
    registration_max_age: timedelta
    network_max_age: timedelta

    def registration(self, domain: str) -> tuple[Observation, ...]:
        """Return the registration observations of ``domain`` young enough to reuse.

        None where nobody answered, or where RDAP failed: then it is asked again.
        """
        if not observations.has_any(self.case, domain):
            return ()  # as of most names of a new list
        since = self.case.clock.now() - self.registration_max_age
        fresh = [
            found
            for found in observations.latest(self.case, domain)
            if found.kind is Kind.REGISTRATION and found.asked_at >= since
        ]
        settled = tuple(found for found in fresh if found.outcome in _SETTLED)
        failed = any(
            found.question in _EVERY_TIME and found.outcome not in _SETTLED for found in fresh
        )
        answered = any(found.outcome in _ANSWERED for found in settled)
        return settled if answered and not failed else ()

    def network(self, address: str) -> tuple[Observation, ...]:
        """Return origin and network observations whose prefix covers ``address``."""
        since = self.case.clock.now() - self.network_max_age
        return observations.of_prefixes(self.case, address, since=since)

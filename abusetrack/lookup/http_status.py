"""What HTTP statuses mean; RDAP bodies use the same numbers (RFC 9083, 6)."""

from __future__ import annotations

from abusetrack.records import Outcome

_OUTCOMES = {
    200: Outcome.OK,
    304: Outcome.OK,
    401: Outcome.REFUSED,
    403: Outcome.REFUSED,
    404: Outcome.NOT_FOUND,
    408: Outcome.TIMED_OUT,
    429: Outcome.RATE_LIMITED,
    501: Outcome.NO_SERVICE,
}


def outcome_of(status: int) -> Outcome:
    """Return what an HTTP status (or the error code of an RDAP body) means."""
    known = _OUTCOMES.get(status)
    if known is not None:
        return known
    if 400 <= status < 500:
        return Outcome.REFUSED
    return Outcome.SERVER_ERROR if 500 <= status < 600 else Outcome.MALFORMED

"""What changed between two observations, and when it was seen before and after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ChangeKind(StrEnum):
    """What changed about a domain or one of its hosts."""

    HOLD_SET = "hold set"
    HOLD_LIFTED = "hold lifted"
    REGISTRAR_CHANGED = "registrar changed"
    NAME_SERVERS_CHANGED = "name servers changed"
    HOST_MOVED = "host moved"  # to another network
    ADDRESSES_CHANGED = "addresses changed"  # in the same network, or none knows whose it is
    ADDRESSES_REMOVED = "addresses removed"  # the name is there, its addresses are not
    ADDRESSES_BACK = "addresses back"
    COUNTRY_CHANGED = "country changed"
    CDN_TAKEN_UP = "CDN taken up"
    CDN_LEFT = "CDN left"
    GONE = "gone"  # from the DNS, by the rule of judgement.gone
    RETURNED = "returned"  # to the DNS, after it was gone
    REREGISTERED = "registered again"  # after a drop: the creation date says so
    STATE_CHANGED = "state changed"  # any other change of what registry or DNS say


@dataclass(frozen=True, slots=True)
class Change:
    """A difference between two observations; nobody saw the moment itself.

    It happened after ``last_seen_before`` and not after ``first_seen_after``.
    ``established_at`` is when enough was seen to say so: later than
    ``first_seen_after`` only where a rule asks for a second look.
    """

    kind: ChangeKind
    subject: str  # the domain, or one of its hosts
    before: str  # in words
    after: str
    last_seen_before: datetime
    first_seen_after: datetime
    established_at: datetime
    facts: tuple[str, ...] = ()  # ids of the observations behind it, oldest first

"""Partners: other hotlines, police, registries and industry that data is exchanged with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from abusetrack.records.notices import NoticeStatus, Role


class Level(StrEnum):
    """How much of a confirmed report a partner sees, the most first."""

    URL = "url"
    HOST = "host"
    DOMAIN = "domain"
    COUNTS = "counts"


class PartnerKind(StrEnum):
    """What a partner is."""

    HOTLINE = "hotline"
    AUTHORITY = "authority"
    REGISTRY = "registry"
    INDUSTRY = "industry"


class PartnerSaid(StrEnum):
    """What a partner's record says of a domain."""

    REPORTED = "reported"  # it holds a confirmed report
    NOTIFIED = "notified"  # it wrote to a party
    WITHDRAWN = "withdrawn"  # it takes back what it said


@dataclass(frozen=True, slots=True)
class PartnerRecord:
    """One thing that a partner said of a domain; it counts for nothing of ours.

    ``id`` is the partner's own for it. ``role``, ``party`` and ``status`` are of a notice.
    """

    partner: str
    domain: str
    what: PartnerSaid
    at: datetime
    id: str
    role: Role | None = None
    party: str = ""
    status: NoticeStatus | None = None

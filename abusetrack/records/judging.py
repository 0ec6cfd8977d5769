"""What people decide and what has happened, as judgements take it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from abusetrack.records.notices import NoticeStatus, Role
from abusetrack.records.verdicts import Reason


class GateStatus(StrEnum):
    """Whether the police or the lawyers let a domain out of the organisation."""

    OPEN = "open"  # not cleared: nothing about the domain leaves
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class GateEntry:
    """What was last said of a domain's gate, for one country or for all (empty)."""

    domain: str
    status: GateStatus
    at: datetime  # when it was cleared, or opened again
    country: str = ""
    expires_at: datetime | None = None
    cleared_by: str | None = None  # None: erased, or not a clearance
    reference: str | None = None  # theirs
    fact: str = ""

    def cleared(self, as_of: datetime) -> bool:
        """Whether it is a clearance that holds at that instant."""
        expired = self.expires_at is not None and self.expires_at <= as_of
        return self.status is GateStatus.CLEARED and not expired


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """Whether anything about a domain may leave; ``reasons`` say why not, or who cleared it."""

    open: bool
    reasons: tuple[Reason, ...]
    entries: tuple[GateEntry, ...]
    as_of: datetime


class ProtectedCategory(StrEnum):
    """Why a name is protected."""

    OWN = "own"
    PARTNER = "partner"
    REGISTRY = "registry"
    OTHER = "other"  # the analysts' own choice


@dataclass(frozen=True, slots=True)
class ProtectedName:
    """A name under which only host and platform may be addressed."""

    name: str
    category: ProtectedCategory
    party: str = ""  # whose it is
    fact: str = ""  # "" where it comes from the settings


@dataclass(frozen=True, slots=True)
class Approval:
    """A second analyst's yes to one exact draft."""

    draft_sha256: str  # hex
    actor: str
    at: datetime
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A notice about the domain, and what became of it; ``sent_at`` is None until marked sent."""

    reference: str
    role: Role
    party_key: str
    party_name: str
    sent_at: datetime | None
    status: NoticeStatus
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Removal:
    """An observed end: hold, drop, host gone; ``back_at`` where it was seen to be undone."""

    what: str  # in words: "held by registrar"
    seen_at: datetime  # first seen so
    back_at: datetime | None = None
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContentSeen:
    """What a person last said of the content of one URL of the domain."""

    present: bool | None  # None: could not tell
    at: datetime
    fact: str = ""


class TraitKind(StrEnum):
    """What two domains can have in common."""

    NAME_SERVER = "name server"
    MAIL_HOST = "mail host"
    ADDRESS = "address"
    REGISTRANT = "registrant handle"


@dataclass(frozen=True, slots=True)
class Trait:
    """Something a domain or host was seen with, from and until when."""

    kind: TraitKind
    value: str
    first_seen: datetime
    last_seen: datetime
    fact: str = ""  # the newest observation that says so


class LinkKind(StrEnum):
    """What links two domains; each is evidence, none is guilt."""

    NAME_SERVER = "same name server"
    MAIL_HOST = "same mail host"
    ADDRESS = "same address"
    PREFIX = "same prefix"
    REGISTRANT = "same registrant handle"
    REGISTERED = "registered in the same minute at the same registrar"
    STRING = "same second-level string"
    ITEM = "same material"


@dataclass(frozen=True, slots=True)
class Link:
    """One thing that two domains share, with the facts of both sides."""

    domain: str  # the other one
    kind: LinkKind
    value: str
    text: str
    facts: tuple[str, ...] = ()

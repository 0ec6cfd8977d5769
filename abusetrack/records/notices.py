"""Parties, contacts and notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from abusetrack.records.reports import SiteKind


class Role(StrEnum):
    """In what capacity a party is addressed."""

    REGISTRAR = "registrar"
    REGISTRY = "registry"
    HOST = "host"
    CDN = "cdn"
    PLATFORM = "platform"
    SEARCH_ENGINE = "search engine"
    HOTLINE = "hotline"
    AUTHORITY = "authority"
    RESELLER = "reseller"
    ICANN = "ICANN compliance"


class Rung(StrEnum):
    """Which step of the ladder a notice is; each has a text of its own."""

    FIRST = "first"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True, slots=True)
class PartyRef:
    """Who is meant, in a role.

    Keys: ``iana:ID`` or ``TLD:folded name`` (registrar), ``tld:TLD`` (registry),
    ``asn:NUMBER`` (host), ``cdn:NAME``, ``platform:SUFFIX``, ``search:NAME``,
    ``hotline:CC``, ``authority:CC``, ``reseller:NAME``, ``icann``; names are folded
    and joined by hyphens.
    """

    key: str
    name: str
    role: Role


class ContactOrigin(StrEnum):
    """Where a contact comes from; manual wins and survives refresh."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach a party in a role."""

    party_key: str  # "iana:9999", "test:some registrar"
    party_name: str
    role: Role
    email: str | None
    form: str | None
    phone: str | None
    origin: ContactOrigin
    source: str  # file name, RDAP source, or the analyst's name
    as_of: datetime
    comment: str = ""
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None


class NoticeStatus(StrEnum):
    """How far a notice has come."""

    DRAFT = "draft"
    READY = "ready"
    EXPORTED = "exported"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ACTIONED = "actioned"
    REFUSED = "refused"
    BOUNCED = "bounced"
    NO_ANSWER = "no answer"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One domain of a notice; stands alone, with its own evidence."""

    domain: str
    unicode: str
    hosts: tuple[str, ...]
    registrar: str  # as the registrar's or registry's own answer names it
    iana_id: int | None
    statuses: tuple[str, ...]
    registration_source: str
    registration_asked_at: datetime
    evidence_sha256: str
    kind: SiteKind
    confirmed_urls: int
    first_confirmed: datetime
    last_confirmed: datetime
    legal_category: str
    law: str
    reference: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice before export: whom, what, and each row's evidence."""

    reference: str
    role: Role
    recipient: Contact
    subject: str
    body: str
    rows: tuple[NoticeRow, ...]
    composed_at: datetime
    template: str  # name and version
    practice: bool


@dataclass(frozen=True, slots=True)
class NotDrafted:
    """A domain that gets no draft, and why."""

    domain: str
    reason: str
    code: str = ""  # of the judgement's reason, where a judgement gave it


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """The exact bytes of one exported file; kept as evidence."""

    name: str
    media_type: str
    body: bytes

"""Parties, contacts and notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from abusetrack.records.reports import SiteKind, SuffixKind


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


class Advice(StrEnum):
    """Whether it is right to write to a party about a domain, best first."""

    ADVISED = "advised"
    POSSIBLE = "possible"
    NOT_ADVISED = "not advised"  # can be drafted with a typed reason, kept in the audit
    BLOCKED = "blocked"  # cannot be drafted


@dataclass(frozen=True, slots=True)
class Page:
    """One confirmed page with its exact address: goes only to those who may have it."""

    url: str
    confirmed_at: datetime
    legal_category: str
    law: str
    access_note: str = ""  # how a disguised page is reached; never what is shown
    classification: str = ""  # XARF v4: baseline, A1, A2, B1, B2; "" until an analyst sets it
    detection_method: str = ""  # XARF v4; "" until an analyst sets it


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One domain of a notice; stands alone, with its own evidence.

    ``registration_source``, ``registration_asked_at`` and ``evidence_sha256`` are those of
    the answer that shows the recipient that the domain is theirs: a registration answer,
    or an address answer where a host is asked.
    """

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
    suffix_kind: SuffixKind | None = SuffixKind.ICANN  # None: no registrable domain
    addresses: tuple[str, ...] = ()  # of its hosts, where they belong to the recipient
    network: str = ""  # "AS64500 Example Net"
    country: str = ""  # of those addresses, two letters
    pages: tuple[Page, ...] = ()  # only in notices that may hold page addresses
    persistence: tuple[str, ...] = ()  # the reasons why it is persistently abusive
    advice: Advice = Advice.ADVISED
    gate: str = ""  # why nothing about it may leave; "" where it may
    classification: str = ""  # XARF v4, of the newest finding
    detection_method: str = ""
    partly: bool = False  # in a withdrawal: only ``pages`` are taken back, not the domain


@dataclass(frozen=True, slots=True)
class Terms:
    """What of a party's notes a notice depends on; by default nothing is assumed."""

    country: str = ""  # where it is established, two letters
    language: str = ""
    policy: str = ""  # name or address of its own policy
    exact_urls: bool = False  # needs them, whatever its role
    one_domain: bool = False  # wants one notice for each domain
    in_union: bool | None = None  # offers services in the Union; None: not known
    online_platform: bool = False
    signatory: bool = False  # of the Framework to Address Abuse
    openpgp_fingerprint: str = ""
    openpgp_key: str = ""  # armoured public key
    form_fields: tuple[str, ...] = ()  # of its web form, in their order
    form_characters: int | None = None  # that its web form takes
    form_rows: int | None = None  # domains or URLs that its web form takes
    no_send: str = ""  # why it is not written to; "" where it may be


@dataclass(frozen=True, slots=True)
class Step:
    """An earlier notice, as a later one restates it."""

    reference: str
    role: Role
    rung: Rung
    party_key: str
    party_name: str
    exported_at: datetime
    status: NoticeStatus
    sent_at: datetime | None = None
    channel: str = ""
    their_reference: str = ""
    domains: tuple[str, ...] = ()
    answered_at: datetime | None = None  # the newest mark after it was sent
    reply_by: datetime | None = None  # the day by which it asked for an answer


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
    rung: Rung = Rung.FIRST
    terms: Terms = Terms()
    earlier: tuple[Step, ...] = ()  # oldest first
    reason: str = ""  # typed by the analyst where it is not advised, or why it is withdrawn
    approval_needed: str = ""  # which second analyst's word is missing; "" where none is
    short: str = ""  # what it says at least, where a form takes few characters
    complaint: str = ""  # about a template of the user's that could not be used
    said_as: tuple[tuple[str, str], ...] = ()  # words that must be said, and as its language does


@dataclass(frozen=True, slots=True)
class NotDrafted:
    """A domain that gets no draft, and why."""

    domain: str
    reason: str
    code: str = ""  # of the judgement's reason, where a judgement gave it
    party_key: str = ""  # of the party that would have been written to, where one is known


@dataclass(frozen=True, slots=True)
class Caution:
    """What to know of a domain before the notice about it is sent; it stops nothing."""

    domain: str
    text: str


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """The exact bytes of one exported file; kept as evidence."""

    name: str
    media_type: str
    body: bytes

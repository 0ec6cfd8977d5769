"""Judgements with their reasons, and the projection of "now"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from abusetrack.records.notices import Advice, Role
from abusetrack.records.reports import HostKind, SiteKind, SuffixKind


class State(StrEnum):
    """What registration and DNS say of a domain, strongest first."""

    HELD_BY_REGISTRY = "held by registry"
    HELD_BY_REGISTRAR = "held by registrar"
    PENDING_DELETE = "pending delete"
    REDEMPTION = "redemption"
    EXPIRED = "expired (grace)"
    NOT_REGISTERED = "not registered"
    NOT_DELEGATED = "not delegated"
    PARKED = "suspension or parking name servers"
    ACTIVE = "active"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a verdict, in words, with the facts it rests on."""

    code: str
    text: str
    facts: tuple[str, ...] = ()  # fact ids, or "" where the fact is a setting
    dates: tuple[datetime, ...] = ()  # of what it rests on, oldest first
    changes: str = ""  # what would change it


@dataclass(frozen=True, slots=True)
class StateVerdict:
    """The state of a domain: all states that hold, strongest first, with the reason."""

    states: tuple[State, ...]
    reason: str

    @property
    def state(self) -> State:
        """The strongest."""
        return self.states[0]


class HostingAgreement(StrEnum):
    """How the country sources agree."""

    UNANIMOUS = "unanimous"
    MAJORITY = "majority"
    DISPUTED = "disputed"
    CDN = "cdn"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class CountrySource:
    """One source's country for one address."""

    address: str
    source: str
    country: str


@dataclass(frozen=True, slots=True)
class HostingVerdict:
    """Where a host stands. ``country`` is None when disputed, behind a CDN or not known."""

    agreement: HostingAgreement
    country: str | None
    sources: tuple[CountrySource, ...]
    reason: str
    cdn: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A yes or no with its reasons, as of an instant."""

    holds: bool
    reasons: tuple[Reason, ...]
    as_of: datetime
    not_met: tuple[Reason, ...] = ()  # reasons that were tried and do not apply, with why


@dataclass(frozen=True, slots=True)
class RoleVerdict:
    """Is it proportionate to address a party in this role about a domain, and why."""

    role: Role
    advice: Advice
    reasons: tuple[Reason, ...]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Registrar:
    """A registrar as merged from the registration answers of one domain.

    ``key`` is ``iana:ID``, or ``TLD:folded name`` where no IANA ID is given.
    """

    key: str
    name: str
    iana_id: int | None
    abuse_email: str | None
    abuse_phone: str | None
    source: str
    asked_at: datetime
    identified_by: str = ""  # where name or ID come from, if not from the answer itself
    family: str | None = None  # of sister registrars, by table
    oddities: tuple[str, ...] = ()  # where the answer and IANA's list do not fit together


@dataclass(frozen=True, slots=True)
class Registration:
    """The registration of a domain, merged over the answers; each field's winner is by table."""

    registrar: Registrar | None
    registrar_reason: str  # why there is none; "" if there is one
    created: datetime | None
    updated: datetime | None
    expires: datetime | None
    statuses: tuple[str, ...]
    name_servers: tuple[str, ...]
    reseller: str | None
    found: bool | None  # None: nobody answered
    source: str
    asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Findings:
    """What is judged of a domain (or of a host without one) from its observations.

    Written by ``triage`` into the projection; a cache that can be recomputed.
    """

    domain: str  # registrable domain; the host itself where there is none
    state: State
    states: tuple[State, ...]
    state_reason: str
    registrar_key: str | None
    registrar: str | None
    registrar_iana_id: int | None
    registrar_reason: str
    created: datetime | None
    expires: datetime | None
    hosting_country: str | None
    hosting_verdict: HostingAgreement
    hosting_reason: str
    asn: int | None  # the lowest origin of the first address
    as_name: str | None
    cdn: str | None
    persistent: bool | None
    persistent_reason: str
    looked_up_at: datetime | None
    as_of: datetime


@dataclass(frozen=True, slots=True)
class DomainNow:
    """One row of the projection, as the lists show it.

    The columns of the case file's ``domain_now`` table have these names. Counts
    and kind are folded from the facts by the case file, the rest are the
    :class:`Findings`; before the first lookup these are unknown, with the reason.
    """

    id: int
    domain: str
    unicode: str
    host_kind: HostKind
    suffix_kind: SuffixKind | None
    tld: str | None
    reports: int
    confirmed_reports: int
    urls: int
    confirmed_urls: int
    first_reported: datetime
    last_reported: datetime
    first_confirmed: datetime | None
    last_confirmed: datetime | None
    kind: SiteKind | None  # None: no confirmed report, or they differ
    kind_reason: str
    commercial: bool | None
    disguised: bool | None
    findings: Findings

"""What the practice internet is made of: the world's own tables, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from abusetrack.records import AssessmentOutcome, HostingAgreement, SiteKind, State, SuffixKind


class RdapStyle(StrEnum):
    """How a registry's RDAP answers."""

    FULL = "full"  # abuse contact nested in the registrar, as generic endings do
    BESIDE = "beside"  # abuse contact beside the registrar
    THIN = "thin"  # the registrar by IANA ID only; name and contact in the registrar's RDAP
    NO_IDS = "no ids"  # country-code style: a registrar name, no IANA ID
    NONE = "none"


class WhoisStyle(StrEnum):
    """How a registry's port 43 answers."""

    KEYED = "keyed"  # "Domain Name: ..." as generic endings do
    BLOCK = "block"  # "domain:  ..." as many country codes do
    NONE = "none"


@dataclass(frozen=True, slots=True)
class RegistrarEntry:
    """A registrar; ``iana_id`` is None where it serves country-code-like endings only."""

    key: str
    name: str
    iana_id: int | None
    abuse_email: str | None
    abuse_phone: str | None
    form: str | None
    url: str | None
    rdap: bool


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """A registry and the endings it runs."""

    key: str
    operator: str
    endings: tuple[str, ...]
    rdap: RdapStyle
    whois: WhoisStyle

    @property
    def gives_ids(self) -> bool:
        """Whether its answers name registrars by IANA ID."""
        return self.whois is not WhoisStyle.BLOCK and self.rdap is not RdapStyle.NO_IDS


@dataclass(frozen=True, slots=True)
class Network:
    """An address block with everything its sources say; ``tables`` go by table position."""

    prefixes: tuple[str, ...]
    handle: str
    name: str
    holder: str | None
    asns: tuple[int, ...]
    as_name: str | None
    country: str | None  # by the network's RDAP
    as_country: str | None  # by the origin answer
    tables: tuple[str | None, ...]
    abuse_email: str | None
    cdn: str | None = None


@dataclass(frozen=True, slots=True)
class NetworkService:
    """An address registry: the blocks its RDAP answers for, and its name in origin answers."""

    key: str
    blocks: tuple[str, ...]
    allocation_name: str  # "ripencc", "apnic" ...


@dataclass(frozen=True, slots=True)
class CountryTable:
    """A country table served as mmdb file; the n-th entry of ``Network.tables`` is its opinion."""

    name: str
    ipv6: bool


@dataclass(frozen=True, slots=True)
class Parking:
    """A parking or suspension service, known by the suffixes of its name servers."""

    name: str
    name_servers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cdn:
    """A content delivery network and the rules by which it is known."""

    name: str
    asns: tuple[int, ...]
    prefixes: tuple[str, ...]
    cname_suffixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Registration:
    """What the registry's database holds; statuses in EPP spelling."""

    registrar: str | None  # key of the RegistrarEntry
    created: datetime | None
    updated: datetime | None
    expires: datetime | None
    statuses: tuple[str, ...]
    name_servers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HostRecord:
    """One host name: its addresses and the CNAME chain that leads to them."""

    name: str
    addresses: tuple[str, ...]
    cname_chain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that can change about a domain.

    ``name_servers`` is what DNS answers: None where it is not known (answered
    SERVFAIL), empty for "no data". Not ``delegated`` means NXDOMAIN.
    """

    registration: Registration | None
    delegated: bool
    name_servers: tuple[str, ...] | None
    hosts: tuple[HostRecord, ...]
    mail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What the practice analyst finds of a reported domain."""

    kind: SiteKind
    outcome: AssessmentOutcome
    legal_category: str | None
    law: str | None
    assessed_at: datetime | None
    assessed_by: str | None
    commercial: bool | None
    disguised: bool | None
    reported_at: datetime  # when the hotline first hears of it
    hosts: tuple[str, ...]  # as reported; those that no longer exist too
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DomainRecord:
    """A reported domain of the world."""

    name: str
    unicode: str
    ending: str
    suffix_kind: SuffixKind
    registry: str | None  # None: below a platform, or an ending nobody answers for
    standing: Standing
    finding: Finding

    @property
    def label(self) -> str:
        """The label in front of the ending."""
        return self.name.removesuffix(f".{self.ending}")


class EventKind(StrEnum):
    """What happens to a domain while the clock runs."""

    HOLD_SET = "hold set"
    HOLD_LIFTED = "hold lifted"
    HOST_MOVED = "host moved"
    CDN_TAKEN_UP = "cdn taken up"
    HOST_GONE = "host gone"
    REGISTRAR_CHANGED = "registrar changed"
    DELETED = "deleted"
    DROPPED = "dropped"
    REREGISTERED = "registered again"
    HOPPED = "hopped"  # the same string appears under another ending


@dataclass(frozen=True, slots=True)
class Event:
    """At ``at`` the domain's standing becomes ``after``."""

    at: datetime
    domain: str
    kind: EventKind
    after: Standing


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of a reported domain at an instant, from the world's own tables.

    ``persistent`` is by the default policy over one list received on one day: only
    a hopping string (dedicated, under at least three endings) makes it true.
    """

    domain: str
    unicode: str
    suffix_kind: SuffixKind
    hosts: tuple[str, ...]
    registrar: str | None
    iana_id: int | None
    abuse_email: str | None
    state: State
    states: tuple[State, ...]
    hosting_country: str | None
    hosting_agreement: HostingAgreement
    asn: int | None
    as_name: str | None
    cdn: str | None
    created: datetime | None
    expires: datetime | None
    kind: SiteKind
    outcome: AssessmentOutcome
    persistent: bool


@dataclass(frozen=True, slots=True)
class Tables:
    """A whole world at its start, and what will happen to it."""

    start: datetime
    registrars: tuple[RegistrarEntry, ...]
    registries: tuple[RegistryEntry, ...]
    networks: tuple[Network, ...]
    network_services: tuple[NetworkService, ...]
    country_tables: tuple[CountryTable, ...]
    cdns: tuple[Cdn, ...]
    parking: tuple[Parking, ...]
    domains: tuple[DomainRecord, ...]
    events: tuple[Event, ...]
    suffixes: str | None  # Public Suffix List text; None: the shipped list is used

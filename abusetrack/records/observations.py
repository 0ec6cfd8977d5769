"""Questions, outcomes, facts and evidence of lookups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from abusetrack.records.reports import Host


class Kind(StrEnum):
    """What an observation is about."""

    DNS = "dns"
    REGISTRATION = "registration"
    NETWORK = "network"


class Question(StrEnum):
    """The one thing that was asked."""

    A = "A"
    AAAA = "AAAA"
    NS = "NS"
    SOA = "SOA"
    MX = "MX"
    REGISTRY_RDAP = "registry RDAP"
    REGISTRAR_RDAP = "registrar RDAP"
    WHOIS = "WHOIS"
    ORIGIN = "origin AS"
    ORIGIN_TABLE = "origin AS table"  # asked only where the origin AS could not be learnt
    NETWORK_RDAP = "network RDAP"
    GEO = "country table"
    CDN = "CDN table"


class Outcome(StrEnum):
    """What came of a question. Only ``OK`` carries facts."""

    OK = "ok"
    NOT_FOUND = "not found"  # NXDOMAIN; RDAP 404; "no such domain"
    NO_DATA = "no data"  # the name exists, not with this record type
    REFUSED = "refused"
    RATE_LIMITED = "rate limited"
    TIMED_OUT = "timed out"
    UNREACHABLE = "unreachable"  # no connection
    SERVER_ERROR = "server error"  # SERVFAIL, HTTP 5xx, WHOIS "internal error"
    MALFORMED = "malformed"
    TOO_LARGE = "too large"
    CNAME_LOOP = "CNAME loop"
    LAME = "lame"  # as the resolver says (RFC 8914 codes 22, 23)
    BOGUS = "bogus"  # as the resolver says (RFC 8914 codes 6-12)
    BLOCKED_BY_RESOLVER = "blocked by resolver"  # RFC 8914 codes 4, 15-18
    UNSAFE = "unsafe"  # we did not go there: private address, downgrade, too many redirects
    NO_SERVICE = "no service"  # nobody is known to answer this
    NOT_ASKED = "not asked"  # by setting, or an earlier answer made it needless


# Outcomes that say something of the subject; the others say that asking failed.
ANSWERED = frozenset({Outcome.OK, Outcome.NOT_FOUND, Outcome.NO_DATA})


@dataclass(frozen=True, slots=True)
class Wait:
    """A server that is not asked for so many seconds: it wished so, or our own pace does."""

    server: str  # host:port
    seconds: float
    rate_limited: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """A raw answer as it came, text made printable only on screen."""

    media_type: str
    body: bytes
    sha256: str  # hex, of ``body``


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """Answer to A or AAAA for a host.

    ``sinkhole`` and ``parking`` say, with the table's name, that all addresses are of
    such a service: the host then stands nowhere.
    """

    addresses: tuple[str, ...]
    cname_chain: tuple[str, ...] = ()
    sinkhole: str | None = None
    parking: str | None = None


@dataclass(frozen=True, slots=True)
class NameFacts:
    """Answer to NS or MX (host names, MX by preference), or the SOA's MNAME."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegistrationFacts:
    """What one registration service said of a domain (RFC 9083 or port 43).

    ``statuses`` are in EPP spelling where the status is an EPP one
    (``clientHold``), else as given; port 43 keeps the registry's own words
    (``CLIENT HOLD``), so compare them by their letters only.
    """

    registrar_name: str | None = None
    registrar_iana_id: int | None = None
    registrar_url: str | None = None
    abuse_email: str | None = None
    abuse_phone: str | None = None
    reseller: str | None = None
    registrant_handle: str | None = None  # where public; means something at this service only
    created: datetime | None = None
    updated: datetime | None = None
    expires: datetime | None = None
    statuses: tuple[str, ...] = ()
    name_servers: tuple[str, ...] = ()
    dnssec: bool | None = None
    whois_server: str | None = None
    related: tuple[str, ...] = ()  # registrar RDAP links, as given
    redacted: tuple[str, ...] = ()  # RFC 9537 names
    oddities: tuple[str, ...] = ()  # breaches of the format that were read around


@dataclass(frozen=True, slots=True)
class OriginFacts:
    """Who announces an address: origin AS by DNS, and the AS's own registration."""

    prefix: str
    asns: tuple[int, ...]
    as_name: str | None = None
    country: str | None = None  # of the allocation, as the registry lists it
    registry: str | None = None


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """What the RDAP of the address registry says of the network."""

    prefix: str
    handle: str | None = None
    name: str | None = None
    holder: str | None = None
    country: str | None = None
    abuse_email: str | None = None
    oddities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CountryFacts:
    """A country by a local table; the observation's source names it with its date."""

    country: str


@dataclass(frozen=True, slots=True)
class CdnFacts:
    """A content delivery network or reverse proxy by table, with the rule that matched."""

    name: str
    rule: str


Facts = (
    AddressFacts
    | NameFacts
    | RegistrationFacts
    | OriginFacts
    | NetworkFacts
    | CountryFacts
    | CdnFacts
)

FACTS: dict[Question, type[Facts]] = {
    Question.A: AddressFacts,
    Question.AAAA: AddressFacts,
    Question.NS: NameFacts,
    Question.SOA: NameFacts,
    Question.MX: NameFacts,
    Question.REGISTRY_RDAP: RegistrationFacts,
    Question.REGISTRAR_RDAP: RegistrationFacts,
    Question.WHOIS: RegistrationFacts,
    Question.ORIGIN: OriginFacts,
    Question.ORIGIN_TABLE: OriginFacts,
    Question.NETWORK_RDAP: NetworkFacts,
    Question.GEO: CountryFacts,
    Question.CDN: CdnFacts,
}


@dataclass(frozen=True, slots=True)
class Observation:
    """One answered or failed question.

    ``subject`` is the host (A, AAAA, CDN by alias), the domain (NS, SOA, MX and
    registration) or the address (network questions). ``source`` names who
    answered: ``resolver 192.0.2.53:53``, an RDAP base URL, ``whois HOST:PORT``,
    ``table NAME DATE``. ``detail`` says in a few words what stood behind an
    outcome that is not ``OK``.
    """

    subject: str
    kind: Kind
    question: Question
    asked_at: datetime
    source: str
    outcome: Outcome
    detail: str = ""
    facts: Facts | None = None
    evidence: Evidence | None = None
    id: str = ""  # set by the case file


@dataclass(frozen=True, slots=True)
class LookupAnswer:
    """Everything found for one host: asked now, and known from before."""

    host: Host
    observations: tuple[Observation, ...]
    known: tuple[Observation, ...] = ()  # reused, still fresh; already in the case file


class Known(Protocol):
    """What the case file already knows and is still fresh enough to use."""

    def registration(self, domain: str) -> tuple[Observation, ...]:
        """Return the registration observations of ``domain`` young enough to reuse."""
        ...

    def network(self, address: str) -> tuple[Observation, ...]:
        """Return origin and network observations whose prefix covers ``address``."""
        ...

"""Names, reports, assessments, and what becomes of a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class HostKind(StrEnum):
    """What the host part of a report is."""

    NAME = "name"
    IPV4 = "ipv4"
    IPV6 = "ipv6"
    ONION = "onion"  # RFC 7686: never sent to DNS


class SuffixKind(StrEnum):
    """Who stands behind the public suffix of a domain."""

    ICANN = "icann"
    PLATFORM = "platform"
    DYNAMIC_DNS = "dynamic dns"
    PRIVATE_REGISTRY = "private registry"
    UNKNOWN = "unknown"  # the top-level domain is not on the list in use


@dataclass(frozen=True, slots=True)
class Domain:
    """A registrable domain by the Public Suffix List."""

    name: str
    unicode: str
    suffix: str
    suffix_kind: SuffixKind

    @property
    def tld(self) -> str:
        """The top-level domain, as A-label."""
        return self.name.rpartition(".")[2]

    @property
    def label(self) -> str:
        """The second-level string: the label in front of the public suffix."""
        return self.name[: -len(self.suffix) - 1]


@dataclass(frozen=True, slots=True)
class Host:
    """The host of a report: an FQDN, an IP literal or an onion name."""

    name: str
    unicode: str
    kind: HostKind
    domain: Domain | None  # None for IP literals, onions and bare public suffixes


@dataclass(frozen=True, slots=True)
class Target:
    """What one report points at.

    ``url`` is the normalised URL that decides whether two reports are of the
    same thing (scheme and host in lower case, default port, user information
    and fragment dropped, percent-encoding normalised, path and query kept). A
    bare name has the URL ``//host/``: it is known to be no page of its own.
    """

    text: str
    url: str
    host: Host

    @property
    def bare(self) -> bool:
        """Whether it is a name or address alone: no scheme, port, path or query."""
        name = f"[{self.host.name}]" if self.host.kind is HostKind.IPV6 else self.host.name
        return self.url == f"//{name}/"


class Refusal(StrEnum):
    """Why a text gives no target; the value is the sentence shown."""

    EMPTY = "no name or URL in it"
    TOO_LONG = "longer than 8,000 characters"
    NOT_A_NAME = "not a host name"
    BAD_LABEL = "a label is empty, longer than 63 characters or has forbidden characters"
    BAD_IDN = "not a valid internationalised name (UTS 46)"
    NAME_TOO_LONG = "the host name is longer than 253 characters"
    NO_DOMAIN = "a public suffix or single label, not a registrable domain"
    UNKNOWN_TLD = "the ending is no known top-level domain"
    NO_HOST = "a URL without a host"
    DATA_URI = "a data: URI; its content was not read"
    BAD_ADDRESS = "not a valid IP address"
    PRIVATE_ADDRESS = "a private, loopback, link-local, shared, multicast or unspecified address"
    BAD_PORT = "the port is not a number from 1 to 65535"
    MAIL_ADDRESS = "an e-mail address, not a URL"
    SPACE = "a space inside; one URL or name is expected"


class AssessmentOutcome(StrEnum):
    """What the analyst found."""

    CONFIRMED = "confirmed"
    NOT_ILLEGAL = "not illegal"
    OUTSIDE_REMIT = "outside remit"
    COULD_NOT_ASSESS = "could not be assessed"
    NOT_ASSESSED = "not yet assessed"


class SiteKind(StrEnum):
    """What kind of site a report is on; said by a person, never found by the app."""

    DEDICATED = "dedicated"
    COMPROMISED = "compromised"
    IMAGE_HOST = "image host"  # and cyberlockers
    FORUM = "forum"
    PLATFORM_SUBDOMAIN = "platform subdomain"
    UNKNOWN = "unknown"


class XarfClass(StrEnum):
    """The classification that a XARF v4 report of ``content/csam`` asks for."""

    BASELINE = "baseline"
    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"


class DetectionMethod(StrEnum):
    """How material was found, in the words of XARF v4."""

    HASH_MATCH = "hash_match"
    AI_DETECTION = "ai_detection"
    MANUAL_REVIEW = "manual_review"
    USER_REPORT = "user_report"
    AUTOMATED_SCAN = "automated_scan"


@dataclass(frozen=True, slots=True)
class Assessment:
    """An analyst's finding on a report."""

    outcome: AssessmentOutcome
    assessed_at: datetime
    assessed_by: str
    kind: SiteKind = SiteKind.UNKNOWN
    legal_category: str | None = None
    law: str | None = None
    severity: int | None = None  # as the organisation's table counts
    commercial: bool | None = None
    disguised: bool | None = None
    access_note: str | None = None  # how it is reached; never what is shown
    xarf_class: XarfClass | None = None
    detection_method: DetectionMethod | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One URL or name given to the hotline."""

    target: Target
    received_at: datetime
    source: str  # "public", "partner", "proactive", or the organisation's own word
    reference: str | None = None
    note: str | None = None
    line: int | None = None  # in the list it came from, counted from 1
    assessment: Assessment | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """A row or candidate that was not taken, and why."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Discarded:
    """Parts that were thrown away unread, by kind; nothing of them is kept."""

    attachments: int = 0
    images: int = 0  # inline, embedded in sheets, in HTML
    data_uris: int = 0
    base64_runs: int = 0
    other: int = 0  # scripts, styles, unreadable parts

    @property
    def total(self) -> int:
        """How many parts in all."""
        return self.attachments + self.images + self.data_uris + self.base64_runs + self.other


class Arrival(StrEnum):
    """What became of one row or candidate."""

    NEW = "new"
    REPEATED = "repeated"  # known URL, other reference: a further report
    DUPLICATE = "duplicate"  # known URL and reference: nothing stored
    REJECTED = "rejected"

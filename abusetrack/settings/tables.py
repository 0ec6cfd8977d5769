"""The tables of the settings file, one model each; every key has a default that is safe."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from abusetrack.records import Level, PartnerKind

DNS_PORT = 53

_ENDPOINT = re.compile(r"(?:\[(?P<v6>[^\]]+)\]|(?P<host>[^:\[\]]+))(?::(?P<port>\d{1,5}))?")
_MAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+")


def split_endpoint(text: str, default_port: int) -> tuple[str, int]:
    """Split ``host:port``, ``[v6]:port``, ``host`` or a bare IPv6 address.

    Raises:
        ValueError: the text is none of these.
    """
    text = text.strip()
    try:
        return str(ipaddress.ip_address(text)), default_port
    except ValueError:
        pass
    match = _ENDPOINT.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not an address with an optional port")
    port = int(match["port"]) if match["port"] else default_port
    if not 0 < port < 65536:
        raise ValueError(f"{port} is not a port")
    return match["v6"] or match["host"], port


def _resolver(text: str) -> str:
    host, port = split_endpoint(text, DNS_PORT)
    ipaddress.ip_address(host)  # a resolver is given by address: its name could not be asked
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _mail(text: str) -> str:
    if text and not _MAIL.fullmatch(text):
        raise ValueError(f"{text!r} is not an e-mail address")
    return text


def _zone(text: str) -> str:
    return text.strip().strip(".").lower()


Mail = Annotated[str, AfterValidator(_mail)]
Zone = Annotated[str, AfterValidator(_zone)]
Resolver = Annotated[str, AfterValidator(_resolver)]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Membership(_Table):
    """A network the hotline belongs to, such as an association of hotlines."""

    network: str = ""
    number: str = ""


class TrustedFlagger(_Table):
    """Status under Article 22 of Regulation (EU) 2022/2065, where awarded."""

    authority: str = ""
    number: str = ""


class Organisation(_Table):
    """Who writes the notices."""

    name: str = ""
    analyst: str = ""  # who works here; the login name where empty
    mandate: str = ""
    website: str = ""
    verification_url: str = ""
    membership: Membership = Membership()
    jurisdiction: str = ""
    law_table: str = ""
    postal_address: str = ""
    email: Mail = ""
    phone: str = ""
    phone_hours: str = ""
    dispute_email: Mail = ""
    openpgp_fingerprint: str = ""
    reference_prefix: str = Field("AT", pattern=r"^[A-Za-z0-9]{1,12}$")
    police_gate: bool = False
    gate_countries: tuple[CountryCode, ...] = ()  # must clear what is hosted there
    designated_in: tuple[CountryCode, ...] = ()
    trusted_flagger: TrustedFlagger = TrustedFlagger()


class ResolverSettings(_Table):
    """Which resolvers are asked; none by default, because the choice is the user's."""

    nameservers: tuple[Resolver, ...] = ()
    stop_page_tables: tuple[Path, ...] = ()  # besides the shipped one


class LookupSettings(_Table):
    """How discreetly and how long is asked."""

    ask_registrar: Literal["always", "after_gate", "never"] = "always"
    proxy: str = ""  # "socks5://192.0.2.1:1080" or "http://..."; all lookups go through it
    user_agent_contact: str = ""
    question_seconds: float = Field(5.0, gt=0, le=60)  # one try of one question
    name_seconds: float = Field(60.0, gt=0, le=600)  # everything about one name


class RdapSettings(_Table):
    """RDAP services (RFC 9082, 9083, 9224)."""

    bootstrap: str = "https://data.iana.org/rdap/"
    unlisted: bool = True  # also the ccTLD services that IANA does not list
    allowed_hosts: tuple[str, ...] = ()  # may be private or plain http: "127.0.0.1:8080"


class WhoisSettings(_Table):
    """Port 43 (RFC 3912), where RDAP has no service or no answer."""

    enabled: bool = True
    servers: Mapping[str, str] = Field(default_factory=dict)  # suffix -> host:port


class NetworkSettings(_Table):
    """Origin AS by DNS, and tables of content delivery networks."""

    origin_zone: Zone = "origin.asn.cymru.com"
    origin6_zone: Zone = "origin6.asn.cymru.com"
    asn_zone: Zone = "asn.cymru.com"
    cdn_tables: tuple[Path, ...] = ()  # besides the shipped one
    parking_tables: tuple[Path, ...] = ()  # besides the shipped one
    sinkhole_tables: tuple[Path, ...] = ()  # besides the shipped one


class NamesSettings(_Table):
    """The Public Suffix List in use."""

    extra_suffixes: Path | None = None


class GeoSettings(_Table):
    """Country tables."""

    databases: tuple[Path, ...] = ()
    shipped_tables: bool = True


class PaceSettings(_Table):
    """How fast the outside is asked."""

    concurrency: int = Field(64, ge=1, le=1000)
    per_host_per_second: float = Field(5.0, ge=0)  # 0: not paced


Wait = tuple[Annotated[int, Field(ge=1, le=8760)], Annotated[int, Field(ge=1, le=8760)]]


class WaitingSettings(_Table):
    """Hours until a party is reminded, and until the next one up is told, by its role."""

    platform: Wait = (48, 96)
    host: Wait = (48, 96)
    cdn: Wait = (24, 72)
    registrar: Wait = (48, 120)
    registry: Wait = (48, 120)
    reseller: Wait = (48, 96)
    search_engine: Wait = (72, 168)
    hotline: Wait = (72, 168)
    authority: Wait = (168, 336)
    icann: Wait = (336, 720)


class PolicySettings(_Table):
    """Thresholds of judgements; days, hours and months as named."""

    persistence_days: int = Field(3, ge=2, le=365)  # confirmed reports on so many days
    hop_tlds: int = Field(3, ge=2, le=50)
    after_hours: float = Field(24, ge=0)  # a report so long after a notice is a new one
    still_up_days: int = Field(7, ge=1, le=365)  # after a notice to registrar or registry
    still_present_days: int = Field(3, ge=1, le=365)  # after one to host, platform or CDN
    old_domain_years: float = Field(2, gt=0)  # registered so long before: perhaps hacked
    infrastructure_days: int = Field(90, ge=1)  # others' servers seen under a name count so long
    shared_names: int = Field(20, ge=1)  # servers with more names in the case file link nobody
    registration_max_age_hours: float = Field(24, gt=0)
    network_max_age_hours: float = Field(24, gt=0)
    freshness_hours: float = Field(48, gt=0)
    reply_by_days: int = Field(5, ge=1, le=90)
    duplicate_days: int = Field(30, ge=1, le=3650)  # the same name to the same party warns
    contact_max_age_days: int = Field(365, ge=1)  # older contacts are warned of
    waiting_hours: WaitingSettings = WaitingSettings()
    retention_months: int = Field(24, ge=1)
    second_analyst: bool = False


class WatchSettings(_Table):
    """How often domains with confirmed reports are checked again; 0 days: never."""

    hourly_hours: float = Field(24, ge=0)  # after a notice was sent
    daily_days: float = Field(30, ge=0)  # and then daily for so long after it
    held_days: float = Field(7, ge=0)
    gone_days: float = Field(7, ge=0)
    active_days: float = Field(7, ge=0)
    after_drop_days: float = Field(14, ge=0)  # daily once a name was dropped
    in_window: bool = True  # while the window is open


class NoticeSettings(_Table):
    """How notices are written."""

    template_folder: Path | None = None  # LANGUAGE/ROLE/RUNG.txt.jinja, before the shipped ones
    page_size: Literal["A4", "Letter"] = "A4"
    encrypted_addresses_only: bool = False  # page addresses leave by mail only encrypted
    sign: bool = False  # mails, with the key organisation.openpgp_fingerprint
    gnupg_home: Path | None = None  # gpg's own where not set


class MetricsSettings(_Table):
    """What figures need besides the case file."""

    home_country: CountryCode | Literal[""] = ""  # of the hotline: its share is said apart
    names_under_management: tuple[Path, ...] = ()  # ICANN's per-registrar transaction reports


class CaseSettings(_Table):
    """How the case file is opened."""

    file: Path | None = None  # where it stands, unless named at the start
    keyring: bool = False  # ask the system's keyring for the key before asking for a passphrase


class WindowSettings(_Table):
    """How the window behaves."""

    lock_minutes: float = Field(15, ge=0)  # without a key or a move; 0: never
    colours: Literal["system", "light", "dark", "contrast"] = "system"
    reveal_names: bool = False  # names are shown from the start, not masked
    calm: bool = False  # numbers and colours are hidden at the start
    notify: bool = True  # the desktop is told when lookups end meanwhile


class BackupSettings(_Table):
    """Where backups are rotated."""

    folder: Path | None = None
    keep: int = Field(10, ge=1, le=10_000)


class HubSettings(_Table):
    """Where the team's case files are joined (docs/team.md)."""

    server: str = ""  # postgresql://USER@HOST:PORT/DATABASE, without a password
    tls_root: Path | None = None  # whose certificates are trusted; the system's where not set
    key_file: Path | None = None  # the team's key; the system's keyring where not set
    minutes: float = Field(5, ge=0)  # between two exchanges of the window; 0: never by itself
    claim_hours: float = Field(8, gt=0)  # how long a claim lasts


class WorklistWeights(_Table):
    """What makes a domain urgent, in points."""

    severity: float = Field(10, ge=0)  # of the worst finding, in proportion to the scale
    severity_scale: int = Field(5, ge=1)  # the largest number of the organisation's table
    severity_one_is_worst: bool = False
    confirmed: float = Field(5, ge=0)  # any confirmed report
    commercial: float = Field(5, ge=0)
    persistent: float = Field(10, ge=0)
    waiting_day: float = Field(1, ge=0)  # for each day that the next step waits
    waiting_days: int = Field(30, ge=0)  # no more than so many count
    withdrawal: float = Field(100, ge=0)  # somebody was told what no longer stands


class SourceProfile(_Table):
    """How one source writes its lists."""

    date_format: str = ""  # strptime; ISO where empty
    zone: str = "UTC"  # IANA time zone of dates without one
    source: str = ""
    columns: Mapping[str, str] = Field(default_factory=dict)  # our column -> their header


class HashSettings(_Table):
    """Hashes of material attached to reports."""

    enabled: bool = False


class PartnerSettings(_Table):
    """A partner that data is exchanged with, and what it may see."""

    kind: PartnerKind = PartnerKind.HOTLINE
    level: Level = Level.DOMAIN
    tlp: Literal["red", "amber+strict", "amber", "green"] = "amber+strict"
    openpgp_fingerprint: str = ""
    taxii_url: str = ""  # of a collection: https://HOST/API-ROOT/collections/ID/
    taxii_user: str = ""  # the password is asked for once and kept in the keyring
    taxii_proxy: str = ""  # "http://HOST:PORT" or "socks5://..."; lookup.proxy where empty
    trusted: tuple[Literal["reports", "assessments"], ...] = ()  # what of it counts as ours


class Settings(_Table):
    """Everything that can be set; ``base`` is the folder of the file it came from."""

    organisation: Organisation = Organisation()
    resolver: ResolverSettings = ResolverSettings()
    lookup: LookupSettings = LookupSettings()
    rdap: RdapSettings = RdapSettings()
    whois: WhoisSettings = WhoisSettings()
    network: NetworkSettings = NetworkSettings()
    names: NamesSettings = NamesSettings()
    geo: GeoSettings = GeoSettings()
    pace: PaceSettings = PaceSettings()
    policy: PolicySettings = PolicySettings()
    watch: WatchSettings = WatchSettings()
    notices: NoticeSettings = NoticeSettings()
    worklist: WorklistWeights = WorklistWeights()
    metrics: MetricsSettings = MetricsSettings()
    case: CaseSettings = CaseSettings()
    backup: BackupSettings = BackupSettings()
    window: WindowSettings = WindowSettings()
    hub: HubSettings = HubSettings()
    hashes: HashSettings = HashSettings()
    sources: Mapping[str, SourceProfile] = Field(default_factory=dict)
    partners: Mapping[str, PartnerSettings] = Field(default_factory=dict)
    practice: bool = False  # set by the practice internet: everything drafted says so
    base: Path = Field(default_factory=Path.cwd, exclude=True)

    @field_validator("base")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.absolute()

    def path(self, value: Path) -> Path:
        """Return ``value`` made absolute against the settings file's folder."""
        return (self.base / value.expanduser()).absolute()

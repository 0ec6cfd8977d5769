"""The tables of the settings file, one model each; every key has a default that is safe."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from msgspec import Meta, Struct, field, structs

from abusetrack.records import Level, PartnerKind

DNS_PORT = 53

_ENDPOINT = re.compile(r"(?:\[(?P<v6>[^\]]+)\]|(?P<host>[^:\[\]]+))(?::(?P<port>\d{1,5}))?")
MAIL = r"\A([^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+)?\Z"
COUNTRY = r"\A[A-Z]{2}\Z"
COUNTRY_OR_NONE = r"\A([A-Z]{2})?\Z"
PREFIX = r"\A[A-Za-z0-9]{1,12}\Z"


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


def _zone(text: str) -> str:
    return text.strip().strip(".").lower()


Mail = Annotated[str, Meta(pattern=MAIL)]
CountryCode = Annotated[str, Meta(pattern=COUNTRY)]


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Values as they were found right; what is put in by a program is not looked at again."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, float) and not math.isfinite(value):
                raise ValueError("a number is needed here")

    def but(self, changes: Mapping[str, Any]) -> Self:
        """Return this table with these keys otherwise."""
        return structs.replace(self, **changes)


class Membership(_Table, frozen=True):
    """A network the hotline belongs to, such as an association of hotlines."""

    network: str = ""
    number: str = ""


class TrustedFlagger(_Table, frozen=True):
    """Status under Article 22 of Regulation (EU) 2022/2065, where awarded."""

    authority: str = ""
    number: str = ""


class Organisation(_Table, frozen=True):
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
    reference_prefix: Annotated[str, Meta(pattern=PREFIX)] = "AT"
    police_gate: bool = False
    gate_countries: tuple[CountryCode, ...] = ()  # must clear what is hosted there
    designated_in: tuple[CountryCode, ...] = ()
    trusted_flagger: TrustedFlagger = TrustedFlagger()


class ResolverSettings(_Table, frozen=True):
    """Which resolvers are asked; none by default, because the choice is the user's."""

    nameservers: tuple[str, ...] = ()
    stop_page_tables: tuple[Path, ...] = ()  # besides the shipped one

    def __post_init__(self) -> None:
        super().__post_init__()
        structs.force_setattr(self, "nameservers", tuple(map(_resolver, self.nameservers)))


class LookupSettings(_Table, frozen=True):
    """How discreetly and how long is asked."""

    ask_registrar: Literal["always", "after_gate", "never"] = "always"
    proxy: str = ""  # "socks5://192.0.2.1:1080" or "http://..."; all lookups go through it
    user_agent_contact: str = ""
    question_seconds: Annotated[float, Meta(gt=0, le=60)] = 5.0  # one try of one question
    name_seconds: Annotated[float, Meta(gt=0, le=600)] = 60.0  # everything about one name


class RdapSettings(_Table, frozen=True):
    """RDAP services (RFC 9082, 9083, 9224)."""

    bootstrap: str = "https://data.iana.org/rdap/"
    unlisted: bool = True  # also the ccTLD services that IANA does not list
    allowed_hosts: tuple[str, ...] = ()  # may be private or plain http: "127.0.0.1:8080"


class WhoisSettings(_Table, frozen=True):
    """Port 43 (RFC 3912), where RDAP has no service or no answer."""

    enabled: bool = True
    servers: Mapping[str, str] = {}  # suffix -> host:port


class NetworkSettings(_Table, frozen=True):
    """Origin AS by DNS, and tables of content delivery networks."""

    origin_zone: str = "origin.asn.cymru.com"
    origin6_zone: str = "origin6.asn.cymru.com"
    asn_zone: str = "asn.cymru.com"
    cdn_tables: tuple[Path, ...] = ()  # besides the shipped one
    parking_tables: tuple[Path, ...] = ()  # besides the shipped one
    sinkhole_tables: tuple[Path, ...] = ()  # besides the shipped one

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("origin_zone", "origin6_zone", "asn_zone"):
            structs.force_setattr(self, name, _zone(getattr(self, name)))


class NamesSettings(_Table, frozen=True):
    """The Public Suffix List in use."""

    extra_suffixes: Path | None = None


class GeoSettings(_Table, frozen=True):
    """Country tables."""

    databases: tuple[Path, ...] = ()
    shipped_tables: bool = True


class PaceSettings(_Table, frozen=True):
    """How fast the outside is asked."""

    concurrency: Annotated[int, Meta(ge=1, le=1000)] = 64
    per_host_per_second: Annotated[float, Meta(ge=0)] = 5.0  # 0: not paced


Wait = tuple[Annotated[int, Meta(ge=1, le=8760)], Annotated[int, Meta(ge=1, le=8760)]]


class WaitingSettings(_Table, frozen=True):
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


class PolicySettings(_Table, frozen=True):
    """Thresholds of judgements; days, hours and months as named."""

    persistence_days: Annotated[int, Meta(ge=2, le=365)] = 3  # confirmed reports on so many days
    hop_tlds: Annotated[int, Meta(ge=2, le=50)] = 3
    after_hours: Annotated[float, Meta(ge=0)] = 24  # a report so long after a notice is a new one
    still_up_days: Annotated[int, Meta(ge=1, le=365)] = 7  # after a notice to registrar or registry
    still_present_days: Annotated[int, Meta(ge=1, le=365)] = 3  # after one to host, platform or CDN
    old_domain_years: Annotated[float, Meta(gt=0)] = 2  # registered so long before: perhaps hacked
    # others' servers seen under a name count so long
    infrastructure_days: Annotated[int, Meta(ge=1)] = 90
    # servers with more names in the case file link nobody
    shared_names: Annotated[int, Meta(ge=1)] = 20
    registration_max_age_hours: Annotated[float, Meta(gt=0)] = 24
    network_max_age_hours: Annotated[float, Meta(gt=0)] = 24
    freshness_hours: Annotated[float, Meta(gt=0)] = 48
    reply_by_days: Annotated[int, Meta(ge=1, le=90)] = 5
    # the same name to the same party warns
    duplicate_days: Annotated[int, Meta(ge=1, le=3650)] = 30
    contact_max_age_days: Annotated[int, Meta(ge=1)] = 365  # older contacts are warned of
    waiting_hours: WaitingSettings = WaitingSettings()
    retention_months: Annotated[int, Meta(ge=1)] = 24
    second_analyst: bool = False


class WatchSettings(_Table, frozen=True):
    """How often domains with confirmed reports are checked again; 0 days: never."""

    hourly_hours: Annotated[float, Meta(ge=0)] = 24  # after a notice was sent
    daily_days: Annotated[float, Meta(ge=0)] = 30  # and then daily for so long after it
    held_days: Annotated[float, Meta(ge=0)] = 7
    gone_days: Annotated[float, Meta(ge=0)] = 7
    active_days: Annotated[float, Meta(ge=0)] = 7
    after_drop_days: Annotated[float, Meta(ge=0)] = 14  # daily once a name was dropped
    in_window: bool = True  # while the window is open


class NoticeSettings(_Table, frozen=True):
    """How notices are written."""

    template_folder: Path | None = None  # LANGUAGE/ROLE/RUNG.txt.jinja, before the shipped ones
    page_size: Literal["A4", "Letter"] = "A4"
    encrypted_addresses_only: bool = False  # page addresses leave by mail only encrypted
    sign: bool = False  # mails, with the key organisation.openpgp_fingerprint
    gnupg_home: Path | None = None  # gpg's own where not set


class MetricsSettings(_Table, frozen=True):
    """What figures need besides the case file."""

    # of the hotline: its share is said apart
    home_country: Annotated[str, Meta(pattern=COUNTRY_OR_NONE)] = ""
    names_under_management: tuple[Path, ...] = ()  # ICANN's per-registrar transaction reports


class CaseSettings(_Table, frozen=True):
    """How the case file is opened."""

    file: Path | None = None  # where it stands, unless named at the start
    keyring: bool = False  # ask the system's keyring for the key before asking for a passphrase


class WindowSettings(_Table, frozen=True):
    """How the window behaves."""

    lock_minutes: Annotated[float, Meta(ge=0)] = 15  # without a key or a move; 0: never
    colours: Literal["system", "light", "dark", "contrast"] = "system"
    reveal_names: bool = False  # names are shown from the start, not masked
    calm: bool = False  # numbers and colours are hidden at the start
    notify: bool = True  # the desktop is told when lookups end meanwhile


class BackupSettings(_Table, frozen=True):
    """Where backups are rotated."""

    folder: Path | None = None
    keep: Annotated[int, Meta(ge=1, le=10_000)] = 10


class HubSettings(_Table, frozen=True):
    """Where the team's case files are joined (docs/team.md)."""

    server: str = ""  # postgresql://USER@HOST:PORT/DATABASE, without a password
    tls_root: Path | None = None  # whose certificates are trusted; the system's where not set
    key_file: Path | None = None  # the team's key; the system's keyring where not set
    # between two exchanges of the window; 0: never by itself
    minutes: Annotated[float, Meta(ge=0)] = 5
    claim_hours: Annotated[float, Meta(gt=0)] = 8  # how long a claim lasts


class WorklistWeights(_Table, frozen=True):
    """What makes a domain urgent, in points."""

    severity: Annotated[float, Meta(ge=0)] = 10  # of the worst finding, in proportion to the scale
    severity_scale: Annotated[int, Meta(ge=1)] = 5  # the largest number of the organisation's table
    severity_one_is_worst: bool = False
    confirmed: Annotated[float, Meta(ge=0)] = 5  # any confirmed report
    commercial: Annotated[float, Meta(ge=0)] = 5
    persistent: Annotated[float, Meta(ge=0)] = 10
    waiting_day: Annotated[float, Meta(ge=0)] = 1  # for each day that the next step waits
    waiting_days: Annotated[int, Meta(ge=0)] = 30  # no more than so many count
    withdrawal: Annotated[float, Meta(ge=0)] = 100  # somebody was told what no longer stands


class SourceProfile(_Table, frozen=True):
    """How one source writes its lists."""

    date_format: str = ""  # strptime; ISO where empty
    zone: str = "UTC"  # IANA time zone of dates without one
    source: str = ""
    columns: Mapping[str, str] = {}  # our column -> their header


class HashSettings(_Table, frozen=True):
    """Hashes of material attached to reports."""

    enabled: bool = False


class PartnerSettings(_Table, frozen=True):
    """A partner that data is exchanged with, and what it may see."""

    kind: PartnerKind = PartnerKind.HOTLINE
    level: Level = Level.DOMAIN
    tlp: Literal["red", "amber+strict", "amber", "green"] = "amber+strict"
    openpgp_fingerprint: str = ""
    taxii_url: str = ""  # of a collection: https://HOST/API-ROOT/collections/ID/
    taxii_user: str = ""  # the password is asked for once and kept in the keyring
    taxii_proxy: str = ""  # "http://HOST:PORT" or "socks5://..."; lookup.proxy where empty
    trusted: tuple[Literal["reports", "assessments"], ...] = ()  # what of it counts as ours


class Settings(_Table, frozen=True):
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
    sources: Mapping[str, SourceProfile] = {}
    partners: Mapping[str, PartnerSettings] = {}
    practice: bool = False  # set by the practice internet: everything drafted says so
    base: Path = field(default_factory=Path.cwd)

    def __post_init__(self) -> None:
        super().__post_init__()
        structs.force_setattr(self, "base", self.base.absolute())

    def path(self, value: Path) -> Path:
        """Return ``value`` made absolute against the settings file's folder."""
        return (self.base / value.expanduser()).absolute()

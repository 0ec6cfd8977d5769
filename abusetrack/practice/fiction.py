"""The fictional parties of the practice internet, and the words its names are made of.

Every name is invented. Registrar IDs start at 9,000,001, far above any that IANA
assigns, so none can be an accredited registrar. Addresses come from the
documentation ranges (RFC 5737, RFC 3849, RFC 9637), AS numbers from RFC 5398.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network

from abusetrack.practice.model import (
    Cdn,
    CountryTable,
    Network,
    NetworkService,
    Parking,
    RdapStyle,
    RegistrarEntry,
    RegistryEntry,
    WhoisStyle,
)

FIRST_REGISTRAR_ID = 9_000_001
TOP_REGISTRARS = 10

# The first ten carry three quarters of the dedicated domains.
_REGISTRARS = (
    "Amberline Domains", "Blue Kestrel Registrar", "Cardinal Names", "Driftwood Registry Services",
    "Eastgate Domain Company", "Fernhill Names", "Granite Harbour Domains", "Hollowbrook Registrar",
    "Ironwood Names", "Juniper Row Domains", "Kingfisher Names", "Lanternfield Domains",
    "Millrace Registrar", "Northmoor Names", "Oakhaven Domains", "Pebblebank Registrar",
    "Quillwork Names", "Redfern Domains", "Saltmarsh Registrar", "Thistledown Names",
    "Umberfield Domains", "Valewick Registrar", "Willowbend Names", "Yarrowgate Domains",
    "Zephyrline Registrar", "Alderbrook Names", "Birchwater Domains", "Coppergate Registrar",
    "Dovecote Names", "Elmstead Domains", "Foxglove Registrar", "Goldcrest Names",
    "Heatherlea Domains", "Islewright Registrar", "Jasperfield Names", "Knotgrass Domains",
    "Larkrise Registrar", "Mossgate Names", "Nettlecombe Domains", "Orchardway Registrar",
)  # fmt: skip
_FORMS = ("Ltd", "Inc.", "GmbH", "LLC", "B.V.", "S.A.")
_LOCAL_REGISTRARS = (
    "Fjordnavn Local Registrar", "Strandpost Local Registrar", "Hedmark Navn Service",
    "Landfall Accredited Agent One", "Landfall Accredited Agent Two", "Harbourmaster Names Agent",
)  # fmt: skip

REGISTRIES = (
    RegistryEntry(
        "meridian", "Meridian Registry", ("test", "org.test"), RdapStyle.FULL, WhoisStyle.KEYED
    ),
    RegistryEntry(
        "copperline", "Copperline Registry", ("co.test",), RdapStyle.THIN, WhoisStyle.KEYED
    ),
    RegistryEntry(
        "marketgate",
        "Marketgate Registry",
        ("shop.example", "web.example"),
        RdapStyle.BESIDE,
        WhoisStyle.KEYED,
    ),
    RegistryEntry(
        "quaymark",
        "Quaymark Registry",
        ("invalid", "info.invalid", "net.invalid", "zone.test"),
        RdapStyle.FULL,
        WhoisStyle.KEYED,
    ),
    RegistryEntry(
        "nordhalla", "Nordhalla Registry", ("nord.example",), RdapStyle.NO_IDS, WhoisStyle.BLOCK
    ),
    # An RDAP base holds for every ending below it (RFC 9224), so this registry without RDAP
    # runs a top-level domain; the others' endings below it are listed by themselves.
    RegistryEntry(
        "landfall",
        "Landfall Registry",
        ("example", "land.example"),
        RdapStyle.NONE,
        WhoisStyle.BLOCK,
    ),
)

PLATFORM = "pages.invalid"
DYNAMIC = "dyn.example"
PRIVATE_REGISTRY = "zone.test"

# How often domains stand under an ending.
ENDING_WEIGHTS: Mapping[str, int] = {
    "co.test": 18,
    "shop.example": 12,
    "web.example": 12,
    "info.invalid": 12,
    "test": 10,
    "org.test": 6,
    "example": 5,
    "net.invalid": 6,
    "nord.example": 6,
    "land.example": 6,
    "invalid": 5,
}

SUFFIXES = f"""\
// Public suffixes of the practice internet.
// ===BEGIN ICANN DOMAINS===
test
co.test
org.test
example
land.example
nord.example
shop.example
web.example
invalid
info.invalid
net.invalid
// ===END ICANN DOMAINS===
// ===BEGIN PRIVATE DOMAINS===
// kind: platform
{PLATFORM}
// kind: dynamic dns
{DYNAMIC}
// kind: private registry
{PRIVATE_REGISTRY}
// ===END PRIVATE DOMAINS===
"""

NETWORK_SERVICES = (
    NetworkService("north", ("192.0.2.0/24", "203.0.113.0/24", "2001:db8::/32"), "ripencc"),
    NetworkService("south", ("198.51.100.0/24", "3fff::/20"), "apnic"),
)

COUNTRY_TABLES = (
    CountryTable("practice-country-a", ipv6=True),
    CountryTable("practice-country-b", ipv6=False),
)

# Holder; country by the network's RDAP, by the AS's registration, by table a, by table b.
_NETWORKS = (
    ("Lindenhost", "DE", "DE", "DE", "DE"),
    ("Polderserve", "NL", "NL", "NL", "NL"),
    ("Garonne Hosting", "FR", "FR", "FR", "FR"),
    ("Skerry Servers", "SE", "SE", "SE", "SE"),
    ("Vistula Compute", "PL", "PL", "PL", "PL"),
    ("Moldau Racks", "CZ", "CZ", "CZ", "CZ"),
    ("Carpathia Colo", "RO", "RO", "RO", "RO"),
    ("Rila Hosting", "BG", "BG", "BG", "BG"),
    ("Dnipro Servers", "UA", "UA", "UA", "UA"),
    ("Prairie Stack", "US", "US", "US", "US"),
    ("Laurentian Hosting", "CA", "CA", "CA", "CA"),
    ("Ipe Servidores", "BR", "BR", "BR", "BR"),
    ("Sakura Rack", "JP", "JP", "JP", "JP"),
    ("Merlion Hosting", "SG", "SG", "SG", "SG"),
    ("Lantau Servers", "HK", "HK", "HK", "HK"),
    ("Karoo Hosting", "ZA", "ZA", "ZA", "ZA"),
    ("Wattle Compute", "AU", "AU", "AU", "AU"),
    ("Banyan Servers", "IN", "IN", "IN", "IN"),
    ("Bosphorus Racks", "TR", "TR", "TR", "TR"),
    ("Daugava Hosting", "LV", "LV", "LV", "LV"),
    ("Tulip Cloud", "NL", "NL", "NL", "DE"),
    ("Mesa Virtual", "US", "US", "CA", "US"),
    ("Elbe Reseller", "DE", "RO", "DE", "RO"),
    ("Straits Transit", "SG", "SG", "HK", "HK"),
    ("Loire Compute", "FR", "FR", "FR", None),
    ("Baltic Lease", "SE", "LV", "SE", "SE"),
    ("Offshore Racks", "BG", "US", "NL", "BG"),
    ("Canyon Dedicated", "US", "US", "US", "US"),
    ("Steppe Lease", "UA", "NL", "UA", "PL"),
    ("Kumo Six", "JP", "JP", "JP", "JP"),
)
_SHARED_AS = {26: 9, 27: 9, 28: 1, 29: 12}  # networks announced by another one's AS
_TWO_ORIGINS = 20  # this network is announced by two ASes

WORDS_ONE = (
    "amber", "birch", "cedar", "delta", "ember", "fable", "grove", "heron", "indigo", "jade",
    "kelp", "lunar", "maple", "north", "ocean", "pearl", "quartz", "river", "slate", "tidal",
    "umbra", "velvet", "willow", "xenon", "yonder", "zenith", "brook", "cobalt", "dune", "frost",
)  # fmt: skip
WORDS_TWO = (
    "anchor", "bridge", "canvas", "depot", "engine", "field", "garden", "harbor", "island",
    "journal", "kiosk", "ledger", "market", "nook", "orchard", "parcel", "quarry", "relay",
    "station", "tower", "union", "vista", "workshop", "yard", "atlas", "beacon", "cellar", "domain",
)  # fmt: skip
IDN_LABELS = (
    "bücherwald", "grünesufer", "straßenlicht", "cafésoleil", "jardínazul", "синийсад",
    "πράσινοδάσος", "青い海辺", "綠色花園", "øyhavn", "żółtylas", "šumavacesta",
)  # fmt: skip

PARKING = (
    Parking("Parkline", ("parkline.invalid",)),
    Parking("Holdpage suspension", ("suspended.holdpage.invalid",)),
)

_V4_WIDE = [
    str(block)
    for net in ("192.0.2.0/24", "198.51.100.0/24")
    for block in ip_network(net).subnets(new_prefix=27)
]
_V4_NARROW = [str(block) for block in ip_network("203.0.113.0/24").subnets(new_prefix=28)]
_ASNS = [*range(64496, 64512), *range(65536, 65552)]


def slug(name: str) -> str:
    """Return a name as one label."""
    return "".join(filter(str.isalnum, name.lower()))


def registrars() -> tuple[RegistrarEntry, ...]:
    """Return 40 registrars with IDs and six that serve country-code-like endings only.

    In four of ten the published contact is a web form or missing.
    """
    entries = []
    for index, stem in enumerate(_REGISTRARS):
        short = slug(stem)
        mail = f"abuse@{short}.invalid" if index % 10 not in {3, 7, 9} else None
        form = f"https://{short}.invalid/abuse" if index % 10 in {1, 3, 5, 7} else None
        entries.append(
            RegistrarEntry(
                key=f"r{index + 1:02}",
                name=f"{stem}, {_FORMS[index % len(_FORMS)]}",
                iana_id=FIRST_REGISTRAR_ID + index,
                abuse_email=mail,
                abuse_phone=f"+999.5550{index + 1:03}",
                form=form,
                url=f"https://{short}.invalid",
                rdap=True,
            )
        )
    for index, name in enumerate(_LOCAL_REGISTRARS):
        short = slug(name)
        entries.append(
            RegistrarEntry(
                key=f"l{index + 1:02}",
                name=name,
                iana_id=None,
                abuse_email=f"abuse@{short}.invalid" if index != 1 else None,
                abuse_phone=None,
                form=None,
                url=f"https://{short}.invalid",
                rdap=False,
            )
        )
    return tuple(entries)


LOCAL_REGISTRARS = {"nordhalla": ("l01", "l02", "l03"), "landfall": ("l04", "l05", "l06")}


def networks() -> tuple[Network, ...]:
    """Return the 30 networks, the networks of the two CDNs, and the platform's."""
    blocks = [*_V4_WIDE[:14], *_V4_NARROW[:15]]
    asns: list[int] = []
    entries = []
    for index, (holder, country, as_country, *tables) in enumerate(_NETWORKS):
        asns.append(asns[_SHARED_AS[index]] if index in _SHARED_AS else _ASNS[index])
        v6 = f"2001:db8:{0x100 + index:x}::/48" if index % 2 == 0 else f"3fff:{index:x}::/48"
        owner = _NETWORKS[_SHARED_AS.get(index, index)]
        entries.append(
            Network(
                prefixes=(*blocks[index : index + 1], v6),
                handle=f"PRACTICE-{index + 1:02}",
                name=slug(holder).upper(),
                holder=f"{holder} (practice)",
                asns=(_ASNS[30], asns[index]) if index == _TWO_ORIGINS else (asns[index],),
                as_name=f"{slug(owner[0]).upper()}-AS, {owner[2]}",
                country=country,
                as_country=as_country,
                tables=tuple(tables),
                abuse_email=f"abuse@{slug(holder)}.invalid",
            )
        )
    for index, cdn in enumerate(CDNS):
        entries.append(_own_network(f"CDN-{index + 1}", cdn.name, _CDN_BLOCKS[index], "US", cdn))
    entries.append(_own_network("PLATFORM", "Pagesmith", _PLATFORM_BLOCKS, "NL", None))
    return tuple(entries)


def _own_network(
    handle: str, holder: str, block: tuple[int, tuple[str, str]], country: str, cdn: Cdn | None
) -> Network:
    asn, prefixes = block
    return Network(
        prefixes=prefixes,
        handle=f"PRACTICE-{handle}",
        name=slug(holder).upper(),
        holder=f"{holder} (practice)",
        asns=(asn,),
        as_name=f"{slug(holder).upper()}-AS, {country}",
        country=country,
        as_country=country,
        tables=(country, country),
        abuse_email=f"abuse@{slug(holder)}.invalid",
        cdn=cdn.name if cdn else None,
    )


_CDN_BLOCKS = (
    (_ASNS[26], (_V4_WIDE[14], "2001:db8:c0::/48")),
    (_ASNS[27], (_V4_WIDE[15], "2001:db8:c1::/48")),
)
_PLATFORM_BLOCKS = (_ASNS[28], (_V4_NARROW[15], "2001:db8:c2::/48"))

# One is known by its AS, the other by its prefixes and by its aliases.
CDNS = (
    Cdn("Swiftcurrent", asns=(_ASNS[26],), prefixes=(), cname_suffixes=()),
    Cdn(
        "Edgeweave",
        asns=(),
        prefixes=_CDN_BLOCKS[1][1],
        cname_suffixes=("edgeweave.invalid",),
    ),
)

"""A world of known facts, read from a CSV list; the columns stand in ``docs/practice.md``.

Nothing of the list is stored or asked anywhere: the servers answer from memory.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import idna

from abusetrack.errors import InputError
from abusetrack.practice.model import (
    Cdn,
    DomainRecord,
    Finding,
    HostRecord,
    Network,
    NetworkService,
    Parking,
    RdapStyle,
    RegistrarEntry,
    Registration,
    RegistryEntry,
    Standing,
    Tables,
    WhoisStyle,
)
from abusetrack.records import AssessmentOutcome, SiteKind, SuffixKind

COLUMNS = (
    "domain",
    "status",
    "registered_at",
    "registrar",
    "name_servers",
    "ips",
    "asn_routeviews",
    "org_routeviews",
    "country_geo_whois_asn",
    "country_ipfire",
)
STATUSES = ("ok", "nxdomain", "tld_unsupported")
_START = datetime(2026, 3, 1, 12, tzinfo=UTC)

Row = Mapping[str, str]


def read(path: Path) -> Tables:
    """Read the list.

    Raises:
        InputError: the file cannot be read, lacks a column, or a value makes no sense.
    """
    rows = _rows(path)
    unsupported = {_tld(row["domain"]) for row in rows if row["status"] == "tld_unsupported"}
    cdns = _shipped_cdns()
    registry = RegistryEntry(
        key="registry",
        operator="Registry of the list",
        endings=tuple(sorted({_tld(row["domain"]) for row in rows} - unsupported)),
        rdap=RdapStyle.FULL,
        whois=WhoisStyle.NONE,
    )
    return Tables(
        start=_START,
        registrars=_registrars(rows),
        registries=(registry,),
        networks=_networks(rows, cdns),
        network_services=(NetworkService("addresses", ("0.0.0.0/0", "::/0"), "ripencc"),),
        country_tables=(),
        cdns=cdns,
        parking=_shipped_parking(),
        domains=tuple(_domain(row, registry) for row in rows),
        events=(),
        suffixes=None,
    )


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise InputError(f"The world file lacks the column {missing[0]}; add it.")
            rows: dict[str, dict[str, str]] = {}
            for raw in reader:
                row = {name: (raw.get(name) or "").strip() for name in (*COLUMNS, "iana_id")}
                _check(row, reader.line_num)
                rows.setdefault(row["domain"], row)  # the first row of a domain counts
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"The world file {path} cannot be read as UTF-8 CSV.") from error
    if not rows:
        raise InputError(f"The world file {path} has no rows.")
    return list(rows.values())


def _check(row: dict[str, str], line: int) -> None:
    """Normalise the row's values in place."""
    column = "domain"
    try:
        row["domain"] = _a_label(row["domain"])
        column = "ips"
        row["ips"] = ";".join(str(ip_address(text)) for text in _split(row["ips"]))
        column = "name_servers"
        row["name_servers"] = ";".join(map(_a_label, _split(row["name_servers"])))
        column = "registered_at"
        if row["registered_at"]:
            datetime.fromisoformat(row["registered_at"])
        for column in ("asn_routeviews", "iana_id"):
            if row[column]:
                row[column] = str(int(row[column]))
        column = "status"
        if row["status"] not in STATUSES:
            raise ValueError
    except ValueError as error:
        raise InputError(
            f"The world file has no usable {column} in line {line}; mend it or remove the line."
        ) from error


def _a_label(name: str) -> str:
    name = name.lower().strip(".")
    if not name.isascii():
        name = idna.encode(name, uts46=True).decode()
    labels = name.split(".")
    if len(name) > 253 or not all(0 < len(label) < 64 for label in labels):
        raise ValueError(name)
    return name


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _tld(domain: str) -> str:
    return domain.rpartition(".")[2]


def _registrar_key(row: Row) -> str:
    return f"{row['iana_id']}:{row['registrar']}"


def _registrars(rows: Iterable[Row]) -> tuple[RegistrarEntry, ...]:
    entries = {}
    for row in rows:
        if row["registrar"]:
            entries[_registrar_key(row)] = RegistrarEntry(
                key=_registrar_key(row),
                name=row["registrar"],
                iana_id=int(row["iana_id"]) if row["iana_id"] else None,
                abuse_email=None,
                abuse_phone=None,
                form=None,
                url=None,
                rdap=False,
            )
    return tuple(entries.values())


def _networks(rows: Iterable[Row], cdns: Sequence[Cdn]) -> tuple[Network, ...]:
    """Make every address a network of its own: neighbours may differ.

    A row gives one set of facts for all its addresses. Where rows differ about an
    address, the row that lists it first wins; then the earlier row.
    """
    holder: dict[str, Row] = {}
    for wanted in (True, False):
        for row in rows:
            for position, address in enumerate(_split(row["ips"])):
                if (position == 0) is wanted:
                    holder.setdefault(address, row)
    return tuple(_network(address, row, cdns) for address, row in holder.items() if _facts(row))


def _facts(row: Row) -> bool:
    return bool(row["asn_routeviews"] or row["country_geo_whois_asn"] or row["country_ipfire"])


def _network(address: str, row: Row, cdns: Sequence[Cdn]) -> Network:
    asn = int(row["asn_routeviews"]) if row["asn_routeviews"] else None
    length = ip_address(address).max_prefixlen
    return Network(
        prefixes=(f"{address}/{length}",),
        handle=f"NET-{address}",
        name=f"NET-{address}",
        holder=row["org_routeviews"] or None,
        asns=() if asn is None else (asn,),
        as_name=row["org_routeviews"] or None,
        country=row["country_ipfire"] or None,
        as_country=row["country_geo_whois_asn"] or None,
        tables=(),
        abuse_email=None,
        cdn=_cdn_of(asn, address, cdns),
    )


def _cdn_of(asn: int | None, address: str, cdns: Sequence[Cdn]) -> str | None:
    """Return the CDN by AS number, else by prefix."""
    by_asn = (cdn.name for cdn in cdns if asn in cdn.asns)
    found = next(by_asn, None)
    if found is not None:
        return found
    inside = (c.name for c in cdns for b in c.prefixes if ip_address(address) in ip_network(b))
    return next(inside, None)


def _shipped(name: str) -> Mapping[str, Any]:
    """Read a table that the product ships: its rules hold in a world of real names."""
    return tomllib.loads((files("abusetrack.resources") / "data" / name).read_text("utf-8"))


def _shipped_cdns() -> tuple[Cdn, ...]:
    return tuple(
        Cdn(
            name=entry["name"],
            asns=tuple(entry.get("asns", ())),
            prefixes=tuple(entry.get("prefixes", ())),
            cname_suffixes=tuple(entry.get("suffixes", ())),
        )
        for entry in _shipped("cdn.toml")["cdn"]
    )


def _shipped_parking() -> tuple[Parking, ...]:
    return tuple(
        Parking(entry["name"], tuple(entry["name_servers"]))
        for entry in _shipped("parking_ns.toml")["parking"]
    )


def _domain(row: Row, registry: RegistryEntry) -> DomainRecord:
    name = row["domain"]
    return DomainRecord(
        name=name,
        unicode=_unicode(name),
        ending=_tld(name),
        suffix_kind=SuffixKind.ICANN,
        registry=registry.key if _tld(name) in registry.endings else None,
        standing=_standing(row),
        finding=Finding(
            kind=SiteKind.UNKNOWN,
            outcome=AssessmentOutcome.NOT_ASSESSED,
            legal_category=None,
            law=None,
            assessed_at=None,
            assessed_by=None,
            commercial=None,
            disguised=None,
            reported_at=_START,
            hosts=(name,),
            urls=(f"http://{name}/",),
        ),
    )


def _standing(row: Row) -> Standing:
    """Derive what registry and DNS answer.

    ``status`` decides the registration, ``ips`` and ``name_servers`` the DNS: with
    neither the name does not exist there. Addresses without known name servers
    leave NS unanswered (SERVFAIL), because the list does not know them.
    """
    addresses = tuple(_split(row["ips"]))
    servers = tuple(dict.fromkeys(_split(row["name_servers"])))
    registration = None
    if row["status"] == "ok":
        created = datetime.fromisoformat(row["registered_at"]) if row["registered_at"] else None
        registration = Registration(
            registrar=_registrar_key(row) if row["registrar"] else None,
            created=created.astimezone(UTC) if created else None,
            updated=None,
            expires=None,
            statuses=(),
            name_servers=servers,
        )
    delegated = bool(addresses or servers)
    return Standing(
        registration=registration,
        delegated=delegated,
        name_servers=(servers or None) if delegated else (),
        hosts=(HostRecord(row["domain"], addresses),) if delegated else (),
    )


def _unicode(name: str) -> str:
    try:
        return idna.decode(name)
    except idna.IDNAError:
        return name  # an underscore, or a label older than IDNA 2008

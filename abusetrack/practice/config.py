"""The settings and data files with which the product uses the practice internet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from abusetrack.errors import ExternalError
from abusetrack.practice.dns import ASN_ZONE, ORIGIN6_ZONE, ORIGIN_ZONE
from abusetrack.practice.model import RdapStyle, Tables, WhoisStyle

_DATED = "2026-03-01T12:00:00Z"

ORGANISATION: Mapping[str, Any] = {
    "name": "Practice Hotline",
    "analyst": "Practice Analyst One",
    "mandate": "an invented hotline that exists for practice only",
    "website": "https://hotline.invalid",
    "verification_url": "https://hotline.invalid/verify",
    "membership": {"network": "Practice Network of Hotlines", "number": "000"},
    "jurisdiction": "Practice",
    "law_table": "practice",
    "postal_address": "1 Practice Street, Nowhere",
    "email": "reports@hotline.invalid",
    "phone": "+999 555 0100",
    "phone_hours": "Monday to Friday, 09:00-17:00 UTC",
    "dispute_email": "dispute@hotline.invalid",
    "reference_prefix": "PRACTICE",
}


def write(tables: Tables, endpoints: Mapping[str, str], folder: Path) -> str:
    """Write the data files into ``folder``; return the settings as TOML.

    ``endpoints`` has ``host:port`` by service name.

    Raises:
        ExternalError: the folder cannot be written.
    """
    folder = folder.absolute()
    settings: dict[str, Any] = {
        "practice": True,
        "organisation": ORGANISATION,
        "resolver": {"nameservers": [endpoints["dns"]]},
        "rdap": {
            "bootstrap": str(folder / "bootstrap"),
            "unlisted": False,  # these are real services
            "allowed_hosts": [e for name, e in endpoints.items() if name.startswith("rdap/")],
        },
        "whois": _whois(tables, endpoints),
        "network": {
            "origin_zone": ORIGIN_ZONE,
            "origin6_zone": ORIGIN6_ZONE,
            "asn_zone": ASN_ZONE,
        },
        "geo": {"databases": [], "shipped_tables": False},
        # The world is ours: nobody has to be spared.
        "pace": {"per_host_per_second": 0},
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_bootstrap(tables, endpoints, folder / "bootstrap")
        _write_registries(tables, folder / "bootstrap" / "domain")
        for index, table in enumerate(tables.country_tables):
            path = folder / f"{table.name}.mmdb"
            _write_countries(tables, index, path)
            settings["geo"]["databases"].append(str(path))
    except OSError as error:
        raise ExternalError(f"The folder {folder} cannot be written: {error.strerror}.") from error
    if tables.suffixes is not None:
        settings["names"] = {"extra_suffixes": str(folder / "suffixes.dat")}
        write_text(folder / "suffixes.dat", tables.suffixes)
        write_text(folder / "cdn.toml", tomlkit.dumps(_cdn_table(tables)))
        write_text(folder / "parking_ns.toml", tomlkit.dumps(_parking_table(tables)))
        settings["network"]["cdn_tables"] = [str(folder / "cdn.toml")]
        settings["network"]["parking_tables"] = [str(folder / "parking_ns.toml")]
    return tomlkit.dumps(settings)


def write_text(path: Path, text: str) -> None:
    """Write a file.

    Raises:
        ExternalError: it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ExternalError(f"The file {path} cannot be written: {error.strerror}.") from error


def _whois(tables: Tables, endpoints: Mapping[str, str]) -> dict[str, Any]:
    servers = {
        ending: endpoints[f"whois/{registry.key}"]
        for registry in tables.registries
        if registry.whois is not WhoisStyle.NONE
        for ending in registry.endings
    }
    # Without servers of our own nobody may be asked: the product knows real ones.
    return {"enabled": True, "servers": servers} if servers else {"enabled": False}


def _write_bootstrap(tables: Tables, endpoints: Mapping[str, str], folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    domains = [
        [list(registry.endings), [f"http://{endpoints[f'rdap/{registry.key}']}/"]]
        for registry in tables.registries
        if registry.rdap is not RdapStyle.NONE
    ]
    blocks = {
        version: [
            [own, [f"http://{endpoints[f'rdap/{service.key}']}/"]]
            for service in tables.network_services
            if (own := [b for b in service.blocks if (":" in b) is (version == 6)])
        ]
        for version in (4, 6)
    }
    files = {"dns": domains, "ipv4": blocks[4], "ipv6": blocks[6], "asn": []}
    for name, services in files.items():
        registry_file = {
            "version": "1.0",
            "publication": _DATED,
            "description": "RDAP bootstrap file of the practice internet",
            "services": services,
        }
        (folder / f"{name}.json").write_text(json.dumps(registry_file, indent=1), "utf-8")


def _write_registries(tables: Tables, folder: Path) -> None:
    """Write who runs each ending, as IANA's RDAP service answers for top-level domains."""
    folder.mkdir(exist_ok=True)
    for registry in tables.registries:
        card = [["version", {}, "text", "4.0"], ["fn", {}, "text", registry.operator]]
        operator = {
            "objectClassName": "entity",
            "roles": ["registrant"],
            "vcardArray": ["vcard", card],
        }
        for ending in registry.endings:
            record = {"objectClassName": "domain", "ldhName": ending, "entities": [operator]}
            (folder / f"{ending}.json").write_text(json.dumps(record, indent=1), "utf-8")


def _write_countries(tables: Tables, index: int, path: Path) -> None:
    table = tables.country_tables[index]
    writer = MMDBWriter(
        ip_version=6 if table.ipv6 else 4,
        database_type="Practice-Country",
        languages=["en"],
        description="Countries of the practice internet",
        ipv4_compatible=table.ipv6,
    )
    for network in tables.networks:
        country = network.tables[index]
        blocks = [prefix for prefix in network.prefixes if table.ipv6 or ":" not in prefix]
        if country is not None and blocks:
            writer.insert_network(IPSet(blocks), {"country": {"iso_code": country}})
    writer.to_db_file(str(path))


def _cdn_table(tables: Tables) -> dict[str, Any]:
    return _table(
        "cdn",
        [
            {
                "name": cdn.name,
                "asns": list(cdn.asns),
                "prefixes": list(cdn.prefixes),
                "suffixes": list(cdn.cname_suffixes),
            }
            for cdn in tables.cdns
        ],
        tables,
    )


def _parking_table(tables: Tables) -> dict[str, Any]:
    entries = [{"name": p.name, "name_servers": list(p.name_servers)} for p in tables.parking]
    return _table("parking", entries, tables)


def _table(name: str, entries: list[dict[str, Any]], tables: Tables) -> dict[str, Any]:
    return {"date": tables.start.date(), "source": "the practice internet", name: entries}

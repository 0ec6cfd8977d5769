"""Work out, from a list of known facts alone, what the main job has to find.

Independent of abusetrack: it imports nothing of it. Prints JSON, one object per
registrable domain. The sources of each value, all in the list itself:

registrar, created    the registry's RDAP serves `registrar`, `registered_at`
                      (only where `status` is ok, and never below a platform's suffix)
asn                   the origin answer serves `asn_routeviews`
country               the network's RDAP serves `country_ipfire`, the origin answer
                      serves `country_geo_whois_asn`: two opinions, one vote each per address
cdn                   the AS numbers and prefixes of resources/data/cdn.toml

An address that several rows name has the facts of the row that lists it first among
its addresses, else of the earliest row. A name whose registrable label has other
characters than letters, digits and hyphens is left out: it has to be rejected.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import idna
from publicsuffixlist import PublicSuffixList

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", re.IGNORECASE)
CDNS = Path(__file__).resolve().parent.parent / "resources" / "data" / "cdn.toml"


def expected(path: Path) -> Iterator[dict[str, Any]]:
    """Yield what has to be found, per registrable domain."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [{**row, "domain": _a_label(row["domain"])} for row in csv.DictReader(file)]
    suffixes = PublicSuffixList()
    icann = PublicSuffixList(only_icann=True)
    facts = _addresses(rows)
    by_domain: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_domain.setdefault(suffixes.privatesuffix(row["domain"]) or row["domain"], []).append(row)
    for domain, group in by_domain.items():
        private = icann.publicsuffix(domain) != suffixes.publicsuffix(domain)
        if not private and not _LABEL.fullmatch(domain.partition(".")[0]):
            continue  # no registry registers such a label: has to be rejected
        own = next((row for row in group if row["domain"] == domain), None)
        registered = own if own and own["status"] == "ok" and not private else None
        listed = {text for row in group for text in row["ips"].split(";") if text}
        ips = sorted(listed, key=lambda text: int(ip_address(text)))
        yield {
            "domain": domain,
            "names": len(group),
            "registrar": (registered["registrar"] or None) if registered else None,
            "created": _moment(registered["registered_at"]) if registered else None,
            "asn": _asn(facts, ips),
            **_hosting(facts, ips),
        }


def _a_label(name: str) -> str:
    return name if name.isascii() else idna.encode(name, uts46=True).decode()


def _addresses(rows: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    facts: dict[str, dict[str, str]] = {}
    for first_only in (True, False):
        for row in rows:
            ips = [text for text in row["ips"].split(";") if text]
            for ip in ips[:1] if first_only else ips[1:]:
                facts.setdefault(ip, row)
    return facts


def _asn(facts: dict[str, dict[str, str]], ips: list[str]) -> int | None:
    number = facts[ips[0]]["asn_routeviews"] if ips else ""
    return int(number) if number else None


def _hosting(facts: dict[str, dict[str, str]], ips: list[str]) -> dict[str, Any]:
    table = tomllib.loads(CDNS.read_text("utf-8"))["cdn"]
    numbers = {str(asn) for cdn in table for asn in cdn.get("asns", ())}
    prefixes = [ip_network(text) for cdn in table for text in cdn.get("prefixes", ())]
    if any(
        facts[ip]["asn_routeviews"] in numbers
        or any(ip_address(ip) in prefix for prefix in prefixes)
        for ip in ips
    ):
        return {"verdict": "cdn", "country": None}
    votes = Counter(
        facts[ip][column]
        for ip in ips
        for column in ("country_ipfire", "country_geo_whois_asn")
        if facts[ip][column]
    )
    if not votes:
        return {"verdict": "none", "country": None}
    (country, most), total = votes.most_common(1)[0], votes.total()
    if most == total:
        return {"verdict": "unanimous", "country": country}
    if most * 2 > total:
        return {"verdict": "majority", "country": country}
    return {"verdict": "disputed", "country": None}


def _moment(text: str) -> str | None:
    if not text:
        return None
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


if __name__ == "__main__":
    for item in expected(Path(sys.argv[1])):
        print(json.dumps(item))

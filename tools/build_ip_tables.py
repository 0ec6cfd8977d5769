"""Pack the public tables of addresses into the files that ship in resources/data.

    python tools/build_ip_tables.py ASN_PACKAGE GEOIP_FOLDER [resources/data]

ASN_PACKAGE is the unpacked npm package @ip-location-db/asn (its package.json and CSV
files), GEOIP_FOLDER the folder of Debian's tor-geoipdb with geoip and geoip6. The form
of the packed files stands in abusetrack/lookup/ranges.py. The same input gives the
same bytes.
"""

from __future__ import annotations

import csv
import itertools
import json
import re
import sys
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

ROWS, TEXTS = 1024, 512  # per block
_BITS = {4: 32, 6: 64}
# Not countries: reserved codes for groups of countries and for "not known".
_NO_COUNTRIES = {"", "??", "AP", "EU", "XX", "ZZ"}
_NOBODYS = [
    ip_network(text)
    for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")
]

Row = tuple[int, int, str]  # first and last address, text; "" says nothing


def main(asn_package: Path, geoip: Path, out: Path) -> None:
    """Write both tables."""
    version = json.loads((asn_package / "package.json").read_text("utf-8"))["version"]
    day = re.fullmatch(r"\d+\.\d+\.(\d{4})(\d\d)(\d\d)\d*", version)
    if day is None:
        raise SystemExit(f"the version {version} does not name a day")
    origins = {v: list(_asn_rows(asn_package / f"asn-ipv{v}-num.csv")) for v in (4, 6)}
    _write(
        out / "ip_asn.table",
        {
            "name": "ip-location-db-asn",
            "date": "-".join(day.groups()),
            "source": f"npm package @ip-location-db/asn {version}; data of RouteViews, DB-IP, NRO",
            "licence": "CC BY 4.0",
            "attribution": "IP to AS data by RouteViews (routeviews.org), DB-IP (db-ip.com) and "
            "the NRO (nro.net), merged by ip-location-db; repacked, IPv6 cut at /64",
        },
        origins,
    )
    _write(
        out / "ip_country.table",
        {
            "name": "ipfire-location",
            "date": _generated(geoip / "geoip"),
            "source": "Debian package tor-geoipdb; data of the IPFire Location database",
            "licence": "CC BY-SA 4.0",
            "attribution": "IPFire Location database (location.ipfire.org); repacked, IPv6 cut "
            "at /64, codes that are no country left out",
        },
        {4: list(_country_rows(geoip / "geoip")), 6: list(_country_rows(geoip / "geoip6"))},
    )


def pack(head: dict[str, Any], tables: dict[int, list[Row]]) -> bytes:
    """Pack rows by IP version into one file."""
    steps = {version: _steps(rows, version) for version, rows in tables.items()}
    # The texts in use most get the smallest numbers; none is number 0.
    counted = Counter(text for found in steps.values() for _start, text in found if text)
    texts = ["", *sorted(counted, key=lambda text: (-counted[text], text))]
    numbers = {text: number for number, text in enumerate(texts)}
    width = 1 if len(texts) <= 1 << 8 else 2 if len(texts) <= 1 << 16 else 4
    head, body = dict(head), b""
    for version in (4, 6):
        blocks, index = _pack_steps(steps[version], numbers, version, width)
        body += index + blocks
        head[f"ipv{version}"] = {
            "blocks": -(-len(steps[version]) // ROWS),
            "rows_per_block": ROWS,
            "value_bytes": width,
            "bytes": len(index) + len(blocks),
        }
    packed = [
        zlib.compress("\n".join(texts[place : place + TEXTS]).encode(), 9)
        for place in range(0, len(texts), TEXTS)
    ]
    head["texts"] = {"blocks": len(packed), "per_block": TEXTS}
    body += _numbers("I", map(len, packed)) + b"".join(packed)
    return json.dumps(head).encode() + b"\n" + body


def _steps(rows: Iterable[Row], version: int) -> list[tuple[int, str]]:
    """Turn ranges into (where it starts, what is said from there on)."""
    found: list[tuple[int, str]] = []
    free = 0  # the first address that nothing is said of yet

    def add(start: int, text: str) -> None:
        if not found or found[-1][1] != text:
            found.append((start, text))

    for first, last, text in sorted(rows):
        if version == 6:  # by the first 64 bits: what is smaller than a /64 is left out
            first, last = -(-first >> 64), (last + 1 >> 64) - 1
            if last < first:
                continue
        if last + 1 < free:
            raise SystemExit("a range stands inside another")
        if first > free or not found:  # where two overlap, the one that starts later counts
            add(free, "")
        add(first, text)
        free = last + 1
    if free < 1 << _BITS[version]:
        add(free, "")
    return found


def _pack_steps(
    steps: list[tuple[int, str]], numbers: dict[str, int], version: int, width: int
) -> tuple[bytes, bytes]:
    code = "I" if version == 4 else "Q"
    blocks, firsts = [], []
    for place in range(0, len(steps), ROWS):
        rows = steps[place : place + ROWS]
        starts = [start for start, _text in rows]
        firsts.append(starts[0])
        # The first stands whole, the others as the distance to the one before.
        gaps = [starts[0], *(b - a for a, b in itertools.pairwise(starts))]
        values = _numbers({1: "B", 2: "H", 4: "I"}[width], (numbers[text] for _s, text in rows))
        raw = _apart(_numbers(code, gaps), _BITS[version] // 8) + _apart(values, width)
        blocks.append(zlib.compress(raw, 9))
    return b"".join(blocks), _numbers(code, firsts) + _numbers("I", map(len, blocks))


def _numbers(code: str, values: Iterable[int]) -> bytes:
    numbers = array(code, values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _apart(data: bytes, width: int) -> bytes:
    """Put all first bytes first, then all second ones: they are alike, and pack better."""
    return b"".join(data[place::width] for place in range(width))


def _asn_rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        for first, last, asn, name in csv.reader(file):
            yield int(first), int(last), f"{int(asn)} {' '.join(name.split())}".strip()


def _country_rows(path: Path) -> Iterator[Row]:
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        first, last, code = line.split(",")
        text = "" if code in _NO_COUNTRIES else code
        if text and not re.fullmatch("[A-Z]{2}", text):
            raise SystemExit(f"{code} is no country code")
        yield _number(first), _number(last), text


def _number(text: str) -> int:
    return int(text) if text.isdigit() else int(ip_address(text))


def _generated(path: Path) -> str:
    found = re.search(r"Generated: (\w+, \d+ \w+ \d{4})", path.read_text("utf-8")[:2000])
    if found is None:
        raise SystemExit(f"{path} does not say when it was made")
    return datetime.strptime(found[1], "%a, %d %b %Y").date().isoformat()  # noqa: DTZ007  # a day


def _write(path: Path, head: dict[str, Any], tables: dict[int, list[Row]]) -> None:
    for version, rows in tables.items():
        for first, last, text in rows:
            for network in _NOBODYS:
                if network.version == version and text and _meet(first, last, network):
                    raise SystemExit(f"{path.name} speaks of {network}, which is nobody's")
    packed = pack(head, tables)
    path.write_bytes(packed)
    print(f"{path}: {sum(map(len, tables.values())):,} ranges, {len(packed):,} bytes")


def _meet(first: int, last: int, network: Any) -> bool:
    return first <= int(network.broadcast_address) and last >= int(network.network_address)


if __name__ == "__main__":
    if len(sys.argv) not in {3, 4}:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path((sys.argv[3:] or ["resources/data"])[0]))

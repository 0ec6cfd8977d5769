"""What an analyst would write today.

``python -m bench.todays_script ENDPOINTS NAMES THREADS ADDRESSES``

For each name in turn (or in a pool of threads): addresses, name servers and mail
servers by dnspython, the registration by python-whois, the network of its addresses
by ipwhois (of so many at most; abusetrack asks for 16), one row each into SQLite.
``bench.redirect`` says how the libraries are sent to the practice internet.

ipwhois runs with two of its options set: ``asn_methods=["dns"]`` and ``inc_nir=False``,
because what it would fall back on stands in the real internet. Both make it faster.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import dns.exception
import dns.resolver
import whois
import whois.exceptions
from ipwhois import IPWhois
from ipwhois.exceptions import BaseIpwhoisException

from bench import redirect

_TABLE = "CREATE TABLE answer(domain, addresses, ns, mx, registrar, created, asn, network, country)"


def main() -> None:
    """Look all names up; print how many were registered and how many had a network."""
    path, count, threads, most = sys.argv[1:]
    places = json.loads(Path(path).read_text())
    redirect.dnspython(places)
    redirect.python_whois(places)
    redirect.ipwhois(places)
    everybody = places["names"]
    # A sample is spread over all.
    names = everybody[:: max(1, len(everybody) // int(count))][: int(count)]
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "answers.db", check_same_thread=False)
        with contextlib.closing(connection) as database:
            database.execute(_TABLE)
            lock = threading.Lock()

            def one(name: str) -> None:
                row = look_up(name, int(most))
                with lock, database:
                    database.execute(f"INSERT INTO answer VALUES ({','.join('?' * 9)})", row)

            if int(threads) == 1:
                for name in names:
                    one(name)
            else:
                with ThreadPoolExecutor(int(threads)) as pool:
                    list(pool.map(one, names))
            print(*database.execute("SELECT count(*), count(registrar), count(asn) FROM answer"))


def look_up(name: str, most: int) -> list[Any]:
    """Return the row of one name."""
    addresses = ask(name, "A") + ask(name, "AAAA")
    registration: dict[str, Any] = {}
    networks: list[dict[str, Any]] = []
    with contextlib.suppress(whois.exceptions.WhoisError):
        registration = whois.whois(name, quiet=True)
    for address in addresses[:most]:
        # KeyError: what ipwhois makes of some answers.
        with contextlib.suppress(BaseIpwhoisException, KeyError):
            networks.append(IPWhois(address).lookup_rdap(asn_methods=["dns"], inc_nir=False))
    created = registration.get("creation_date")
    return [
        name,
        " ".join(addresses),
        " ".join(ask(name, "NS")),
        " ".join(ask(name, "MX")),
        registration.get("registrar"),
        str(created) if created else None,
        *(
            " ".join(dict.fromkeys(str(network.get(key)) for network in networks)) or None
            for key in ("asn", "asn_cidr", "asn_country_code")
        ),
    ]


def ask(name: str, kind: str) -> list[str]:
    """Return the records of one kind as text."""
    try:
        return [record.to_text() for record in dns.resolver.resolve(name, kind)]
    except dns.exception.DNSException:
        return []


if __name__ == "__main__":
    main()

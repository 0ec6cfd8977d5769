# ruff: noqa: SLF001 - some of the libraries have no other way in
"""Send today's libraries to the practice internet, with as little patching as it takes.

What is changed, and nothing else:

- dnspython: its default resolver gets the practice resolver's address and port.
- python-whois: the table that chooses a server by ending is replaced by the practice
  world's; port 43 becomes the port of that server; the world's endings are added to
  its list of public suffixes.
- ipwhois: the zones of the origin AS service and the RDAP addresses of the address
  registries are replaced; documentation addresses are not refused.
- whoisit: the bootstrap data is loaded from the practice folder (its own call).
- asyncwhois: as python-whois; one suffix extractor for all calls, that asks no network.

Everything else of the libraries runs as it comes.
"""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any


def server_of(domain: str, servers: dict[str, str]) -> str | None:
    """Return the WHOIS ``host:port`` of the longest ending of ``domain``."""
    ending = domain
    while ending and ending not in servers:
        ending = ending.partition(".")[2]
    return servers.get(ending)


def _split(endpoint: str) -> tuple[str, int]:
    host, _, port = endpoint.rpartition(":")
    return host, int(port)


def dnspython(places: dict[str, Any]) -> None:
    """Give ``dns.resolver.resolve`` the practice resolver."""
    import dns.resolver

    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [places["dns"][0]], places["dns"][1]
    dns.resolver.default_resolver = resolver


def python_whois(places: dict[str, Any]) -> None:
    """Give ``whois.whois`` the practice servers."""
    import whois
    from whois.whois import NICClient

    class Socket(socket.socket):
        def connect(self, address: Any) -> None:
            super().connect(_split(address[0]))

    servers = places["whois"]
    NICClient.choose_server = lambda _self, domain: server_of(domain, servers)
    NICClient.get_socket = staticmethod(lambda: Socket(socket.AF_INET, socket.SOCK_STREAM))
    whois.extract_domain("name.test")  # reads the suffixes
    whois.suffixes.update(ending.encode() for ending in servers)


def ipwhois(places: dict[str, Any]) -> None:
    """Give ``IPWhois(...).lookup_rdap()`` the practice resolver and services."""
    import ipwhois.net
    import ipwhois.rdap
    import ipwhois.utils

    zone, make = f"{places['zones']['asn_zone']}.", ipwhois.net.Net.__init__

    def init(self: Any, *arguments: Any, **options: Any) -> None:
        make(self, *arguments, **options)
        resolver = self.dns_resolver
        resolver.nameservers, resolver.port = [places["dns"][0]], places["dns"][1]
        resolve = resolver.resolve
        resolver.resolve = lambda name, rdtype: resolve(
            name.replace("asn.cymru.com.", zone), rdtype
        )

    ipwhois.net.Net.__init__ = init
    defined = ipwhois.utils.ipv4_is_defined("1.1.1.1")  # "not reserved"
    ipwhois.net.ipv4_is_defined = ipwhois.net.ipv6_is_defined = lambda _address: defined
    for name, base in places["rirs"].items():
        urls = {"ip_url": f"{base}ip/{{0}}", "entity_url": f"{base}entity/{{0}}"}
        ipwhois.rdap.RIR_RDAP[name] = urls


def whoisit(places: dict[str, Any]) -> None:
    """Load the practice world's bootstrap files."""
    import whoisit

    folder = Path(places["bootstrap"])
    data: dict[str, Any] = {
        name: json.loads((folder / f"{name}.json").read_text())
        for name in ("asn", "dns", "ipv4", "ipv6")
    }
    # It insists on these; nothing is asked of them.
    nobody = {"services": [[["64496"], ["http://127.0.0.1:9/"]]]}
    data["asn"] = data["object"] = nobody
    data["timestamp"] = 0
    whoisit.load_bootstrap_data(data, allow_insecure=True, from_json=False)


def asyncwhois(places: dict[str, Any]) -> Any:
    """Give asyncwhois the practice servers; return the suffix extractor to hand in."""
    from asyncwhois.query import DomainQuery, Query
    from tldextract import TLDExtract

    servers = places["whois"]
    connect = Query._aio_create_connection
    DomainQuery._get_server_name = staticmethod(lambda name: server_of(name, servers))
    Query._aio_create_connection = lambda self, address, proxy=None: connect(
        self, _split(address[0]), proxy
    )
    return TLDExtract(cache_dir=None, suffix_list_urls=(), extra_suffixes=tuple(servers))

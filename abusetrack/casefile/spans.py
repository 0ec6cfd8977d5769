"""Addresses and prefixes as the case file writes them: 128 bits, IPv4 mapped (RFC 4291)."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def digits(address: Address) -> str:
    """Return an address as 32 hexadecimal digits: they sort as the addresses do."""
    return f"{_mapped(address):032x}"


def bounds(network: Network) -> tuple[str, str]:
    """Return the digits of a prefix's first and last address."""
    return digits(network.network_address), digits(network.broadcast_address)


def starts(network: Network) -> Sequence[str]:
    """Return the digits with which every prefix begins that covers this one; the widest first.

    Looked up one by one they answer from an index which known prefixes cover it, however
    many are known.
    """
    number = _mapped(network.network_address)
    narrowest = network.max_prefixlen - network.prefixlen
    found = {number >> low << low for low in range(narrowest, network.max_prefixlen + 1)}
    return [f"{start:032x}" for start in sorted(found)]


def _mapped(address: Address) -> int:
    return int(address) if address.version == 6 else 0xFFFF << 32 | int(address)

"""What an address is good for: to connect to, and to be asked about."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

# Addresses that carry an IPv4 address inside: the inner one decides (RFC 6052, RFC 3056).
_NAT64 = ip_network("64:ff9b::/96")
_SIX_TO_FOUR = ip_network("2002::/16")
_SHARED = ip_network("100.64.0.0/10")
_PRIVATE = tuple(
    ip_network(text)
    for text in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "0.0.0.0/8"),
        "fec0::/10",  # site-local, given up (RFC 3879) and still routed inside some networks
    )
)
# What the ipaddress module calls global, and yet leads to a relay or to nobody: protocol
# assignments, relays of 6to4 (RFC 7526), documentation (RFC 9637).
_NOT_PUBLIC = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))
_GLOBAL_UNICAST = ip_network("2000::/3")  # all that is assigned of IPv6 (RFC 4291)


def is_public(address: Address) -> bool:
    """Say whether a connection to ``address`` leaves for the public internet."""
    inner = _inner(address)
    if inner is not None:
        return is_public(inner)
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in network for network in _NOT_PUBLIC)
    )


def is_askable(address: Address) -> bool:
    """Say whether somebody may be asked whose ``address`` it is.

    Documentation ranges are ordinary here; nobody announces the rest refused.
    """
    inner = _inner(address)
    if inner is not None:
        return is_askable(inner)
    return not (
        address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or (isinstance(address, IPv4Address) and address.is_reserved)
        or any(address in network for network in (_SHARED, *_PRIVATE))
    )


def _inner(address: Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return address.sixtofour
    return None


def literal(text: str) -> Address | None:
    """Return the address that ``text`` is, or None; brackets and scopes are not taken."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return None if "%" in text else address


def endpoint(host: str, port: int) -> str:
    """Write ``host:port``, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

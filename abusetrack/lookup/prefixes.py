"""A table of values by IP prefix, asked for the longest match."""

from __future__ import annotations

from collections import OrderedDict
from ipaddress import IPv4Network, IPv6Network
from typing import Generic, TypeVar

from abusetrack.lookup.addresses import Address

T = TypeVar("T")
Network = IPv4Network | IPv6Network


class PrefixTable(Generic[T]):
    """Values by prefix; with a ``limit`` the one unused longest is forgotten."""

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit
        self._values: OrderedDict[tuple[int, int, int], T] = OrderedDict()
        # How many entries each prefix length has, longest first: few lengths are in use.
        self._lengths: dict[int, dict[int, int]] = {4: {}, 6: {}}

    def __len__(self) -> int:
        return len(self._values)

    def set(self, network: Network, value: T) -> None:
        """Keep ``value`` for ``network``, replacing what stood there."""
        key = (network.version, network.prefixlen, int(network.network_address))
        if key not in self._values:
            self._count(network.version, network.prefixlen, 1)
        self._values[key] = value
        self._values.move_to_end(key)
        if self._limit is not None and len(self._values) > self._limit:
            (version, length, _), _value = self._values.popitem(last=False)
            self._count(version, length, -1)

    def get(self, address: Address) -> T | None:
        """Return the value of the longest prefix that covers ``address``."""
        number, bits = int(address), address.max_prefixlen
        for length in self._lengths[address.version]:
            key = (address.version, length, number >> (bits - length) << (bits - length))
            if key in self._values:
                if self._limit is not None:
                    self._values.move_to_end(key)
                return self._values[key]
        return None

    def _count(self, version: int, length: int, change: int) -> None:
        counts = self._lengths[version]
        known = length in counts
        counts[length] = counts.get(length, 0) + change
        if not counts[length]:
            del counts[length]
        elif not known:
            self._lengths[version] = dict(sorted(counts.items(), reverse=True))

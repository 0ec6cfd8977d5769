"""Gather what is known of a domain into the shapes that judgements take.

The same gathering serves the case file and a lookup that is stored nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Protocol

from abusetrack.casefile import CaseFile, observations
from abusetrack.casefile.observations import Stored
from abusetrack.judgement.hosting import AddressView, HostView, addresses_of
from abusetrack.records import NetworkFacts, Observation, OriginFacts


class Facts(Protocol):
    """Where observations are read from."""

    def latest(self, subject: str) -> Sequence[Observation]:
        """Return the newest observations of a host, domain or address."""
        ...

    def covering(self, address: str) -> Sequence[Observation]:
        """Return the newest network observations whose prefix covers ``address``."""
        ...


class StoredFacts:
    """The observations of a case file as they stand when first asked for.

    What was ``stored`` in the same transaction need not be read again.
    """

    def __init__(self, case: CaseFile, stored: Stored | None = None) -> None:
        self._case = case
        self._stored = stored or Stored()
        self._latest: dict[str, tuple[Observation, ...]] = {}
        self._covering: dict[str, tuple[Observation, ...]] = {}

    def gather(self, names: Iterable[str]) -> None:
        """Read all of ``names`` (domains and hosts), and of their addresses, in one go."""
        found = observations.latest_of(self._case, names, self._stored)
        self._latest.update(found)
        addresses = {ip for name, items in found.items() for ip in addresses_of_host(name, items)}
        self._covering.update(observations.covering_of(self._case, addresses, self._stored))

    def latest(self, subject: str) -> Sequence[Observation]:
        """Return the newest observations of a subject."""
        if subject not in self._latest:
            self.gather([subject])
        return self._latest[subject]

    def covering(self, address: str) -> Sequence[Observation]:
        """Return the newest network observations that cover an address."""
        if address not in self._covering:
            found = observations.covering_of(self._case, [address], self._stored)
            self._covering.update(found)
        return self._covering[address]


@dataclass(frozen=True, slots=True)
class FreshFacts:
    """The observations of lookups that are stored nowhere."""

    observations: tuple[Observation, ...]

    def latest(self, subject: str) -> Sequence[Observation]:
        """Return the observations of a subject."""
        return [item for item in self.observations if item.subject == subject]

    def covering(self, address: str) -> Sequence[Observation]:
        """Return the network observations that cover an address."""
        return [item for item in self.observations if _covers(item, address)]


def _covers(observation: Observation, address: str) -> bool:
    if observation.subject == address:
        return True
    facts = observation.facts
    if not isinstance(facts, OriginFacts | NetworkFacts):
        return False
    return ip_address(address) in ip_network(facts.prefix, strict=False)


def host_view(facts: Facts, host: str) -> HostView:
    """Gather one host, or one IP literal standing as a host."""
    found = tuple(facts.latest(host))
    return HostView(
        host=host,
        observations=found,
        addresses=tuple(
            AddressView(ip, tuple(facts.covering(ip))) for ip in addresses_of_host(host, found)
        ),
    )


def addresses_of_host(host: str, found: Iterable[Observation]) -> tuple[str, ...]:
    """Return the addresses that a host's answers name; an IP literal is its own."""
    if host[-1:].isdigit() or ":" in host:  # else there is nothing to try
        try:
            ip_address(host)
        except ValueError:
            return addresses_of(found)
        return (host,)
    return addresses_of(found)

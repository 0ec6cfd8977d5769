"""Gather what is known of a domain into the shapes that judgements take.

The same gathering serves the case file and a lookup that is stored nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Protocol

from abusetrack.casefile import CaseFile, observations
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


@dataclass(frozen=True, slots=True)
class StoredFacts:
    """The observations of a case file."""

    case: CaseFile

    def latest(self, subject: str) -> Sequence[Observation]:
        """Return the newest observations of a subject."""
        return observations.latest(self.case, subject)

    def covering(self, address: str) -> Sequence[Observation]:
        """Return the newest network observations that cover an address."""
        return observations.covering(self.case, address)


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
    addresses: Iterable[str] = (host,) if _is_address(host) else addresses_of(found)
    return HostView(
        host=host,
        observations=found,
        addresses=tuple(AddressView(ip, tuple(facts.covering(ip))) for ip in addresses),
    )


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True

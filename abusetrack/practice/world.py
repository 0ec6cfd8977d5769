"""The world of the practice internet: its tables, its clock, and what is true in it."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path

from abusetrack.practice import csv_world, fiction, generate, schedule
from abusetrack.practice.model import (
    DomainRecord,
    Event,
    HostRecord,
    Network,
    RdapStyle,
    RegistrarEntry,
    RegistryEntry,
    Standing,
    Tables,
    Truth,
    WhoisStyle,
)
from abusetrack.records import HostingAgreement, SiteKind, State, SuffixKind

HOP_ENDINGS = 3  # a string under at least so many endings is a hopping string

_STATUS_STATES: Mapping[str, State] = {
    "serverHold": State.HELD_BY_REGISTRY,
    "clientHold": State.HELD_BY_REGISTRAR,
    "pendingDelete": State.PENDING_DELETE,
    "redemptionPeriod": State.REDEMPTION,
    "autoRenewPeriod": State.EXPIRED,
    "inactive": State.NOT_DELEGATED,
}

Address = IPv4Address | IPv6Address


class World:
    """Tables and events; what holds at an instant is a :class:`Moment`."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.start = tables.start
        self.events = tables.events
        self.domains: Mapping[str, DomainRecord] = {d.name: d for d in tables.domains}
        self.registrars: Mapping[str, RegistrarEntry] = {r.key: r for r in tables.registrars}
        self.registries: Mapping[str, RegistryEntry] = {r.key: r for r in tables.registries}
        self._events_of: dict[str, list[Event]] = defaultdict(list)
        for event in sorted(tables.events, key=lambda event: event.at):
            self._events_of[event.domain].append(event)
        self._networks: dict[tuple[int, int], dict[int, tuple[str, Network]]] = defaultdict(dict)
        for network in tables.networks:
            for prefix in network.prefixes:
                block = ip_network(prefix)
                key = block.version, block.prefixlen
                self._networks[key][int(block.network_address)] = prefix, network

    @classmethod
    def from_csv(cls, path: Path) -> World:
        """Serve the known facts of a list; its columns stand in ``docs/practice.md``.

        Raises:
            InputError: the file cannot be read or lacks a column.
        """
        return cls(csv_world.read(path))

    def at(self, instant: datetime | None = None) -> Moment:
        """Return the world as it stands at ``instant``; at its start if None."""
        when = self.start if instant is None else instant
        standings = {}
        for name, record in self.domains.items():
            events = self._events_of.get(name, [])
            position = bisect_right(events, when, key=lambda event: event.at)
            standings[name] = events[position - 1].after if position else record.standing
        return Moment(self, when, standings)

    def truths(self, instant: datetime | None = None) -> tuple[Truth, ...]:
        """Return the truth of every domain reported by ``instant``, in order of name."""
        moment = self.at(instant)
        return tuple(
            moment.truth(name)
            for name, record in sorted(self.domains.items())
            if record.finding.reported_at <= moment.when
        )

    def network(self, address: Address) -> tuple[str, Network] | None:
        """Return the prefix and network that hold ``address``."""
        for (version, length), blocks in self._networks.items():
            if version == address.version:
                shift = address.max_prefixlen - length
                found = blocks.get(int(address) >> shift << shift)
                if found is not None:
                    return found
        return None

    def prefixes(self) -> Iterator[tuple[IPv4Network | IPv6Network, Network]]:
        """Yield every prefix with its network."""
        for network in self.tables.networks:
            for prefix in network.prefixes:
                yield ip_network(prefix), network


class Moment:
    """The world at one instant."""

    def __init__(self, world: World, when: datetime, standings: Mapping[str, Standing]) -> None:
        self.world = world
        self.when = when
        self.standings = standings
        self.hosts: Mapping[str, HostRecord] = {
            host.name: host for standing in standings.values() for host in standing.hosts
        }
        self._endings_of: Mapping[str, set[str]] = _dedicated_endings(world, when)

    def truth(self, name: str) -> Truth:
        """Return what is true of the domain ``name`` now.

        Raises:
            KeyError: the world has no such domain.
        """
        record, standing = self.world.domains[name], self.standings[name]
        registry = self.world.registries.get(record.registry or "")
        registration = standing.registration
        registrar = None
        if registry is not None and registration is not None and registration.registrar:
            registrar = self.world.registrars[registration.registrar]
        states = self._states(record, standing)
        addresses = self._addresses(record)
        agreement, country, cdn = self._hosting(record, addresses)
        found = self.world.network(addresses[0]) if addresses else None
        origin = found[1] if found else None
        return Truth(
            domain=record.name,
            unicode=record.unicode,
            suffix_kind=record.suffix_kind,
            hosts=record.finding.hosts,
            registrar=registrar.name if registrar else None,
            iana_id=registrar.iana_id if registrar and registry and registry.gives_ids else None,
            abuse_email=_published_email(registry, registrar),
            state=states[0],
            states=states,
            hosting_country=country,
            hosting_agreement=agreement,
            asn=min(origin.asns, default=None) if origin else None,
            as_name=origin.as_name if origin else None,
            cdn=cdn,
            created=registration.created if registration and registry else None,
            expires=registration.expires if registration and registry else None,
            kind=record.finding.kind,
            outcome=record.finding.outcome,
            persistent=record.finding.kind is SiteKind.DEDICATED
            and len(self._endings_of.get(record.label, ())) >= HOP_ENDINGS,
        )

    def _states(self, record: DomainRecord, standing: Standing) -> tuple[State, ...]:
        if record.suffix_kind in {SuffixKind.PLATFORM, SuffixKind.DYNAMIC_DNS}:
            return (State.UNKNOWN,)  # neither registered nor delegated: a name below somebody's
        registration = standing.registration
        states: set[State] = set()
        if record.registry is not None and registration is None:
            states.add(State.NOT_REGISTERED)
        statuses = registration.statuses if registration else ()
        states.update(_STATUS_STATES[s] for s in statuses if s in _STATUS_STATES)
        if State.REDEMPTION in states:
            states.discard(State.PENDING_DELETE)  # RFC 3915: still restorable
        if not standing.delegated or standing.name_servers == ():
            states.add(State.NOT_DELEGATED)
        servers = standing.name_servers or (registration.name_servers if registration else ())
        if any(
            _under(server, suffix)
            for parking in self.world.tables.parking
            for suffix in parking.name_servers
            for server in servers
        ):
            states.add(State.PARKED)
        if not states:
            return (State.ACTIVE if standing.name_servers else State.UNKNOWN,)
        return tuple(state for state in State if state in states)

    def _addresses(self, record: DomainRecord) -> list[Address]:
        texts = {
            text
            for host in record.finding.hosts
            if host in self.hosts
            for text in self.hosts[host].addresses
        }
        return sorted(map(ip_address, texts), key=lambda address: (address.version, int(address)))

    def _hosting(
        self, record: DomainRecord, addresses: list[Address]
    ) -> tuple[HostingAgreement, str | None, str | None]:
        cdn = self._cdn_by_alias(record)
        votes: Counter[str] = Counter()
        for address in addresses:
            found = self.world.network(address)
            if found is None:
                continue
            network = found[1]
            cdn = cdn or network.cdn
            tables = zip(self.world.tables.country_tables, network.tables, strict=False)
            heard = [country for table, country in tables if table.ipv6 or address.version == 4]
            votes.update(
                country for country in (network.country, network.as_country, *heard) if country
            )
        if cdn is not None:
            return HostingAgreement.CDN, None, cdn
        if not votes:
            return HostingAgreement.NONE, None, None
        (country, most), total = votes.most_common(1)[0], votes.total()
        if most == total:
            return HostingAgreement.UNANIMOUS, country, None
        if most * 2 > total:
            return HostingAgreement.MAJORITY, country, None
        return HostingAgreement.DISPUTED, None, None

    def _cdn_by_alias(self, record: DomainRecord) -> str | None:
        for host in record.finding.hosts:
            chain = self.hosts[host].cname_chain if host in self.hosts else ()
            for cdn in self.world.tables.cdns:
                suffixes = cdn.cname_suffixes
                if any(_under(name, suffix) for name in (host, *chain) for suffix in suffixes):
                    return cdn.name
        return None


def build(
    seed: int = 1, *, size: int = generate.DEFAULT_SIZE, start: datetime = generate.DEFAULT_START
) -> World:
    """Make the synthetic world; the same arguments give the same world.

    ``size`` is the number of domains reported at ``start``, an aware time.
    """
    start = start.astimezone(UTC).replace(microsecond=0)
    generator = generate.Generator(random.Random(seed), start)
    domains = generator.domains(size)
    appeared, events = schedule.draw(generator, domains)
    return World(
        Tables(
            start=start,
            registrars=generator.registrars,
            registries=fiction.REGISTRIES,
            networks=generator.networks,
            network_services=fiction.NETWORK_SERVICES,
            country_tables=fiction.COUNTRY_TABLES,
            cdns=fiction.CDNS,
            parking=fiction.PARKING,
            domains=(*domains, *appeared),
            events=events,
            suffixes=fiction.SUFFIXES,
        )
    )


def _under(name: str, suffix: str) -> bool:
    return f".{name}".endswith(f".{suffix}")


def _dedicated_endings(world: World, when: datetime) -> Mapping[str, set[str]]:
    endings: dict[str, set[str]] = defaultdict(set)
    for record in world.domains.values():
        finding = record.finding
        if finding.kind is SiteKind.DEDICATED and finding.reported_at <= when:
            endings[record.label].add(record.ending)
    return endings


def _published_email(
    registry: RegistryEntry | None, registrar: RegistrarEntry | None
) -> str | None:
    if registry is None or registrar is None:
        return None
    if registry.rdap is RdapStyle.NONE and registry.whois is WhoisStyle.BLOCK:
        return None  # this WHOIS names no contact
    return registrar.abuse_email

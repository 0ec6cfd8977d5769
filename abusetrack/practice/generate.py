"""The synthetic world: registrations, hosts and findings of every domain, from a seed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_network

import idna

from abusetrack.practice import fiction, plans
from abusetrack.practice.model import (
    DomainRecord,
    Finding,
    HostRecord,
    Network,
    Registration,
    Standing,
)
from abusetrack.practice.plans import Hosting, Plan
from abusetrack.records import AssessmentOutcome, State, SuffixKind

DEFAULT_SIZE = 480
DEFAULT_START = datetime(2026, 3, 1, 12, tzinfo=UTC)

_STATUSES: Mapping[State, Sequence[tuple[str, ...]]] = {
    State.ACTIVE: (
        ("clientTransferProhibited",),
        ("ok",),
        ("clientDeleteProhibited", "clientTransferProhibited", "clientUpdateProhibited"),
        ("addPeriod", "clientTransferProhibited"),
    ),
    State.PARKED: (("clientTransferProhibited",), ("ok",)),
    State.HELD_BY_REGISTRAR: (
        ("clientHold", "clientTransferProhibited", "clientUpdateProhibited"),
        ("clientDeleteProhibited", "clientHold", "clientTransferProhibited"),
    ),
    State.HELD_BY_REGISTRY: (
        ("serverHold", "serverTransferProhibited", "serverUpdateProhibited"),
        ("clientHold", "serverHold", "serverTransferProhibited"),
    ),
    State.PENDING_DELETE: (("pendingDelete",),),
    State.REDEMPTION: (("pendingDelete", "redemptionPeriod"),),
    State.EXPIRED: (("autoRenewPeriod", "clientTransferProhibited"), ("autoRenewPeriod",)),
    State.NOT_DELEGATED: (("inactive",), ("clientTransferProhibited", "inactive")),
}
_LAW = (
    ("Category A", "Practice Act 2020 s.4"),
    ("Category B", "Practice Act 2020 s.4"),
    ("Category C", "Practice Act 2020 s.5"),
)
_SUBDOMAINS = ("www", "img", "media", "m", "files", "forum")
_ANALYSTS = ("Practice Analyst One", "Practice Analyst Two")
# Far ahead, so that no name expires by date while somebody practises.
_YEARS_LEFT = (3, 8)


class Generator:
    """Draws the facts of domains; the schedule of events draws from it too."""

    def __init__(self, rng: random.Random, start: datetime) -> None:
        self.rng = rng
        self.start = start
        self.registrars = fiction.registrars()
        self.networks = fiction.networks()
        self._cdns = [network for network in self.networks if network.cdn]
        self._platform = self.networks[-1]
        self._plain = [n for n in self.networks if not n.cdn and n is not self._platform]
        self._with_v4 = [n for n in self._plain if len(n.prefixes) > 1]
        self._registry_of = {e: r.key for r in fiction.REGISTRIES for e in r.endings}

    def domains(self, size: int) -> tuple[DomainRecord, ...]:
        """Draw the domains that are reported at the start."""
        return tuple(self.record(plan) for plan in plans.draw(self.rng, size))

    def record(self, plan: Plan, reported: datetime | None = None) -> DomainRecord:
        """Draw one domain by its plan, first reported shortly before the start unless told."""
        name = f"{plan.label}.{plan.ending}"
        if reported is None:
            reported = self.start - timedelta(hours=self.rng.randrange(6, 200))
        hosts, standing_hosts = self._hosts(name, plan)
        return DomainRecord(
            name=name,
            unicode=idna.decode(name),
            ending=plan.ending,
            suffix_kind=plan.suffix_kind,
            registry=self._registry_of[plan.ending] if plan.registrar else None,
            standing=self._standing(name, plan, standing_hosts, reported),
            finding=self._finding(plan, hosts, reported),
        )

    # Registration

    def _standing(
        self, name: str, plan: Plan, hosts: tuple[HostRecord, ...], reported: datetime
    ) -> Standing:
        if plan.registrar is None:
            return Standing(None, delegated=True, name_servers=(), hosts=hosts)
        if plan.state is State.NOT_REGISTERED:
            return Standing(None, delegated=False, name_servers=(), hosts=())
        servers = self.name_servers(plan.state)
        registration = self.registration(plan.registrar, plan.state, servers, reported)
        if plan.state not in plans.RESOLVING:
            return Standing(registration, delegated=False, name_servers=(), hosts=())
        mail = (f"mx1.{name}", f"mx2.{name}") if self.rng.random() < 0.5 else ()
        return Standing(registration, True, servers, hosts, mail)

    def registration(
        self, registrar: str, state: State, servers: tuple[str, ...], before: datetime
    ) -> Registration:
        """Draw a registration made before ``before``; most are young, as in the field."""
        rng = self.rng
        age = timedelta(days=min(3000.0, rng.lognormvariate(3.8, 1.6)) + 1)
        created = (before - age).replace(microsecond=0)
        updated = created + (before - created) * rng.random()
        left = timedelta(days=365 * rng.randrange(*_YEARS_LEFT) + rng.randrange(365))
        return Registration(
            registrar=registrar,
            created=created,
            updated=updated.replace(microsecond=0),
            expires=self.start + left,
            statuses=rng.choice(_STATUSES[state]),
            name_servers=servers,
        )

    def name_servers(self, state: State) -> tuple[str, ...]:
        """Draw the name servers that the registry lists."""
        rng = self.rng
        if state is State.NOT_DELEGATED:
            return ()
        parked = state is State.PARKED or (state is State.EXPIRED and rng.random() < 0.5)
        if parked:
            base = rng.choice(fiction.PARKING).name_servers[0]
        elif rng.random() < 0.2:
            base = f"ns.{fiction.slug(rng.choice(self._cdns).cdn or '')}.invalid"
        else:
            base = f"dns.{rng.choice(self._plain).name.lower()}.invalid"
        return tuple(f"ns{number}.{base}" for number in range(1, rng.choice((3, 3, 3, 5))))

    # Hosts

    def network(self, *, v4: bool = True) -> Network:
        """Draw a hoster; few carry much, as in the field."""
        pool = self._with_v4 if v4 else self._plain
        return self.rng.choices(pool, [1 / (1 + index % 15) for index in range(len(pool))])[0]

    def cdn(self) -> Network:
        """Draw the network of a CDN."""
        return self.rng.choice(self._cdns)

    def address(self, network: Network, version: int = 4) -> str:
        """Draw an address of a network; shared ones occur, as on shared hosting."""
        block = next(b for b in map(ip_network, network.prefixes) if b.version == version)
        if isinstance(block.network_address, IPv4Address):
            return str(block[self.rng.randrange(1, block.num_addresses - 1)])
        return str(IPv6Address(int(block.network_address) + self.rng.randrange(1, 1 << 32)))

    def serve(self, name: str, network: Network) -> HostRecord:
        """Draw a host on ``network``: an IPv4 address or two, sometimes IPv6 too."""
        rng = self.rng
        versions = [4] if len(network.prefixes) > 1 else [6]
        versions += [4] if versions == [4] and rng.random() < 0.2 else []
        versions += [6] if rng.random() < 0.25 else []
        addresses = dict.fromkeys(self.address(network, version) for version in versions)
        return HostRecord(name, tuple(addresses))

    def _hosts(self, name: str, plan: Plan) -> tuple[tuple[str, ...], tuple[HostRecord, ...]]:
        """Return the reported hosts, and the records of those that exist."""
        rng, network = self.rng, self.network()
        sub = f"{rng.choice(_SUBDOMAINS)}.{name}"
        records: tuple[HostRecord, ...]
        if plan.registrar is None:
            records = (self.serve(name, self._platform),)
            if plan.suffix_kind is SuffixKind.DYNAMIC_DNS:
                records = (self.serve(name, network),)
            return (name,), records
        match plan.hosting:
            case Hosting.WITH_WWW:
                apex = self.serve(name, network)
                records = (apex, HostRecord(f"www.{name}", apex.addresses))
            case Hosting.SEVERAL:
                labels = rng.sample(_SUBDOMAINS, rng.choice((2, 3)))
                apex = self.serve(name, network)
                records = (apex, *(self.serve(f"{x}.{name}", network) for x in labels))
            case Hosting.V6_ONLY:
                address = self.address(self.network(v4=False), 6)
                records = (HostRecord(name, (address,)),)
            case Hosting.CDN:
                records = (self.serve(name, self.cdn()),)
            case Hosting.CDN_ALIAS:
                records = (self._alias(sub, fiction.CDNS[1].cname_suffixes[0], network),)
            case Hosting.PLAIN_ALIAS:
                records = (self._alias(sub, f"{network.name.lower()}.invalid", network),)
            case Hosting.TWO_COUNTRIES:
                other = rng.choice([n for n in self._with_v4 if n.country != network.country])
                both = self.address(network), self.address(other)
                records = (HostRecord(name, both),)
            case Hosting.NO_ADDRESS:
                records = (HostRecord(name, ()),)
            case Hosting.HOST_GONE:
                return (sub,), (self.serve(name, network),)
            case Hosting.MANY:
                many = dict.fromkeys(self.address(network, 6) for _ in range(48))
                records = (HostRecord(name, tuple(many)),)
            case _:
                records = (self.serve(name, network),)
        return tuple(record.name for record in records), records

    def _alias(self, name: str, target: str, network: Network) -> HostRecord:
        first = f"{fiction.slug(name)}.edge.{target}"
        chain = (first,) if self.rng.random() < 0.5 else (first, f"pop3.edge.{target}")
        return HostRecord(name, (self.address(network),), chain)

    # What the analyst finds

    def _finding(self, plan: Plan, hosts: tuple[str, ...], reported: datetime) -> Finding:
        rng = self.rng
        assessed = plan.outcome is not AssessmentOutcome.NOT_ASSESSED
        confirmed = plan.outcome is AssessmentOutcome.CONFIRMED
        category, law = rng.choice(_LAW)
        minutes = timedelta(minutes=rng.randrange(20, 300))
        assessed_at = (reported + minutes).replace(second=0, microsecond=0)
        return Finding(
            kind=plan.kind,
            outcome=plan.outcome,
            legal_category=category if confirmed else None,
            law=law if confirmed else None,
            assessed_at=assessed_at if assessed else None,
            assessed_by=rng.choice(_ANALYSTS) if assessed else None,
            commercial=rng.random() < 0.3 if confirmed else None,
            disguised=rng.random() < 0.1 if confirmed else None,
            reported_at=reported,
            hosts=hosts,
            urls=tuple(
                f"{rng.choice(('http', 'https'))}://{host}{self._path()}"
                for host in hosts
                for _ in range(rng.choice((1, 1, 2, 3)))
            ),
        )

    def _path(self) -> str:
        number = self.rng.randrange(100, 99999)
        style = self.rng.choice(("/", "/page/{}", "/t/{}.html", "/?id={}", "/a/b/{}/view"))
        return style.format(number)

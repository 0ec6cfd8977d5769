"""Where a domain is hosted: a verdict over sources that often disagree.

Every source gives one vote for every address: the network's RDAP country, the
country of the announced prefix, and each country table. Behind a content delivery
network or reverse proxy the origin is unknown, whatever the votes say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from abusetrack.records import (
    AddressFacts,
    CdnFacts,
    CountryFacts,
    CountrySource,
    HostingAgreement,
    HostingVerdict,
    NetworkFacts,
    Observation,
    OriginFacts,
    Outcome,
    Question,
)


@dataclass(frozen=True, slots=True)
class AddressView:
    """One address of a host with the newest network answers that cover it."""

    ip: str
    observations: tuple[Observation, ...]

    @property
    def origin(self) -> OriginFacts | None:
        """The origin AS answer, if there is one; a table's only where nobody else answered."""
        found = self.origin_answer
        return found.facts if found and isinstance(found.facts, OriginFacts) else None

    @property
    def origin_answer(self) -> Observation | None:
        """The observation that :attr:`origin` rests on."""
        found = [o for o in self.observations if isinstance(o.facts, OriginFacts)]
        return min(found, key=lambda o: o.question is Question.ORIGIN_TABLE, default=None)

    @property
    def network(self) -> NetworkFacts | None:
        """The network's RDAP answer, if there is one."""
        return next((o.facts for o in self.observations if isinstance(o.facts, NetworkFacts)), None)

    @property
    def cdn(self) -> str | None:
        """The content delivery network that the address belongs to, by table."""
        facts = (o.facts for o in self.observations)
        return next((item.name for item in facts if isinstance(item, CdnFacts)), None)

    @property
    def votes(self) -> tuple[CountrySource, ...]:
        """What each source says of the country."""
        votes = []
        for observation in self.observations:
            facts = observation.facts
            if isinstance(facts, OriginFacts | NetworkFacts | CountryFacts) and facts.country:
                votes.append(CountrySource(self.ip, source_name(observation), facts.country))
        return tuple(votes)


@dataclass(frozen=True, slots=True)
class HostView:
    """A host with its newest address answers and the networks behind them."""

    host: str
    observations: tuple[Observation, ...]
    addresses: tuple[AddressView, ...]

    @property
    def cdn(self) -> str | None:
        """The content delivery network by alias, else by address."""
        facts = (o.facts for o in self.observations)
        by_alias = next((item.name for item in facts if isinstance(item, CdnFacts)), None)
        return by_alias or next((cdn for a in self.addresses if (cdn := a.cdn)), None)


def source_name(observation: Observation) -> str:
    """Name a country source as a reader knows it."""
    if observation.question is Question.GEO:
        return observation.source
    return observation.question.value


def addresses_of(observations: Iterable[Observation]) -> tuple[str, ...]:
    """Return all addresses of the A and AAAA answers, IPv4 first, in numeric order."""
    found = {
        address
        for observation in observations
        if isinstance(observation.facts, AddressFacts)
        for address in observation.facts.addresses
    }
    return tuple(sorted(found, key=_in_order) if len(found) > 1 else found)


def _in_order(text: str) -> tuple[int, int]:
    address = ip_address(text)
    return address.version, int(address)


def judge_hosting(hosts: Sequence[HostView]) -> HostingVerdict:
    """Judge the hosting country of a domain over all its reported hosts."""
    votes = tuple(vote for host in hosts for address in host.addresses for vote in address.votes)
    cdn = next((cdn for host in hosts if (cdn := host.cdn)), None)
    if cdn is not None:
        return HostingVerdict(
            HostingAgreement.CDN, None, votes, f"behind {cdn}: the origin is unknown", cdn
        )
    if (sinkhole := next(filter(None, map(_sinkhole, hosts)), None)) is not None:
        why = f"answered by the sinkhole {sinkhole}: where the site itself stands is not known"
        return HostingVerdict(HostingAgreement.NONE, None, votes, why)
    if not votes:
        return HostingVerdict(HostingAgreement.NONE, None, (), _why_none(hosts))
    counted = Counter(vote.country for vote in votes)
    (country, most), total = counted.most_common(1)[0], len(votes)
    if most == total:
        reason = f"all {total} answers agree" if total > 1 else "one answer only"
        return HostingVerdict(HostingAgreement.UNANIMOUS, country, votes, reason)
    tally = ", ".join(f"{name} {number}" for name, number in sorted(counted.items()))
    if most * 2 > total:
        return HostingVerdict(
            HostingAgreement.MAJORITY, country, votes, f"most answers agree: {tally}"
        )
    return HostingVerdict(HostingAgreement.DISPUTED, None, votes, f"sources disagree: {tally}")


def _sinkhole(host: HostView) -> str | None:
    facts = (o.facts for o in host.observations)
    return next((f.sinkhole for f in facts if isinstance(f, AddressFacts) and f.sinkhole), None)


def _why_none(hosts: Sequence[HostView]) -> str:
    if any(host.addresses for host in hosts):
        return "no source knows a country for its addresses"
    outcomes = [
        f"{observation.question.value}: {observation.outcome.value}"
        for host in hosts
        for observation in host.observations
        if observation.question in {Question.A, Question.AAAA}
        and observation.outcome is not Outcome.OK
    ]
    if not outcomes:
        return "not looked up yet"
    return "no address (" + ", ".join(sorted(set(outcomes))) + ")"

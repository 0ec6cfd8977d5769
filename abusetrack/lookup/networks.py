"""Whose an address is: origin AS by DNS, and the network by RDAP.

Answers are kept by prefix, so that a thousand hosts in one network ask once; who
asks at the same moment waits for the first of the same small block.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from datetime import timedelta
from ipaddress import ip_network

from dns.rdatatype import RdataType

from abusetrack.lookup import texts
from abusetrack.lookup.addresses import Address, is_askable
from abusetrack.lookup.bootstrap import Bootstrap, NoBootstrap
from abusetrack.lookup.dns_records import DnsAnswer, Resolver
from abusetrack.lookup.flight import SingleFlight
from abusetrack.lookup.network_contacts import NetworkContacts
from abusetrack.lookup.origin_parse import parse_as_name, parse_origin, question_name
from abusetrack.lookup.prefixes import PrefixTable
from abusetrack.lookup.rdap import Rdap
from abusetrack.lookup.shared import Shared
from abusetrack.records import (
    Clock,
    Kind,
    Known,
    NetworkFacts,
    Observation,
    OriginFacts,
    Outcome,
    Question,
)
from abusetrack.settings import NetworkSettings

KEPT = 4096  # prefixes, and AS names
_QUESTIONS = (Question.ORIGIN, Question.NETWORK_RDAP)
# What is wider speaks for nobody in it, and is not kept for others.
_WIDEST = {4: 8, 6: 19}
# Who asks for an address of the same block waits for the first.
_BLOCK = {4: 24, 6: 48}


class Networks:
    """Asks for addresses; ``max_age`` is how long an answer serves its whole prefix."""

    def __init__(
        self,
        *,
        resolver: Resolver,
        rdap: Rdap,
        bootstrap: Bootstrap,
        zones: NetworkSettings,
        clock: Clock,
        max_age: timedelta,
    ) -> None:
        self._resolver = resolver
        self._rdap = rdap
        self._bootstrap = bootstrap
        self._zones = zones
        self._clock = clock
        self._max_age = max_age
        self._kept: dict[Question, PrefixTable[Shared]] = {
            question: PrefixTable(KEPT) for question in _QUESTIONS
        }
        self._blocks: SingleFlight[object, tuple[Address, list[Shared]]] = SingleFlight()
        self._contacts = NetworkContacts(rdap, clock, max_age)
        self._as_names: OrderedDict[int, str | None] = OrderedDict()
        self._naming: SingleFlight[int, DnsAnswer] = SingleFlight()

    async def ask(self, address: Address, known: Known, deadline: float) -> list[Shared]:
        """Return one observation for origin and network each; every failure is an outcome.

        What is kept comes before what is ``known``.
        """
        found: dict[Question, Shared] = {}
        if not is_askable(address):
            return [
                Shared(self._observed(address, q, "", Outcome.NOT_ASKED, "not a public address"))
                for q in _QUESTIONS
            ]
        if self._missing(address, found):
            for item in known.network(str(address)):
                found.setdefault(item.question, Shared(item, handed_out=True))
        missing = self._missing(address, found)
        if missing:
            block = ip_network((address, _BLOCK[address.version]), strict=False)
            first, answers = await self._blocks.do(
                block, lambda: self._ask(address, missing, deadline)
            )
            if first != address:
                missing = self._missing(address, found)
                _, answers = await self._ask(address, missing, deadline)
            found.update((shared.observation.question, shared) for shared in answers)
        return list(found.values())

    def _missing(self, address: Address, found: dict[Question, Shared]) -> list[Question]:
        """Fill ``found`` from what is kept; return what is still to ask."""
        now = self._clock.now()
        for question in _QUESTIONS:
            kept = self._kept[question].get(address)
            if question in found or kept is None:
                continue
            if timedelta() <= now - kept.observation.asked_at <= self._max_age:
                found[question] = kept
        return [question for question in _QUESTIONS if question not in found]

    async def _ask(
        self, address: Address, questions: list[Question], deadline: float
    ) -> tuple[Address, list[Shared]]:
        ways = {Question.ORIGIN: self._origin, Question.NETWORK_RDAP: self._network}
        observations = await asyncio.gather(*(ways[q](address, deadline) for q in questions))
        answers = [Shared(observation) for observation in observations]
        for shared in answers:
            facts = shared.observation.facts
            if isinstance(facts, OriginFacts | NetworkFacts):
                prefix = ip_network(facts.prefix)
                if prefix.prefixlen >= _WIDEST[prefix.version]:
                    self._kept[shared.observation.question].set(prefix, shared)
        return address, answers

    async def _origin(self, address: Address, deadline: float) -> Observation:
        asked_at = self._clock.now()
        zone = self._zones.origin_zone if address.version == 4 else self._zones.origin6_zone
        answer = await self._text(question_name(address, zone), deadline)
        outcome, detail, facts, text = answer.outcome, answer.detail, None, answer.text
        if answer.outcome is Outcome.OK:
            origin = parse_origin(answer.values, address)
            if origin is None:
                outcome, detail = Outcome.MALFORMED, "no origin of this address in the answer"
            else:
                name = None
                if origin.asns:
                    name, name_text = await self._as_name(origin.asns[0], deadline)
                    text = f"{text}\n{name_text}"
                facts = OriginFacts(
                    str(origin.prefix), origin.asns, name, origin.country, origin.registry
                )
        return Observation(
            str(address), Kind.NETWORK, Question.ORIGIN, asked_at, answer.source, outcome, detail,
            facts, texts.evidence("text/plain", text.encode()),
        )  # fmt: skip

    async def _as_name(self, asn: int, deadline: float) -> tuple[str | None, str]:
        """Return the AS name and the answer that gave it; a kept one gives no answer."""
        if asn in self._as_names:
            self._as_names.move_to_end(asn)
            return self._as_names[asn], ""
        name = f"AS{asn}.{self._zones.asn_zone}"
        answer = await self._naming.do(asn, lambda: self._text(name, deadline))
        if answer.outcome not in {Outcome.OK, Outcome.NOT_FOUND, Outcome.NO_DATA}:
            return None, answer.text
        self._as_names[asn] = parse_as_name(answer.values)
        if len(self._as_names) > KEPT:
            self._as_names.popitem(last=False)
        return self._as_names[asn], answer.text

    async def _text(self, name: str, deadline: float) -> DnsAnswer:
        return await self._resolver.ask(name, RdataType.TXT, deadline=deadline)

    async def _network(self, address: Address, deadline: float) -> Observation:
        asked_at = self._clock.now()
        services = await self._bootstrap.services(deadline)
        if isinstance(services, NoBootstrap):
            return self._observed(
                address, Question.NETWORK_RDAP, services.source, services.outcome, services.detail
            )
        base = services.for_address(address)
        if base is None:
            return self._observed(
                address, Question.NETWORK_RDAP, "", Outcome.NO_SERVICE,
                "no RDAP service is listed for this address",
            )  # fmt: skip
        answer = await self._rdap.network(base, address, deadline)
        answer = await self._contacts.fill(answer, deadline)
        return Observation(
            str(address), Kind.NETWORK, Question.NETWORK_RDAP, asked_at, base, answer.outcome,
            answer.detail, answer.network, answer.evidence,
        )  # fmt: skip

    def _observed(
        self, address: Address, question: Question, source: str, outcome: Outcome, detail: str
    ) -> Observation:
        return Observation(
            str(address), Kind.NETWORK, question, self._clock.now(), source, outcome, detail
        )

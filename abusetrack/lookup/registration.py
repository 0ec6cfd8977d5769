"""Who registered a domain: registry RDAP, the registrar's RDAP behind it, else WHOIS."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

from abusetrack.lookup.bootstrap import Bootstrap, NoBootstrap
from abusetrack.lookup.flight import SingleFlight
from abusetrack.lookup.rdap import Rdap, RdapAnswer, base_of, registrar_link
from abusetrack.lookup.reference import Reference
from abusetrack.lookup.shared import Shared
from abusetrack.lookup.whois_fallback import PORT, Whois, WhoisServer
from abusetrack.records import (
    Clock,
    Domain,
    Evidence,
    Kind,
    Observation,
    Outcome,
    Question,
    RegistrationFacts,
    SuffixKind,
)

# How long an answer serves further hosts of the same domain; after that the case
# file knows it.
MAX_AGE = timedelta(minutes=1)
KEPT = 512  # domains
_ANSWERED = frozenset({Outcome.OK, Outcome.NOT_FOUND})

_NOBODYS = {
    SuffixKind.PLATFORM: "a name on a platform: no registry or registrar has it",
    SuffixKind.DYNAMIC_DNS: "a name of a dynamic DNS service: no registry or registrar has it",
}


class Registrations:
    """Asks for domains; one asking serves all hosts of a domain that come together."""

    def __init__(
        self,
        *,
        rdap: Rdap,
        whois: Whois | None,
        bootstrap: Bootstrap,
        reference: Reference,
        ask_registrar: str,
        clock: Clock,
    ) -> None:
        self._rdap = rdap
        self._whois = whois
        self._bootstrap = bootstrap
        self._reference = reference
        self._ask_registrar = ask_registrar
        self._clock = clock
        self._flight: SingleFlight[str, list[Shared]] = SingleFlight()
        self._kept: OrderedDict[str, list[Shared]] = OrderedDict()

    async def ask(self, domain: Domain, deadline: float) -> list[Shared]:
        """Return what each service asked says; every failure is an outcome."""
        kept = self._kept.get(domain.name)
        if kept is not None:
            age = self._clock.now() - kept[0].observation.asked_at
            if timedelta() <= age <= MAX_AGE:
                return kept
        return await self._flight.do(domain.name, lambda: self._ask(domain, deadline))

    async def _ask(self, domain: Domain, deadline: float) -> list[Shared]:
        nobodys = _NOBODYS.get(domain.suffix_kind)
        if nobodys is not None:
            question = Question.REGISTRY_RDAP
            return [Shared(self._seen(domain, question, "", Outcome.NOT_ASKED, nobodys))]
        # The registry above a private one knows nothing of the names under it.
        private = domain.suffix_kind is SuffixKind.PRIVATE_REGISTRY
        suffix = domain.suffix if private else None
        observations = await self._by_rdap(domain, suffix, deadline)
        if observations[0].outcome not in _ANSWERED:
            observations.append(await self._by_whois(domain, suffix, deadline))
        found = [Shared(observation) for observation in observations]
        if any(observation.outcome in _ANSWERED for observation in observations):
            self._kept[domain.name] = found
            self._kept.move_to_end(domain.name)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found

    async def _by_rdap(
        self, domain: Domain, suffix: str | None, deadline: float
    ) -> list[Observation]:
        question, asked_at = Question.REGISTRY_RDAP, self._clock.now()
        services = await self._bootstrap.services(deadline)
        if isinstance(services, NoBootstrap):
            return [
                self._seen(domain, question, services.source, services.outcome, services.detail)
            ]
        base = services.for_domain(domain.name, suffix=suffix)
        if base is None:
            detail = "no RDAP service is listed for this ending"
            return [self._seen(domain, question, "", Outcome.NO_SERVICE, detail)]
        answer = await self._rdap.registry(base, domain.name, deadline)
        registry = self._told(domain, question, asked_at, base, answer)
        if answer.registration is None:
            return [registry]
        return [registry, await self._by_registrar(domain, base, answer.registration, deadline)]

    async def _by_registrar(
        self, domain: Domain, base: str, registry: RegistrationFacts, deadline: float
    ) -> Observation:
        question, asked_at = Question.REGISTRAR_RDAP, self._clock.now()
        url = registrar_link(registry.related, base, domain.name)
        if url is None:
            detail = "the registry names no RDAP service of the registrar"
            return self._seen(domain, question, "", Outcome.NO_SERVICE, detail)
        if self._ask_registrar != "always":
            detail = f'by setting: lookup.ask_registrar is "{self._ask_registrar}"'
            return self._seen(domain, question, "", Outcome.NOT_ASKED, detail)
        # One hop: what the registrar's answer links to is not followed.
        answer = await self._rdap.registrar(url, domain.name, deadline)
        return self._told(domain, question, asked_at, base_of(url, domain.name), answer)

    async def _by_whois(self, domain: Domain, suffix: str | None, deadline: float) -> Observation:
        question, asked_at = Question.WHOIS, self._clock.now()
        if self._whois is None:
            detail = "by setting: whois.enabled is off"
            return self._seen(domain, question, "", Outcome.NOT_ASKED, detail)
        server = self._whois.server(domain.name, suffix=suffix)
        if server is None and suffix is None:
            server = await self._listed_server(domain.tld, deadline)
        if server is None:
            detail = "no WHOIS server is known for this ending"
            return self._seen(domain, question, "", Outcome.NO_SERVICE, detail)
        answer = await self._whois.ask(server, domain.name, deadline)
        return self._seen(
            domain, question, server.source, answer.outcome, answer.detail, asked_at,
            answer.facts, answer.evidence,
        )  # fmt: skip

    async def _listed_server(self, tld: str, deadline: float) -> WhoisServer | None:
        """Return the WHOIS server that IANA's record of the top-level domain names."""
        record = await self._reference.registry(tld, deadline)
        if record is None or record.whois_server is None:
            return None
        return WhoisServer(record.whois_server, PORT, query="{name}", listed=False)

    def _told(
        self,
        domain: Domain,
        question: Question,
        asked_at: datetime,
        source: str,
        answer: RdapAnswer,
    ) -> Observation:
        return self._seen(
            domain, question, source, answer.outcome, answer.detail, asked_at,
            answer.registration, answer.evidence,
        )  # fmt: skip

    def _seen(
        self,
        domain: Domain,
        question: Question,
        source: str,
        outcome: Outcome,
        detail: str,
        asked_at: datetime | None = None,
        facts: RegistrationFacts | None = None,
        evidence: Evidence | None = None,
    ) -> Observation:
        return Observation(
            domain.name,
            Kind.REGISTRATION,
            question,
            asked_at or self._clock.now(),
            source,
            outcome,
            detail,
            facts,
            evidence,
        )

"""Everything that can be asked about one host, asked at once and within its budget."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address
from itertools import chain, islice, zip_longest
from pathlib import Path
from types import TracebackType
from typing import Self

from abusetrack import __version__
from abusetrack.errors import SettingsError
from abusetrack.lookup import texts
from abusetrack.lookup.address_tables import AddressTables
from abusetrack.lookup.addresses import Address, is_askable
from abusetrack.lookup.bootstrap import Bootstrap
from abusetrack.lookup.cdn import CdnMatch, CdnTable
from abusetrack.lookup.dialing import Dialer
from abusetrack.lookup.dns_questions import DnsQuestions
from abusetrack.lookup.dns_records import Resolver
from abusetrack.lookup.geo import CountryTables, shipped_origin
from abusetrack.lookup.http import Http
from abusetrack.lookup.landmarks import Landmarks, Meaning
from abusetrack.lookup.networks import Networks
from abusetrack.lookup.pacing import Pacer
from abusetrack.lookup.rdap import Rdap
from abusetrack.lookup.reference import Place, Reference
from abusetrack.lookup.registration import Registrations
from abusetrack.lookup.resolver_check import ResolverCheck, check_resolvers
from abusetrack.lookup.room import Room
from abusetrack.lookup.shared import Shared, hand_out
from abusetrack.lookup.tables import shipped
from abusetrack.lookup.whois_fallback import PORT, Whois
from abusetrack.records import (
    Clock,
    Host,
    HostKind,
    Kind,
    Known,
    LookupAnswer,
    Observation,
    OriginFacts,
    Outcome,
    Question,
    UpdatedFile,
    Wait,
)
from abusetrack.settings import DNS_PORT, Settings, split_endpoint

MAX_ADDRESSES = 16  # of one host, whose networks are asked for
_SOCKETS_PER_NAME = 4  # DNS questions at the same time, for each name at the same time
_NETWORK_MAX_AGE = timedelta(hours=1)  # inside one Lookup; the case file knows longer
_HTTPS_PORT = 443
_PREPARE_SECONDS = 10  # then names are looked up without the list, or with an old one
_UPDATE_SECONDS = 600  # for all reference data; hundreds of small files, politely


class NothingKnown:
    """Knows nothing: everything is asked afresh."""

    def registration(self, domain: str) -> tuple[Observation, ...]:
        """Return nothing."""
        del domain
        return ()

    def network(self, address: str) -> tuple[Observation, ...]:
        """Return nothing."""
        del address
        return ()


class Lookup:
    """Asks resolvers, RDAP and WHOIS services about hosts, many at the same time.

    To be used as an asynchronous context manager. Nothing that the world does makes
    it raise: what failed is an outcome. Any wait in it can be cancelled.

    Raises:
        SettingsError: no resolver is set, the proxy cannot carry all lookups, or a table
            cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        cache: Path | None = None,
        tls: ssl.SSLContext | None = None,
        gate: asyncio.Event | None = None,
    ) -> None:
        """While ``gate`` is given and not set, no name is begun."""
        if not settings.resolver.nameservers:
            raise SettingsError(
                "No resolver is set; name one that does not filter in resolver.nameservers, "
                'such as "127.0.0.1" for an Unbound of your own.'
            )
        self._clock = clock
        self._gate = gate
        self._name_seconds = settings.lookup.name_seconds
        seconds = settings.lookup.question_seconds
        self._room = Room(settings.pace.concurrency)
        self._pacer = pacer = Pacer(settings.pace.per_host_per_second)
        dialer = Dialer(settings.lookup.proxy)
        landmarks = _landmarks(settings)
        self._resolver = Resolver(
            [split_endpoint(text, DNS_PORT) for text in settings.resolver.nameservers],
            seconds=seconds,
            sockets=_SOCKETS_PER_NAME * settings.pace.concurrency,
            dialer=dialer,
            landmarks=landmarks,
        )
        self._landmarks = landmarks
        self._questions = DnsQuestions(self._resolver, landmarks, clock)
        contact = texts.clean(settings.lookup.user_agent_contact)
        self._http = Http(
            resolver=self._resolver,
            pacer=pacer,
            clock=clock,
            user_agent=f"abusetrack/{__version__}" + (f" ({contact})" if contact else ""),
            allowed=frozenset(
                _endpoint("rdap.allowed_hosts", text, _HTTPS_PORT)
                for text in settings.rdap.allowed_hosts
            ),
            seconds=seconds,
            tls=tls,
            dialer=dialer,
        )
        place = Place.of(settings, cache)
        self._reference = Reference(place, http=self._http, clock=clock)
        self._bootstrap = bootstrap = Bootstrap(
            place,
            http=self._http,
            clock=clock,
            unlisted=shipped("rdap_unlisted.toml")["bases"] if settings.rdap.unlisted else None,
        )
        rdap = Rdap(self._http)
        whois = Whois(
            resolver=self._resolver,
            pacer=pacer,
            servers={
                suffix: _endpoint("whois.servers", text, PORT)
                for suffix, text in settings.whois.servers.items()
            },
            seconds=seconds,
            dialer=dialer,
        )
        self._registrations = Registrations(
            rdap=rdap,
            whois=whois if settings.whois.enabled else None,
            bootstrap=bootstrap,
            reference=self._reference,
            ask_registrar=settings.lookup.ask_registrar,
            clock=clock,
        )
        network_max_age = min(
            _NETWORK_MAX_AGE, timedelta(hours=settings.policy.network_max_age_hours)
        )
        self._networks = Networks(
            resolver=self._resolver,
            rdap=rdap,
            bootstrap=bootstrap,
            zones=settings.network,
            clock=clock,
            max_age=network_max_age,
        )
        self._cdn = CdnTable(settings.path(path) for path in settings.network.cdn_tables)
        self._has_tables = settings.geo.shipped_tables
        self._countries = CountryTables(
            (settings.path(path) for path in settings.geo.databases), shipped=self._has_tables
        )
        self._tables = AddressTables(
            self._cdn, self._countries, clock=clock, max_age=network_max_age
        )

    async def __aenter__(self) -> Self:
        self._http.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._reference.close(at_once=kind is not None)
        await self._http.close()
        self._resolver.close()
        self._countries.close()

    def waits(self) -> list[Wait]:
        """Return the servers that are left alone for now, the longest first."""
        return self._pacer.waits()

    async def check_resolvers(self) -> tuple[ResolverCheck, ...]:
        """Say what is wrong with each resolver of the settings; no reported name is asked."""
        return await check_resolvers(self._resolver, self._landmarks, self._name_seconds)

    async def prepare(self) -> None:
        """Fetch IANA's registrar IDs where they are missing or a week old."""
        await self._reference.registrars(asyncio.get_running_loop().time() + _PREPARE_SECONDS)

    async def update_data(self) -> tuple[UpdatedFile, ...]:
        """Ask for all reference data again; empty where it is read from the user's folder."""
        deadline = asyncio.get_running_loop().time() + _UPDATE_SECONDS
        registries = await self._bootstrap.update(deadline)
        return (*registries, *await self._reference.update(deadline))

    async def ask(self, host: Host, known: Known) -> LookupAnswer:
        """Ask everything about ``host`` that ``known`` does not know.

        ``pace.concurrency`` names are at work at the same time; those that wait for
        their turn at a busy service are not counted. An onion service is asked of
        nobody; an address has network answers only.
        """
        if host.kind is HostKind.ONION:
            return LookupAnswer(host, ())
        async with self._room.place():
            if self._gate is not None:
                await self._gate.wait()
            return await self._ask(host, known)

    async def _ask(self, host: Host, known: Known) -> LookupAnswer:
        deadline = asyncio.get_running_loop().time() + self._name_seconds
        if host.domain is not None:
            self._reference.want(host.domain.tld)
        registered = known.registration(host.domain.name) if host.domain else ()
        tasks: list[asyncio.Task[list[Shared]]] = []
        async with asyncio.TaskGroup() as group:
            if host.kind is HostKind.NAME:
                tasks.append(group.create_task(self._hosting(host.name, known, deadline)))
            else:
                tasks.append(group.create_task(self._address(host.name, known, deadline)))
            if host.domain is not None:
                tasks += [
                    group.create_task(self._names(host.domain.name, question, deadline))
                    for question in (Question.NS, Question.SOA, Question.MX)
                ]
                if not registered:
                    tasks.append(group.create_task(self._registrations.ask(host.domain, deadline)))
        new, reused = hand_out(chain.from_iterable(task.result() for task in tasks))
        return LookupAnswer(host, new, (*registered, *reused))

    async def _hosting(self, host: str, known: Known, deadline: float) -> list[Shared]:
        """Ask for the host's addresses, then for each address."""
        answers = await asyncio.gather(
            *(self._questions.ask(host, q, deadline) for q in (Question.A, Question.AAAA))
        )
        observations = [one for observations, _answer in answers for one in observations]
        # IPv4 and IPv6 in turn, so that the limit leaves some of both.
        pairs = zip_longest(*(answer.values for _, answer in answers if answer.values))
        addresses = [address for pair in pairs for address in pair if address is not None]
        if len(addresses) > MAX_ADDRESSES:
            detail = f"{len(addresses)} addresses, networks asked for {MAX_ADDRESSES}"
            observations = [
                replace(o, detail=detail) if o.outcome is Outcome.OK else o for o in observations
            ]
        if any(answer.outcome is Outcome.OK for _, answer in answers):
            aliases = chain.from_iterable(answer.chain for _, answer in answers)
            match = self._cdn.by_alias((host, *aliases))
            observations.append(self._matched(host, match))
        found = [Shared(observation) for observation in observations]
        networks = await asyncio.gather(
            *(self._address(a, known, deadline) for a in islice(addresses, MAX_ADDRESSES))
        )
        return [*found, *chain.from_iterable(networks)]

    async def _address(self, text: str, known: Known, deadline: float) -> list[Shared]:
        """Ask whose an address is, and the local tables what they say of it."""
        address = ip_address(text)
        found = await self._networks.ask(address, known, deadline)
        if not is_askable(address):
            return found
        if self._has_tables and not any(_settles_origin(shared.observation) for shared in found):
            found = [*found, Shared(self._by_table(address))]
        asns = [
            asn
            for shared in found
            if isinstance(shared.observation.facts, OriginFacts)
            for asn in shared.observation.facts.asns
        ]
        return [*found, *self._tables.ask(address, asns)]

    def _by_table(self, address: Address) -> Observation:
        says = shipped_origin(address)
        return Observation(
            str(address), Kind.NETWORK, Question.ORIGIN_TABLE, self._clock.now(), says.source,
            says.outcome, says.detail, says.facts,
        )  # fmt: skip

    async def _names(self, domain: str, question: Question, deadline: float) -> list[Shared]:
        observations, _answer = await self._questions.ask(domain, question, deadline)
        return [Shared(observation) for observation in observations]

    def _matched(self, host: str, match: CdnMatch) -> Observation:
        """Note what the CDN tables say of a host's aliases; that no rule matches is one too."""
        outcome = Outcome.OK if match.facts else Outcome.NOT_FOUND
        return Observation(
            host, Kind.DNS, Question.CDN, self._clock.now(), match.source, outcome, "", match.facts
        )


def _settles_origin(observation: Observation) -> bool:
    """Whether the origin AS is known, or known not to be: a table has nothing to add."""
    if observation.question is Question.ORIGIN_TABLE:
        return observation.outcome is Outcome.OK
    answered = {Outcome.OK, Outcome.NOT_FOUND, Outcome.NO_DATA}
    return observation.question is Question.ORIGIN and observation.outcome in answered


def _landmarks(settings: Settings) -> Landmarks:
    files = {
        Meaning.STOP_PAGE: ("resolver.stop_page_tables", settings.resolver.stop_page_tables),
        Meaning.SINKHOLE: ("network.sinkhole_tables", settings.network.sinkhole_tables),
        Meaning.PARKING: ("network.parking_tables", settings.network.parking_tables),
    }
    return Landmarks(
        {meaning: (key, map(settings.path, paths)) for meaning, (key, paths) in files.items()}
    )


def _endpoint(key: str, text: str, default_port: int) -> tuple[str, int]:
    try:
        host, port = split_endpoint(text, default_port)
    except ValueError as error:
        raise SettingsError(f"The setting {key} is wrong: {error}.") from error
    return host.lower(), port

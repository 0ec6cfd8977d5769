"""Who could be written to about a domain, in each role; whether to is judged elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from abusetrack.judgement.hosting import HostView
from abusetrack.judgement.registrars import fold_party
from abusetrack.records import (
    HostingVerdict,
    PartyRef,
    Registration,
    Role,
    SuffixKind,
)

ICANN = PartyRef("icann", "ICANN Contractual Compliance", Role.ICANN)


@dataclass(frozen=True, slots=True)
class PartyCase:
    """What is known of a domain's parties.

    ``suffix`` is its public suffix, None where it has none (an IP address, an onion
    service); ``operator`` is the registry's as the ending's record names it.
    """

    suffix: str | None
    suffix_kind: SuffixKind | None
    generic: bool  # a generic top-level domain, under contract with ICANN
    operator: str | None
    registration: Registration
    hosts: tuple[HostView, ...]
    hosting: HostingVerdict
    search_engines: tuple[str, ...] = ()


def parties_of(case: PartyCase) -> tuple[PartyRef, ...]:
    """Return every party that is known, each once, nearest to the content first."""
    found = (ref for part in _PARTS for ref in part(case))
    return tuple({ref.key: ref for ref in found}.values())


def named_key(prefix: str, name: str) -> str:
    """Return the key of a party that is known by name: ``cdn:example-delivery``."""
    return f"{prefix}:{fold_party(name).replace(' ', '-')}"


def _platform(case: PartyCase) -> Iterator[PartyRef]:
    if case.suffix and case.suffix_kind in {SuffixKind.PLATFORM, SuffixKind.DYNAMIC_DNS}:
        yield PartyRef(f"platform:{case.suffix}", case.suffix, Role.PLATFORM)


def _hosts(case: PartyCase) -> Iterator[PartyRef]:
    """The networks that announce the addresses; behind a proxy that is not the host's."""
    for host in case.hosts:
        for address in host.addresses:
            origin = address.origin
            if host.cdn or address.cdn or origin is None:
                continue
            holder = address.network.holder if address.network else None
            for asn in origin.asns:
                name = origin.as_name or holder or f"AS{asn}"
                yield PartyRef(f"asn:{asn}", name, Role.HOST)


def _cdn(case: PartyCase) -> Iterator[PartyRef]:
    for host in case.hosts:
        for name in (host.cdn, *(address.cdn for address in host.addresses)):
            if name:
                yield PartyRef(named_key("cdn", name), name, Role.CDN)


def _reseller(case: PartyCase) -> Iterator[PartyRef]:
    reseller = case.registration.reseller
    if _registered(case) and reseller and reseller.strip():
        yield PartyRef(named_key("reseller", reseller), reseller, Role.RESELLER)


def _registrar(case: PartyCase) -> Iterator[PartyRef]:
    registrar = case.registration.registrar
    if _registered(case) and registrar is not None:
        yield PartyRef(registrar.key, registrar.name, Role.REGISTRAR)


def _registry(case: PartyCase) -> Iterator[PartyRef]:
    if not case.suffix:
        return
    if case.suffix_kind is SuffixKind.PRIVATE_REGISTRY:
        yield PartyRef(f"tld:{case.suffix}", case.suffix, Role.REGISTRY)
    elif _registered(case):
        tld = case.suffix.rpartition(".")[2]
        yield PartyRef(f"tld:{tld}", case.operator or f"registry of .{tld}", Role.REGISTRY)


def _search_engines(case: PartyCase) -> Iterator[PartyRef]:
    for name in case.search_engines:
        yield PartyRef(named_key("search", name), name, Role.SEARCH_ENGINE)


def _of_country(case: PartyCase) -> Iterator[PartyRef]:
    if country := case.hosting.country:
        yield PartyRef(f"hotline:{country}", f"hotline of {country}", Role.HOTLINE)
        yield PartyRef(f"authority:{country}", f"authority of {country}", Role.AUTHORITY)


def _icann(case: PartyCase) -> Iterator[PartyRef]:
    if _registered(case) and case.generic:
        yield ICANN


_PARTS = (
    _platform,
    _hosts,
    _cdn,
    _reseller,
    _registrar,
    _registry,
    _search_engines,
    _of_country,
    _icann,
)


def _registered(case: PartyCase) -> bool:
    """Whether the domain is one by itself: the suffix's own registrar is never a party."""
    return bool(case.suffix) and case.suffix_kind is SuffixKind.ICANN

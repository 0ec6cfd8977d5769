"""Contacts that the answers about a domain bring with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from abusetrack.judgement.hosting import HostView
from abusetrack.records import (
    Contact,
    ContactOrigin,
    NetworkFacts,
    Observation,
    Registration,
    Role,
)


def found_contacts(registration: Registration, hosts: Iterable[HostView]) -> Iterator[Contact]:
    """Yield the registrar's contact and that of each network a host stands in."""
    registrar = registration.registrar
    if registrar is not None and (registrar.abuse_email or registrar.abuse_phone):
        yield Contact(
            party_key=registrar.key,
            party_name=registrar.name,
            role=Role.REGISTRAR,
            email=registrar.abuse_email,
            form=None,
            phone=registrar.abuse_phone,
            origin=ContactOrigin.AUTOMATIC,
            source="registration answers",
            as_of=registrar.asked_at,
            comment=registrar.source,
        )
    for host in hosts:
        yield from _of_host(host)


def _of_host(host: HostView) -> Iterator[Contact]:
    """Behind a proxy the network is the proxy's, which is reached by a contact of its own."""
    if host.cdn:
        return
    for address in host.addresses:
        origin = address.origin
        if origin is None:
            continue
        for answer, facts in _networks(address.observations):
            if not facts.abuse_email:
                continue
            for asn in origin.asns:
                yield Contact(
                    party_key=f"asn:{asn}",
                    party_name=origin.as_name or facts.holder or f"AS{asn}",
                    role=Role.HOST,
                    email=facts.abuse_email,
                    form=None,
                    phone=None,
                    origin=ContactOrigin.AUTOMATIC,
                    # Networks of one operator may name different desks: each is a contact.
                    source=f"network answers: {facts.abuse_email.lower()}",
                    as_of=answer.asked_at,
                    comment=answer.source,
                )


def _networks(answers: Iterable[Observation]) -> Iterator[tuple[Observation, NetworkFacts]]:
    return ((item, item.facts) for item in answers if isinstance(item.facts, NetworkFacts))

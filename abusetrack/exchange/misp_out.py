"""MISP for partners: one event with an object for each domain, tagged by MISP's taxonomies.

Tags are those of tlp, domain-abuse and action-taken as MISP publishes them; ids follow from
what they stand for, so that an event that is imported again updates the one before.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from pymisp import MISPAttribute, MISPEvent, MISPObject

from abusetrack.exchange.leaving import Outgoing, SharedDomain
from abusetrack.exchange.namespaces import of_organisation
from abusetrack.records import Role, SiteKind, State
from abusetrack.settings import Organisation

MEDIA_TYPE = "application/json"

_STATUS: Mapping[State, str] = {
    State.ACTIVE: "active",
    State.EXPIRED: "active",
    State.PARKED: "active",
    State.NOT_DELEGATED: "inactive",
    State.HELD_BY_REGISTRY: "suspended",
    State.HELD_BY_REGISTRAR: "suspended",
    State.REDEMPTION: "grace-period",
    State.PENDING_DELETE: "grace-period",
    State.NOT_REGISTERED: "not-registered",
}
_ACCESS: Mapping[SiteKind, str] = {
    SiteKind.DEDICATED: "criminal-registration",
    SiteKind.COMPROMISED: "compromised-webserver",
}
_INFORMED: Mapping[Role, str] = {
    Role.HOST: "informed ISP/Hosting Service Provider",
    Role.CDN: "informed ISP/Hosting Service Provider",
    Role.PLATFORM: "informed ISP/Hosting Service Provider",
    Role.REGISTRAR: "informed Registrar",
}


def event(found: Outgoing, organisation: Organisation) -> bytes:
    """Return an event as JSON that MISP imports; the same facts give the same ids."""
    namespace = of_organisation(organisation)
    made = MISPEvent()
    made.uuid = str(uuid.uuid5(namespace, f"misp\0{found.partner}"))
    made.info = f"{organisation.name or 'Hotline'}: child sexual abuse material, confirmed domains"
    made.date = found.as_of.date()
    made.timestamp = found.as_of
    made.threat_level_id, made.analysis, made.distribution = 1, 2, 0
    made.add_tag(f"tlp:{found.settings.tlp}")
    for item in found.domains:
        for part in _objects(item, namespace):
            made.add_object(part)
    for gone in found.withdrawn:
        made.add_object(_taken_back(gone.domain, namespace))
    return (made.to_json(indent=2) + "\n").encode()


def _objects(item: SharedDomain, namespace: uuid.UUID) -> Iterator[MISPObject]:
    about = _object("domain-ip", item.domain, namespace)
    named = _named(about, item.domain, namespace)
    for tag in _tags(item):
        named.add_tag(tag)
    about.add_attribute("first-seen", value=item.first_confirmed)
    about.add_attribute("last-seen", value=item.last_confirmed)
    for address in item.addresses:
        about.add_attribute(
            "ip", value=address.ip, **_id(namespace, "ip", f"{item.domain}\0{address.ip}")
        )
    about.comment = _comment(item)
    yield about
    for host in item.hosts:
        yield _host(item, host, namespace)
    if item.registrar:
        who = _object("whois", item.domain, namespace)
        who.add_attribute("domain", value=item.domain)
        who.add_attribute("registrar", value=item.registrar)
        if item.created is not None:
            who.add_attribute("creation-date", value=item.created)
        yield who
    for page in item.pages:
        at = _object("url", page.url, namespace)
        at.add_attribute("url", value=page.url, **_id(namespace, "url", page.url))
        at.add_attribute("domain", value=item.domain)
        yield at


def _host(item: SharedDomain, host: str, namespace: uuid.UUID) -> MISPObject:
    made = _object("domain-ip", f"{item.domain}\0{host}", namespace)
    key = f"{item.domain}\0{host}"
    made.add_attribute("hostname", value=host, **_id(namespace, "hostname", key))
    for address in item.addresses:
        if address.host == host:
            made.add_attribute(
                "ip", value=address.ip, **_id(namespace, "ip", f"{key}\0{address.ip}")
            )
    return made


def _taken_back(domain: str, namespace: uuid.UUID) -> MISPObject:
    """Return the object of a domain as deleted, with its attribute: MISP then hides both."""
    about = _object("domain-ip", domain, namespace)
    _named(about, domain, namespace).delete()
    about.delete()
    return about


def _named(about: MISPObject, domain: str, namespace: uuid.UUID) -> MISPAttribute:
    named = about.add_attribute("domain", value=domain, **_id(namespace, "domain", domain))
    if named is None:
        raise AssertionError("MISP takes every domain")
    return named


def _tags(item: SharedDomain) -> Iterator[str]:
    status = next((_STATUS[state] for state in item.states if state in _STATUS), None)
    if status:
        yield f'domain-abuse:domain-status="{status}"'
    if item.kind is not None and item.kind in _ACCESS:
        yield f'domain-abuse:domain-access-method="{_ACCESS[item.kind]}"'
    for informed in dict.fromkeys(_INFORMED.get(notice.role) for notice in item.notices):
        if informed:
            yield f"action-taken:{informed}"


def _comment(item: SharedDomain) -> str:
    return "; ".join(
        f"notified {n.role} {n.party} on {n.sent_at:%Y-%m-%d}, outcome: {n.status}"
        for n in item.notices
    )


def _object(name: str, of: str, namespace: uuid.UUID) -> MISPObject:
    made = MISPObject(name, strict=True)
    made.uuid = str(uuid.uuid5(namespace, f"object\0{name}\0{of}"))
    return made


def _id(namespace: uuid.UUID, kind: str, of: str) -> dict[str, Any]:
    return {"uuid": str(uuid.uuid5(namespace, f"attribute\0{kind}\0{of}"))}

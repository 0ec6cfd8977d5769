"""MISP for partners: one event with an object for each domain, tagged by MISP's taxonomies.

Tags are those of tlp, domain-abuse and action-taken as MISP publishes them; ids follow from
what they stand for, so that an event that is imported again updates the one before.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from pymisp import MISPEvent, MISPObject

from abusetrack.exchange.leaving import Outgoing, SharedDomain
from abusetrack.exchange.namespaces import misp_attribute, misp_id, of_organisation
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
    """Return an event as JSON that MISP imports; the same facts give the same bytes."""
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
        made.add_object(_taken_back(gone.domain, namespace, found.as_of))
    made.edited = False  # else its time, which says whether it is an update, is left out
    return (made.to_json(indent=2, sort_keys=True) + "\n").encode()


class _Object:
    """An object whose id, and those of its attributes, follow from what they are of."""

    def __init__(self, name: str, of: str, namespace: uuid.UUID, at: datetime) -> None:
        self.made = MISPObject(name, strict=True)
        self._name, self._of, self._namespace, self._at = name, of, namespace, at
        self.made.uuid = self._id("object")
        self._dated(self.made)

    def add(
        self, relation: str, value: object, *, tags: Iterable[str] = (), deleted: bool = False
    ) -> None:
        """Add one attribute."""
        id_ = self._id(misp_attribute(relation, value))
        found = self.made.add_attribute(relation, value=value, uuid=id_)
        if found is None:
            raise AssertionError(f"MISP takes no {relation}")
        for tag in tags:
            found.add_tag(tag)
        if deleted:
            found.delete()
        self._dated(found)

    def delete(self) -> None:
        """Say that it is deleted: MISP then hides it."""
        self.made.delete()
        self._dated(self.made)

    def _id(self, what: str) -> str:
        return misp_id(self._namespace, what, self._name, self._of)

    def _dated(self, part: Any) -> None:
        part.timestamp = self._at
        part.edited = False  # else the time is left out


def _objects(item: SharedDomain, namespace: uuid.UUID) -> Iterator[MISPObject]:
    about = _Object("domain-ip", item.domain, namespace, item.changed_at)
    about.add("domain", item.domain, tags=_tags(item))
    about.add("first-seen", item.first_confirmed)
    about.add("last-seen", item.last_confirmed)
    for ip in dict.fromkeys(address.ip for address in item.addresses):
        about.add("ip", ip)
    about.made.comment = _comment(item)
    yield about.made
    for host in item.hosts:
        at = _Object("domain-ip", f"{item.domain}\0{host}", namespace, item.changed_at)
        at.add("hostname", host)
        for ip in dict.fromkeys(a.ip for a in item.addresses if a.host == host):
            at.add("ip", ip)
        yield at.made
    if item.registrar:
        who = _Object("whois", item.domain, namespace, item.changed_at)
        who.add("domain", item.domain)
        who.add("registrar", item.registrar)
        if item.created is not None:
            who.add("creation-date", item.created)
        yield who.made
    for page in item.pages:
        at = _Object("url", page.url, namespace, item.changed_at)
        at.add("url", page.url)
        at.add("domain", item.domain)
        yield at.made


def _taken_back(domain: str, namespace: uuid.UUID, at: datetime) -> MISPObject:
    about = _Object("domain-ip", domain, namespace, at)
    about.add("domain", domain, deleted=True)
    about.delete()
    return about.made


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

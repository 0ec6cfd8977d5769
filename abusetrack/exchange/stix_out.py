"""STIX 2.1 for partners: a bundle whose ids are always the same, so a second one updates.

Names, addresses and pages are observables; each domain is an infrastructure that an indicator
points to, with its registrar and host as identities, a sighting for its confirmed pages, and
notes for our notices. What no longer stands is revoked. Marked by TLP 2.0.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address
from typing import Any

import stix2

from abusetrack.exchange.leaving import Outgoing, SharedAddress, SharedDomain, Withdrawn
from abusetrack.exchange.namespaces import indicator_id, of_organisation
from abusetrack.records import HashKind
from abusetrack.settings import Organisation

MEDIA_TYPE = "application/stix+json;version=2.1"

# OASIS, "TLP 2.0 Marking Definitions" of the STIX common object repository.
_TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_TLP = {
    "green": "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "amber": "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "amber+strict": "939a9414-2ddd-4d32-a0cd-375ea402b003",
    "red": "e828b379-4e03-4974-9ac4-e53a884c97c1",
}
# Names of the vocabulary hash-algorithm-ov; the last two are not in it, and allowed beside it.
_HASHES = {
    HashKind.MD5: "MD5", HashKind.SHA1: "SHA-1", HashKind.SHA256: "SHA-256", HashKind.PDQ: "PDQ",
    HashKind.PHOTODNA: "PhotoDNA",
}  # fmt: skip
_TLP_CREATED = "2022-10-01T00:00:00.000Z"


def bundle(found: Outgoing, organisation: Organisation) -> bytes:
    """Return a bundle as JSON; the same facts give the same bytes."""
    writer = _Writer(found, organisation)
    objects = {item["id"]: item for item in writer.objects()}  # each once, the last word holds
    made = stix2.Bundle(
        *objects.values(), id=f"bundle--{writer.uuid('bundle', found.as_of.isoformat())}",
        allow_custom=True,
    )  # fmt: skip
    return (str(made.serialize(pretty=True)) + "\n").encode()


class _Writer:
    """Makes the objects of one bundle; every id follows from what it is of."""

    def __init__(self, found: Outgoing, organisation: Organisation) -> None:
        self._found = found
        self._namespace = of_organisation(organisation)
        self._marking = stix2.MarkingDefinition(
            id=f"marking-definition--{_TLP[found.settings.tlp]}",
            created=_TLP_CREATED,
            name=f"TLP:{found.settings.tlp.upper()}",
            extensions={
                _TLP_EXTENSION: {
                    "extension_type": "property-extension",
                    "tlp_2_0": found.settings.tlp,
                }
            },
            allow_custom=True,
        )
        self._sender = self._identity(organisation.name or "unnamed hotline", "organization", "")

    def uuid(self, *parts: str) -> uuid.UUID:
        """Return the id of one thing of ours."""
        return uuid.uuid5(self._namespace, "\0".join(parts))

    def objects(self) -> Iterator[Any]:
        """Yield all objects, what others refer to first."""
        yield self._marking
        yield self._sender
        for domain in self._found.domains:
            yield from self._of_domain(domain)
        for gone in self._found.withdrawn:
            yield from self._revoked(gone)

    def _of_domain(self, item: SharedDomain) -> Iterator[Any]:
        name = stix2.DomainName(value=item.domain, **self._marked())
        infrastructure = self._infrastructure(item.domain, item.since, item.changed_at)
        indicator = self._indicator(item.domain, item.since, item.changed_at)
        yield from (name, infrastructure, indicator)
        yield self._related(indicator, "indicates", infrastructure, item)
        yield self._related(infrastructure, "consists-of", name, item)
        yield stix2.Sighting(
            id=f"sighting--{self.uuid('sighting', item.domain)}",
            sighting_of_ref=indicator.id,
            first_seen=item.first_confirmed,
            last_seen=item.last_confirmed,
            count=item.confirmed_pages,
            where_sighted_refs=[self._sender.id],
            **self._dated(item.since, item.changed_at),
        )
        if item.registrar:
            registrar = self._identity(item.registrar, "organization", "registrar")
            yield registrar
            yield self._related(name, "related-to", registrar, item, "registered through")
        if item.asn is not None:
            network = stix2.AutonomousSystem(
                number=item.asn, name=item.as_name or None, **self._marked()
            )
            host = self._identity(f"AS{item.asn} {item.as_name}".strip(), "organization", "host")
            yield from (network, host)
            yield self._related(infrastructure, "related-to", host, item, "hosted by")
        for address in item.addresses:
            yield from self._of_address(address, item, infrastructure)
        for page in item.pages:
            url = stix2.URL(value=page.url, **self._marked())
            yield url
            yield self._related(infrastructure, "consists-of", url, item)
        for material in item.items:
            file = stix2.File(
                hashes={_HASHES[kind]: value for kind, value in material.values.items()},
                allow_custom=True,
                **self._marked(),
            )
            yield file
            yield self._related(infrastructure, "consists-of", file, item)
        yield from self._notes(item, infrastructure)

    def _of_address(
        self, address: SharedAddress, item: SharedDomain, infrastructure: Any
    ) -> Iterator[Any]:
        version = ip_address(address.ip).version
        kind = stix2.IPv4Address if version == 4 else stix2.IPv6Address
        ip = kind(value=address.ip, **self._marked())
        host = stix2.DomainName(value=address.host, **self._marked())
        yield from (ip, host)
        yield self._related(host, "resolves-to", ip, item)
        yield self._related(infrastructure, "consists-of", host, item)
        if address.asn is not None:
            network = stix2.AutonomousSystem(
                number=address.asn, name=address.as_name or None, **self._marked()
            )
            yield network
            yield self._related(ip, "belongs-to", network, item)

    def _notes(self, item: SharedDomain, infrastructure: Any) -> Iterator[Any]:
        states = ", ".join(item.states)
        yield self._note(item, infrastructure, "state", f"State of the domain: {states}.")
        if item.kind is not None:
            said = f"Kind of site: {item.kind}."
            yield self._note(item, infrastructure, "kind", said)
        for notice in item.notices:
            at = f"{notice.sent_at:%Y-%m-%dT%H:%M:%SZ}"
            said = f"Notified {notice.role} {notice.party} on {at}; outcome: {notice.status}."
            yield self._note(item, infrastructure, f"notice\0{notice.party}\0{at}", said)

    def _note(self, item: SharedDomain, about: Any, key: str, said: str) -> Any:
        return stix2.Note(
            id=f"note--{self.uuid('note', item.domain, key)}",
            abstract=key.partition("\0")[0],
            content=said,
            object_refs=[about.id],
            **self._dated(item.since, item.changed_at),
        )

    def _revoked(self, gone: Withdrawn) -> Iterator[Any]:
        at = self._found.as_of
        yield from (
            self._infrastructure(gone.domain, gone.since, at, revoked=True),
            self._indicator(gone.domain, gone.since, at, revoked=True),
        )

    def _infrastructure(
        self, domain: str, created: datetime, modified: datetime, **more: Any
    ) -> Any:
        return stix2.Infrastructure(
            id=f"infrastructure--{self.uuid('infrastructure', domain)}",
            name=domain,
            **self._dated(created, modified),
            **more,
        )

    def _indicator(self, domain: str, created: datetime, modified: datetime, **more: Any) -> Any:
        return stix2.Indicator(
            id=indicator_id(self._namespace, domain),
            name=domain,
            pattern=f"[domain-name:value = '{domain}']",
            pattern_type="stix",
            valid_from=created,
            indicator_types=["malicious-activity"],
            labels=["child-sexual-abuse-material"],
            **self._dated(created, modified),
            **more,
        )

    def _identity(self, name: str, kind: str, role: str) -> Any:
        # Dated by the rule itself: the bundle does not know since when somebody exists.
        return stix2.Identity(
            id=f"identity--{self.uuid('identity', role, name)}",
            name=name,
            identity_class=kind,
            roles=[role] if role else None,
            created=_TLP_CREATED,
            modified=_TLP_CREATED,
            **self._marked(),
        )

    def _related(
        self, source: Any, how: str, target: Any, item: SharedDomain, said: str = ""
    ) -> Any:
        return stix2.Relationship(
            id=f"relationship--{self.uuid('relationship', source.id, how, target.id)}",
            source_ref=source.id,
            relationship_type=how,
            target_ref=target.id,
            description=said or None,
            **self._dated(item.since, item.changed_at),
        )

    def _dated(self, created: datetime, modified: datetime) -> dict[str, Any]:
        return {
            "created": created,
            "modified": max(created, modified),
            "created_by_ref": self._sender.id,
            **self._marked(),
        }

    def _marked(self) -> dict[str, Any]:
        return {"object_marking_refs": [self._marking.id]}

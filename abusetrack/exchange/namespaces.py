"""Ids that follow from what they stand for."""

from __future__ import annotations

import uuid

from abusetrack.settings import Organisation

# Of this program; each organisation's own follows from its web page or name (RFC 4122, version 5).
_OURS = uuid.UUID("7f1c3a0e-4f0b-5d63-9c55-6f6f2f6d8a11")


def of_organisation(organisation: Organisation) -> uuid.UUID:
    """Return the namespace of an organisation's ids; two desks of one have the same."""
    named = organisation.website or organisation.verification_url or organisation.name
    return uuid.uuid5(_OURS, named.strip().rstrip("/").casefold())


def indicator_id(namespace: uuid.UUID, domain: str) -> str:
    """Return the STIX id of an organisation's indicator of a domain."""
    return "indicator--" + str(uuid.uuid5(namespace, "indicator\0" + domain))


def misp_id(namespace: uuid.UUID, what: str, object_name: str, of: str) -> str:
    """Return the id of a MISP object of an organisation, or of something in it."""
    return str(uuid.uuid5(namespace, f"{what}\0{object_name}\0{of}"))


def misp_attribute(relation: str, value: object) -> str:
    """Return what an attribute is, for :func:`misp_id`."""
    return f"attribute\0{relation}\0{value}"


def misp_domain_ids(namespace: uuid.UUID, domain: str, value: str) -> frozenset[str]:
    """Return the ids that an organisation's attributes naming ``domain`` have.

    ``value`` is what the attribute says: the domain, or one of its hosts.
    """
    return frozenset(
        misp_id(namespace, misp_attribute(relation, value), object_name, of)
        for object_name, relation, of in (
            ("domain-ip", "domain", domain),
            ("domain-ip", "hostname", f"{domain}\0{value}"),
            ("whois", "domain", domain),
        )
    )

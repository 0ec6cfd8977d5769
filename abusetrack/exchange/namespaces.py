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

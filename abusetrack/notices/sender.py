"""Who writes: the organisation as notices name it, and what of it is still missing."""

from __future__ import annotations

from dataclasses import dataclass

from abusetrack.names.plain import one_line, visible
from abusetrack.notices.recipients import mailbox
from abusetrack.settings import Organisation

# Setting -> what a receiver would miss without it.
_NEEDED = {
    "name": "a notice says who writes it",
    "email": "a notice says where to answer",
    "jurisdiction": "a notice says under whose law the material was assessed",
    "verification_url": "a notice says where a receiver can check who you are",
    "dispute_email": "a notice says how it can be contested",
}


@dataclass(frozen=True, slots=True)
class SenderView:
    """The organisation as templates see it: one line of visible text each, "" where not set."""

    name: str
    mandate: str
    website: str
    verification_url: str
    network: str
    membership_number: str
    jurisdiction: str
    postal_address: str
    email: str
    mail_domain: str
    phone: str
    phone_hours: str
    dispute_email: str
    openpgp_fingerprint: str
    flagger_authority: str
    flagger_number: str


def ready(organisation: Organisation) -> tuple[str, ...]:
    """Return what must be set before anything is exported, as sentences; empty when ready."""
    missing = [
        f"Set organisation.{key}: {why}."
        for key, why in _NEEDED.items()
        if not one_line(getattr(organisation, key))
    ]
    unusable = [
        f"Correct organisation.{key}: mail cannot be written to this address."
        for key in ("email", "dispute_email")
        if getattr(organisation, key) and mailbox(getattr(organisation, key)) is None
    ]
    return (*missing, *unusable)


def sender_view(organisation: Organisation) -> SenderView:
    """Return the organisation as templates see it."""
    email = mailbox(organisation.email) or ""
    return SenderView(
        name=one_line(organisation.name),
        mandate=one_line(organisation.mandate),
        website=visible(organisation.website, 500),
        verification_url=visible(organisation.verification_url, 500),
        network=one_line(organisation.membership.network),
        membership_number=one_line(organisation.membership.number),
        jurisdiction=one_line(organisation.jurisdiction),
        postal_address=one_line(", ".join(organisation.postal_address.splitlines())),
        email=email,
        mail_domain=email.rpartition("@")[2],
        phone=one_line(organisation.phone),
        phone_hours=one_line(organisation.phone_hours),
        dispute_email=mailbox(organisation.dispute_email) or "",
        openpgp_fingerprint=one_line(organisation.openpgp_fingerprint),
        flagger_authority=one_line(organisation.trusted_flagger.authority),
        flagger_number=one_line(organisation.trusted_flagger.number),
    )

"""To whom a notice goes: a contact that an analyst confirmed, or the reason why not."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import idna

from abusetrack.notices.roles import RULES
from abusetrack.records import Contact, Role

# An RFC 5322 dot-atom; quoted local parts are not written to.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_FORM_HOST = re.compile(r"https?://(?:[^/?#\\@]*@)?([^/?#\\@:]+)(?::\d*)?(?:[/?#].*)?")
_IANA_KEY = re.compile(r"iana:(\d{1,9})")
PRACTICE_ENDING = ".invalid"  # RFC 6761: never delivered anywhere


@dataclass(frozen=True, slots=True)
class NoRecipient:
    """Why a party cannot be written to, as a sentence that says what to do."""

    reason: str


def mailbox(text: str) -> str | None:
    """Return the address with its domain as A-label, or None if it cannot be written to.

    Only a bare RFC 5322 dot-atom address passes: no display name, no comment, no
    list, nothing that could become a second recipient or a header.
    """
    local, _, domain = text.strip().rpartition("@")
    if len(text) > 254 or len(local) > 64 or not _LOCAL.fullmatch(local):
        return None
    try:
        ascii_domain = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")
    except UnicodeError:  # IDNAError is one
        return None
    return f"{local}@{ascii_domain}" if "." in ascii_domain.strip(".") else None


def iana_id(contact: Contact) -> int | None:
    """Return the registrar's IANA ID, which ICANN-accredited registrars have."""
    match = _IANA_KEY.fullmatch(contact.party_key)
    return int(match[1]) if match else None


def recipient_of(
    contact: Contact | None, role: Role, *, practice: bool, no_send: str = ""
) -> Contact | NoRecipient:
    """Return the contact as a notice may use it, or why it may not.

    An unusable e-mail address counts as none; with a web form alone a draft is
    still written, as text for the form. In practice everything ends in ``.invalid``.
    """
    party = RULES[role].noun
    if contact is None:
        return NoRecipient(
            f"No abuse contact of this {party} is known; add one to the contacts and confirm it."
        )
    if no_send:
        return NoRecipient(
            f"This {party} stands on the no-send list ({no_send}); choose another contact."
        )
    if contact.confirmed_at is None:
        return NoRecipient(
            f"The {party}'s abuse contact was not confirmed by an analyst; check it on the "
            f"{party}'s own page, then confirm it."
        )
    email = mailbox(contact.email) if contact.email else None
    form = contact.form.strip() if contact.form else None
    if not email and not form:
        return NoRecipient(
            f"The {party}'s contact has neither a usable e-mail address nor a web form; "
            "add one of them and confirm it."
        )
    if practice and not _ends_nowhere(email, form):
        return NoRecipient(
            "In practice only recipients ending in .invalid are written to; use the contacts "
            "that the practice internet writes."
        )
    return replace(contact, email=email, form=form or None)


def _ends_nowhere(email: str | None, form: str | None) -> bool:
    hosts = [email.rpartition("@")[2]] if email else []
    if form:
        match = _FORM_HOST.fullmatch(form)
        hosts.append(match[1].lower() if match else form)
    return all(host.rstrip(".").endswith(PRACTICE_ENDING) for host in hosts)

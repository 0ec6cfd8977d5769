"""A contact as an analyst types it."""

from __future__ import annotations

import re

from abusetrack.errors import InputError
from abusetrack.notices.recipients import mailbox
from abusetrack.records import Contact, ContactOrigin, Party, Role
from abusetrack.triage.context import Context

_FORM = re.compile(r"https?://[^\s/?#@\\]+\S*")


def own_contact(
    context: Context, party: Party, role: Role, *, email: str, form: str, phone: str
) -> Contact:
    """Return a contact of our own for a party; it is not confirmed yet.

    Raises:
        InputError: an address is none that could be written to, or there is none at all.
    """
    if email and mailbox(email) is None:
        raise InputError(f"{email!r} is no single mail address such as abuse@registrar.example.")
    if form and not _FORM.fullmatch(form):
        raise InputError("A web form is given by its address, beginning with https://.")
    if not (email or form or phone):
        raise InputError(
            "A contact needs an e-mail address, a web form or a telephone number. To stop "
            "writing to an address, use 'Never send there'."
        )
    return Contact(
        party_key=party.key,
        party_name=party.name,
        role=role,
        email=email or None,
        form=form or None,
        phone=phone or None,
        origin=ContactOrigin.MANUAL,
        source=context.actor,
        as_of=context.clock.now(),
    )

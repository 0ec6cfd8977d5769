"""From confirmed rows to a draft: a pure function of its arguments.

The same rows, contact, organisation, template and instant give the same draft.
Which domains may be addressed at all is decided by :mod:`abusetrack.judgement`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from abusetrack.errors import InputError
from abusetrack.names import defang
from abusetrack.notices.legal import is_generic, registrar_basis
from abusetrack.notices.plain import visible
from abusetrack.notices.recipients import NoRecipient, iana_id, registrar_recipient
from abusetrack.notices.sender import sender_view
from abusetrack.notices.templates import render
from abusetrack.records import Contact, Draft, NoticeRow, Role
from abusetrack.settings import Organisation, PolicySettings

MOST_ROWS = 50  # of one notice: what a desk can still work through row by row
PRACTICE_MARK = "PRACTICE - NOT A NOTICE"

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]{0,59}")
_HOSTS_SHOWN = 5  # in the text; the attached table has more


@dataclass(frozen=True, slots=True)
class RowView:
    """One row as templates see it: visible text, names defanged, times in UTC; "" where not known.

    There is no URL in it, so no template can give one away.
    """

    number: int
    name: str
    unicode: str  # "" where the same as the name
    hosts: tuple[str, ...]  # the first few
    more_hosts: int
    registrar: str
    iana_id: str
    statuses: tuple[str, ...]
    source: str
    asked_at: str
    kind: str
    confirmed_urls: int
    first_confirmed: str
    last_confirmed: str
    legal_category: str
    law: str
    reference: str
    generic: bool  # under a generic top-level domain


@dataclass(frozen=True, slots=True)
class RecipientView:
    """The registrar as templates see it."""

    name: str
    iana_id: str  # "" where it has none
    by_mail: bool  # else by its web form, which takes no attachment


def group(rows: Sequence[NoticeRow]) -> tuple[tuple[NoticeRow, ...], ...]:
    """Split one registrar's rows, in order of name, into notices of at most 50 of like size."""
    ordered = sorted(rows, key=lambda row: row.domain)
    notices = -(-len(ordered) // MOST_ROWS)
    bounds = [len(ordered) * part // notices for part in range(notices + 1)] if notices else [0]
    return tuple(tuple(ordered[start:end]) for start, end in itertools.pairwise(bounds))


def compose_registrar(
    organisation: Organisation,
    recipient: Contact,
    rows: Sequence[NoticeRow],
    *,
    reference: str,
    at: datetime,
    policy: PolicySettings,
    practice: bool,
    template_folder: Path | None = None,
) -> Draft:
    """Write the first notice to a registrar: please deregister these domains.

    Raises:
        InputError: no row or more than 50, a contact that may not be written to, a
            reference that is not one plain word, or a broken template in ``template_folder``.
    """
    if not 0 < len(rows) <= MOST_ROWS:
        raise InputError(f"A notice has 1 to {MOST_ROWS} domains; split the list.")
    chosen = registrar_recipient(recipient, practice=practice)
    if isinstance(chosen, NoRecipient):
        raise InputError(chosen.reason)
    number = iana_id(chosen)
    if not _REFERENCE.fullmatch(reference):
        raise InputError(
            "A reference has at most 60 letters, digits, dots, hyphens and slashes; "
            "set organisation.reference_prefix to such."
        )
    rendered = render(
        "registrar/first",
        {
            "reference": reference,
            "composed": _day(at),
            "reply_by": _day(at + timedelta(days=policy.reply_by_days)),
            "sender": sender_view(organisation),
            "recipient": RecipientView(
                name=visible(chosen.party_name),
                iana_id="" if number is None else str(number),
                by_mail=chosen.email is not None,
            ),
            "rows": tuple(_view(index, row) for index, row in enumerate(rows, start=1)),
            "basis": registrar_basis(number, [row.domain for row in rows]).value,
        },
        template_folder,
    )
    subject, body = visible(rendered.subject, 300), rendered.body
    if practice:
        subject = f"{PRACTICE_MARK}: {subject}"
        body = f"{PRACTICE_MARK}\n\n{body}\n{PRACTICE_MARK}\n"
    return Draft(
        reference=reference,
        role=Role.REGISTRAR,
        recipient=chosen,
        subject=subject,
        body=body,
        rows=tuple(rows),
        composed_at=at,
        template=rendered.template,
        practice=practice,
    )


def _view(number: int, row: NoticeRow) -> RowView:
    return RowView(
        number=number,
        name=defang(visible(row.domain)),
        unicode="" if row.unicode == row.domain else defang(visible(row.unicode)),
        hosts=tuple(defang(visible(host, 300)) for host in row.hosts[:_HOSTS_SHOWN]),
        more_hosts=max(0, len(row.hosts) - _HOSTS_SHOWN),
        registrar=visible(row.registrar),
        iana_id="" if row.iana_id is None else str(row.iana_id),
        statuses=tuple(visible(status, 80) for status in row.statuses[:20]),
        source=visible(row.registration_source),
        asked_at=_minute(row.registration_asked_at),
        kind=row.kind.value,
        confirmed_urls=row.confirmed_urls,
        first_confirmed=_minute(row.first_confirmed),
        last_confirmed=_minute(row.last_confirmed),
        legal_category=visible(row.legal_category),
        law=visible(row.law),
        reference=visible(row.reference),
        generic=is_generic(row.domain),
    )


# Not by the system's language; no number of a month can be taken for a day.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _day(at: datetime) -> str:
    """Return a day such as 6 March 2026, with spaces at which no line is broken."""
    day = at.astimezone(UTC)
    return f"{day.day}\N{NO-BREAK SPACE}{_MONTHS[day.month - 1]}\N{NO-BREAK SPACE}{day.year}"


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC".replace(" ", "\N{NO-BREAK SPACE}")

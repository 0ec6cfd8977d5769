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
from abusetrack.names.plain import visible
from abusetrack.notices import legal, words
from abusetrack.notices.recipients import NoRecipient, iana_id, recipient_of
from abusetrack.notices.roles import RULES, may_have_pages, template_name
from abusetrack.notices.sender import sender_view
from abusetrack.notices.templates import languages, render
from abusetrack.notices.words import ENGLISH, Words
from abusetrack.records import (
    Contact,
    Draft,
    NoticeRow,
    NoticeStatus,
    Role,
    Rung,
    SiteKind,
    Step,
    Terms,
)
from abusetrack.settings import Organisation, PolicySettings

MOST_ROWS = 50  # of one notice: what a desk can still work through row by row
PRACTICE_MARK = "PRACTICE - NOT A NOTICE"

NO_TERMS = Terms()

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]{0,59}")
_HOSTS_SHOWN = 5  # in the text; the attached table has more
_ADDRESSES_SHOWN = 8
_STEPS_SHOWN = 30


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
    addresses: tuple[str, ...]  # the first few
    network: str
    country: str
    source: str
    asked_at: str
    kind: str
    confirmed_urls: int
    first_confirmed: str
    last_confirmed: str
    legal_category: str
    law: str
    persistence: tuple[str, ...]
    reference: str
    generic: bool  # under a generic top-level domain
    pages: int  # how many page addresses go with it, in a table of their own
    partly: bool  # only these pages are withdrawn


@dataclass(frozen=True, slots=True)
class StepView:
    """An earlier notice as templates see it; days as text, "" where not known."""

    reference: str
    rung: str
    role: str
    party: str
    exported: str
    sent: str
    channel: str
    their_reference: str
    status: str
    answered: str
    since: str  # what followed, in words for a reader who was not there
    rows: tuple[str, ...]  # numbers of the rows of this notice that it was about
    others: int  # names that it was about besides


@dataclass(frozen=True, slots=True)
class RecipientView:
    """The recipient as templates see it."""

    name: str
    iana_id: str  # "" where it has none
    by_mail: bool  # else by its web form, which takes no attachment
    policy: str  # "" where not known


@dataclass(frozen=True, slots=True)
class Request:
    """What a notice is made of, besides who writes it and when."""

    role: Role
    rung: Rung
    recipient: Contact
    rows: tuple[NoticeRow, ...]
    terms: Terms = NO_TERMS
    earlier: tuple[Step, ...] = ()
    reason: str = ""
    approval_needed: str = ""


def group(
    rows: Sequence[NoticeRow], *, one_domain: bool = False
) -> tuple[tuple[NoticeRow, ...], ...]:
    """Split one party's rows, in order of name, into notices of at most 50 of like size.

    With ``one_domain`` each row is a notice of its own.
    """
    ordered = sorted(rows, key=lambda row: row.domain)
    notices = len(ordered) if one_domain else -(-len(ordered) // MOST_ROWS)
    bounds = [len(ordered) * part // notices for part in range(notices + 1)] if notices else [0]
    return tuple(tuple(ordered[start:end]) for start, end in itertools.pairwise(bounds))


def compose(
    organisation: Organisation,
    request: Request,
    *,
    reference: str,
    at: datetime,
    policy: PolicySettings,
    practice: bool,
    template_folder: Path | None = None,
) -> Draft:
    """Write a notice.

    Raises:
        InputError: no row or more than 50, no earlier notice where one is restated, a
            contact that may not be written to, or a reference that is not one plain word.
    """
    chosen = _refuse(request, reference, practice=practice)
    rows, terms = request.rows, request.terms
    name = template_name(request.role, request.rung)
    tongue = terms.language if terms.language in languages(template_folder) else ENGLISH
    found = words.find(tongue, template_folder)
    values = _values(
        organisation, request, chosen, found.words, reference=reference, at=at, policy=policy
    )
    rendered = render(name, values | {"short": False}, template_folder, terms.language)
    short = ""
    if terms.form_characters is not None:
        short = render(name, values | {"short": True}, template_folder, terms.language).body
    subject, body = visible(rendered.subject, 300), rendered.body
    if practice:
        subject = f"{PRACTICE_MARK}: {subject}"
        body = f"{PRACTICE_MARK}\n\n{body}\n{PRACTICE_MARK}\n"
    return Draft(
        reference=reference,
        role=request.role,
        recipient=chosen,
        subject=subject,
        body=body,
        rows=rows,
        composed_at=at,
        template=rendered.template,
        practice=practice,
        rung=request.rung,
        terms=terms,
        earlier=request.earlier,
        reason=request.reason,
        approval_needed=request.approval_needed,
        short=short,
        complaint=" ".join(filter(None, (rendered.complaint, found.complaint))),
        said_as=tuple(sorted(found.words.said.items())),
    )


def _refuse(request: Request, reference: str, *, practice: bool) -> Contact:
    """Return the contact as it may be used, or say why nothing can be written."""
    if not 0 < len(request.rows) <= MOST_ROWS:
        raise InputError(f"A notice has 1 to {MOST_ROWS} domains; split the list.")
    if request.rung is not Rung.FIRST and not request.earlier:
        raise InputError(
            f"A {request.rung.value} follows an earlier notice, and there is none: "
            "draft a first one."
        )
    chosen = recipient_of(
        request.recipient, request.role, practice=practice, no_send=request.terms.no_send
    )
    if isinstance(chosen, NoRecipient):
        raise InputError(chosen.reason)
    if not _REFERENCE.fullmatch(reference):
        raise InputError(
            "A reference has at most 60 letters, digits, dots, hyphens and slashes; "
            "set organisation.reference_prefix to such."
        )
    return chosen


def _values(
    organisation: Organisation,
    request: Request,
    recipient: Contact,
    said: Words,
    *,
    reference: str,
    at: datetime,
    policy: PolicySettings,
) -> dict[str, object]:
    """Return what templates see."""
    rows, terms = request.rows, request.terms
    number = iana_id(recipient)
    names = [row.domain for row in rows]
    clauses = legal.clauses(legal.situation(request.role, number, names, terms, organisation))
    return {
        "reference": reference,
        "composed": said.on(at),
        "reply_by": said.on(at + timedelta(days=policy.reply_by_days)),
        "role": request.role.value,
        "rung": request.rung.value,
        "sender": sender_view(organisation),
        "recipient": RecipientView(
            name=visible(recipient.party_name),
            iana_id="" if number is None else str(number),
            by_mail=recipient.email is not None,
            policy=visible(terms.policy),
        ),
        "rows": tuple(_view(index, row) for index, row in enumerate(rows, start=1)),
        "earlier": tuple(_step(step, names, said) for step in request.earlier[-_STEPS_SHOWN:]),
        "clauses": tuple(clause.value for clause in clauses),
        "registration": RULES[request.role].registration,
        "dedicated": all(row.kind is SiteKind.DEDICATED for row in rows),
        "with_pages": any(row.pages for row in rows) and may_have_pages(request.role, terms),
    }


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
        addresses=tuple(visible(address, 50) for address in row.addresses[:_ADDRESSES_SHOWN]),
        network=visible(row.network),
        country=visible(row.country, 2),
        source=visible(row.registration_source),
        asked_at=_minute(row.registration_asked_at),
        kind=row.kind.value,
        confirmed_urls=row.confirmed_urls,
        first_confirmed=_minute(row.first_confirmed),
        last_confirmed=_minute(row.last_confirmed),
        legal_category=visible(row.legal_category),
        law=visible(row.law),
        persistence=tuple(visible(reason) for reason in row.persistence),
        reference=visible(row.reference),
        generic=legal.is_generic(row.domain),
        pages=len(row.pages),
        partly=row.partly,
    )


def _step(step: Step, names: Sequence[str], said: Words) -> StepView:
    return StepView(
        reference=visible(step.reference, 60),
        rung=step.rung.value,
        role=step.role.value,
        party=visible(step.party_name),
        exported=said.on(step.exported_at),
        sent=said.on(step.sent_at) if step.sent_at else "",
        channel=visible(step.channel, 80),
        their_reference=visible(step.their_reference, 80),
        status=step.status.value,
        answered=said.on(step.answered_at) if step.answered_at else "",
        since=_since(step, said),
        rows=tuple(
            str(number) for number, name in enumerate(names, start=1) if name in step.domains
        ),
        others=len(set(step.domains) - set(names)),
    )


def _since(step: Step, words: Words) -> str:
    unmarked = step.status in {NoticeStatus.EXPORTED, NoticeStatus.SENT}
    if step.answered_at is None:
        return words.say("no answer on record" if unmarked else step.status.value)
    said = words.say("answered" if unmarked else step.status.value)
    return f"{said}, {words.on(step.answered_at)}"


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC".replace(" ", "\N{NO-BREAK SPACE}")

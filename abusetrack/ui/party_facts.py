"""A party's page as sections of facts: whom we know, what they accept, how they answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from PySide6.QtCore import QCoreApplication

from abusetrack.records import Role
from abusetrack.triage import contact_tables, party_view
from abusetrack.triage.contacts import Reach
from abusetrack.triage.party_view import PartyView
from abusetrack.ui.facts import Fact, Section
from abusetrack.ui.text import age, day, joined
from abusetrack.ui.words import word

_tr = partial(QCoreApplication.translate, "party")
_MOST = 50  # notices, and lines of the ledger


def sections(page: PartyView, role: Role, now: datetime) -> tuple[Section, ...]:
    """Return everything known of a party, the contact in ``role`` first."""
    reaches = sorted(page.reaches, key=lambda item: item.contact.role is not role)
    return tuple(
        Section(title, facts)
        for title, facts in (
            (_tr("Contacts"), tuple(_contacts(reaches, now))),
            (_tr("How they answered"), tuple(_record(page))),
            (_tr("What we know"), tuple(_notes(page))),
            (_tr("Notices"), tuple(_notices(page))),
            (_tr("How the contact fared"), tuple(_ledger(page))),
        )
        if facts
    )


def _contacts(reaches: list[Reach], now: datetime) -> Iterator[Fact]:
    for item in reaches:
        contact = item.contact
        ways = (
            (_tr("E-mail"), contact.email),
            (_tr("Web form"), contact.form),
            (_tr("Telephone"), contact.phone),
        )
        seal = (
            _tr("confirmed by {who}, {day}").format(
                who=contact.confirmed_by, day=day(contact.confirmed_at)
            )
            if contact.confirmed_at
            else _tr("not confirmed: no draft uses it")
        )
        only = _tr("web form only") if contact.form and not contact.email else ""
        yield Fact(_tr("As"), word(contact.role), joined([seal, only]))
        for name, value in ways:
            if value:
                yield Fact(name, value, joined([contact.source, age(contact.as_of, now)]))
        if contact.comment:
            yield Fact(_tr("Comment"), contact.comment)
        if item.no_send:
            yield Fact(_tr("Never sent to"), item.no_send)
        for reason in item.warnings:
            yield Fact(_tr("Beware"), reason.text)


def names() -> dict[str, str]:
    """Return the notes that are shown, by field, as people call them."""
    return {
        "policy": _tr("Their policy"),
        "policy_url": _tr("Policy page"),
        "trusted_notifier": _tr("Trusted notifier"),
        "framework": _tr("Framework signed"),
        "union": _tr("Serves the Union"),
        "online_platform": _tr("Online platform"),
        "exact_urls": _tr("Needs exact URLs"),
        "one_domain": _tr("One domain each"),
        "language": _tr("Language"),
        "country": _tr("Country"),
        "openpgp_fingerprint": _tr("OpenPGP key"),
        "form_fields": _tr("Fields of the form"),
        "form_characters": _tr("Form, characters"),
        "form_rows": _tr("Form, rows"),
        "comment": _tr("Comment"),
    }


def _notes(page: PartyView) -> Iterator[Fact]:
    for field, name in names().items():
        if text := contact_tables.cell(page.party, field):
            own = _tr("our own note") if field in page.party.manual else _tr("from a table")
            yield Fact(name, text, own)
    yield Fact(_tr("Domains now"), f"{page.domains:,}", _tr("of this case file, with them"))


def _record(page: PartyView) -> Iterator[Fact]:
    first, *more = party_view.sentences(page.record)
    yield Fact(_tr("Record"), first, "; ".join(more))
    for template, counts in page.quality.items():
        said = ", ".join(f"{word(quality)} {count}" for quality, count in counts.items())
        yield Fact(_tr("They said"), said, template)


def _notices(page: PartyView) -> Iterator[Fact]:
    for item in page.notices[:_MOST]:
        row = item.row
        late = _tr("overdue") if item.overdue else ""
        said = _tr("{status}, {day}").format(status=word(row.status), day=day(row.status_at))
        about = _tr("{rung}, domains: {n}").format(rung=word(row.rung), n=row.domains)
        yield Fact(day(row.exported_at), joined([row.reference, said, late]), about)


def _ledger(page: PartyView) -> Iterator[Fact]:
    for event in reversed(page.ledger[-_MOST:]):
        yield Fact(
            day(event.at),
            f"{event.address}: {word(event.outcome)}",
            joined([event.actor, event.note]),
        )

"""What a partner would get, and what its file would bring, as the page of partners shows it.

The rule of what may leave, and what is made of a file, are of :mod:`abusetrack.exchange`; it is
imported when somebody exchanges something.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from abusetrack.casefile import CaseFile
from abusetrack.records import DomainNow, PartnerSaid
from abusetrack.triage.context import Context
from abusetrack.ui.facts import Fact, Section
from abusetrack.ui.text import day, joined, mask_url, one_line, plain_url
from abusetrack.ui.theme import Tone
from abusetrack.ui.words import word

if TYPE_CHECKING:
    from abusetrack.exchange.errand import Errand
    from abusetrack.exchange.incoming import Incoming, Said
    from abusetrack.exchange.leaving import Outgoing, SharedDomain, Withdrawn
    from abusetrack.exchange.receiving import Preview, Received
    from abusetrack.exchange.taxii import Fetched

_tr = partial(QCoreApplication.translate, "exchanging")


@dataclass(frozen=True, slots=True)
class Form:
    """A format that a partner is given something in.

    ``names_only``: a block list. ``online``: no file, but added to its server's collection.
    """

    key: str
    title: str
    ending: str
    names_only: bool = True
    online: bool = False


def forms() -> tuple[Form, ...]:
    """Return the formats, in the order in which they are offered."""
    return (
        Form("stix", _tr("STIX 2.1"), "json", names_only=False),
        Form("misp", _tr("MISP event"), "json", names_only=False),
        Form("rpz", _tr("Block list: response policy zone"), "rpz"),
        Form("hosts", _tr("Block list: hosts file"), "hosts"),
        Form("plain", _tr("Block list: one name on a line"), "txt"),
        Form("csv", _tr("Block list: CSV"), "csv"),
        Form("taxii", _tr("STIX 2.1, added to its collection (TAXII)"), "", False, online=True),
    )


# -- giving


def offer(context: Context, case: CaseFile, partner: str, form: Form) -> Outgoing:
    """Return what a partner would get; of its collection, what is not there as it is now.

    Raises:
        InputError: no partner, or no collection of it, is known.
    """
    from abusetrack.exchange import extra, giving

    if form.online:
        found: Outgoing = extra.taxii().offer(context, case, partner)
        return found
    return giving.offer(context, case, partner, form.key)


def as_given(context: Context, seen: Outgoing, form: Form) -> str:
    """Return what a partner gets of it, word for word, before it is encrypted.

    Raises:
        InputError: the package of the format is missing.
    """
    from abusetrack.exchange import giving

    return giving.body(context, seen, "stix" if form.online else form.key).decode()


def push(context: Context, case: CaseFile, seen: Outgoing, errand: Errand) -> Outgoing:
    """Add to a partner's collection what was looked at.

    Raises:
        InputError: it is not the same any more, or no account is known.
        ExternalError: the server cannot be used; nothing is recorded as given.
    """
    from abusetrack.exchange import extra

    added: Outgoing = extra.taxii().push(context, case, seen.partner, seen=seen, errand=errand)
    return added


@dataclass(frozen=True, slots=True)
class Going:
    """One row of the preview: a domain that is given, or taken back where ``shared`` is None."""

    domain: str
    shared: SharedDomain | None


def going(domains: tuple[SharedDomain, ...], gone: tuple[Withdrawn, ...]) -> list[Going]:
    """Return the rows of a preview: what is taken back first."""
    return [
        *(Going(item.domain, None) for item in gone),
        *(Going(item.domain, item) for item in domains),
    ]


def shared_sections(row: Going, form: Form, *, revealed: bool) -> tuple[Section, ...]:
    """Return everything that the receiver sees of one domain; nothing else is in the file."""
    name = Section(_tr("Name"), (Fact(_tr("Domain"), row.domain),))
    item = row.shared
    if item is None:
        return (name, Section(_tr("Taken back"), (Fact(_tr("Says"), _tr("holds no longer")),)))
    if form.names_only:
        return (name,)
    return tuple(
        section
        for section in (
            name,
            Section(_tr("Site"), tuple(_site(item))),
            Section(_tr("Registration and hosting"), tuple(_where(item))),
            Section(_tr("Our notices"), tuple(_notices(item))),
            Section(_tr("Pages"), tuple(_pages(item, revealed=revealed))),
        )
        if section.facts
    )


def _site(item: SharedDomain) -> Iterator[Fact]:
    if item.unicode != item.domain:
        yield Fact(_tr("In its script"), item.unicode)
    yield Fact(_tr("Kind"), word(item.kind) if item.kind else _tr("not agreed"))
    yield Fact(_tr("State"), ", ".join(map(word, item.states)))
    yield Fact(_tr("Confirmed"), f"{day(item.first_confirmed)} – {day(item.last_confirmed)}")
    yield Fact(_tr("Confirmed pages"), str(item.confirmed_pages))
    if item.persistent:
        yield Fact(_tr("Persistent"), _tr("yes"))
    yield Fact(_tr("Given as since"), day(item.since))
    yield Fact(_tr("Last looked at"), day(item.changed_at))
    if item.items:
        yield Fact(_tr("Hashes"), _tr("of {n} pieces of material").format(n=len(item.items)))


def _where(item: SharedDomain) -> Iterator[Fact]:
    number = f"IANA {item.registrar_iana_id}" if item.registrar_iana_id is not None else ""
    network = f"AS{item.asn}" if item.asn is not None else ""
    for title, value in (
        (_tr("Registrar"), joined([item.registrar, number])),
        (_tr("Registered"), day(item.created) if item.created else ""),
        (_tr("Country"), item.country),
        (_tr("Network"), joined([network, item.as_name])),
        (_tr("Delivery network"), item.cdn),
        (_tr("Hosts"), "\n".join(item.hosts)),
    ):
        if value:
            yield Fact(title, value)
    for address in item.addresses:
        network = f"AS{address.asn}" if address.asn is not None else ""
        yield Fact(_tr("Address"), joined([address.ip, address.host, network, address.as_name]))


def _notices(item: SharedDomain) -> Iterator[Fact]:
    for told in item.notices:
        yield Fact(word(told.role), joined([told.party, day(told.sent_at), word(told.status)]))


def _pages(item: SharedDomain, *, revealed: bool) -> Iterator[Fact]:
    for page in item.pages:
        url = plain_url(page.url) if revealed else mask_url(page.url)
        yield Fact(_tr("Page"), url, joined([day(page.confirmed_at), page.legal_category]))


# -- receiving


@dataclass(frozen=True, slots=True)
class Coming:
    """One domain of a partner's file: what it says, what we have, what would change."""

    domain: str
    becomes: str
    tone: Tone
    says: str
    here: str
    changes: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What a partner says as read, and the preview of it; nothing is kept.

    ``fetched`` is there where it comes from the partner's server.
    """

    found: Incoming
    preview: Preview
    rows: tuple[Coming, ...]
    fetched: Fetched | None = None


def open_file(context: Context, case: CaseFile, partner: str, path: Path) -> Opened:
    """Read a partner's file; nothing is stored.

    Raises:
        InputError: it cannot be read, or is neither STIX 2.1 nor MISP.
    """
    from abusetrack.exchange import receiving

    found = receiving.read(context, partner, path)
    seen = receiving.preview(context, case, partner, found)
    return Opened(found, seen, tuple(_coming(seen)))


def open_fetched(context: Context, case: CaseFile, fetched: Fetched) -> Opened:
    """Look at what was read from a partner's server."""
    from abusetrack.exchange import receiving

    seen = receiving.preview(context, case, fetched.partner, fetched.incoming)
    return Opened(fetched.incoming, seen, tuple(_coming(seen)), fetched)


def fetch(context: Context, case: CaseFile, partner: str, errand: Errand) -> Opened:
    """Read what a partner's server has and we do not; nothing of it counts.

    Raises:
        InputError: no server, account or password of it is known.
        ExternalError: the server cannot be used.
    """
    from abusetrack.exchange import extra

    return open_fetched(context, case, extra.taxii().fetch(context, case, partner, errand=errand))


def forget(case: CaseFile, partner: str) -> None:
    """Keep nothing of what a partner's server gave."""
    from abusetrack.exchange import extra

    extra.taxii().leave(case, partner)


def keep(context: Context, case: CaseFile, partner: str, opened: Opened) -> Received:
    """Keep what was looked at."""
    from abusetrack.exchange import extra, receiving

    if opened.fetched is not None:
        kept: Received = extra.taxii().keep(context, case, opened.fetched)
        return kept
    return receiving.receive(context, case, partner, opened.found)


def _coming(seen: Preview) -> Iterator[Coming]:
    said: dict[str, list[Said]] = {}
    for item in seen.incoming.said:
        said.setdefault(item.record.domain, []).append(item)
    conflicting, confirmed = set(seen.conflicting), set(seen.confirmed)
    reported, new = set(seen.reported), set(seen.new)

    def first(domain: str) -> tuple[bool, bool, bool, str]:
        counts = domain in confirmed or domain in reported
        return domain not in conflicting, not counts, domain not in new, domain

    for domain in sorted(said, key=first):
        if domain in conflicting:
            becomes, tone = _tr("in conflict"), Tone.NOTE
        elif domain in new:
            becomes, tone = _tr("new"), Tone.ACCENT
        else:
            becomes, tone = _tr("known"), Tone.PLAIN
        if domain in confirmed:
            changes = _tr("counts as confirmed, in the partner's name")
        elif domain in reported:
            changes = _tr("becomes a report to assess")
        else:
            changes = _tr("nothing")
        says = joined(list(dict.fromkeys(map(_says, said[domain]))))
        yield Coming(domain, becomes, tone, says, _here(seen.ours.get(domain)), changes)


def _says(item: Said) -> str:
    record = item.record
    at = day(record.at)
    if record.what is PartnerSaid.WITHDRAWN:
        return _tr("taken back on {day}").format(day=at)
    if record.what is PartnerSaid.NOTIFIED:
        role = word(record.role) if record.role else ""
        party = one_line(record.party)
        return _tr("told {party} on {day}").format(party=f"{role} {party}".strip(), day=at)
    kind = word(item.kind) if item.kind else _tr("kind not said")
    return _tr("{kind}, since {day}").format(kind=kind, day=at)


def _here(now: DomainNow | None) -> str:
    if now is None:
        return "—"
    if not now.confirmed_reports:
        return _tr("reported, not confirmed")
    kind = word(now.kind) if now.kind else _tr("kind not agreed")
    return _tr("confirmed, {kind}").format(kind=kind)

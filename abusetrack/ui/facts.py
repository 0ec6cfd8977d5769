"""A dossier as the detail panel shows it: sections of facts, each with source and age."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from PySide6.QtCore import QCoreApplication

from abusetrack.judgement.hosting import AddressView, HostView
from abusetrack.records import Observation, Question, Registrar, SuffixKind
from abusetrack.triage.dossier import Dossier
from abusetrack.ui import judged_facts
from abusetrack.ui.text import age, joined, minute
from abusetrack.ui.words import word

_tr = partial(QCoreApplication.translate, "facts")
_COUNT = re.compile(r"(?<!\S)\d[\d,]*(?=[\s;,.)]|$)")  # no day, hour, address or name


@dataclass(frozen=True, slots=True)
class Fact:
    """One line; ``note`` says where it comes from and how old it is."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Facts that belong together."""

    title: str
    facts: tuple[Fact, ...]


def sections(dossier: Dossier, now: datetime, *, calm: bool = False) -> tuple[Section, ...]:
    """Return everything known of a domain, in the order in which an analyst asks.

    ``calm`` leaves out the numbers of what is counted and of why something was judged so.
    """
    counting = _uncounted if calm else _as_it_is
    return tuple(
        Section(title, facts)
        for title, facts in (
            (_tr("State"), tuple(map(counting, _state(dossier)))),
            (_tr("Registration"), tuple(_registration(dossier, now))),
            (_tr("Hosting"), tuple(_hosting(dossier, now))),
            (_tr("Reports"), tuple(map(counting, _reports(dossier)))),
            (_tr("Whom to address"), tuple(map(counting, _judged(dossier)))),
        )
        if facts
    )


def _as_it_is(fact: Fact) -> Fact:
    return fact


def _uncounted(fact: Fact) -> Fact:
    return Fact(fact.name, _COUNT.sub("…", fact.value), _COUNT.sub("…", fact.note))


def _endings() -> dict[SuffixKind, str]:
    return {
        SuffixKind.ICANN: _tr("of a registry"),
        SuffixKind.PLATFORM: _tr("of a platform: its users share the name"),
        SuffixKind.DYNAMIC_DNS: _tr("of a dynamic DNS service"),
        SuffixKind.PRIVATE_REGISTRY: _tr("of a private registry"),
        SuffixKind.UNKNOWN: _tr("not on the suffix list in use"),
    }


def _state(dossier: Dossier) -> Iterator[Fact]:
    state = dossier.view.state
    yield Fact(_tr("State"), ", ".join(word(item) for item in state.states), state.reason)
    if dossier.gone and dossier.gone.holds:
        yield Fact(_tr("Gone"), _tr("yes"), "; ".join(r.text for r in dossier.gone.reasons))
    if dossier.unicode != dossier.domain:
        yield Fact(_tr("As A-label"), dossier.domain)
    if dossier.suffix_kind:
        yield Fact(_tr("Ending"), _endings()[dossier.suffix_kind])
    if dossier.verdict:
        said = _tr("yes") if dossier.verdict.holds else _tr("no")
        yield Fact(
            _tr("Persistent"), said, "; ".join(reason.text for reason in dossier.verdict.reasons)
        )


def _judged(dossier: Dossier) -> Iterator[Fact]:
    if dossier.judged:
        yield from (Fact(*line) for line in judged_facts.lines(dossier.judged))


def _registration(dossier: Dossier, now: datetime) -> Iterator[Fact]:
    found = dossier.view.registration
    if found.registrar is None:
        yield Fact(_tr("Registrar"), _tr("not known"), found.registrar_reason)
    else:
        yield from _registrar(dossier, found.registrar, now)
    if (record := dossier.registry) is not None and record.operator:
        kept = _tr("record of .{ending}").format(ending=record.ending)
        yield Fact(_tr("Registry"), record.operator, _source(kept, record.as_of, now))
    source = _source(found.source, found.asked_at, now)
    if found.reseller:
        yield Fact(_tr("Reseller"), found.reseller, source)
    for name, moment in (
        (_tr("Created"), found.created),
        (_tr("Updated"), found.updated),
        (_tr("Expires"), found.expires),
    ):
        if moment:
            yield Fact(name, minute(moment), source)
    if found.statuses:
        yield Fact(_tr("Statuses"), ", ".join(found.statuses), source)
    if found.name_servers:
        yield Fact(_tr("Name servers"), "\n".join(found.name_servers), source)
    asked = {Question.NS: _tr("NS by DNS"), Question.MX: _tr("MX by DNS")}
    for item in dossier.view.observations:
        if item.question in asked and item.subject == dossier.domain:
            names = getattr(item.facts, "names", ())
            yield Fact(
                asked[item.question],
                "\n".join(names) or word(item.outcome),
                _source(item.source, item.asked_at, now),
            )


def _registrar(dossier: Dossier, registrar: Registrar, now: datetime) -> Iterator[Fact]:
    source = _source(registrar.source, registrar.asked_at, now)
    number = (
        _tr("IANA ID {n}").format(n=registrar.iana_id)
        if registrar.iana_id
        else _tr("no IANA ID given")
    )
    notes = (source, registrar.identified_by, *registrar.oddities)
    yield Fact(
        _tr("Registrar"), f"{registrar.name} ({number})", "\n".join(note for note in notes if note)
    )
    if registrar.family:
        yield Fact(_tr("Family"), registrar.family, _tr("sister registrars, by table"))
    yield Fact(_tr("Abuse e-mail"), registrar.abuse_email or _tr("not given"), source)
    if registrar.abuse_phone:
        yield Fact(_tr("Abuse phone"), registrar.abuse_phone, source)
    if (contact := dossier.contact) is not None:
        confirmed = (
            _tr("confirmed by {who}").format(who=contact.confirmed_by)
            if contact.confirmed_at
            else _tr("not confirmed by an analyst")
        )
        yield Fact(
            _tr("Contact in use"),
            contact.email or contact.form or contact.phone or "—",
            joined([confirmed, _source(contact.source, contact.as_of, now)]),
        )


def _hosting(dossier: Dossier, now: datetime) -> Iterator[Fact]:
    hosting = dossier.view.hosting
    yield Fact(_tr("Country"), hosting.country or word(hosting.agreement), hosting.reason)
    for host in dossier.view.hosts:
        yield Fact(_tr("Host"), host.host, _about_host(host))
        for address in host.addresses:
            yield from _address(address, now)


def _about_host(host: HostView) -> str:
    if host.cdn:
        return _tr("behind {cdn}").format(cdn=host.cdn)
    if host.addresses:
        return ""
    return "; ".join(
        f"{word(item.question)}: {word(item.outcome)}" for item in host.observations
    ) or _tr("not looked up yet")


def _address(address: AddressView, now: datetime) -> Iterator[Fact]:
    origin, network = address.origin, address.network
    parts = []
    if origin:
        numbers = " ".join(f"AS{number}" for number in origin.asns)
        parts.append(f"{numbers} {origin.as_name or ''} ({origin.prefix})".replace("  ", " "))
    if network:
        parts.append(joined([network.name or network.handle or "", network.holder or ""]))
        if network.abuse_email:
            parts.append(_tr("abuse: {mail}").format(mail=network.abuse_email))
    if address.cdn:
        parts.append(_tr("belongs to {cdn}").format(cdn=address.cdn))
    answers = [
        item
        for item in address.observations
        if item is address.origin_answer or item.question is Question.NETWORK_RDAP
    ]
    yield Fact(
        _tr("Address"),
        "\n".join([address.ip, *(part for part in parts if part)]),
        "\n".join(
            f"{word(item.question)}: {_source(item.source, item.asked_at, now)}"
            for item in answers
            if item.facts is not None
        ),
    )
    votes = [f"{vote.country} · {vote.source}" for vote in address.votes]
    missing = [_missing(item) for item in address.observations if item.facts is None]
    if votes or missing:
        yield Fact(_tr("Country by"), "\n".join(votes) or "—", "; ".join(missing))


def _missing(item: Observation) -> str:
    return f"{word(item.question)}: " + joined([word(item.outcome), item.detail])


def _reports(dossier: Dossier) -> Iterator[Fact]:
    now = dossier.now
    if now is None:
        return
    yield Fact(
        _tr("Reports"),
        _tr("{n} of {urls} URLs").format(n=now.reports, urls=now.urls),
        _tr("first {first}, last {last}").format(
            first=minute(now.first_reported), last=minute(now.last_reported)
        ),
    )
    confirmed = ""
    if now.first_confirmed and now.last_confirmed:
        confirmed = _tr("first {first}, last {last}").format(
            first=minute(now.first_confirmed), last=minute(now.last_confirmed)
        )
    yield Fact(
        _tr("Confirmed"),
        _tr("{n} of {urls} URLs").format(n=now.confirmed_reports, urls=now.confirmed_urls),
        confirmed,
    )
    yield Fact(_tr("Kind of site"), word(now.kind) if now.kind else "—", now.kind_reason)
    for name, value in ((_tr("Commercial"), now.commercial), (_tr("Disguised"), now.disguised)):
        if value is not None:
            yield Fact(name, _tr("yes") if value else _tr("no"))


def _source(source: str, asked_at: datetime | None, now: datetime) -> str:
    return joined([source, age(asked_at, now) if asked_at else ""])

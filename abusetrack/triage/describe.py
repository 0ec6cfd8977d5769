"""A dossier in plain words, line by line, as the command line prints it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from abusetrack.records import Outcome, Question
from abusetrack.triage import judged, past
from abusetrack.triage.dossier import Dossier

Line = tuple[str, str]


def lines(dossier: Dossier) -> Iterator[Line]:
    """Yield (what, value) pairs; an empty first part continues the one above."""
    yield "domain", dossier.domain
    if dossier.unicode != dossier.domain:
        yield "in Unicode", dossier.unicode
    if dossier.suffix_kind:
        yield "suffix", dossier.suffix_kind.value
    state = dossier.view.state
    yield "state", ", ".join(item.value for item in state.states)
    yield "", state.reason
    if dossier.gone and dossier.gone.holds:
        yield "gone", dossier.gone.reasons[0].text
    yield from _registration(dossier)
    yield from _hosting(dossier)
    yield from _reports(dossier)
    if dossier.past:
        yield from past.lines(dossier.past)
    yield from _answers(dossier)


def _registration(dossier: Dossier) -> Iterator[Line]:
    registration = dossier.view.registration
    registrar = registration.registrar
    if registrar is None:
        yield "registrar", f"not known ({registration.registrar_reason})"
    else:
        number = f"IANA ID {registrar.iana_id}" if registrar.iana_id else "no IANA ID given"
        yield "registrar", f"{registrar.name} ({number})"
        yield "abuse contact", registrar.abuse_email or "not given by the answer"
        yield "", f"{registrar.source}, {_time(registrar.asked_at)}"
        for note in (registrar.identified_by, *registrar.oddities):
            if note:
                yield "", note
        if registrar.family:
            yield "family", registrar.family
    if dossier.registry and dossier.registry.operator:
        day = dossier.registry.as_of.date().isoformat()
        yield (
            "registry",
            f"{dossier.registry.operator} (record of .{dossier.registry.ending}, {day})",
        )
    if registration.reseller:
        yield "reseller", registration.reseller
    for name, moment in (
        ("created", registration.created),
        ("updated", registration.updated),
        ("expires", registration.expires),
    ):
        if moment:
            yield name, _time(moment)
    if registration.statuses:
        yield "statuses", ", ".join(registration.statuses)
    if registration.name_servers:
        yield "name servers", ", ".join(registration.name_servers)


def _hosting(dossier: Dossier) -> Iterator[Line]:
    hosting = dossier.view.hosting
    yield "hosting country", f"{hosting.country or hosting.agreement.value} ({hosting.reason})"
    for host in dossier.view.hosts:
        yield "host", host.host
        for address in host.addresses:
            origin, network = address.origin, address.network
            asns = " ".join(f"AS{number}" for number in origin.asns) if origin else "AS not known"
            if address.origin_answer and address.origin_answer.question is Question.ORIGIN_TABLE:
                asns += f" (by {address.origin_answer.source})"
            name = (origin.as_name if origin else None) or (network.name if network else None) or ""
            votes = ", ".join(f"{vote.country} by {vote.source}" for vote in address.votes)
            yield "", f"{address.ip}  {asns} {name}".rstrip() + (f"  ({votes})" if votes else "")


def _reports(dossier: Dossier) -> Iterator[Line]:
    now = dossier.now
    if now is None:
        return
    yield "reports", f"{now.reports}, of which {now.confirmed_reports} confirmed"
    yield "reported", f"first {_time(now.first_reported)}, last {_time(now.last_reported)}"
    yield "kind", now.kind.value if now.kind else f"not known ({now.kind_reason})"
    if dossier.judged:
        yield from judged.lines(dossier.judged)


def _answers(dossier: Dossier) -> Iterator[Line]:
    title = "asked"
    for item in dossier.view.observations:
        what = item.outcome.value + (f": {item.detail}" if item.detail else "")
        if item.outcome is Outcome.OK:
            what = "ok"
        yield title, f"{_time(item.asked_at)}  {item.question.value}: {what}  ({item.source})"
        title = ""


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")

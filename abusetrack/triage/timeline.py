"""Everything that was recorded of a domain, in the order in which it happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from abusetrack.casefile import (
    CaseFile,
    changes,
    content,
    findings,
    notes,
    notices,
    observations,
    partners,
    queue,
    reports,
)
from abusetrack.casefile.notices import StoredNotice
from abusetrack.casefile.queue import Plan
from abusetrack.records import (
    AddressFacts,
    Assessment,
    CdnFacts,
    Change,
    NameFacts,
    Observation,
    Outcome,
    PartnerRecord,
    PartnerSaid,
    RegistrationFacts,
)
from abusetrack.triage.context import Context
from abusetrack.triage.dossier import known_domain
from abusetrack.triage.ledger_json import time_text
from abusetrack.triage.past import change_as_json

_ONE_LOOKUP = timedelta(minutes=5)  # answers no further apart than that are of one lookup
_ERASED = "(erased)"


class What(StrEnum):
    """What an entry of the timeline is."""

    REPORT = "report"
    FINDING = "finding"
    CONTENT = "content"
    LOOKUP = "lookup"
    CHANGE = "change"
    NOTICE = "notice"
    NOTE = "note"
    PARTNER = "partner"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; ``details`` are further lines, ``by`` who said or did it."""

    at: datetime
    what: What
    text: str
    by: str = ""
    details: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A domain's entries, oldest first, and when its hosts are to be looked up again."""

    domain: str
    entries: tuple[Entry, ...]
    checks: tuple[Plan, ...]


def timeline(context: Context, case: CaseFile, text: str) -> Timeline:
    """Gather the timeline of a domain (any name or URL under it will do).

    Raises:
        InputError: the text is no name, or nothing was reported under it.
    """
    domain = known_domain(context, case, text)
    names = [domain, *(host.name for host in reports.hosts_of(case, domain))]
    entries = [
        *_reports(case, domain),
        *_findings(case, domain),
        *_contents(case, domain),
        *_lookups(observations.histories(case, names)),
        *_changes(case, domain),
        *_notices(case, domain),
        *_notes(case, domain),
        *_of_partners(case, domain),
    ]
    order = tuple(What)
    entries.sort(key=lambda entry: (entry.at, order.index(entry.what)))
    return Timeline(domain, tuple(entries), tuple(queue.checks(case, domain)))


def _reports(case: CaseFile, domain: str) -> Iterator[Entry]:
    for stored in reports.of_domain(case, domain):
        report = stored.report
        base, _path = reports.split_url(report.target.url)
        named = f", reference {report.reference}" if report.reference else ""
        yield Entry(
            report.received_at,
            What.REPORT,
            f"reported: {base.removeprefix('//')}{named}",
            report.source,
            (report.note,) if report.note else (),
            (stored.id,),
        )


def _findings(case: CaseFile, domain: str) -> Iterator[Entry]:
    for stored in findings.history(case, domain):
        said = stored.assessment
        later = " (replaced since)" if stored.replaced else ""
        yield Entry(
            said.assessed_at,
            What.FINDING,
            f"{said.outcome.value}, {said.kind.value}{later}",
            said.assessed_by or stored.actor,
            tuple(_of_finding(said)),
            (stored.id, stored.report),
        )


def _of_finding(said: Assessment) -> Iterator[str]:
    for name, value in (
        ("category", said.legal_category),
        ("law", said.law),
        ("severity", said.severity),
    ):
        if value is not None:
            yield f"{name}: {value}"
    for value, word in ((said.commercial, "commercial"), (said.disguised, "disguised")):
        if value is not None:
            yield word if value else f"not {word}"


def _contents(case: CaseFile, domain: str) -> Iterator[Entry]:
    for stored in content.of_domain(case, domain):
        base, _path = reports.split_url(stored.url)
        yield Entry(
            stored.status.at,
            What.CONTENT,
            f"content {stored.status.state.value}: {base.removeprefix('//')}",
            stored.status.source or stored.actor,
            facts=(stored.id,),
        )


def _notes(case: CaseFile, domain: str) -> Iterator[Entry]:
    for note in notes.of_domain(case, domain, replaced=True):
        later = " (replaced since)" if note.replaced else ""
        text = _ERASED if note.text is None else note.text
        yield Entry(note.at, What.NOTE, f"{text}{later}", note.actor, facts=(note.id,))


def _notices(case: CaseFile, domain: str) -> Iterator[Entry]:
    for notice in notices.of_domain(case, domain):
        yield Entry(
            notice.exported_at,
            What.NOTICE,
            f"{notice.reference} exported to {notice.recipient.party_name}"
            f" ({notice.role.value}, {notice.rung.value})",
            notice.exported_by,
            facts=(notice.id,),
        )
        yield from _marks(case, notice)


def _marks(case: CaseFile, notice: StoredNotice) -> Iterator[Entry]:
    for event in notices.events(case, notice.reference):
        details = (
            ("by", event.channel),
            ("their reference", event.their_reference),
            ("note", event.note),
        )
        yield Entry(
            event.at,
            What.NOTICE,
            f"{notice.reference} {event.status.value}",
            event.actor,
            tuple(f"{name}: {value}" for name, value in details if value),
            (notice.id,),
        )


def _of_partners(case: CaseFile, domain: str) -> Iterator[Entry]:
    for record in partners.of_domains(case, [domain]):
        yield Entry(record.at, What.PARTNER, partner_said(record), f"partner {record.partner}")


def partner_said(record: PartnerRecord) -> str:
    """Say what a partner said of a domain."""
    if record.what is not PartnerSaid.NOTIFIED:
        return f"{record.partner} {_PARTNER_SAID[record.what]}"
    whom = f"{record.role.value if record.role else 'somebody'} {record.party}".strip()
    outcome = f", outcome: {record.status.value}" if record.status else ""
    return f"{record.partner} notified {whom}{outcome}"


_PARTNER_SAID = {
    PartnerSaid.REPORTED: "holds a confirmed report",
    PartnerSaid.WITHDRAWN: "took back what it had said",
}


def _changes(case: CaseFile, domain: str) -> Iterator[Entry]:
    for change in changes.of_domain(case, domain):
        yield Entry(
            change.first_seen_after,
            What.CHANGE,
            f"{change.kind.value}: {change.subject}",
            "",
            (
                f"before: {change.before}, last seen {_minute(change.last_seen_before)}",
                f"after: {change.after}, first seen {_minute(change.first_seen_after)}",
            ),
            change.facts,
            change,
        )


def _lookups(history: Iterable[Observation]) -> Iterator[Entry]:
    """Yield the answers of each lookup together; ``history`` comes oldest first."""
    lookup: list[Observation] = []
    for observation in history:
        if lookup and observation.asked_at - lookup[0].asked_at > _ONE_LOOKUP:
            yield _lookup(lookup)
            lookup = []
        lookup.append(observation)
    if lookup:
        yield _lookup(lookup)


def _lookup(answers: list[Observation]) -> Entry:
    tally = Counter(answer.outcome for answer in answers)
    told = ", ".join(f"{number} {outcome.value}" for outcome, number in tally.items())
    return Entry(
        answers[0].asked_at,
        What.LOOKUP,
        f"looked up: {told}",
        "",
        tuple(f"{item.question.value} of {item.subject}: {_said(item)}" for item in answers),
        tuple(item.id for item in answers),
    )


def _said(item: Observation) -> str:
    """Return what an answer said that can change, in few words."""
    match item.facts:
        case AddressFacts(addresses=addresses):
            return ", ".join(addresses)
        case NameFacts(names=names):
            return ", ".join(names)
        case CdnFacts(name=name):
            return name
        case RegistrationFacts() as facts:
            dates = (("created", facts.created), ("expires", facts.expires))
            said = [
                facts.registrar_name or "",
                ", ".join(facts.statuses),
                *(f"{name} {moment.date().isoformat()}" for name, moment in dates if moment),
            ]
            return "; ".join(filter(None, said)) or Outcome.OK.value
        case _:
            return f"{item.outcome.value} {item.detail}".strip()


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


# --- as JSON -----------------------------------------------------------------


def as_json(found: Timeline) -> dict[str, Any]:
    """Return the timeline as ``timeline --json`` prints it."""
    return {
        "domain": found.domain,
        "entries": [
            {
                "at": time_text(entry.at),
                "what": entry.what.value,
                "text": entry.text,
                "by": entry.by or None,
                "details": list(entry.details),
                "facts": list(entry.facts),
                "change": change_as_json(entry.change) if entry.change else None,
            }
            for entry in found.entries
        ],
        "checks": [
            {"host": check.host, "due_at": time_text(check.at), "reason": check.reason or None}
            for check in found.checks
        ],
    }

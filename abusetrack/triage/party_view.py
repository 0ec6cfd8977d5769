"""One page on a party: whom we know there, what they accept, how they have answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from abusetrack.casefile import CaseFile, contact_ledger, directory, ledger, parties, replies
from abusetrack.casefile.ledger import LedgerRow
from abusetrack.judgement import ladder
from abusetrack.records import Contact, ContactEvent, NoticeStatus, Party, Quality, Rung, role_of
from abusetrack.triage import contacts
from abusetrack.triage.contacts import Reach
from abusetrack.triage.context import Context
from abusetrack.triage.ledger import Listed
from abusetrack.triage.ledger_json import listed_json, time_text

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Record:
    """How a party has answered; withdrawals are counted apart and are no notices.

    ``median_days`` is from sent to the first answer, over ``answered`` notices that were
    marked as sent; those that nobody answered yet are not in it, so read it beside ``waiting``.
    """

    notices: int
    sent: int
    answered: int
    actioned: int
    refused: int
    bounced: int
    no_answer: int
    disputed: int
    withdrawn: int
    waiting: int
    overdue: int
    median_days: float | None


@dataclass(frozen=True, slots=True)
class PartyView:
    """Everything about one party."""

    party: Party
    reaches: tuple[Reach, ...]  # the contact in use for each role
    others: tuple[Contact, ...]  # contacts that are not in use
    ledger: tuple[ContactEvent, ...]
    record: Record
    notices: tuple[Listed, ...]
    quality: Mapping[str, Mapping[Quality, int]]  # by template
    domains: int  # of the case file that are with it now


def view(context: Context, case: CaseFile, key: str) -> PartyView:
    """Gather what is known of a party; one that nobody heard of is empty, not an error."""
    stored = directory.contacts(case, party=key)
    chosen = {contact.role: contact for contact in reversed(stored)}
    no_send = contacts.no_send_list(case)
    events = contact_ledger.events(case, key)
    now = context.clock.now()
    listed = tuple(
        Listed(row, ladder.overdue(row.status, row.rung, row.reply_by, as_of=now))
        for row in ledger.rows(case, party_key=key)
    )
    return PartyView(
        party=parties.party(case, key, _name(stored, listed)),
        reaches=tuple(
            contacts.judge(
                context, contact, no_send, [event for event in events if event.role is role]
            )
            for role, contact in sorted(chosen.items())
        ),
        others=tuple(contact for contact in stored if contact is not chosen[contact.role]),
        ledger=tuple(events),
        record=record(listed),
        notices=listed,
        quality={
            template: counts
            for (template, _key), counts in replies.quality_counts(case, party_key=key).items()
        },
        domains=parties.domains_with(case, key),
    )


def record(listed: tuple[Listed, ...]) -> Record:
    """Count how a party has answered."""
    real = [item for item in listed if item.row.rung is not Rung.WITHDRAWAL]
    rows = [item.row for item in real]
    status = Counter(row.status for row in rows)
    days = [days for row in rows if (days := _days(row)) is not None]
    return Record(
        notices=len(rows),
        sent=sum(row.sent_at is not None for row in rows),
        answered=sum(row.answered_at is not None for row in rows),
        actioned=status[NoticeStatus.ACTIONED],
        refused=status[NoticeStatus.REFUSED],
        bounced=status[NoticeStatus.BOUNCED],
        no_answer=status[NoticeStatus.NO_ANSWER],
        disputed=status[NoticeStatus.DISPUTED],
        withdrawn=status[NoticeStatus.WITHDRAWN],
        waiting=sum(row.answered_at is None and row.status is NoticeStatus.SENT for row in rows),
        overdue=sum(item.overdue for item in real),
        median_days=round(median(days), 2) if days else None,
    )


def _days(row: LedgerRow) -> float | None:
    if row.sent_at is None or row.answered_at is None:
        return None
    return max((row.answered_at - row.sent_at).total_seconds(), 0) / _DAY


def sentences(record: Record) -> tuple[str, ...]:
    """Say how a party has answered."""
    if not record.notices:
        return ("no notice was exported to them",)
    counts = {
        "marked as sent": record.sent,
        "answered": record.answered,
        "actioned": record.actioned,
        "refused": record.refused,
        "bounced": record.bounced,
        "without answer": record.no_answer,
        "disputed": record.disputed,
        "withdrawn": record.withdrawn,
    }
    noun = "notice" if record.notices == 1 else "notices"
    said = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    days = "not known" if record.median_days is None else f"{record.median_days:g}"
    late = f", {record.overdue} overdue" if record.overdue else ""
    return (
        f"{record.notices} {noun}: {said or 'none marked yet'}",
        f"median days to the first answer: {days}; {record.waiting} still without one{late}",
    )


def _name(stored: list[Contact], listed: tuple[Listed, ...]) -> str:
    if stored:
        return stored[0].party_name
    return listed[0].row.party_name if listed else ""


def as_json(page: PartyView) -> dict[str, Any]:
    """Return the page as ``party show --json`` prints it."""
    party, record = page.party, page.record
    return {
        "party": party.key,
        "name": party.name,
        "role": role_of(party.key).value,
        "domains": page.domains,
        "contacts": [
            {
                "role": item.contact.role.value,
                "email": item.contact.email,
                "form": item.contact.form,
                "phone": item.contact.phone,
                "form_only": bool(item.contact.form and not item.contact.email),
                "origin": item.contact.origin.value,
                "source": item.contact.source,
                "as_of": time_text(item.contact.as_of),
                "confirmed_by": item.contact.confirmed_by,
                "comment": item.contact.comment or None,
                "no_send": item.no_send,
                "warnings": [reason.text for reason in item.warnings],
            }
            for item in page.reaches
        ],
        "other_contacts": len(page.others),
        "notes": {
            name: getattr(party, name)
            for name in parties.FIELDS
            if name not in {"name", "openpgp_key"}
        },
        "openpgp_key": bool(party.openpgp_key),
        "own_notes": list(party.manual),
        "contact_ledger": [
            {
                "at": time_text(event.at),
                "role": event.role.value,
                "address": event.address,
                "outcome": event.outcome.value,
                "by": event.actor,
                "note": event.note or None,
            }
            for event in page.ledger
        ],
        "record": {name: getattr(record, name) for name in record.__slots__},
        "notices": [listed_json(item) for item in page.notices],
        "quality": {
            template: {quality.value: count for quality, count in counts.items()}
            for template, counts in page.quality.items()
        },
    }

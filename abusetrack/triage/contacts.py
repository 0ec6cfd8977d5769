"""Whom a draft would write to: the contact in use, what forbids it, and what to beware of."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import resources

from abusetrack.casefile import CaseFile, address_rules, contact_ledger, directory
from abusetrack.judgement import contacts as judged
from abusetrack.judgement.contacts import NoSend, NoSendRule
from abusetrack.judgement.parties import named_key
from abusetrack.records import Contact, ContactEvent, Reason, Role
from abusetrack.triage.context import Context


@dataclass(frozen=True, slots=True)
class Reach:
    """The contact in use for a party in a role.

    ``no_send`` says why nothing may be sent there; ``warnings`` are to be shown and block
    nothing.
    """

    contact: Contact
    no_send: str | None
    warnings: tuple[Reason, ...]


def reach(context: Context, case: CaseFile, party_key: str, role: Role) -> Reach | None:
    """Return how a party is reached; None where no contact is known."""
    contact = directory.contact_for(case, party_key, role)
    if contact is None:
        return None
    events = contact_ledger.events(case, party_key, role)
    return judge(context, contact, no_send_list(case), events)


def judge(
    context: Context, contact: Contact, no_send: NoSend, events: Sequence[ContactEvent]
) -> Reach:
    """Say what forbids the use of a contact and what to beware of, by its ledger."""
    return Reach(
        contact,
        no_send.why(contact.email, contact.role),
        judged.warnings(
            contact,
            events,
            max_age=timedelta(days=context.settings.policy.contact_max_age_days),
            as_of=context.clock.now(),
        ),
    )


def listed(
    context: Context, case: CaseFile, *, role: Role | None = None, used_only: bool = False
) -> list[Reach]:
    """Return how each party is reached in each role, by name.

    ``used_only`` leaves out parties of which no domain of the case file is.
    """
    keys = _used(case) if used_only else set()
    chosen: dict[tuple[str, Role], Contact] = {}
    for contact in directory.contacts(case, role=role):
        if not used_only or contact.party_key in keys:
            chosen.setdefault((contact.party_key, contact.role), contact)
    no_send = no_send_list(case)
    events: dict[tuple[str, Role], list[ContactEvent]] = defaultdict(list)
    for event in contact_ledger.events(case):
        events[event.party_key, event.role].append(event)
    return [judge(context, contact, no_send, events[key]) for key, contact in chosen.items()]


def _used(case: CaseFile) -> set[str]:
    return {
        key
        for row in case.query("SELECT DISTINCT registrar_key, tld, asn, cdn FROM domain_now")
        for key in (
            row["registrar_key"],
            row["tld"] and f"tld:{row['tld']}",
            row["asn"] and f"asn:{row['asn']}",
            row["cdn"] and named_key("cdn", row["cdn"]),
        )
        if key
    }


def no_send_list(case: CaseFile) -> NoSend:
    """Return the people's no-send list with the shipped one behind it."""
    own = (
        NoSendRule(entry.pattern, f"put there by {entry.by}: {entry.note or 'no reason given'}")
        for entry in address_rules.no_send(case)
    )
    return NoSend((*own, *_shipped()))


@cache
def _shipped() -> tuple[NoSendRule, ...]:
    return tuple(_rules())


def _rules() -> Iterator[NoSendRule]:
    table = resources.files("abusetrack.resources") / "data" / "no_send.toml"
    for rule in tomllib.loads(table.read_text("utf-8"))["rule"]:
        roles = frozenset(map(Role, rule.get("roles", ())))
        yield from (NoSendRule(pattern, rule["why"], roles) for pattern in rule["patterns"])

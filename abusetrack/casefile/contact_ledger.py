"""How contacts fared: what came of writing to an address, per contact and date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from abusetrack.casefile import audit, directory, facts
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import clean, moment, without_empty
from abusetrack.casefile.facts import NewFact, StoredFact
from abusetrack.errors import InputError
from abusetrack.records import ContactEvent, ContactOutcome, Role


def record(
    case: CaseFile,
    party_key: str,
    role: Role,
    outcome: ContactOutcome,
    *,
    address: str | None = None,
    at: datetime | None = None,
    note: str = "",
) -> ContactEvent:
    """Record what came of writing to a party; ``address`` is the one in use unless given.

    Raises:
        InputError: no address is given and none is known.
    """
    with case.transaction():
        if address is None:
            contact = directory.contact_for(case, party_key, role)
            address = (contact.email or contact.form or contact.phone) if contact else None
        if not address:
            raise InputError(f"There is no {role.value} contact for {party_key}; give --address.")
        when = at or case.clock.now()
        event = ContactEvent(
            clean(party_key), role, clean(address.strip()), outcome, when, clean(case.actor), note
        )
        content = {
            "party_key": event.party_key,
            "role": role.value,
            "address": event.address,
            "outcome": outcome.value,
            "at": when,
        }
        texts = without_empty({"note": note})
        written = facts.append(case, [NewFact("contact outcome", content, texts)])[0]
        fold(case, facts.read(case, [written.n]))
        audit.append(
            case, "contact outcome", party_key, {"role": role.value, "outcome": outcome.value}
        )
    return event


def fold(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Enter ``contact outcome`` facts."""
    columns = ("party_key", "role", "address", "outcome", "at")
    case.executemany(
        "INSERT INTO contact_outcome(fact, party_key, role, address, outcome, at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [(fact.n, *(fact.content[name] for name in columns)) for fact in stored],
    )


def events(
    case: CaseFile, party_key: str | None = None, role: Role | None = None
) -> list[ContactEvent]:
    """Return the ledger, of one party and one role if given, oldest first."""
    rows = case.rows(
        "SELECT fact FROM contact_outcome WHERE (:party IS NULL OR party_key = :party)"
        " AND (:role IS NULL OR role = :role) ORDER BY at, fact",
        {"party": clean(party_key), "role": role and role.value},
    )
    return [
        ContactEvent(
            fact.content["party_key"],
            Role(fact.content["role"]),
            fact.content["address"],
            ContactOutcome(fact.content["outcome"]),
            moment(fact.content["at"]),
            fact.actor,
            fact.text("note") or "",
        )
        for fact in facts.read(case, [n for (n,) in rows])
    ]

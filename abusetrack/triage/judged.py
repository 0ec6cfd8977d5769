"""What is judged of one domain beyond its state: persistence, roles, gate, protection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from abusetrack.casefile import CaseFile
from abusetrack.judgement.roles import judge_roles
from abusetrack.records import (
    DomainNow,
    GateEntry,
    GateVerdict,
    Link,
    ProtectedName,
    Reason,
    RoleVerdict,
    Verdict,
)
from abusetrack.triage import links
from abusetrack.triage.context import Context
from abusetrack.triage.links import Links
from abusetrack.triage.refresh import View
from abusetrack.triage.roles import Roles

_LINKS_SHOWN = 10
_NOT_STORED = "looked up once, stored nowhere"


@dataclass(frozen=True, slots=True)
class Judged:
    """The judgements of one domain that rest on the case file."""

    persistent: Verdict
    roles: tuple[RoleVerdict, ...]
    gate: GateVerdict
    protected: ProtectedName | None
    infrastructure: tuple[Reason, ...]
    links: Links


def judge(
    context: Context, case: CaseFile, now: DomainNow, view: View, persistent: Verdict
) -> Judged:
    """Judge a domain of the case file, of which ``view`` has the newest answers."""
    roles = Roles(context, case)
    subject = roles.case_of(now, view, persistent)
    return Judged(
        persistent=persistent,
        roles=judge_roles(subject),
        gate=subject.gate,
        protected=subject.protected,
        infrastructure=subject.infrastructure,
        links=links.of_domain(context, case, now),
    )


def as_json(judged: Judged | None) -> dict[str, Any]:
    """Return the part of ``show --json`` that is judged; nulls for what is stored nowhere."""
    if judged is None:
        return {
            "persistence": None,
            "persistence_reason": _NOT_STORED,
            "roles": [],
            "gate": None,
            "gate_reason": _NOT_STORED,
            "protected": None,
            "protected_reason": _NOT_STORED,
            "infrastructure": [],
            "links": [],
            "shared_with_too_many": [],
        }
    return {
        "persistence": {
            "holds": judged.persistent.holds,
            "reasons": [reason_json(reason) for reason in judged.persistent.reasons],
            "not_met": [reason_json(reason) for reason in judged.persistent.not_met],
        },
        "roles": [
            {
                "role": verdict.role.value,
                "advice": verdict.advice.value,
                "reasons": [reason_json(reason) for reason in verdict.reasons],
            }
            for verdict in judged.roles
        ],
        "gate": {
            "open": judged.gate.open,
            "reasons": [reason_json(reason) for reason in judged.gate.reasons],
            "entries": [gate_entry_json(entry) for entry in judged.gate.entries],
        },
        "protected": judged.protected
        and {
            "name": judged.protected.name,
            "category": judged.protected.category.value,
            "party": judged.protected.party or None,
        },
        "protected_reason": None if judged.protected else "on no list of protected names",
        "infrastructure": [reason_json(reason) for reason in judged.infrastructure],
        "links": [link_json(link) for link in judged.links.links],
        "shared_with_too_many": list(judged.links.too_shared),
    }


def gate_entry_json(entry: GateEntry) -> dict[str, Any]:
    """Return what was said of a gate: by whom, when, until when."""
    return {
        "status": entry.status.value,
        "country": entry.country or None,
        "at": time_json(entry.at),
        "expires_at": time_json(entry.expires_at),
        "cleared_by": entry.cleared_by,
        "reference": entry.reference,
    }


def link_json(link: Link) -> dict[str, Any]:
    """Return a link with its kind and evidence."""
    return {
        "domain": link.domain,
        "kind": link.kind.value,
        "value": link.value,
        "text": link.text,
        "facts": [fact for fact in link.facts if fact],
    }


def reason_json(reason: Reason) -> dict[str, Any]:
    """Return a reason with its dates and facts, and what would change it."""
    return {
        "code": reason.code,
        "text": reason.text,
        "dates": [time_json(moment) for moment in reason.dates],
        "facts": [fact for fact in reason.facts if fact],
        "what_would_change_it": reason.changes or None,
    }


def lines(judged: Judged) -> Iterator[tuple[str, str]]:
    """Yield (what, value) pairs for the command line."""
    yield from _persistence(judged.persistent)
    if judged.protected:
        yield "protected", f"{judged.protected.name} ({judged.protected.category.value})"
    gate = "open: nothing about it leaves" if judged.gate.open else "not open"
    yield "gate", f"{gate} ({'; '.join(reason.text for reason in judged.gate.reasons)})"
    title = "whom to address"
    for verdict in judged.roles:
        reasons = "; ".join(reason.text for reason in verdict.reasons)
        yield title, f"{verdict.role.value}: {verdict.advice.value} ({reasons})"
        title = ""
    title = "links"
    for link in judged.links.links[:_LINKS_SHOWN]:
        yield title, f"{link.domain}: {link.text}"
        title = ""
    if len(judged.links.links) > _LINKS_SHOWN:
        yield "", f"and {len(judged.links.links) - _LINKS_SHOWN} more: 'abusetrack links'"


def _persistence(verdict: Verdict) -> Iterator[tuple[str, str]]:
    word = "yes" if verdict.holds else "no"
    yield "persistent", f"{word}: " + "; ".join(reason.text for reason in verdict.reasons)
    for reason in verdict.reasons:
        if reason.changes:
            yield "", f"would change: {reason.changes}"
    for reason in verdict.not_met:
        yield "", f"not met: {reason.text}; would change: {reason.changes}"


def time_json(moment: datetime | None) -> str | None:
    """Return a time as every command prints it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None

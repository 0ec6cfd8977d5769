"""What the notices page shows: drafts, contacts to confirm, and what is not drafted and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from abusetrack.casefile import CaseFile, directory, projection
from abusetrack.casefile import notices as stored_notices
from abusetrack.casefile.notices import StoredNotice
from abusetrack.records import Contact, Role
from abusetrack.triage import drafting
from abusetrack.triage.context import Context
from abusetrack.triage.drafting import Plan

_NO_CONTACT = "no_contact"


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """A party whose contact nobody confirmed yet, and how many domains wait for that."""

    contact: Contact
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything about notices, as of now."""

    plan: Plan
    to_confirm: tuple[ToConfirm, ...]  # the longest list of domains first
    exported: tuple[StoredNotice, ...]


def overview(context: Context, case: CaseFile, *, only_persistent: bool, again: bool) -> Overview:
    """Compose what may be drafted; nothing is stored. May take long."""
    plan = drafting.plan(context, case, only_persistent=only_persistent, again=again)
    return Overview(plan, _to_confirm(case, plan), tuple(stored_notices.list_all(case)))


def _to_confirm(case: CaseFile, plan: Plan) -> tuple[ToConfirm, ...]:
    waiting: dict[str, list[str]] = {}
    for item in plan.not_drafted:
        if item.code == _NO_CONTACT:
            now = projection.read(case, item.domain)
            if now is not None and now.findings.registrar_key is not None:
                waiting.setdefault(now.findings.registrar_key, []).append(item.domain)
    found = []
    for key, domains in waiting.items():
        contact = directory.contact_for(case, key, Role.REGISTRAR)
        if contact is not None:
            found.append(ToConfirm(contact, tuple(domains)))
    return tuple(sorted(found, key=lambda item: (-len(item.domains), item.contact.party_name)))


def reasons(plan: Plan) -> list[tuple[str, tuple[str, ...]]]:
    """Return the domains that are not drafted by reason, the most frequent reason first."""
    counted = Counter(item.reason for item in plan.not_drafted)
    return [
        (reason, tuple(item.domain for item in plan.not_drafted if item.reason == reason))
        for reason, _count in counted.most_common()
    ]

"""What the notices page shows: drafts, contacts to confirm, and what is not drafted and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from abusetrack.casefile import CaseFile, directory
from abusetrack.casefile import notices as stored_notices
from abusetrack.casefile.notices import StoredNotice
from abusetrack.records import Contact, Role
from abusetrack.triage import drafting
from abusetrack.triage.addressing import Wish
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


def overview(
    context: Context,
    case: CaseFile,
    *,
    only_persistent: bool,
    again: bool,
    role: Role = Role.REGISTRAR,
) -> Overview:
    """Compose what may be drafted; nothing is stored. May take long."""
    wish = Wish(role=role, again=again)
    plan = drafting.plan(context, case, wish, only_persistent=only_persistent)
    return Overview(plan, _to_confirm(case, plan, role), tuple(stored_notices.list_all(case)))


def _to_confirm(case: CaseFile, plan: Plan, role: Role) -> tuple[ToConfirm, ...]:
    waiting: dict[str, list[str]] = {}
    for item in plan.not_drafted:
        if item.code == _NO_CONTACT and item.party_key:
            waiting.setdefault(item.party_key, []).append(item.domain)
    found = []
    for key, domains in waiting.items():
        contact = directory.contact_for(case, key, role)
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

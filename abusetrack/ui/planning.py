"""What the notices page shows: drafts, contacts to confirm, and what is not drafted and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from abusetrack.casefile import CaseFile, directory
from abusetrack.casefile import notices as stored_notices
from abusetrack.casefile.notices import StoredNotice
from abusetrack.records import Contact, NotDrafted, Role, Rung
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
    wish: Wish,
    *,
    only_persistent: bool = False,
    named: Mapping[str, str] = MappingProxyType({}),
) -> Overview:
    """Compose what may be drafted; nothing is stored. May take long.

    ``named`` are domains that the analyst wants drafted all the same, with the reason typed
    for each.
    """
    plan = drafting.plan(context, case, wish, only_persistent=only_persistent)
    for domain, reason in named.items():
        more = drafting.plan(context, case, replace(wish, reason=reason), domains=[domain])
        plan = _with_named(plan, more, domain)
    exported = tuple(stored_notices.list_all(case))
    return Overview(plan, _to_confirm(case, plan, wish.role), exported)


def _with_named(plan: Plan, more: Plan, domain: str) -> Plan:
    """Return the plan with one domain drafted by its name, or the reason why it is not."""
    return replace(
        plan,
        drafts=(*plan.drafts, *(d for d in more.drafts if d.rung is not Rung.WITHDRAWAL)),
        not_drafted=(
            *(item for item in plan.not_drafted if item.domain != domain),
            *more.not_drafted,
        ),
        cautions=tuple(dict.fromkeys((*plan.cautions, *more.cautions))),
    )


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


def reasons(plan: Plan) -> list[tuple[str, tuple[NotDrafted, ...]]]:
    """Return what is not drafted by reason, the most frequent reason first."""
    by_reason: dict[str, list[NotDrafted]] = defaultdict(list)
    for item in plan.not_drafted:
        by_reason[item.reason].append(item)
    ordered = sorted(by_reason.items(), key=lambda pair: -len(pair[1]))
    return [(reason, tuple(items)) for reason, items in ordered]

"""May the registrar be asked to deregister now? Is it right, and is everything there?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from abusetrack.judgement.role_case import RoleCase
from abusetrack.judgement.roles import judge_role
from abusetrack.records import Advice, Contact, Reason, Role, Verdict


@dataclass(frozen=True, slots=True)
class RegistrarCase:
    """What the decision to write to a registrar rests on.

    ``override`` is the analyst's typed reason to write although it is not advised; a
    block cannot be overridden.
    """

    subject: RoleCase
    contact: Contact | None
    legal_category: str | None
    law: str | None
    facts_asked_at: datetime | None  # the oldest answer the notice would quote
    freshness: timedelta
    override: str = ""


def _no_law(case: RegistrarCase) -> str | None:
    if case.legal_category and case.law:
        return None
    return "the assessment names no legal category or no law"


def _no_contact(case: RegistrarCase) -> str | None:
    if case.contact is None:
        return "no abuse contact of the registrar is known"
    if case.contact.confirmed_at is None:
        return "the registrar's abuse contact is not confirmed by an analyst"
    return None


def _stale(case: RegistrarCase) -> str | None:
    as_of = case.subject.as_of
    if case.facts_asked_at is None or as_of - case.facts_asked_at > case.freshness:
        hours = round(case.freshness.total_seconds() / 3600)
        return f"facts are older than {hours} hours: look it up again first"
    return None


# What is still missing where it is right to write; in the order in which to mend it.
_MISSING: Sequence[tuple[str, Callable[[RegistrarCase], str | None]]] = (
    ("no_law", _no_law),
    ("no_contact", _no_contact),
    ("stale", _stale),
)


def judge_registrar(case: RegistrarCase) -> Verdict:
    """Say whether the registrar may be asked to deregister; the reasons are the obstacles."""
    judged = judge_role(case.subject, Role.REGISTRAR)
    against = judged.reasons if _stops(judged.advice, case.override) else ()
    missing = tuple(
        Reason(code, text) for code, find in _MISSING if (text := find(case)) is not None
    )
    if against or missing:
        return Verdict(False, (*against, *missing), case.subject.as_of)
    return Verdict(True, judged.reasons, case.subject.as_of)


def _stops(advice: Advice, override: str) -> bool:
    return advice is Advice.BLOCKED or (advice is Advice.NOT_ADVISED and not override.strip())

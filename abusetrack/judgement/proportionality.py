"""Whom is it right to address? For now: may the registrar be asked to deregister?

Suspending a name stops everything under it, so it is asked only for names that
exist for the abuse. When in doubt, the answer is no, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from abusetrack.records import (
    Contact,
    DomainNow,
    HostKind,
    Reason,
    SiteKind,
    State,
    SuffixKind,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class RegistrarCase:
    """What the decision to write to a registrar rests on."""

    now: DomainNow
    contact: Contact | None
    legal_category: str | None
    law: str | None
    facts_asked_at: datetime | None  # the oldest answer the notice would quote
    freshness: timedelta
    as_of: datetime
    confirmed_hosts: tuple[str, ...] = ()  # where confirmed reports stand
    other_hosts: tuple[str, ...] = ()  # reported as well, without a confirmed report


_SUFFIX_REASONS: Mapping[SuffixKind | None, str] = {
    None: "is no registrable domain by the suffix list in use: others' sites may stand under it",
    SuffixKind.PLATFORM: "stands under a platform's suffix: ask the platform, not a registrar",
    SuffixKind.DYNAMIC_DNS: "stands under a dynamic DNS suffix: ask that service, not a registrar",
    SuffixKind.PRIVATE_REGISTRY: "stands under a private registry's suffix, which has no registrar",
    SuffixKind.UNKNOWN: "its ending is not on the suffix list in use",
}

_NOTHING_TO_ASK = {
    State.HELD_BY_REGISTRY,
    State.HELD_BY_REGISTRAR,
    State.PENDING_DELETE,
    State.REDEMPTION,
    State.NOT_REGISTERED,
}


def _no_registration(case: RegistrarCase) -> str | None:
    if case.now.host_kind is not HostKind.NAME:
        return f"{case.now.host_kind.value}: no registrar"
    if case.now.suffix_kind in _SUFFIX_REASONS:
        return _SUFFIX_REASONS[case.now.suffix_kind]
    return None


def _not_confirmed(case: RegistrarCase) -> str | None:
    return "not assessed" if case.now.confirmed_reports == 0 else None


def _not_dedicated(case: RegistrarCase) -> str | None:
    if case.now.kind is SiteKind.DEDICATED:
        return None
    if case.now.kind is None:
        return case.now.kind_reason
    if case.now.kind is SiteKind.UNKNOWN:
        return "kind of site not assessed"
    return f"assessed as {case.now.kind.value}, not as dedicated"


def _perhaps_shared(case: RegistrarCase) -> str | None:
    own = {case.now.domain, f"www.{case.now.domain}"}
    if not case.other_hosts or own & set(case.confirmed_hosts):
        return None
    return (
        "confirmed only on names below it, while others below it are reported and not confirmed: "
        "assess those first; where different people have them, it is a platform"
    )


def _no_law(case: RegistrarCase) -> str | None:
    if case.legal_category and case.law:
        return None
    return "the assessment names no legal category or no law"


def _registered_anew(case: RegistrarCase) -> str | None:
    created, confirmed = case.now.findings.created, case.now.last_confirmed
    if created is None or confirmed is None or created <= confirmed:
        return None
    return (
        f"registered anew on {created:%Y-%m-%d}, after its last confirmed report; its holder may "
        "be another: assess it again"
    )


def _no_registrar(case: RegistrarCase) -> str | None:
    if case.now.findings.registrar_key is not None:
        return None
    return f"registrar not known: {case.now.findings.registrar_reason}"


def _nothing_to_ask(case: RegistrarCase) -> str | None:
    if (state := case.now.findings.state) in _NOTHING_TO_ASK:
        return f"nothing to ask: {state.value}"
    return None


def _no_contact(case: RegistrarCase) -> str | None:
    if case.contact is None:
        return "no abuse contact of the registrar is known"
    if case.contact.confirmed_at is None:
        return "the registrar's abuse contact is not confirmed by an analyst"
    return None


def _stale(case: RegistrarCase) -> str | None:
    if case.facts_asked_at is None or case.as_of - case.facts_asked_at > case.freshness:
        hours = round(case.freshness.total_seconds() / 3600)
        return f"facts are older than {hours} hours: look it up again first"
    return None


# In the order in which an analyst would want to hear them.
_OBSTACLES: Sequence[tuple[str, Callable[[RegistrarCase], str | None]]] = (
    ("no_registration", _no_registration),
    ("not_confirmed", _not_confirmed),
    ("not_dedicated", _not_dedicated),
    ("perhaps_shared", _perhaps_shared),
    ("no_law", _no_law),
    ("nothing_to_ask", _nothing_to_ask),
    ("registered_anew", _registered_anew),
    ("no_registrar", _no_registrar),
    ("no_contact", _no_contact),
    ("stale", _stale),
)


def judge_registrar(case: RegistrarCase) -> Verdict:
    """Say whether the registrar may be asked to deregister; the reasons are the obstacles."""
    obstacles = [
        Reason(code, text) for code, find in _OBSTACLES if (text := find(case)) is not None
    ]
    if obstacles:
        return Verdict(False, tuple(obstacles), case.as_of)
    granted = Reason("dedicated", "a dedicated site with confirmed reports")
    return Verdict(True, (granted,), case.as_of)

"""What the question whom to address rests on, and what one rule of the answer is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from abusetrack.records import (
    Advice,
    ContentSeen,
    DomainNow,
    GateVerdict,
    NoticeStatus,
    PartyRef,
    ProtectedName,
    Reason,
    Role,
    SuffixKind,
    Told,
    Verdict,
)

ALL = frozenset(Role)
# What these can do is done to the whole domain.
DOMAIN_LEVEL = frozenset({Role.REGISTRAR, Role.RESELLER, Role.REGISTRY, Role.ICANN})
SUSPENDING = frozenset({Role.REGISTRAR, Role.RESELLER, Role.REGISTRY})
SHARED_SUFFIXES = {SuffixKind.PLATFORM, SuffixKind.DYNAMIC_DNS}
_UNANSWERED = {NoticeStatus.REFUSED, NoticeStatus.BOUNCED, NoticeStatus.NO_ANSWER}


@dataclass(frozen=True, slots=True)
class RolePolicy:
    """The thresholds."""

    reply_by: timedelta  # a notice without an answer for so long is unanswered
    still_up: timedelta  # a notice without an effect for so long had none
    old_domain: timedelta  # registered so long before its first report: perhaps hacked


@dataclass(frozen=True, slots=True)
class RoleCase:
    """What is known of a domain when it is asked whom to address.

    ``infrastructure`` is the evidence that others' names depend on it. ``contents`` has
    the last word on each URL.
    """

    now: DomainNow
    generic: bool  # under a top-level domain with an ICANN contract
    parties: tuple[PartyRef, ...]
    gate: GateVerdict
    protected: ProtectedName | None
    infrastructure: tuple[Reason, ...]
    no_send: frozenset[Role]  # roles whose contacts may not be written to
    persistent: Verdict
    told: tuple[Told, ...]
    contents: tuple[ContentSeen, ...]
    confirmed_hosts: tuple[str, ...]  # where confirmed reports stand
    other_hosts: tuple[str, ...]  # reported as well, without a confirmed report
    policy: RolePolicy
    as_of: datetime

    def knows(self, role: Role) -> bool:
        """Whether a party in this role is known."""
        return any(party.role is role for party in self.parties)


@dataclass(frozen=True, slots=True)
class Rule:
    """What speaks against or for addressing a role; ``find`` says why, or None."""

    code: str
    advice: Advice
    roles: frozenset[Role]
    find: Callable[[RoleCase, Role], str | None]
    changes: str = ""  # what would change it
    evidence: Callable[[RoleCase], Sequence[Reason]] | None = None  # reasons with their facts


def is_unanswered(case: RoleCase, told: Told) -> bool:
    """Whether a notice that was sent was refused, bounced, or left without an answer."""
    if told.status in _UNANSWERED:
        return True
    waited = case.as_of - told.sent_at if told.sent_at else timedelta()
    return told.status is NoticeStatus.SENT and waited >= case.policy.reply_by


def had_no_effect(case: RoleCase, told: Told) -> bool:
    """Whether a notice that was sent came to nothing: unanswered, or not acted on for long."""
    if told.status is NoticeStatus.ACTIONED:
        return False
    waited = case.as_of - told.sent_at if told.sent_at else timedelta()
    return is_unanswered(case, told) or waited >= case.policy.still_up


def name_of(told: Told) -> str:
    """Name a notice in a sentence."""
    return f"the notice {told.reference} to {told.party_name}"


def found(rules: Sequence[Rule], case: RoleCase, role: Role) -> tuple[Reason, ...]:
    """Return what the rules for a role say, in their order."""
    return tuple(
        _reason(rule, text, case)
        for rule in rules
        if role in rule.roles and (text := rule.find(case, role)) is not None
    )


def _reason(rule: Rule, text: str, case: RoleCase) -> Reason:
    behind = rule.evidence(case) if rule.evidence else ()
    return Reason(
        rule.code,
        text,
        facts=tuple(dict.fromkeys(fact for reason in behind for fact in reason.facts)),
        dates=tuple(sorted({date for reason in behind for date in reason.dates})),
        changes=rule.changes,
    )

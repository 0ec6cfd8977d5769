"""Gather what the judgement on persistence rests on."""

from __future__ import annotations

from datetime import datetime, timedelta

from abusetrack.casefile import CaseFile, changes, content, hops, observations, reports, told
from abusetrack.judgement.changes import Rules, judge_changes
from abusetrack.judgement.persistence import (
    ConfirmedReport,
    Hop,
    PersistenceCase,
    PersistencePolicy,
    judge_persistence,
)
from abusetrack.judgement.removals import removals_of
from abusetrack.records import (
    AssessmentOutcome,
    ContentSeen,
    ContentState,
    DomainNow,
    Kind,
    Observation,
    Outcome,
    Question,
    Removal,
    SiteKind,
    State,
    SuffixKind,
    Verdict,
)
from abusetrack.settings import PolicySettings
from abusetrack.triage.context import Context
from abusetrack.triage.views import Facts

_PRESENT = {ContentState.PRESENT: True, ContentState.GONE: False, ContentState.MOVED: False}


def policy_of(settings: PolicySettings) -> PersistencePolicy:
    """Return the thresholds of the settings."""
    return PersistencePolicy(
        days=settings.persistence_days,
        hop_tlds=settings.hop_tlds,
        after=timedelta(hours=settings.after_hours),
        still_up=timedelta(days=settings.still_up_days),
        still_present=timedelta(days=settings.still_present_days),
    )


def judge(
    context: Context,
    case: CaseFile,
    now: DomainNow,
    *,
    states: tuple[State, ...],
    own: tuple[Observation, ...],
    facts: Facts,
) -> Verdict:
    """Judge whether a domain is persistently abusive.

    ``states`` are what its newest answers ``own`` come to; ``facts`` has those of its networks.
    """
    policy, as_of = policy_of(context.settings.policy), context.clock.now()
    if not now.confirmed_reports:
        return judge_persistence(PersistenceCase(), policy, as_of=as_of)
    string: tuple[hops.SameString, ...] = ()
    if now.kind is SiteKind.DEDICATED:
        string = hops.same_string(case, now.domain)
    seen_at, seen_facts = _seen(own)
    found = PersistenceCase(
        confirmed=_confirmed(case, now.domain),
        hops=tuple(Hop(one.domain, one.confirmed_at, one.fact) for one in string),
        told=told.of_domain(case, now.domain),
        removals=removals_seen(context, case, now, facts),
        contents=contents(case, now.domain),
        states=states,
        seen_at=seen_at,
        seen_facts=seen_facts,
        looked_at=now.last_confirmed,
    )
    return judge_persistence(found, policy, as_of=as_of)


def contents(case: CaseFile, domain: str) -> tuple[ContentSeen, ...]:
    """Return the last word on the content of each URL of a domain."""
    return tuple(
        ContentSeen(_PRESENT.get(said.status.state), said.status.at, said.id)
        for said in content.latest(case, domain)
    )


def removals_seen(
    context: Context, case: CaseFile, now: DomainNow, facts: Facts
) -> tuple[Removal, ...]:
    """Return what was seen to end of a domain; nothing where it was looked up once only."""
    if not changes.with_history(case, [now.domain]):
        return ()
    hosts = [host.name for host in reports.hosts_of(case, now.domain)]
    names = dict.fromkeys([now.domain, *hosts])
    return removals_of(
        judge_changes(
            now.domain,
            hosts,
            [item for name in names for item in observations.history(case, name)],
            covering=facts.covering,
            rules=Rules(
                context.reference.registrars, context.parking, context.registration_max_age
            ),
            registered=now.suffix_kind in {SuffixKind.ICANN, SuffixKind.PRIVATE_REGISTRY},
        )
    )


def _confirmed(case: CaseFile, domain: str) -> tuple[ConfirmedReport, ...]:
    return tuple(
        ConfirmedReport(stored.report.received_at, stored.id)
        for stored in reports.of_domain(case, domain)
        if stored.report.assessment
        and stored.report.assessment.outcome is AssessmentOutcome.CONFIRMED
    )


def _seen(own: tuple[Observation, ...]) -> tuple[datetime | None, tuple[str, ...]]:
    """Return when the older of the two was asked that say up, and both: registration, delegation.

    Nothing where one of them was never answered.
    """
    answered = [item for item in own if item.outcome is Outcome.OK]
    of_registration = [item for item in answered if item.kind is Kind.REGISTRATION]
    of_delegation = [item for item in answered if item.question is Question.NS]
    if not of_registration or not of_delegation:
        return None, ()
    newest = [max(some, key=lambda o: o.asked_at) for some in (of_registration, of_delegation)]
    return min(item.asked_at for item in newest), tuple(item.id for item in newest)

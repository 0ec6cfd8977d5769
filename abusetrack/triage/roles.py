"""Whom it is right to address about a domain, from everything the case file knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from abusetrack.casefile import CaseFile, directory, gates, reports, told
from abusetrack.judgement.role_case import RoleCase, RolePolicy
from abusetrack.judgement.roles import judge_roles
from abusetrack.lookup.reference import tld_kind
from abusetrack.records import (
    AssessmentOutcome,
    DomainNow,
    Host,
    PartyRef,
    Role,
    RoleVerdict,
    SiteKind,
    SuffixKind,
    TldKind,
    Verdict,
)
from abusetrack.settings import PolicySettings
from abusetrack.triage import gates as gating
from abusetrack.triage import parties, persisting
from abusetrack.triage.contacts import no_send_list
from abusetrack.triage.context import Context
from abusetrack.triage.protection import Protection
from abusetrack.triage.refresh import View

_YEAR = timedelta(days=365.25)
_HAVE_A_DESK = {
    SiteKind.COMPROMISED,
    SiteKind.IMAGE_HOST,
    SiteKind.FORUM,
    SiteKind.PLATFORM_SUBDOMAIN,
}


def policy_of(settings: PolicySettings) -> RolePolicy:
    """Return the thresholds of the settings."""
    return RolePolicy(
        reply_by=timedelta(days=settings.reply_by_days),
        still_up=timedelta(days=settings.still_up_days),
        old_domain=settings.old_domain_years * _YEAR,
    )


class Roles:
    """Judges many domains with what they share read once: tables, protected names."""

    def __init__(self, context: Context, case: CaseFile) -> None:
        self._context = context
        self._case = case
        self._policy = policy_of(context.settings.policy)
        self._no_send_list = no_send_list(case)
        self.protection = Protection(context, case)

    def judge(self, now: DomainNow, view: View, persistent: Verdict) -> tuple[RoleVerdict, ...]:
        """Judge every role for one domain."""
        return judge_roles(self.case_of(now, view, persistent))

    def case_of(self, now: DomainNow, view: View, persistent: Verdict) -> RoleCase:
        """Gather what the judgement rests on, from the newest answers and suffix list."""
        context, case, domain = self._context, self._case, now.domain
        now = as_of_now(context, now, view)
        stored = reports.of_domain(case, domain)
        confirmed = {
            item.report.target.host.name
            for item in stored
            if (found := item.report.assessment) and found.outcome is AssessmentOutcome.CONFIRMED
        }
        hosts = {item.report.target.host.name for item in stored}
        known = (*parties.of_domain(context, domain, view), *_own_desk(now))
        return RoleCase(
            now=now,
            generic=now.suffix_kind is SuffixKind.ICANN
            and now.tld is not None
            and tld_kind(now.tld) is TldKind.GTLD,
            parties=known,
            gate=gating.judge(
                context, gates.of_domain(case, domain), hosting_country=view.hosting.country
            ),
            protected=self.protection.protected(domain),
            infrastructure=self.protection.infrastructure(domain),
            no_send=self._no_send(known),
            persistent=persistent,
            told=told.of_domain(case, domain),
            contents=persisting.contents(case, domain),
            confirmed_hosts=tuple(sorted(confirmed)),
            other_hosts=tuple(sorted(hosts - confirmed)),
            policy=self._policy,
            as_of=context.clock.now(),
        )

    def _no_send(self, known: Sequence[PartyRef]) -> frozenset[Role]:
        """Return the roles in which every party that has a contact may not be written to."""
        free: dict[Role, list[bool]] = defaultdict(list)
        for party in known:
            contact = directory.contact_for(self._case, party.key, party.role)
            if contact is not None:
                why = self._no_send_list.why(contact.email, contact.role)
                free[party.role].append(why is None)
        return frozenset(role for role, found in free.items() if not any(found))


def as_of_now(context: Context, now: DomainNow, view: View) -> DomainNow:
    """Put what answers and suffix list say now in the place of what was judged when they came."""
    host = context.names.host(now.domain)
    domain = host.domain if isinstance(host, Host) else None
    registration = view.registration
    fresh = replace(
        now.findings,
        state=view.state.state,
        states=view.state.states,
        created=registration.created,
        registrar_key=registration.registrar.key if registration.registrar else None,
        registrar_reason=registration.registrar_reason,
    )
    kind = domain.suffix_kind if domain and domain.name == now.domain else None
    return replace(now, suffix_kind=kind, findings=fresh)


def _own_desk(now: DomainNow) -> tuple[PartyRef, ...]:
    """A site that is not dedicated has people of its own to write to."""
    if now.kind not in _HAVE_A_DESK or now.suffix_kind in {
        SuffixKind.PLATFORM,
        SuffixKind.DYNAMIC_DNS,
    }:
        return ()
    return (PartyRef(f"platform:{now.domain}", now.domain, Role.PLATFORM),)

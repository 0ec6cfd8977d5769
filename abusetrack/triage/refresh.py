"""Judge domains anew from their facts and write the result into the projection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from abusetrack.casefile import (
    CaseFile,
    directory,
    hops,
    projection,
    reports,
    sightings,
)
from abusetrack.casefile.observations import Stored
from abusetrack.casefile.sightings import Sighting
from abusetrack.judgement.hosting import HostView, judge_hosting
from abusetrack.judgement.registrars import Registrars
from abusetrack.judgement.registration import merge
from abusetrack.judgement.state import judge_state
from abusetrack.records import (
    ANSWERED,
    Contact,
    DomainNow,
    Findings,
    HostingAgreement,
    HostingVerdict,
    Observation,
    Question,
    Registration,
    State,
    StateVerdict,
    SuffixKind,
    Verdict,
)
from abusetrack.triage import changing, persisting, scheduling
from abusetrack.triage.context import Context
from abusetrack.triage.found_contacts import found_contacts
from abusetrack.triage.views import Facts, StoredFacts, host_view

_ADDRESSES = (Question.A, Question.AAAA)


def refresh(
    context: Context,
    case: CaseFile,
    domains: Iterable[str],
    stored: Stored | None = None,
) -> None:
    """Recompute findings and changes of ``domains`` as of now, and when they are due again.

    Contacts that they brought are remembered. What was ``stored`` in the same transaction
    need not be read again.
    """
    rows = projection.read_many(case, domains)
    hosts = {
        domain: [host.name for host in found]
        for domain, found in reports.hosts_of_many(case, (now.domain for now in rows)).items()
    }
    registrars = context.reference.registrars
    facts = StoredFacts(case, stored)
    facts.gather([*hosts, *chain.from_iterable(hosts.values())])
    changing.renew(context, case, rows, hosts, facts)  # first: other judgements rest on it
    found: list[Findings] = []
    contacts: dict[tuple[str, str | None], Contact] = {}
    seen_now: list[Sighting] = []
    for now in rows:
        view = look(
            context,
            facts,
            now.domain,
            hosts[now.domain],
            suffix_kind=now.suffix_kind,
            registrars=registrars,
        )
        verdict = persistence(context, case, now, view, facts)
        judged = findings(context, now.domain, view, verdict)
        found.append(judged)
        expires, last = view.registration.expires, judged.looked_up_at
        if expires is not None and last is not None and last < expires <= context.clock.now():
            # What ran out since had not yet when it was looked up.
            view = look(
                context,
                facts,
                now.domain,
                hosts[now.domain],
                suffix_kind=now.suffix_kind,
                registrars=registrars,
                as_of=last,
            )
        if (sighting := sighting_of(now.domain, view)) is not None:
            seen_now.append(sighting)
        for contact in found_contacts(view.registration, view.hosts):
            key = contact.party_key, contact.email
            if key not in contacts or contacts[key].as_of < contact.as_of:
                contacts[key] = contact
    projection.write(case, found)
    sightings.write(case, seen_now)
    scheduling.plan(context, case, rows, found, hosts)
    directory.upsert(case, contacts.values(), by_person=False)


def refresh_assessed(context: Context, case: CaseFile, domains: Iterable[str]) -> None:
    """Recompute ``domains`` after new assessments, and those whose string they may make hop."""
    assessed = set(domains)
    refresh(context, case, sorted(assessed | set(hops.siblings(case, assessed))))


@dataclass(frozen=True, slots=True)
class View:
    """The judged facts of one domain.

    ``own`` are the observations of the domain and its hosts; ``observations`` are
    those and the ones of its addresses, which it may share with others.
    """

    registration: Registration
    state: StateVerdict
    hosts: tuple[HostView, ...]
    hosting: HostingVerdict
    own: tuple[Observation, ...]
    observations: tuple[Observation, ...]


def host_names(case: CaseFile, domain: str) -> list[str]:
    """Return the reported hosts of a domain."""
    return [host.name for host in reports.hosts_of(case, domain)]


def look(
    context: Context,
    facts: Facts,
    domain: str,
    hosts: Iterable[str],
    *,
    suffix_kind: SuffixKind | None,
    registrars: Registrars | None = None,
    as_of: datetime | None = None,
) -> View:
    """Gather and judge one domain; an onion service is only named (RFC 7686).

    ``registrars`` are those of the context, asked for once where many domains are judged.
    ``as_of`` is now where None.
    """
    views = tuple(host_view(facts, host) for host in hosts)
    of_domain = tuple(facts.latest(domain))
    registration = merge(
        of_domain,
        tld=domain.rpartition(".")[2],
        registrars=registrars or context.reference.registrars,
    )
    state = judge_state(
        registration,
        (*of_domain, *(item for view in views for item in view.observations)),
        suffix_kind=suffix_kind,
        parking=context.parking,
        as_of=as_of or context.clock.now(),
    )
    of_hosts = (item for view in views for item in view.observations)
    of_networks = (item for view in views for a in view.addresses for item in a.observations)
    own = _each_once((*of_domain, *of_hosts))  # a host may be the domain
    every = _each_once((*own, *of_networks))
    hosting = judge_hosting(views)
    if domain.endswith(".onion"):
        registration = replace(registration, registrar_reason=_ONION)
        state = StateVerdict((State.UNKNOWN,), _ONION)
        hosting = HostingVerdict(HostingAgreement.NONE, None, (), _ONION)
    return View(registration, state, views, hosting, own, every)


_ONION = "onion service: no registrar, no hosting country"


def _each_once(items: Iterable[Observation]) -> tuple[Observation, ...]:
    """Drop what comes again: the same object, so that no raw answer has to be compared."""
    return tuple({id(item): item for item in items}.values())


def findings(context: Context, domain: str, view: View, verdict: Verdict) -> Findings:
    """Flatten the judgements of one domain into its projection row."""
    registrar = view.registration.registrar
    asn, as_name = _origin(view)
    asked = [item.asked_at for item in view.own]
    return Findings(
        domain=domain,
        state=view.state.state,
        states=view.state.states,
        state_reason=view.state.reason,
        registrar_key=registrar.key if registrar else None,
        registrar=registrar.name if registrar else None,
        registrar_iana_id=registrar.iana_id if registrar else None,
        registrar_reason=view.registration.registrar_reason,
        created=view.registration.created,
        expires=view.registration.expires,
        hosting_country=view.hosting.country,
        hosting_verdict=view.hosting.agreement,
        hosting_reason=view.hosting.reason,
        asn=asn,
        as_name=as_name,
        cdn=view.hosting.cdn,
        persistent=verdict.holds,
        persistent_reason="; ".join(reason.text for reason in verdict.reasons),
        looked_up_at=max(asked, default=None),
        as_of=context.clock.now(),
    )


def persistence(
    context: Context, case: CaseFile, now: DomainNow, view: View, facts: Facts
) -> Verdict:
    """Judge whether a domain is persistently abusive, from all that is known of it."""
    return persisting.judge(context, case, now, states=view.state.states, own=view.own, facts=facts)


def sighting_of(domain: str, view: View) -> Sighting | None:
    """Return what a lookup came to; None where nothing was ever asked."""
    if not view.own:
        return None
    registration = view.registration
    registrar = registration.registrar
    answered = registrar or registration
    hosted = [
        item.asked_at
        for host in view.hosts
        for item in host.observations
        if item.question in _ADDRESSES and item.outcome in ANSWERED
    ]
    asn, as_name = _origin(view)
    return Sighting(
        domain=domain,
        at=max(item.asked_at for item in view.own),
        state=view.state.state,
        registration_at=answered.asked_at if registration.found is not None else None,
        registrar_key=registrar.key if registrar else None,
        registrar=registrar.name if registrar else None,
        expires=registration.expires,
        hosting_at=max(hosted, default=None),
        hosting_country=view.hosting.country,
        hosting_verdict=view.hosting.agreement,
        asn=asn,
        as_name=as_name,
        cdn=view.hosting.cdn,
    )


def _origin(view: View) -> tuple[int | None, str | None]:
    """Return the network of the first address: its number and its name."""
    address = next((a for host in view.hosts for a in host.addresses), None)
    origin = address.origin if address else None
    if origin is None:
        return None, None
    return min(origin.asns, default=None), origin.as_name

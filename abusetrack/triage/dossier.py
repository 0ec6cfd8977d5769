"""Everything known of one domain, with sources: for the detail panel and ``show``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from abusetrack.casefile import CaseFile, directory, observations, projection, reports
from abusetrack.errors import InputError
from abusetrack.judgement.answers import newest
from abusetrack.judgement.gone import judge_gone
from abusetrack.judgement.hosting import AddressView, HostView
from abusetrack.lookup.reference import tld_kind
from abusetrack.records import (
    Contact,
    DomainNow,
    Host,
    HostKind,
    LookupAnswer,
    NameFacts,
    Observation,
    Question,
    Refusal,
    Registrar,
    RegistrationFacts,
    RegistryRecord,
    Role,
    SuffixKind,
    Verdict,
)
from abusetrack.triage import judged, past
from abusetrack.triage.context import Context
from abusetrack.triage.judged import Judged
from abusetrack.triage.past import Past
from abusetrack.triage.refresh import View, host_names, look, persistence
from abusetrack.triage.views import FreshFacts, StoredFacts

_NOT_STORED = "looked up once, stored nowhere"
_NO_TLD = "no domain name"
_NOT_REPORTED = (
    "Nothing under this name was reported to this case file; "
    "import a report of it, or use 'abusetrack lookup'."
)


@dataclass(frozen=True, slots=True)
class Dossier:
    """One domain with its judged facts; ``now`` is None for a lookup stored nowhere."""

    domain: str
    unicode: str
    tld: str | None
    suffix_kind: SuffixKind | None
    host_kind: HostKind
    view: View
    now: DomainNow | None
    verdict: Verdict | None  # on persistence
    reports: tuple[reports.StoredReport, ...]
    contact: Contact | None
    registry: RegistryRecord | None
    gone: Verdict | None  # from the DNS; needs a history
    judged: Judged | None  # needs a case file
    past: Past | None  # needs a case file


def stored(context: Context, case: CaseFile, text: str) -> Dossier:
    """Gather what the case file knows of a domain (any name or URL under it will do).

    Raises:
        InputError: the text is no name, or nothing was reported under it.
    """
    host = host_of(context, text)
    domain = host.domain.name if host.domain else host.name
    now = projection.read(case, domain)
    if now is None:
        raise InputError(_NOT_REPORTED)
    hosts = host_names(case, domain)
    facts = StoredFacts(case)
    view = look(context, facts, domain, hosts, suffix_kind=now.suffix_kind)
    verdict = persistence(context, case, now, view, facts)
    registrar = view.registration.registrar
    return Dossier(
        domain=domain,
        unicode=now.unicode,
        tld=now.tld,
        suffix_kind=now.suffix_kind,
        host_kind=now.host_kind,
        view=view,
        now=now,
        verdict=verdict,
        reports=reports.of_domain(case, domain),
        contact=directory.contact_for(case, registrar.key, Role.REGISTRAR) if registrar else None,
        registry=context.reference.registry(host.domain) if host.domain else None,
        gone=judge_gone(
            domain,
            observations.history(case, domain),
            as_of=context.clock.now(),
            registration_max_age=context.registration_max_age,
        ),
        judged=judged.judge(context, case, now, view, verdict),
        past=past.of_domain(case, domain),
    )


def fresh(context: Context, answer: LookupAnswer) -> Dossier:
    """Gather what one lookup found, without a case file."""
    host = answer.host
    domain = host.domain.name if host.domain else host.name
    tld = host.domain.tld if host.domain else None
    facts = FreshFacts(answer.known + answer.observations)
    return Dossier(
        domain=domain,
        unicode=host.domain.unicode if host.domain else host.unicode,
        tld=tld,
        suffix_kind=host.domain.suffix_kind if host.domain else None,
        host_kind=host.kind,
        view=look(
            context,
            facts,
            domain,
            [host.name],
            suffix_kind=host.domain.suffix_kind if host.domain else None,
        ),
        now=None,
        verdict=None,
        reports=(),
        contact=None,
        registry=context.reference.registry(host.domain) if host.domain else None,
        gone=None,
        judged=None,
        past=None,
    )


def host_of(context: Context, text: str) -> Host:
    """Read one name or URL.

    Raises:
        InputError: it is none, with the reason.
    """
    target = context.names.target(text)
    if isinstance(target, Refusal):
        raise InputError(f"That is not a name to look up: {target.value}.")
    return target.host


def domain_of(context: Context, text: str) -> str:
    """Return the name that a name or URL is counted under.

    Raises:
        InputError: it is none.
    """
    host = host_of(context, text)
    return host.domain.name if host.domain else host.name


def known_domain(context: Context, case: CaseFile, text: str) -> str:
    """Return the name that a name or URL is counted under, if anything was reported of it.

    Raises:
        InputError: it is none, or nothing was.
    """
    domain = domain_of(context, text)
    if projection.read(case, domain) is None:
        raise InputError(_NOT_REPORTED)
    return domain


# --- as JSON -----------------------------------------------------------------


def as_json(dossier: Dossier) -> dict[str, Any]:
    """Return the dossier in the shape that ``show --json`` promises (docs/cli.md)."""
    view, now, registration = dossier.view, dossier.now, dossier.view.registration
    first = now.first_reported if now else None
    return {
        "domain": dossier.domain,
        "unicode": dossier.unicode,
        "suffix_kind": dossier.suffix_kind.value if dossier.suffix_kind else None,
        "state": view.state.state.value,
        "states": [state.value for state in view.state.states],
        "state_reason": view.state.reason,
        "registrar": _registrar(dossier),
        "registrar_reason": registration.registrar_reason or None,
        "registry": _registry(dossier),
        **_with_reason("created", registration.created, registration),
        **_with_reason("updated", registration.updated, registration),
        **_with_reason("expires", registration.expires, registration),
        "statuses": list(registration.statuses),
        "nameservers": list(_name_servers(view)),
        "hosts": [_host(host) for host in view.hosts],
        "hosting_country": view.hosting.country,
        "hosting_country_reason": None if view.hosting.country else view.hosting.reason,
        "hosting_verdict": view.hosting.agreement.value,
        "hosting_reason": view.hosting.reason,
        "cdn": view.hosting.cdn,
        "gone": dossier.gone.holds if dossier.gone else None,
        "gone_reason": dossier.gone.reasons[0].text if dossier.gone else _NOT_STORED,
        "reports": now.reports if now else 0,
        "confirmed_reports": now.confirmed_reports if now else 0,
        "first_reported": _time(first),
        "first_reported_reason": None if first else _NOT_STORED,
        "last_reported": _time(now.last_reported if now else None),
        "kind": now.kind.value if now and now.kind else None,
        "kind_reason": _kind_reason(now),
        "persistent": dossier.verdict.holds if dossier.verdict else None,
        "persistent_reason": None if dossier.verdict else _NOT_STORED,
        "reasons": [reason.text for reason in dossier.verdict.reasons] if dossier.verdict else [],
        **judged.as_json(dossier.judged),
        **past.as_json(dossier.past),
        "observations": [_observation(item) for item in view.observations],
    }


def _kind_reason(now: DomainNow | None) -> str | None:
    if now is None:
        return _NOT_STORED
    return now.kind_reason if now.kind is None else None


def _registrar(dossier: Dossier) -> dict[str, Any] | None:
    registrar = dossier.view.registration.registrar
    if registrar is None:
        return None
    return {
        "name": registrar.name,
        "iana_id": registrar.iana_id,
        "iana_id_reason": None if registrar.iana_id else _why_no_iana_id(registrar),
        "identified_by": registrar.identified_by or None,
        "family": registrar.family,
        "oddities": list(registrar.oddities),
        "abuse_email": registrar.abuse_email,
        "abuse_email_reason": None if registrar.abuse_email else "the answer gives none",
        "abuse_phone": registrar.abuse_phone,
        "abuse_phone_reason": None if registrar.abuse_phone else "the answer gives none",
        "abuse_form": dossier.contact.form if dossier.contact else None,
        "abuse_form_reason": None
        if dossier.contact and dossier.contact.form
        else "the directory knows none",
        "source": registrar.source,
        "asked_at": _time(registrar.asked_at),
    }


def _why_no_iana_id(registrar: Registrar) -> str:
    more = f", and {registrar.identified_by}" if registrar.identified_by else ""
    return f"the answer gives none{more}"


def _registry(dossier: Dossier) -> dict[str, Any]:
    tld, record = dossier.tld, dossier.registry
    operator = record.operator if record else None
    return {
        "tld": tld,
        "operator": operator,
        "operator_reason": None if operator else _why_no_operator(dossier),
        "kind": tld_kind(tld).value if tld else None,
        "kind_reason": None if tld else _NO_TLD,
        "source": record.source if record else None,
        "as_of": _time(record.as_of) if record else None,
    }


def _why_no_operator(dossier: Dossier) -> str:
    if dossier.tld is None:
        return _NO_TLD
    if dossier.registry is not None:
        return "the record of the ending names none"
    if dossier.suffix_kind is SuffixKind.PRIVATE_REGISTRY:
        return "a private registry, of which IANA keeps no record"
    return "no record of the ending is there; lookups fetch it, unless rdap.bootstrap is a folder"


def _with_reason(name: str, moment: datetime | None, registration: object) -> dict[str, str | None]:
    found = getattr(registration, "found", None)
    reason = {
        True: "the answer gives none",
        False: "not registered",
        None: "the registration could not be seen",
    }[found]
    return {name: _time(moment), f"{name}_reason": None if moment else reason}


def _name_servers(view: View) -> Sequence[str]:
    """What DNS says, else what the registration says."""
    answered = newest(item for item in view.observations if item.question is Question.NS)
    facts = answered[Question.NS].facts if answered else None
    return facts.names if isinstance(facts, NameFacts) else view.registration.name_servers


def _host(host: HostView) -> dict[str, Any]:
    return {
        "host": host.host,
        "addresses": [_address(address) for address in host.addresses],
        "cdn": host.cdn,
        "addresses_reason": None
        if host.addresses
        else "; ".join(f"{item.question.value}: {item.outcome.value}" for item in host.observations)
        or "not looked up yet",
    }


def _address(address: AddressView) -> dict[str, Any]:
    origin, network = address.origin, address.network
    countries = {vote.country for vote in address.votes}
    return {
        "ip": address.ip,
        "prefix": origin.prefix if origin else None,
        "asn": min(origin.asns) if origin and origin.asns else None,
        "asn_reason": None if origin and origin.asns else _why_no_asn(address),
        "asns": list(origin.asns) if origin else [],
        "as_name": origin.as_name if origin else None,
        "origin_source": address.origin_answer.source if address.origin_answer else None,
        "country": next(iter(countries)) if len(countries) == 1 else None,
        "country_sources": [
            {"source": vote.source, "country": vote.country} for vote in address.votes
        ],
        "network": network.name or network.handle if network else None,
        "holder": network.holder if network else None,
        "abuse_email": network.abuse_email if network else None,
        "cdn": address.cdn,
        "reasons": {
            item.question.value: f"{item.outcome.value} {item.detail}".strip()
            for item in address.observations
            if item.facts is None
        },
    }


def _why_no_asn(address: AddressView) -> str:
    if address.origin is not None:
        return "announced by nobody, says the origin answer"
    asked = [item for item in address.observations if item.question is Question.ORIGIN]
    return f"{asked[0].outcome.value} {asked[0].detail}".strip() if asked else "not asked"


def _observation(item: Observation) -> dict[str, Any]:
    return {
        "subject": item.subject,
        "kind": item.kind.value,
        "question": item.question.value,
        "outcome": item.outcome.value,
        "detail": item.detail or None,
        "source": item.source,
        "asked_at": _time(item.asked_at),
        "evidence_sha256": item.evidence.sha256 if item.evidence else None,
        "oddities": list(item.facts.oddities) if isinstance(item.facts, RegistrationFacts) else [],
    }


def _time(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None

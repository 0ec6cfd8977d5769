"""One row of a notice: what confirmed reports and one answer say of a domain at one party."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from abusetrack.casefile import CaseFile, reports
from abusetrack.judgement.answers import newest
from abusetrack.judgement.hosting import HostView
from abusetrack.judgement.parties import named_key
from abusetrack.judgement.role_case import RoleCase
from abusetrack.notices import RULES, may_have_pages
from abusetrack.records import (
    Advice,
    Assessment,
    AssessmentOutcome,
    NoticeRow,
    Observation,
    Page,
    PartyRef,
    Question,
    RegistrationFacts,
    Report,
    Role,
    Terms,
)
from abusetrack.triage.refresh import View

_BY_REGISTRAR = (Question.REGISTRAR_RDAP, Question.REGISTRY_RDAP, Question.WHOIS)
_BY_REGISTRY = (Question.REGISTRY_RDAP, Question.REGISTRAR_RDAP, Question.WHOIS)
_ADDRESSES = (Question.A, Question.AAAA)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The confirmed reports of a domain, the newest complete finding first among equals."""

    reports: tuple[tuple[Report, Assessment], ...]

    @property
    def finding(self) -> Assessment | None:
        """The newest finding, one with category and law before one without."""
        findings = [finding for _report, finding in self.reports]
        complete = [item for item in findings if item.legal_category and item.law]
        return max(complete or findings, key=lambda item: item.assessed_at, default=None)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that confirmed reports stand on."""
        return tuple(sorted({report.target.host.name for report, _ in self.reports}))

    def pages(self, hosts: Iterable[str]) -> tuple[Page, ...]:
        """Return the confirmed pages on these hosts, each once, by address."""
        wanted = set(hosts)
        newest_first = sorted(self.reports, key=lambda pair: pair[1].assessed_at, reverse=True)
        found: dict[str, Page] = {}
        for report, finding in newest_first:
            if report.target.host.name in wanted:
                found.setdefault(report.target.url, _page(report, finding))
        return tuple(found[url] for url in sorted(found))


def confirmed_of(case: CaseFile, domain: str) -> Confirmed:
    """Gather the reports of a domain that are confirmed now."""
    return Confirmed(
        tuple(
            (stored.report, found)
            for stored in reports.of_domain(case, domain)
            if (found := stored.report.assessment) and found.outcome is AssessmentOutcome.CONFIRMED
        )
    )


def _page(report: Report, finding: Assessment) -> Page:
    return Page(
        url=report.target.url,
        confirmed_at=finding.assessed_at,
        legal_category=finding.legal_category or "",
        law=finding.law or "",
        access_note=finding.access_note or "",
        classification=finding.xarf_class.value if finding.xarf_class else "",
        detection_method=finding.detection_method.value if finding.detection_method else "",
    )


@dataclass(frozen=True, slots=True)
class Quoted:
    """The answer that shows a party that a domain is theirs."""

    answer: Observation
    asked_at: datetime  # the oldest of the answers behind it


def quoted(role: Role, view: View, hosts: Sequence[HostView]) -> Quoted | None:
    """Return the answer that a notice to this role quotes; None where there is none.

    A registration answer that names no registrar would prove nothing to the one addressed.
    """
    if RULES[role].registration:
        answers = newest(view.observations)
        order = _BY_REGISTRY if role is Role.REGISTRY else _BY_REGISTRAR
        for question in order:
            facts = answers[question].facts if question in answers else None
            if isinstance(facts, RegistrationFacts) and (
                facts.registrar_name or facts.registrar_iana_id is not None
            ):
                asked = [answers[question].asked_at]
                if role is not Role.REGISTRY and view.registration.registrar:
                    asked.append(view.registration.registrar.asked_at)
                return Quoted(answers[question], min(asked))
        if role is not Role.REGISTRY:
            return None
    return _of_addresses(hosts)


def _of_addresses(hosts: Sequence[HostView]) -> Quoted | None:
    addressed = [
        item
        for host in hosts
        for item in host.observations
        if item.question in _ADDRESSES and item.facts is not None
    ]
    networks = [
        address.origin_answer for host in hosts for address in host.addresses
        if address.origin_answer
    ]  # fmt: skip
    both = [*addressed, *networks]
    if not both:
        return None
    return Quoted(both[0], min(item.asked_at for item in both))


def at_party(role: Role, party: PartyRef, hosts: Sequence[HostView]) -> tuple[HostView, ...]:
    """Return those hosts that stand at this party; all, where the party is of the whole domain."""
    if role is Role.HOST:
        return tuple(host for host in hosts if _networks(host) & {party.key})
    if role is Role.CDN:
        return tuple(host for host in hosts if party.key in _cdns(host))
    return tuple(hosts)


def _networks(host: HostView) -> set[str]:
    return {
        f"asn:{asn}"
        for address in host.addresses
        if address.origin and not (host.cdn or address.cdn)
        for asn in address.origin.asns
    }


def _cdns(host: HostView) -> set[str]:
    names = (host.cdn, *(address.cdn for address in host.addresses))
    return {named_key("cdn", name) for name in names if name}


@dataclass(frozen=True, slots=True)
class RowSource:
    """Everything that a row is made of."""

    subject: RoleCase
    view: View
    confirmed: Confirmed
    finding: Assessment
    hosts: tuple[HostView, ...]  # confirmed ones, at the party
    quoted: Quoted
    advice: Advice
    unsaid: frozenset[str] = frozenset()  # codes of reasons that would tell of other names


def row_of(role: Role, terms: Terms, source: RowSource) -> NoticeRow:
    """Make a row of confirmed reports alone, and of one answer, whose hash it carries."""
    now, rules = source.subject.now, RULES[role]
    names = [host.host for host in source.hosts]
    pages = source.confirmed.pages(names)
    moments = [page.confirmed_at for page in pages]
    answer = source.quoted.answer
    said = answer.facts if isinstance(answer.facts, RegistrationFacts) else None
    registrar = source.view.registration.registrar if said else None
    persistent = source.subject.persistent
    if now.kind is None or now.first_confirmed is None or now.last_confirmed is None or not moments:
        raise AssertionError("no row is made where nothing is confirmed")
    return NoticeRow(
        domain=now.domain,
        unicode=now.unicode,
        hosts=tuple(names),
        registrar=(said.registrar_name or (registrar.name if registrar else "")) if said else "",
        iana_id=said.registrar_iana_id if said else None,
        statuses=said.statuses if said else (),
        registration_source=f"{answer.question.value}, {answer.source}",
        registration_asked_at=answer.asked_at,
        evidence_sha256=answer.evidence.sha256 if answer.evidence else "",
        kind=now.kind,
        confirmed_urls=now.confirmed_urls if rules.registration else len(pages),
        first_confirmed=now.first_confirmed if rules.registration else min(moments),
        last_confirmed=now.last_confirmed if rules.registration else max(moments),
        legal_category=source.finding.legal_category or "",
        law=source.finding.law or "",
        reference="",
        suffix_kind=now.suffix_kind,
        addresses=() if rules.registration else _addresses(source.hosts),
        network="" if rules.registration else _network(source.hosts),
        country="" if rules.registration else source.view.hosting.country or "",
        pages=pages if may_have_pages(role, terms) else (),
        persistence=tuple(
            reason.text
            for reason in (persistent.reasons if persistent.holds else ())
            if reason.code not in source.unsaid
        ),
        advice=source.advice,
        classification=source.finding.xarf_class.value if source.finding.xarf_class else "",
        detection_method=(
            source.finding.detection_method.value if source.finding.detection_method else ""
        ),
    )


def _addresses(hosts: Sequence[HostView]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address.ip for host in hosts for address in host.addresses))


def _network(hosts: Sequence[HostView]) -> str:
    for host in hosts:
        for address in host.addresses:
            origin = address.origin
            if origin and origin.asns:
                return f"AS{min(origin.asns)} {origin.as_name or ''}".strip()
    return ""

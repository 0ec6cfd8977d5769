"""From judged domains to registrar notices on disk, and a reason for every name left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from abusetrack import notices
from abusetrack.casefile import CaseFile, directory, projection, reports
from abusetrack.casefile import notices as stored_notices
from abusetrack.errors import InputError, SettingsError
from abusetrack.judgement.answers import newest
from abusetrack.judgement.proportionality import RegistrarCase, judge_registrar
from abusetrack.records import (
    Assessment,
    AssessmentOutcome,
    Contact,
    DomainNow,
    Draft,
    ExportedFile,
    NotDrafted,
    NoticeRow,
    Observation,
    Question,
    Registrar,
    RegistrationFacts,
    Report,
    Role,
    Rung,
)
from abusetrack.triage.context import Context
from abusetrack.triage.refresh import View, host_names, look, persistence
from abusetrack.triage.roles import Roles
from abusetrack.triage.views import StoredFacts

_CHUNK = 200
_TWO_REGISTRARS = "the answers name two registrars: find out which one it is, then look it up again"


@dataclass(frozen=True, slots=True)
class Plan:
    """What can be drafted now, and what cannot, with the first reason."""

    drafts: tuple[Draft, ...]
    not_drafted: tuple[NotDrafted, ...]
    missing_settings: tuple[str, ...]  # nothing can be exported while there are any


@dataclass(frozen=True, slots=True)
class Exported:
    """One notice written to disk."""

    draft: Draft
    files: tuple[Path, ...]


def plan(
    context: Context,
    case: CaseFile,
    *,
    domains: Sequence[str] | None = None,
    only_persistent: bool = False,
    again: bool = False,
) -> Plan:
    """Compose the registrar notices that may be written now; nothing is stored.

    ``again`` drafts also names that were exported to the same registrar before.
    References are provisional until exported.
    """
    roles = Roles(context, case)
    rows: dict[str, list[NoticeRow]] = defaultdict(list)
    contacts: dict[str, Contact] = {}
    left_out: list[NotDrafted] = []
    for now in _wanted(case, domains):
        if only_persistent and not now.findings.persistent:
            left_out.append(NotDrafted(now.domain, "not persistently abusive by the policy"))
            continue
        decided = _decide(context, case, now, roles, again=again)
        if isinstance(decided, NotDrafted):
            left_out.append(decided)
            continue
        contact, row = decided
        contacts[contact.party_key] = contact
        rows[contact.party_key].append(row)
    drafts = tuple(
        _compose(context, contacts[key], part, reference=f"DRAFT-{number}-{index}")
        for number, key in enumerate(sorted(rows, key=lambda k: contacts[k].party_name), start=1)
        for index, part in enumerate(notices.group(rows[key]), start=1)
    )
    missing = notices.ready(context.settings.organisation)
    return Plan(drafts, tuple(left_out), tuple(missing))


def export(
    context: Context,
    case: CaseFile,
    drafts: Iterable[Draft],
    folder: Path,
    formats: Sequence[str],
) -> list[Exported]:
    """Give each draft its reference, keep its exact bytes as evidence, and write its files.

    Each notice is all there, in the case file and on the disk, or not at all; the
    notices before one that fails stay.

    Raises:
        SettingsError: settings are missing.
        InputError: the linter objects, or a file exists already.
        ExternalError: the folder cannot be written.
    """
    if missing := notices.ready(context.settings.organisation):
        raise SettingsError("Nothing was exported. " + " ".join(missing))
    return [_export_one(context, case, draft, folder, formats) for draft in drafts]


def _export_one(
    context: Context, case: CaseFile, provisional: Draft, folder: Path, formats: Sequence[str]
) -> Exported:
    organisation = context.settings.organisation
    written: tuple[Path, ...] = ()
    try:
        with case.transaction():
            _refuse_changed(context, case, provisional)
            reference = stored_notices.next_reference(case, organisation.reference_prefix)
            draft = _compose(context, provisional.recipient, provisional.rows, reference=reference)
            files: tuple[ExportedFile, ...] = notices.export(draft, organisation, formats)
            reply_by = draft.composed_at + timedelta(days=context.settings.policy.reply_by_days)
            stored_notices.record_export(case, draft, files, reply_by=reply_by)
            written = notices.write_files(folder, files)
    except BaseException:
        for path in written:  # what could not be recorded must not be sent
            path.unlink(missing_ok=True)
        raise
    return Exported(draft, written)


def _refuse_changed(context: Context, case: CaseFile, provisional: Draft) -> None:
    """Refuse a draft whose reasons no longer hold: hours may lie between it and its export."""
    roles = Roles(context, case)
    for number, row in enumerate(provisional.rows, start=1):
        (now,) = _wanted(case, [row.domain])
        decided = _decide(context, case, now, roles, again=True)
        why = ""
        if isinstance(decided, NotDrafted):
            why = decided.reason
        elif _address(decided[0]) != _address(provisional.recipient):
            why = "the registrar or its contact is another"
        elif replace(decided[1], reference=row.reference) != row:
            why = "the facts or findings are others"
        elif any(
            earlier.exported_at > provisional.composed_at
            for earlier in stored_notices.already_exported(
                case, row.domain, provisional.recipient.party_key
            )
        ):
            why = "it was exported in another notice"
        if why:
            raise InputError(
                f"What row {number} of a notice rests on has changed since it was drafted "
                f"({why}); draft it again."
            )


def _address(contact: Contact) -> tuple[str | None, ...]:
    return contact.party_key, contact.party_name, contact.email, contact.form


def _wanted(case: CaseFile, domains: Sequence[str] | None) -> Iterable[DomainNow]:
    if domains is not None:
        for domain in domains:
            now = projection.read(case, domain)
            if now is None:
                raise InputError("A name given was never reported to this case file.")
            yield now
        return
    ids = projection.ids(case, projection.ListQuery())
    for start in range(0, len(ids), _CHUNK):
        yield from projection.rows(case, ids[start : start + _CHUNK])


def _decide(
    context: Context, case: CaseFile, now: DomainNow, roles: Roles, *, again: bool
) -> tuple[Contact, NoticeRow] | NotDrafted:
    facts = StoredFacts(case)
    view = look(
        context,
        facts,
        now.domain,
        host_names(case, now.domain),
        suffix_kind=now.suffix_kind,
    )
    subject = roles.case_of(now, view, persistence(context, case, now, view, facts))
    now = subject.now
    registrar, answer = view.registration.registrar, _quoted(view)
    contact = directory.contact_for(case, registrar.key, Role.REGISTRAR) if registrar else None
    confirmed = _confirmed(case, now.domain)
    finding = _newest_finding(confirmed)
    hosts = sorted({report.target.host.name for report, _finding in confirmed})
    verdict = judge_registrar(
        RegistrarCase(
            subject=subject,
            contact=contact,
            legal_category=finding.legal_category if finding else None,
            law=finding.law if finding else None,
            facts_asked_at=min(answer.asked_at, registrar.asked_at)
            if answer and registrar
            else None,
            freshness=timedelta(hours=context.settings.policy.freshness_hours),
        )
    )
    if not verdict.holds:
        first = verdict.reasons[0]
        return NotDrafted(now.domain, first.text, first.code)
    if contact is None or finding is None or answer is None or registrar is None:
        raise AssertionError("judge_registrar lets nothing pass without these")
    row = _row(now, registrar, answer, finding, hosts)
    if row.iana_id not in {None, registrar.iana_id}:
        return NotDrafted(now.domain, _TWO_REGISTRARS, "two_registrars")
    usable = notices.recipient_of(contact, Role.REGISTRAR, practice=context.settings.practice)
    if isinstance(usable, notices.NoRecipient):
        return NotDrafted(now.domain, usable.reason)
    earlier = stored_notices.already_exported(case, now.domain, contact.party_key)
    if earlier and not again:
        reference = earlier[0].reference
        return NotDrafted(now.domain, f"already in notice {reference} to the same registrar")
    return usable, row


def _confirmed(case: CaseFile, domain: str) -> list[tuple[Report, Assessment]]:
    return [
        (stored.report, found)
        for stored in reports.of_domain(case, domain)
        if (found := stored.report.assessment) and found.outcome is AssessmentOutcome.CONFIRMED
    ]


def _newest_finding(confirmed: Sequence[tuple[Report, Assessment]]) -> Assessment | None:
    findings = [finding for _report, finding in confirmed]
    complete = [item for item in findings if item.legal_category and item.law]
    return max(complete or findings, key=lambda item: item.assessed_at, default=None)


def _quoted(view: View) -> Observation | None:
    """The answer that a notice quotes: the registrar's own, else the registry's, else WHOIS.

    One that names no registrar would prove nothing to the one addressed.
    """
    answers = newest(view.observations)
    for question in (Question.REGISTRAR_RDAP, Question.REGISTRY_RDAP, Question.WHOIS):
        facts = answers[question].facts if question in answers else None
        if isinstance(facts, RegistrationFacts) and (
            facts.registrar_name or facts.registrar_iana_id is not None
        ):
            return answers[question]
    return None


def _row(
    now: DomainNow,
    registrar: Registrar,
    answer: Observation,
    finding: Assessment,
    hosts: Sequence[str],
) -> NoticeRow:
    """Make a row of one answer, whose hash it carries, and of confirmed reports alone."""
    if (
        not isinstance(said := answer.facts, RegistrationFacts)
        or now.kind is None
        or now.first_confirmed is None
        or now.last_confirmed is None
    ):
        raise AssertionError("judge_registrar lets nothing pass without these")
    return NoticeRow(
        domain=now.domain,
        unicode=now.unicode,
        hosts=tuple(hosts),
        registrar=said.registrar_name or registrar.name,
        iana_id=said.registrar_iana_id,
        statuses=said.statuses,
        registration_source=f"{answer.question.value}, {answer.source}",
        registration_asked_at=answer.asked_at,
        evidence_sha256=answer.evidence.sha256 if answer.evidence else "",
        kind=now.kind,
        confirmed_urls=now.confirmed_urls,
        first_confirmed=now.first_confirmed,
        last_confirmed=now.last_confirmed,
        legal_category=finding.legal_category or "",
        law=finding.law or "",
        reference="",
    )


def _compose(
    context: Context, contact: Contact, rows: Sequence[NoticeRow], *, reference: str
) -> Draft:
    numbered = [
        replace(row, reference=f"{reference}/{number}") for number, row in enumerate(rows, start=1)
    ]
    return notices.compose(
        context.settings.organisation,
        notices.Request(Role.REGISTRAR, Rung.FIRST, contact, tuple(numbered)),
        reference=reference,
        at=context.clock.now(),
        policy=context.settings.policy,
        practice=context.settings.practice,
    )

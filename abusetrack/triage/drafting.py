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
from abusetrack.errors import InputError
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
    Outcome,
    Question,
    Role,
)
from abusetrack.triage.context import Context
from abusetrack.triage.refresh import View, host_names, look
from abusetrack.triage.views import StoredFacts

_CHUNK = 200


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
    rows: dict[str, list[NoticeRow]] = defaultdict(list)
    contacts: dict[str, Contact] = {}
    left_out: list[NotDrafted] = []
    for now in _wanted(case, domains):
        if only_persistent and not now.findings.persistent:
            left_out.append(NotDrafted(now.domain, "not persistently abusive by the policy"))
            continue
        decided = _decide(context, case, now, again=again)
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
        InputError: settings are missing, the linter objects, or a file exists already.
        ExternalError: the folder cannot be written.
    """
    if missing := notices.ready(context.settings.organisation):
        raise InputError("Nothing was exported. " + " ".join(missing))
    return [_export_one(context, case, draft, folder, formats) for draft in drafts]


def _export_one(
    context: Context, case: CaseFile, provisional: Draft, folder: Path, formats: Sequence[str]
) -> Exported:
    organisation = context.settings.organisation
    with case.transaction():
        reference = stored_notices.next_reference(case, organisation.reference_prefix)
        draft = _compose(context, provisional.recipient, provisional.rows, reference=reference)
        files: tuple[ExportedFile, ...] = notices.export(draft, organisation, formats)
        stored_notices.record_export(case, draft, files)
        return Exported(draft, notices.write_files(folder, files))


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
    context: Context, case: CaseFile, now: DomainNow, *, again: bool
) -> tuple[Contact, NoticeRow] | NotDrafted:
    key = now.findings.registrar_key
    contact = directory.contact_for(case, key, Role.REGISTRAR) if key else None
    finding = _newest_finding(case, now.domain) if now.confirmed_reports else None
    view = look(
        context,
        StoredFacts(case),
        now.domain,
        host_names(case, now.domain),
        suffix_kind=now.suffix_kind,
    )
    answer = _quoted(view)
    verdict = judge_registrar(
        RegistrarCase(
            now=now,
            contact=contact,
            legal_category=finding.legal_category if finding else None,
            law=finding.law if finding else None,
            facts_asked_at=answer.asked_at if answer else None,
            freshness=timedelta(hours=context.settings.policy.freshness_hours),
            as_of=context.clock.now(),
        )
    )
    if not verdict.holds:
        first = verdict.reasons[0]
        return NotDrafted(now.domain, first.text, first.code)
    if contact is None or finding is None or answer is None:
        raise AssertionError("judge_registrar lets nothing pass without these")
    usable = notices.registrar_recipient(contact, practice=context.settings.practice)
    if isinstance(usable, notices.NoRecipient):
        return NotDrafted(now.domain, usable.reason)
    earlier = stored_notices.already_exported(case, now.domain, contact.party_key)
    if earlier and not again:
        reference = earlier[0].reference
        return NotDrafted(now.domain, f"already in notice {reference} to the same registrar")
    return usable, _row(now, view, answer, finding)


def _newest_finding(case: CaseFile, domain: str) -> Assessment | None:
    confirmed = [
        found
        for stored in reports.of_domain(case, domain)
        if (found := stored.report.assessment) and found.outcome is AssessmentOutcome.CONFIRMED
    ]
    complete = [item for item in confirmed if item.legal_category and item.law]
    return max(complete or confirmed, key=lambda item: item.assessed_at, default=None)


def _quoted(view: View) -> Observation | None:
    """The answer that a notice quotes: the registrar's own, else the registry's, else WHOIS."""
    answers = newest(view.observations)
    for question in (Question.REGISTRAR_RDAP, Question.REGISTRY_RDAP, Question.WHOIS):
        if question in answers and answers[question].outcome is Outcome.OK:
            return answers[question]
    return None


def _row(now: DomainNow, view: View, answer: Observation, finding: Assessment) -> NoticeRow:
    registration = view.registration
    if (
        registration.registrar is None
        or now.kind is None
        or now.first_confirmed is None
        or now.last_confirmed is None
    ):
        raise AssertionError("judge_registrar lets nothing pass without these")
    return NoticeRow(
        domain=now.domain,
        unicode=now.unicode,
        hosts=tuple(host.host for host in view.hosts),
        registrar=registration.registrar.name,
        iana_id=registration.registrar.iana_id,
        statuses=registration.statuses,
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
    return notices.compose_registrar(
        context.settings.organisation,
        contact,
        numbered,
        reference=reference,
        at=context.clock.now(),
        policy=context.settings.policy,
        practice=context.settings.practice,
    )

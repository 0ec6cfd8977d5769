"""From judged domains to notices on disk, and a reason for every name left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from abusetrack import notices
from abusetrack.casefile import CaseFile, approvals, claims, observations, partners, projection
from abusetrack.casefile import notices as stored_notices
from abusetrack.errors import InputError, SettingsError
from abusetrack.notices import Request
from abusetrack.records import (
    Caution,
    Contact,
    DomainNow,
    Draft,
    ExportedFile,
    NotDrafted,
    NoticeRow,
    PartnerSaid,
    Role,
    Rung,
    Step,
)
from abusetrack.settings import NoticeSettings
from abusetrack.triage import packing, timeline, withdrawing
from abusetrack.triage.addressing import STALE, Addressed, Addressing, Wish, told_in
from abusetrack.triage.context import Context
from abusetrack.triage.gates import may_leave

_CHUNK = 200
_REGISTRAR = Wish()
_APPROVED = frozenset({Role.REGISTRAR, Role.REGISTRY})  # and every withdrawal


@dataclass(frozen=True, slots=True)
class Plan:
    """What can be drafted now, and what cannot, with the first reason.

    Withdrawals that revised assessments call for come first among the drafts.
    """

    drafts: tuple[Draft, ...]
    not_drafted: tuple[NotDrafted, ...]
    missing_settings: tuple[str, ...]  # nothing can be exported while there are any
    complaints: tuple[str, ...] = ()  # about the user's templates
    cautions: tuple[Caution, ...] = ()  # by domain: what is told again, what a colleague claimed

    @property
    def stale(self) -> tuple[str, ...]:
        """The domains that only have to be looked up again."""
        return tuple(item.domain for item in self.not_drafted if item.code == STALE)


@dataclass(frozen=True, slots=True)
class Exported:
    """One notice written to disk."""

    draft: Draft
    files: tuple[Path, ...]
    warnings: tuple[notices.Finding, ...] = ()


def plan(
    context: Context,
    case: CaseFile,
    wish: Wish = _REGISTRAR,
    *,
    domains: Sequence[str] | None = None,
    only_persistent: bool = False,
) -> Plan:
    """Compose the notices that may be written now; nothing is stored.

    References are provisional until exported.
    """
    by_party: dict[str, list[Addressed]] = defaultdict(list)
    left_out: list[NotDrafted] = []
    addressing = Addressing(context, case, replace(wish, by_name=domains is not None))
    for now in _wanted(case, domains):
        if only_persistent and not now.findings.persistent:
            left_out.append(NotDrafted(now.domain, "not persistently abusive by the policy"))
            continue
        for found in addressing.decide(now):
            if isinstance(found, NotDrafted):
                left_out.append(found)
            else:
                by_party[found.contact.party_key].append(found)
    withdrawn = withdrawing.due(context, case, domains)
    left_out += withdrawn.held_back
    requests = [*withdrawn.requests, *_requests(wish, by_party)]
    drafts = tuple(
        _compose(context, case, request, reference=f"DRAFT-{number}")
        for number, request in enumerate(requests, start=1)
    )
    missing = notices.ready(context.settings.organisation)
    complaints = dict.fromkeys(draft.complaint for draft in drafts if draft.complaint)
    cautions = (
        *_claimed(case, drafts),
        *_repeated(by_party.values()),
        *_told_by_partners(case, drafts),
    )
    return Plan(drafts, tuple(left_out), tuple(missing), tuple(complaints), cautions)


def _told_by_partners(case: CaseFile, drafts: Iterable[Draft]) -> Iterator[Caution]:
    """Say of which domains a partner said that it wrote to somebody, or took it back."""
    domains = dict.fromkeys(row.domain for draft in drafts for row in draft.rows)
    for record in partners.of_domains(case, domains):
        if record.what is not PartnerSaid.REPORTED:
            said = timeline.partner_said(record)
            yield Caution(record.domain, f"on {record.at:%Y-%m-%d} partner {said}")


def _repeated(found: Iterable[Sequence[Addressed]]) -> Iterator[Caution]:
    """Say what a party is told again within the days of the policy."""
    for item in (item for items in found for item in items):
        if item.repeats is not None:
            yield Caution(
                item.row.domain,
                f"{item.contact.party_name} was told of it in {told_in(item.repeats)}: "
                "a reminder may be the better notice",
            )


def _claimed(case: CaseFile, drafts: Iterable[Draft]) -> Iterator[Caution]:
    """Say of which domains a colleague said that it is theirs to work on."""
    domains = [row.domain for draft in drafts for row in draft.rows]
    for claim in claims.of_others(case, dict.fromkeys(domains)):
        until = f"{claim.expires_at:%Y-%m-%d %H:%M} UTC"
        yield Caution(
            claim.domain, f"claimed by {claim.who} until {until}: talk to them before you write"
        )


def _requests(wish: Wish, by_party: dict[str, list[Addressed]]) -> Iterable[Request]:
    """Group rows: one notice for each party and at most fifty domains, or one for each domain."""
    for items in sorted(by_party.values(), key=lambda items: items[0].contact.party_name):
        first = items[0]
        earlier = {item.row.domain: item.earlier for item in items}
        for part in notices.group([item.row for item in items], one_domain=first.terms.one_domain):
            yield Request(
                role=wish.role,
                rung=wish.rung,
                recipient=first.contact,
                rows=part,
                terms=first.terms,
                earlier=_merged(earlier[row.domain] for row in part),
                reason=wish.reason.strip(),
            )


def _merged(earlier: Iterable[tuple[Step, ...]]) -> tuple[Step, ...]:
    found = {step.reference: step for part in earlier for step in part}
    return tuple(sorted(found.values(), key=lambda step: (step.exported_at, step.reference)))


def withdrawal(
    context: Context,
    case: CaseFile,
    reference: str,
    domains: Sequence[str] | None = None,
    *,
    reason: str,
) -> tuple[Draft, ...]:
    """Compose the withdrawal of a notice, or of some of its domains; nothing is stored.

    Raises:
        InputError: there is no such notice, nothing of it stands, no reason is given, or a
            gate is open.
    """
    found = withdrawing.of_notice(context, case, reference, domains, reason)
    return tuple(
        _compose(context, case, request, reference=f"DRAFT-{number}")
        for number, request in enumerate(found, start=1)
    )


def export(
    context: Context,
    case: CaseFile,
    drafts: Iterable[Draft],
    folder: Path,
    formats: Sequence[str],
) -> list[Exported]:
    """Give each draft its reference, keep its exact bytes as evidence, and write its files.

    Each notice is all there, in the case file and on the disk, or not at all; the
    notices before one that fails stay. With a withdrawal, what it withdraws is recorded.

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
    organisation, settings = context.settings.organisation, context.settings
    written: tuple[Path, ...] = ()
    try:
        with case.transaction():
            _refuse_changed(context, case, provisional)
            reference = stored_notices.next_reference(case, organisation.reference_prefix)
            draft = _compose(context, case, _request_of(provisional), reference=reference)
            files: tuple[ExportedFile, ...] = notices.export(
                draft,
                organisation,
                formats,
                settings=_notice_settings(context),
                earlier=packing.packed(case, draft.earlier) if "pack" in formats else (),
            )
            reply_by = draft.composed_at + timedelta(days=settings.policy.reply_by_days)
            stored_notices.record_export(case, draft, files, reply_by=reply_by)
            if draft.rung is Rung.WITHDRAWAL:
                withdrawing.record(case, draft)
            written = notices.write_files(folder, files)
    except BaseException:
        for path in written:  # what could not be recorded must not be sent
            path.unlink(missing_ok=True)
        raise
    return Exported(draft, written, notices.lint(draft, organisation, _notice_settings(context)))


def exported_before(context: Context, case: CaseFile, reference: str) -> tuple[ExportedFile, ...]:
    """Return the files of an exported notice from the evidence, byte for byte.

    Raises:
        InputError: there is no such notice, its bytes were erased, or the gate of a domain
            of it is open.
    """
    notice = stored_notices.read(case, reference)
    if notice is None:
        raise InputError(f"There is no notice {reference} in this case file; check it.")
    if not all(may_leave(context, case, row.domain) for row in notice.rows):
        raise InputError(
            f"The gate of a domain in {reference} is open: have it cleared with 'abusetrack gate' "
            "first."
        )
    found = [(file, observations.evidence(case, file.sha256)) for file in notice.files]
    if any(evidence is None for _file, evidence in found):
        raise InputError(f"The files of {reference} were erased; only their hashes are kept.")
    return tuple(
        ExportedFile(file.name, file.media_type, evidence.body)
        for file, evidence in found
        if evidence is not None
    )


def _request_of(draft: Draft) -> Request:
    return Request(
        role=draft.role,
        rung=draft.rung,
        recipient=draft.recipient,
        rows=draft.rows,
        terms=draft.terms,
        earlier=draft.earlier,
        reason=draft.reason,
    )


def _refuse_changed(context: Context, case: CaseFile, provisional: Draft) -> None:
    """Refuse a draft whose reasons no longer hold: hours may lie between it and its export."""
    if provisional.rung is Rung.WITHDRAWAL:
        withdrawing.refuse_changed(context, case, provisional)
        return
    wish = Wish(provisional.role, provisional.rung, provisional.reason, again=True, by_name=True)
    addressing = Addressing(context, case, wish)
    for number, row in enumerate(provisional.rows, start=1):
        (now,) = _wanted(case, [row.domain])
        why = _changed(case, provisional, row, list(addressing.decide(now)))
        if not why and not may_leave(context, case, row.domain):
            why = "its gate is open"
        if why:
            raise InputError(
                f"What row {number} of a notice rests on has changed since it was drafted "
                f"({why}); draft it again."
            )


def _changed(
    case: CaseFile, provisional: Draft, row: NoticeRow, found: Sequence[Addressed | NotDrafted]
) -> str:
    noun = notices.RULES[provisional.role].noun
    key = provisional.recipient.party_key
    same = [item for item in found if isinstance(item, Addressed) and item.contact.party_key == key]
    if not same:
        reasons = [item.reason for item in found if isinstance(item, NotDrafted)]
        return reasons[0] if reasons else f"the {noun} or its contact is another"
    (decided,) = same
    if _address(decided.contact) != _address(provisional.recipient):
        return f"the {noun} or its contact is another"
    if replace(decided.row, reference=row.reference, pages=()) != replace(row, pages=()):
        return "the facts or findings are others"
    if not set(row.pages) <= set(decided.row.pages):
        return "the facts or findings are others"
    if any(
        earlier.exported_at > provisional.composed_at
        for earlier in stored_notices.already_exported(case, row.domain, key)
    ):
        return "it was exported in another notice"
    return ""


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


def _compose(context: Context, case: CaseFile, request: Request, *, reference: str) -> Draft:
    if request.rung is not Rung.WITHDRAWAL:  # which keeps the references it was told under
        numbered = tuple(
            replace(row, reference=f"{reference}/{number}")
            for number, row in enumerate(request.rows, start=1)
        )
        request = replace(request, rows=numbered)
    draft = notices.compose(
        context.settings.organisation,
        request,
        reference=reference,
        at=context.clock.now(),
        policy=context.settings.policy,
        practice=context.settings.practice,
        template_folder=_notice_settings(context).template_folder,
    )
    return replace(draft, approval_needed=_approval_needed(context, case, draft))


def _approval_needed(context: Context, case: CaseFile, draft: Draft) -> str:
    """Say what is missing of a second analyst's yes; "" where nothing is."""
    asked = draft.role in _APPROVED or draft.rung is Rung.WITHDRAWAL
    if not (context.settings.policy.second_analyst and asked):
        return ""
    given = approvals.of_draft(case, notices.fingerprint(draft))
    if any(not approvals.same_person(one.actor, context.actor) for one in given):
        return ""
    return f"'abusetrack approve --drafted-by \"{context.actor}\"' with the same options"


def findings(context: Context, draft: Draft) -> tuple[notices.Finding, ...]:
    """Return what the linter says of a draft before it is exported, what stops it first."""
    found = notices.lint(draft, context.settings.organisation, _notice_settings(context))
    return tuple(sorted(found, key=lambda finding: not finding.stops))


def approve(case: CaseFile, drafts: Iterable[Draft], *, drafted_by: str) -> int:
    """Record the actor's yes to drafts of somebody else that need one; return how many.

    Raises:
        InputError: the actor drafted them.
    """
    waiting = [draft for draft in drafts if draft.approval_needed]
    for draft in waiting:
        approvals.approve(
            case,
            notices.fingerprint(draft),
            drafted_by=drafted_by,
            role=draft.role,
            party_key=draft.recipient.party_key,
            domains=[row.domain for row in draft.rows],
        )
    return len(waiting)


def _notice_settings(context: Context) -> NoticeSettings:
    """Return the settings with their paths made absolute."""
    found = context.settings.notices
    paths = {
        name: context.settings.path(value)
        for name in ("template_folder", "gnupg_home")
        if (value := getattr(found, name)) is not None
    }
    return found.but(paths)

"""Withdrawals: drafted at once for everybody who was told what no longer stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from abusetrack import notices
from abusetrack.casefile import CaseFile, parties, projection, withdrawals
from abusetrack.casefile import notices as stored_notices
from abusetrack.casefile.notices import StoredNotice
from abusetrack.errors import InputError
from abusetrack.notices import Request
from abusetrack.records import Draft, NoticeRow, Role, Rung, SiteKind
from abusetrack.triage import ledger
from abusetrack.triage.addressing import terms_of
from abusetrack.triage.context import Context
from abusetrack.triage.notice_rows import confirmed_of

REVISED = "its assessment was revised"


@dataclass(frozen=True, slots=True)
class _Gone:
    notice: StoredNotice
    row: NoticeRow


def due(
    context: Context, case: CaseFile, domains: Sequence[str] | None = None
) -> tuple[Request, ...]:
    """Return the withdrawals that revised assessments call for; of ``domains`` if given."""
    wanted = None if domains is None else set(domains)
    gone = [
        _Gone(notice, row)
        for notice in withdrawals.standing(case)
        if notice.practice == context.settings.practice
        for row in notice.rows
        if row.domain in withdrawals.standing_domains(notice)
        and (wanted is None or row.domain in wanted)
        and not still_holds(case, notice.role, row)
    ]
    return _requests(case, gone, REVISED)


def still_holds(case: CaseFile, role: Role, row: NoticeRow) -> bool:
    """Return whether what a notice said of a domain is still what the assessments say."""
    now = projection.read(case, row.domain)
    if now is None or now.confirmed_reports == 0:
        return False
    dedicated = row.kind is SiteKind.DEDICATED and notices.RULES[role].registration
    if dedicated and now.kind is not SiteKind.DEDICATED:
        return now.kind is None  # findings differ: people settle that first
    if not row.pages:
        return True
    confirmed = confirmed_of(case, row.domain)
    pages = {page.url for page in confirmed.pages(confirmed.hosts)}
    return any(page.url in pages for page in row.pages)


def of_notice(
    case: CaseFile,
    reference: str,
    domains: Sequence[str] | None,
    reason: str,
) -> tuple[Request, ...]:
    """Return the withdrawal of a notice, of some of its domains or all that still stand.

    Raises:
        InputError: there is no such notice, no domain of it is left, or no reason is given.
    """
    notice = stored_notices.read(case, reference)
    if notice is None:
        raise InputError(f"There is no notice {reference} in this case file; check it.")
    if notice.rung is Rung.WITHDRAWAL:
        raise InputError(f"The notice {reference} is a withdrawal itself.")
    if not reason.strip():
        raise InputError("Say why it is withdrawn with --reason; it is kept, and not sent.")
    standing = withdrawals.standing_domains(notice)
    wanted = standing if domains is None else tuple(domains)
    if not wanted or set(wanted) - set(standing):
        raise InputError(
            f"The notice {reference} does not stand for that any more, or never did; see "
            "'abusetrack notice show'."
        )
    gone = [_Gone(notice, row) for row in notice.rows if row.domain in wanted]
    return _requests(case, gone, reason)


def _requests(case: CaseFile, gone: Iterable[_Gone], reason: str) -> tuple[Request, ...]:
    """Return one request for each party, role and at most fifty domains."""
    by_party: dict[tuple[str, Role], list[_Gone]] = defaultdict(list)
    for item in gone:
        by_party[item.notice.recipient.party_key, item.notice.role].append(item)
    return tuple(
        _request(case, role, part, items, reason)
        for (key, role), items in sorted(by_party.items(), key=lambda pair: pair[0])
        for part in notices.group(
            _each_once(items),
            one_domain=bool(parties.party(case, key).one_domain),
        )
    )


def _each_once(items: Sequence[_Gone]) -> list[NoticeRow]:
    """Return each domain's newest row: it keeps the reference under which it was told."""
    rows: dict[str, NoticeRow] = {}
    for item in items:  # newest notices first
        rows.setdefault(item.row.domain, item.row)
    return list(rows.values())


def _request(
    case: CaseFile, role: Role, rows: tuple[NoticeRow, ...], items: Sequence[_Gone], reason: str
) -> Request:
    names = {row.domain for row in rows}
    told = {item.notice.reference: item.notice for item in items if item.row.domain in names}
    newest = next(iter(told.values()))
    oldest_first = sorted(told.values(), key=lambda notice: (notice.exported_at, notice.reference))
    key = newest.recipient.party_key
    return Request(
        role=role,
        rung=Rung.WITHDRAWAL,
        recipient=newest.recipient,
        rows=rows,
        terms=terms_of(parties.party(case, key, newest.recipient.party_name)),
        earlier=tuple(ledger.step_of(case, notice) for notice in oldest_first),
        reason=reason,
    )


def record(case: CaseFile, draft: Draft) -> None:
    """Record, with the export of a withdrawal, for which domains which notices are withdrawn."""
    for step in draft.earlier:
        notice = stored_notices.read(case, step.reference)
        if notice is None:
            continue
        standing = withdrawals.standing_domains(notice)
        names = [row.domain for row in draft.rows if row.domain in standing]
        if names:
            withdrawals.withdraw(
                case, step.reference, names, reason=draft.reason, by=draft.reference
            )


def refuse_changed(case: CaseFile, draft: Draft) -> None:
    """Refuse a withdrawal of what no longer stands, or what was confirmed again since.

    Raises:
        InputError: that is so.
    """
    for number, row in enumerate(draft.rows, start=1):
        told = [stored_notices.read(case, step.reference) for step in draft.earlier]
        stands = any(
            notice and row.domain in withdrawals.standing_domains(notice) for notice in told
        )
        again = draft.reason == REVISED and still_holds(case, draft.role, row)
        if not stands or again:
            raise InputError(
                f"Row {number} of the withdrawal of {draft.earlier[0].reference} no longer "
                "needs one; draft it again."
            )

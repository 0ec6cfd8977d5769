"""Withdrawals: drafted at once for everybody who was told what no longer stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

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
    """What of one notice about one domain does not stand; the row's pages are those."""

    notice: StoredNotice
    row: NoticeRow


def due(
    context: Context, case: CaseFile, domains: Sequence[str] | None = None
) -> tuple[Request, ...]:
    """Return the withdrawals that revised assessments call for; of ``domains`` if given."""
    wanted = None if domains is None else set(domains)
    gone, upheld = [], set()
    for notice in withdrawals.standing(case):
        if notice.practice != context.settings.practice:
            continue
        for row in _standing_rows(notice):
            if wanted is not None and row.domain not in wanted:
                continue
            if (part := no_longer(case, notice.role, row)) is not None:
                gone.append(_Gone(notice, part))
            if part is None or part.partly:
                upheld.add((notice.recipient.party_key, notice.role, row.domain))
    # What another notice to the same party still says of the domain is not taken back.
    kept = [
        _Gone(item.notice, replace(item.row, partly=item.row.partly or bool(item.row.pages)))
        if (item.notice.recipient.party_key, item.notice.role, item.row.domain) in upheld
        else item
        for item in gone
    ]
    return _requests(case, kept, REVISED)


def _standing_rows(notice: StoredNotice) -> Iterator[NoticeRow]:
    """Yield the rows of a notice that stand, with those of their pages that do."""
    standing = withdrawals.standing_domains(notice)
    for row in notice.rows:
        if row.domain in standing:
            yield replace(row, pages=tuple(withdrawals.standing_pages(notice, row).values()))


def no_longer(case: CaseFile, role: Role, row: NoticeRow) -> NoticeRow | None:
    """Return what of a row the assessments no longer bear out; None where they bear out all.

    The row itself, or, where some of its pages are still confirmed, the row with the others.
    """
    if not still_holds(case, role, row):
        return row
    if not row.pages:
        return None
    confirmed = _confirmed_pages(case, row.domain)
    gone = tuple(page for page in row.pages if page.url not in confirmed)
    return replace(row, pages=gone, partly=True) if gone else None


def _confirmed_pages(case: CaseFile, domain: str) -> set[str]:
    confirmed = confirmed_of(case, domain)
    return {page.url for page in confirmed.pages(confirmed.hosts)}


def still_holds(case: CaseFile, role: Role, row: NoticeRow) -> bool:
    """Return whether the assessments still bear out anything that a notice said of a domain."""
    now = projection.read(case, row.domain)
    if now is None or now.confirmed_reports == 0:
        return False
    dedicated = row.kind is SiteKind.DEDICATED and notices.RULES[role].registration
    if dedicated and now.kind is not SiteKind.DEDICATED:
        return now.kind is None  # findings differ: people settle that first
    if not row.pages:
        return True
    confirmed = _confirmed_pages(case, row.domain)
    return any(page.url in confirmed for page in row.pages)


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
    gone = [_Gone(notice, row) for row in _standing_rows(notice) if row.domain in wanted]
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
    """Return each domain's newest row, which keeps the reference under which it was told.

    With it stand all pages, and their hosts, that are taken back from the party.
    """
    by_domain: dict[str, list[NoticeRow]] = defaultdict(list)
    for item in items:  # newest notices first
        by_domain[item.row.domain].append(item.row)
    return [_united(rows) for rows in by_domain.values()]


def _united(rows: Sequence[NoticeRow]) -> NoticeRow:
    pages = {page.url: page for row in reversed(rows) for page in row.pages}
    return replace(
        rows[0],
        hosts=tuple(dict.fromkeys(host for row in rows for host in row.hosts)),
        pages=tuple(pages[url] for url in sorted(pages)),
        confirmed_urls=max(len(pages), *(row.confirmed_urls for row in rows)),
        partly=any(row.partly for row in rows),
    )


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
    """Record, with the export of a withdrawal, for what which notices no longer stand."""
    for step in draft.earlier:
        notice = stored_notices.read(case, step.reference)
        if notice is None:
            continue
        names, pages = _taken_back(notice, draft.rows)
        if names or pages:
            withdrawals.withdraw(
                case, step.reference, names, pages=pages, reason=draft.reason, by=draft.reference
            )


def _taken_back(
    notice: StoredNotice, rows: Iterable[NoticeRow]
) -> tuple[list[str], dict[str, list[int]]]:
    """Return the domains of a notice that a withdrawal takes back, and pages of others."""
    told = {row.domain: row for row in notice.rows}
    names, pages = [], {}
    for row in rows:
        if row.domain not in withdrawals.standing_domains(notice):
            continue
        standing = withdrawals.standing_pages(notice, told[row.domain])
        urls = {page.url for page in row.pages}
        places = [place for place, page in standing.items() if page.url in urls]
        if not row.partly or len(places) == len(standing):
            names.append(row.domain)
        elif places:
            pages[row.domain] = places
    return names, pages


def refuse_changed(case: CaseFile, draft: Draft) -> None:
    """Refuse a withdrawal of what no longer stands, or what was confirmed again since.

    Raises:
        InputError: that is so.
    """
    for number, row in enumerate(draft.rows, start=1):
        told = [stored_notices.read(case, step.reference) for step in draft.earlier]
        stands = any(notice and any(_taken_back(notice, [row])) for notice in told)
        now = no_longer(case, draft.role, row) if draft.reason == REVISED else row
        if not stands or now is None or now.pages != row.pages:
            raise InputError(
                f"Row {number} of the withdrawal of {draft.earlier[0].reference} no longer "
                "needs one; draft it again."
            )

"""What notices said, against what the assessments say now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from abusetrack import notices
from abusetrack.casefile import CaseFile, projection, withdrawals
from abusetrack.casefile.notices import StoredNotice
from abusetrack.records import NoticeRow, Role, SiteKind
from abusetrack.triage.notice_rows import confirmed_of


def standing_rows(notice: StoredNotice) -> Iterator[NoticeRow]:
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

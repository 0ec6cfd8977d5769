"""Withdrawals: which domains of which notices no longer stand, and since when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from abusetrack.casefile import audit, facts, notices
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, moment, stamp, without_empty
from abusetrack.casefile.facts import NewFact, StoredFact
from abusetrack.casefile.notices import StoredNotice
from abusetrack.errors import InputError
from abusetrack.records import (
    AssessmentOutcome,
    NoticeRow,
    NoticeStatus,
    Page,
    Rung,
    SiteKind,
)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """One domain of a notice that no longer stands."""

    reference: str  # of the notice
    domain: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Share:
    """How many domains were told of, counted per notice, and how many of them withdrawn."""

    told: int
    withdrawn: int

    @property
    def of_told(self) -> float | None:
        """The share, 0 to 1; None where nobody was told of anything."""
        return self.withdrawn / self.told if self.told else None


def withdraw(
    case: CaseFile,
    reference: str,
    domains: Sequence[str] | None = None,
    *,
    pages: Mapping[str, Sequence[int]] | None = None,
    reason: str = "",
    by: str = "",
) -> tuple[str, ...]:
    """Record that a notice no longer stands for ``domains`` (all where None); return which.

    ``pages`` are those of other domains that are taken back alone, by their places in the
    row; their domains stand. ``by`` is the reference of the withdrawal notice, ``reason`` the
    analyst's own words. When no domain of it is left, the notice itself is marked withdrawn.

    Raises:
        InputError: there is no such notice, it is a withdrawal itself, or a domain is not in it.
    """
    with case.transaction():
        stored = notices.read(case, reference)
        if stored is None:
            raise InputError(f"There is no notice {reference} in this case file; check it.")
        if stored.rung is Rung.WITHDRAWAL:
            raise InputError(f"The notice {reference} is a withdrawal itself.")
        standing = standing_domains(stored)
        wanted = standing if domains is None else tuple(dict.fromkeys(domains))
        if set(wanted) - {row.domain for row in stored.rows}:
            raise InputError(f"The notice {reference} has no such domain; see 'notice show'.")
        now = tuple(domain for domain in wanted if domain in standing)
        if not now and not pages:
            return ()
        content = {
            "notice": stored.id,
            "domains": [clean(domain) for domain in now],
            **without_empty({"pages": _plain(pages) if pages else None, "by": by}),
        }
        texts = without_empty({"reason": reason.strip()})
        written = facts.append(case, [NewFact("notice withdrawal", content, texts)])[0]
        fold(case, facts.read(case, [written.n]))
        counts = {"domains": len(now)}
        if pages:
            counts["pages"] = sum(map(len, pages.values()))
        audit.append(case, "withdraw notice", reference, counts)
        if len(now) == len(standing) and stored.status is not NoticeStatus.WITHDRAWN:
            notices.mark(case, reference, NoticeStatus.WITHDRAWN)
    return now


def _plain(pages: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    return {clean(domain): sorted(places) for domain, places in sorted(pages.items())}


def fold(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Enter withdrawal facts, here or come from elsewhere; the first of a domain holds."""
    numbers = facts.numbers_of(case, (fact.content["notice"] for fact in stored))
    case.executemany(
        "INSERT OR IGNORE INTO notice_withdrawal(notice, domain, at, fact) VALUES (?, ?, ?, ?)",
        [
            (numbers[fact.content["notice"]], domain, stamp(fact.at), fact.n)
            for fact in stored
            for domain in fact.content["domains"]
        ],
    )
    case.executemany(
        "INSERT OR IGNORE INTO page_withdrawal(notice, domain, page, at, fact)"
        " VALUES (?, ?, ?, ?, ?)",
        [
            (numbers[fact.content["notice"]], domain, place, stamp(fact.at), fact.n)
            for fact in stored
            for domain, places in fact.content.get("pages", {}).items()
            for place in places
        ],
    )


def standing_domains(notice: StoredNotice) -> tuple[str, ...]:
    """Return the domains for which a notice still stands."""
    if notice.status is NoticeStatus.WITHDRAWN:
        return ()
    return tuple(row.domain for row in notice.rows if row.domain not in notice.withdrawn)


def standing_pages(notice: StoredNotice, row: NoticeRow) -> dict[int, Page]:
    """Return the pages of a row for which its notice still stands, by their places in it."""
    return {
        place: page
        for place, page in enumerate(row.pages)
        if (row.domain, place) not in notice.withdrawn_pages
    }


def of_domains(case: CaseFile, domains: Iterable[str]) -> list[Withdrawn]:
    """Return what was withdrawn of these domains, oldest first."""
    rows = case.rows(
        "SELECT notice.reference, gone.domain, gone.at FROM notice_withdrawal AS gone"
        " JOIN notice ON notice.fact = gone.notice"
        " WHERE gone.domain IN (SELECT value FROM json_each(?)) ORDER BY gone.at, gone.fact",
        [canonical([clean(domain) for domain in domains])],
    )
    return [Withdrawn(reference, domain, moment(at)) for reference, domain, at in rows]


def perhaps_revised(case: CaseFile) -> list[StoredNotice]:
    """Return every notice that a revised assessment may be about, newest first.

    Those that still stand for some domain of which not every report is confirmed, or which
    is not dedicated: what else they said is as it was.
    """
    numbers = case.rows(
        "SELECT DISTINCT notice.fact FROM notice JOIN notice_row ON notice_row.notice = notice.fact"
        " JOIN domain_now AS d ON d.domain = notice_row.domain"
        " WHERE notice.rung <> ? AND notice.status <> ? AND (d.kind IS NOT ? OR EXISTS"
        " (SELECT 1 FROM report WHERE report.domain = d.id AND report.outcome <> ?))"
        " ORDER BY notice.fact DESC",
        [
            Rung.WITHDRAWAL.value, NoticeStatus.WITHDRAWN.value, SiteKind.DEDICATED.value,
            AssessmentOutcome.CONFIRMED.value,
        ],
    )  # fmt: skip
    found = notices.read_many(case, [number for (number,) in numbers])
    return [notice for notice in found if standing_domains(notice)]


def share(case: CaseFile, since: datetime | None = None, until: datetime | None = None) -> Share:
    """Count domains told of per notice exported in ``[since, until)``, and those withdrawn."""
    told, withdrawn = case.rows(
        "SELECT count(*), count(CASE WHEN gone.domain IS NOT NULL OR notice.status = ? THEN 1 END)"
        " FROM notice JOIN notice_row ON notice_row.notice = notice.fact"
        " LEFT JOIN notice_withdrawal AS gone"
        " ON gone.notice = notice.fact AND gone.domain = notice_row.domain"
        " WHERE notice.rung <> ? AND (? IS NULL OR notice.exported_at >= ?)"
        " AND (? IS NULL OR notice.exported_at < ?)",
        [
            NoticeStatus.WITHDRAWN.value, Rung.WITHDRAWAL.value,
            since and stamp(since), since and stamp(since),
            until and stamp(until), until and stamp(until),
        ],
    )[0]  # fmt: skip
    return Share(told, withdrawn)

"""Withdrawals: drafted at once for everybody who was told what no longer stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from abusetrack import notices
from abusetrack.casefile import CaseFile, parties, withdrawals
from abusetrack.casefile import notices as stored_notices
from abusetrack.casefile.notices import StoredNotice
from abusetrack.errors import InputError
from abusetrack.notices import Request
from abusetrack.records import Draft, NotDrafted, NoticeRow, Role, Rung
from abusetrack.triage import gates, ledger, upheld
from abusetrack.triage.addressing import terms_of
from abusetrack.triage.context import Context

REVISED = "its assessment was revised"


@dataclass(frozen=True, slots=True)
class _Gone:
    """What of one notice about one domain does not stand; the row's pages are those."""

    notice: StoredNotice
    row: NoticeRow


@dataclass(frozen=True, slots=True)
class Due:
    """The withdrawals that revised assessments call for, and those that wait for a gate."""

    requests: tuple[Request, ...]
    held_back: tuple[NotDrafted, ...]

    @property
    def domains(self) -> frozenset[str]:
        """The domains of both."""
        asked = {row.domain for request in self.requests for row in request.rows}
        return frozenset(asked | {item.domain for item in self.held_back})


def due(context: Context, case: CaseFile, domains: Sequence[str] | None = None) -> Due:
    """Return the withdrawals that revised assessments call for; of ``domains`` if given.

    While a gate is open nothing about its domain leaves the organisation, withdrawals
    neither: they wait, and are named.
    """
    gone = _gone(context, case, domains)
    found = gates.of_many(context, case, [item.row.domain for item in gone])
    shut = [item for item in gone if found[item.row.domain].open]
    held_back = dict.fromkeys(
        NotDrafted(item.row.domain, _waits(item.notice), "gate", item.notice.recipient.party_key)
        for item in shut
    )
    left = [item for item in gone if not found[item.row.domain].open]
    return Due(_requests(case, left, REVISED), tuple(held_back))


def _waits(notice: StoredNotice) -> str:
    return (
        f"the withdrawal of {notice.reference} waits: the gate is open; have it cleared with "
        "'abusetrack gate' first"
    )


def _gone(context: Context, case: CaseFile, domains: Sequence[str] | None) -> list[_Gone]:
    wanted = None if domains is None else set(domains)
    gone, stands = [], set()
    for notice in withdrawals.perhaps_revised(case):
        if notice.practice != context.settings.practice:
            continue
        for row in upheld.standing_rows(notice):
            if wanted is not None and row.domain not in wanted:
                continue
            if (part := upheld.no_longer(case, notice.role, row)) is not None:
                gone.append(_Gone(notice, part))
            if part is None or part.partly:
                stands.add((notice.recipient.party_key, notice.role, row.domain))
    # What another notice to the same party still says of the domain is not taken back.
    return [
        _Gone(item.notice, replace(item.row, partly=item.row.partly or bool(item.row.pages)))
        if (item.notice.recipient.party_key, item.notice.role, item.row.domain) in stands
        else item
        for item in gone
    ]


def of_notice(
    context: Context,
    case: CaseFile,
    reference: str,
    domains: Sequence[str] | None,
    reason: str,
) -> tuple[Request, ...]:
    """Return the withdrawal of a notice, of some of its domains or all that still stand.

    Raises:
        InputError: there is no such notice, no domain of it is left, no reason is given, or
            the gate of one of the domains is open.
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
    if any(verdict.open for verdict in gates.of_many(context, case, wanted).values()):
        text = _waits(notice)
        raise InputError(f"{text[:1].upper()}{text[1:]}, or name other domains with --domain.")
    gone = [_Gone(notice, row) for row in upheld.standing_rows(notice) if row.domain in wanted]
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


def refuse_changed(context: Context, case: CaseFile, draft: Draft) -> None:
    """Refuse a withdrawal of what no longer stands, or was confirmed again, or is gated since.

    Raises:
        InputError: that is so.
    """
    for number, row in enumerate(draft.rows, start=1):
        told = [stored_notices.read(case, step.reference) for step in draft.earlier]
        stands = any(notice and any(_taken_back(notice, [row])) for notice in told)
        now = upheld.no_longer(case, draft.role, row) if draft.reason == REVISED else row
        if not gates.may_leave(context, case, row.domain):
            raise InputError(f"The gate of row {number} is open: have it cleared first.")
        if not stands or now is None or now.pages != row.pages:
            raise InputError(
                f"Row {number} of the withdrawal of {draft.earlier[0].reference} no longer "
                "needs one; draft it again."
            )

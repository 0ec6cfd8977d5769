"""Folding: how facts of each kind become rows that can be searched, here and after a merge.

Whoever adds a kind of fact adds it to :data:`FOLDS`, and its folded tables to
:data:`VIEWS`, so that merging and ``check --rebuild`` know them.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from abusetrack.casefile import (
    address_rules,
    approvals,
    assessments,
    contact_ledger,
    content,
    directory,
    erased,
    facts,
    gates,
    hashes,
    hosts,
    notes,
    notices,
    observations,
    parties,
    partners,
    projection,
    protected,
    replies,
    reports,
    traits,
    withdrawals,
)
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.facts import StoredFact


def _nothing(_case: CaseFile, _stored: Sequence[StoredFact]) -> None:
    """Fold a kind that stands in no table."""


@dataclass(frozen=True, slots=True)
class Fold:
    """How one kind of fact becomes rows of ``tables``.

    With ``in_order`` the tables are emptied and all facts of the kind are folded anew when
    a merge brings some: what was said last holds, and a merge brings what was said before.
    Where that is too much, ``run`` looks at the ids of facts by itself.
    """

    kind: str
    run: Callable[[CaseFile, Sequence[StoredFact]], None]
    tables: tuple[str, ...] = ()
    in_order: bool = False


# Folded kind by kind in this order, each in the order of the facts' ids: the result is the
# same in whatever order case files were merged. What a kind refers to comes before it.
_WITHDRAWN = ("notice_withdrawal", "page_withdrawal")
FOLDS = (
    Fold("erasure", erased.fold, ("tombstone",)),
    Fold("list", _nothing),
    Fold("report", reports.fold, ("report",)),
    Fold("assessment", assessments.fold, ("finding",)),
    Fold("content status", content.fold, ("content_status",)),
    Fold("note", notes.fold, ("note",)),
    Fold("observation", observations.fold, ("trait", "prefix_now", "observation")),
    Fold("contact", directory.fold),
    Fold("contact confirmation", directory.fold_confirmations),
    Fold("party note", parties.fold, ("party_note",), in_order=True),
    Fold("contact outcome", contact_ledger.fold, ("contact_outcome",)),
    Fold("no-send", address_rules.fold_no_send, ("no_send",), in_order=True),
    Fold("replacement", address_rules.fold_replacements, ("replacement",), in_order=True),
    Fold("gate", gates.fold, ("gate",), in_order=True),
    Fold("protected name", protected.fold, ("protected",), in_order=True),
    Fold("approval", approvals.fold, ("approval",), in_order=True),
    Fold("notice", notices.fold, ("notice_file", "notice_row", "notice")),
    Fold("notice status", notices.fold_status, ("notice_event",)),
    Fold("notice answer", replies.fold_answers, ("notice_answer",)),
    Fold("notice quality", replies.fold_ratings, ("notice_quality",)),
    Fold("notice withdrawal", withdrawals.fold, _WITHDRAWN, in_order=True),
    Fold("hash reference", hashes.fold, ("hash_reference",)),
    Fold("share", partners.fold_shares, ("shared",), in_order=True),
    Fold("partner record", partners.fold_records, ("partner_record",)),
)

# What each folded table says, without the numbers that mean something in this file only.
# Digests stand in for one another only inside a file; within it they are compared.
VIEWS: dict[str, str] = {
    "tombstone": "SELECT hex(target), field, hex(token) FROM tombstone",
    "domain_now": "SELECT domain, unicode, host_kind, suffix, suffix_kind, tld, label, reports,"
    " confirmed_reports, urls, confirmed_urls, first_reported, last_reported, first_confirmed,"
    " last_confirmed, kind, kind_reason, commercial, disguised FROM domain_now",
    "host": "SELECT host.name, host.unicode, host.kind, domain_now.domain FROM host"
    " JOIN domain_now ON domain_now.id = host.domain",
    "url": "SELECT hex(digest), host.name FROM url JOIN host ON host.id = url.host",
    "report": "SELECT hex(fact.id), hex(url.digest), domain_now.domain, hex(reference),"
    " report.received_at, report.source, hex(list.id), hex(held.id), report.outcome, report.kind,"
    " report.commercial, report.disguised, report.legal_category, report.assessed_at FROM report"
    " JOIN fact ON fact.n = report.fact JOIN url ON url.id = report.url"
    " JOIN domain_now ON domain_now.id = report.domain JOIN fact AS list ON list.n = report.list"
    " LEFT JOIN fact AS held ON held.n = report.assessment",
    "finding": "SELECT hex(fact.id), hex(report.id), hex(later.id) FROM finding"
    " JOIN fact ON fact.n = finding.fact JOIN fact AS report ON report.n = finding.report"
    " LEFT JOIN fact AS later ON later.n = finding.replaced_by",
    "content_status": "SELECT hex(fact.id), hex(url.digest), state, content_status.at"
    " FROM content_status JOIN fact ON fact.n = content_status.fact"
    " JOIN url ON url.id = content_status.url",
    "note": "SELECT hex(fact.id), domain_now.domain, hex(later.id) FROM note"
    " JOIN fact ON fact.n = note.fact JOIN domain_now ON domain_now.id = note.domain"
    " LEFT JOIN fact AS later ON later.n = note.replaced_by",
    "subject": "SELECT name FROM subject",
    "observation": "SELECT hex(fact.id), subject.name, question, asked_at, outcome,"
    " hex(first.id), hex(evidence.sha256) FROM observation JOIN fact ON fact.n = observation.fact"
    " JOIN subject ON subject.id = observation.subject"
    " JOIN fact AS first ON first.n = observation.batch"
    " LEFT JOIN evidence ON evidence.n = observation.evidence",
    "prefix_now": "SELECT hex(first), hex(last), question, asked_at, hex(fact.id) FROM prefix_now"
    " JOIN fact ON fact.n = prefix_now.fact",
    "trait": "SELECT subject.name, kind, value, first_seen, last_seen FROM trait"
    " JOIN subject ON subject.id = trait.subject",
    "contact": "SELECT party_key, role, contact.origin, source, party_name, email, form, phone,"
    " confirmed_by, confirmed_at, hex(fact.id) FROM contact JOIN fact ON fact.n = contact.fact",
    "party_note": "SELECT party_key, field, party_note.origin, value, source, as_of, hex(fact.id)"
    " FROM party_note JOIN fact ON fact.n = party_note.fact",
    "gate": "SELECT domain, country, status, gate.at, expires_at, hex(fact.id) FROM gate"
    " JOIN fact ON fact.n = gate.fact",
    "hash_reference": "SELECT hex(fact.id), hash_reference.kind, domain_now.domain,"
    " hash_reference.at FROM hash_reference JOIN fact ON fact.n = hash_reference.fact"
    " JOIN domain_now ON domain_now.id = hash_reference.domain",
    "shared": "SELECT partner, domain, since, last_at, hex(fact.id) FROM shared"
    " JOIN fact ON fact.n = shared.fact",
    "partner_record": "SELECT hex(fact.id), number, partner, domain, what, partner_record.at"
    " FROM partner_record JOIN fact ON fact.n = partner_record.fact",
    "protected": "SELECT name, category, party, hex(fact.id) FROM protected"
    " JOIN fact ON fact.n = protected.fact",
    "approval": "SELECT hex(draft), approval.actor, approval.at, hex(fact.id) FROM approval"
    " JOIN fact ON fact.n = approval.fact",
    "notice": "SELECT hex(fact.id), reference, role, party_key, exported_at, status, status_at,"
    " reply_by, rung FROM notice JOIN fact ON fact.n = notice.fact",
    "contact_outcome": "SELECT hex(fact.id), party_key, role, address, outcome, contact_outcome.at"
    " FROM contact_outcome JOIN fact ON fact.n = contact_outcome.fact",
    "no_send": "SELECT pattern, hex(fact.id) FROM no_send JOIN fact ON fact.n = no_send.fact",
    "replacement": "SELECT wrong, rights, hex(fact.id) FROM replacement"
    " JOIN fact ON fact.n = replacement.fact",
    "notice_answer": "SELECT hex(fact.id), hex(about.id), received_at FROM notice_answer"
    " JOIN fact ON fact.n = notice_answer.fact"
    " JOIN fact AS about ON about.n = notice_answer.notice",
    "notice_quality": "SELECT hex(fact.id), hex(about.id), quality FROM notice_quality"
    " JOIN fact ON fact.n = notice_quality.fact"
    " JOIN fact AS about ON about.n = notice_quality.notice",
    "notice_row": "SELECT hex(fact.id), position, domain FROM notice_row"
    " JOIN fact ON fact.n = notice_row.notice",
    "notice_event": "SELECT hex(fact.id), hex(about.id) FROM notice_event"
    " JOIN fact ON fact.n = notice_event.fact JOIN fact AS about ON about.n = notice_event.notice",
    "notice_withdrawal": "SELECT hex(about.id), domain, notice_withdrawal.at, hex(fact.id)"
    " FROM notice_withdrawal JOIN fact ON fact.n = notice_withdrawal.fact"
    " JOIN fact AS about ON about.n = notice_withdrawal.notice",
    "page_withdrawal": "SELECT hex(about.id), domain, page, page_withdrawal.at, hex(fact.id)"
    " FROM page_withdrawal JOIN fact ON fact.n = page_withdrawal.fact"
    " JOIN fact AS about ON about.n = page_withdrawal.notice",
    "notice_file": "SELECT hex(fact.id), notice_file.name, hex(evidence.sha256) FROM notice_file"
    " JOIN fact ON fact.n = notice_file.notice JOIN evidence ON evidence.n = notice_file.evidence",
}

# Rows of other tables keep their numbers, which working tables use. These are left over after
# folding all anew, because no fact speaks of them; in the order of what refers to what.
_LEFT_OVER = (
    "url WHERE NOT EXISTS (SELECT 1 FROM report WHERE url = url.id)",
    "queue WHERE NOT EXISTS (SELECT 1 FROM url WHERE url.host = queue.host)",
    "host WHERE NOT EXISTS (SELECT 1 FROM url WHERE url.host = host.id)",
    "change WHERE NOT EXISTS (SELECT 1 FROM host WHERE host.domain = change.domain)",
    "sighting WHERE NOT EXISTS (SELECT 1 FROM host WHERE host.domain = sighting.domain)",
    "domain_now WHERE NOT EXISTS (SELECT 1 FROM host WHERE host.domain = domain_now.id)",
    "subject WHERE NOT EXISTS (SELECT 1 FROM observation WHERE subject = subject.id)",
    "contact WHERE NOT EXISTS (SELECT 1 FROM fact WHERE n = contact.fact AND kind = 'contact')",
)
_CHUNK = 2_000  # facts folded at a time, so that many do not fill the memory


@dataclass(frozen=True, slots=True)
class Difference:
    """A table that said something else than the facts say, and how many of its rows did."""

    table: str
    rows: int


def fold(case: CaseFile, *, after: int = 0) -> None:
    """Fold the facts with a local number above ``after``, inside the caller's transaction."""
    by_kind: dict[str, array[int]] = {fold.kind: array("q") for fold in FOLDS}
    for kind, number in case.each(_came(case, after), [after]):
        by_kind[kind].append(number)
    for one in FOLDS:
        numbers = by_kind[one.kind]
        if numbers and one.in_order and after:
            _empty(case, one)
            rows = case.rows(_OF_KIND, [one.kind])
            numbers = array("q", [number for (number,) in rows])
        for start in range(0, len(numbers), _CHUNK):
            one.run(case, facts.read(case, numbers[start : start + _CHUNK].tolist()))
    traits.fold(case, after + 1)


# The index is only taken by who says what it is limited to.
IN_ORDER = tuple(one.kind for one in FOLDS if one.in_order)
_OF_KIND = f"""
SELECT n FROM fact WHERE kind = ? AND kind IN ({", ".join(f"'{kind}'" for kind in IN_ORDER)})
ORDER BY id
"""


def _came(case: CaseFile, after: int) -> str:
    """Return how to read kind and number of the facts above ``after``, by their ids.

    A few are sorted; otherwise the index over all ids has them in order.
    """
    last = case.value("SELECT max(n) FROM fact") or 0
    order = "+id" if last - after < after else "id"
    return f"SELECT kind, n FROM fact WHERE n > ? ORDER BY {order}"


def rebuild(case: CaseFile) -> list[Difference]:
    """Fold every fact anew, in one transaction; return which tables were wrong before.

    Judgements, the queue and local numbers stay as they are.
    """
    with case.transaction():
        before = {table: _fingerprints(case, table) for table in VIEWS}
        case.execute("PRAGMA defer_foreign_keys = ON")
        for one in reversed(FOLDS):
            _empty(case, one)
        fold(case)
        for rest in _LEFT_OVER:
            case.execute(f"DELETE FROM {rest}")
        hosts.describe_anew(case)
        projection.recount(case)
        return [
            Difference(table, len(different))
            for table, known in before.items()
            if (different := known ^ _fingerprints(case, table))
        ]


def _empty(case: CaseFile, one: Fold) -> None:
    for table in one.tables:
        case.execute(f"DELETE FROM {table}")


def _fingerprints(case: CaseFile, table: str) -> set[int]:
    """Return a number for every row that a table shows: 8 bytes each, not the row."""
    return {hash(row) for row in _shown(case, table)}


def _shown(case: CaseFile, table: str) -> Iterator[tuple[object, ...]]:
    yield from case.each(VIEWS[table])

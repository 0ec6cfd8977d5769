"""Which domains a list shows, and in what order; every filter is answered from an index.

A list of a million is not sorted while somebody waits: each filter marks the ids that it
leaves in, and the index of the column that sorts then gives the marked ones in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import compress
from typing import Any

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, column, stamp
from abusetrack.records import (
    AssessmentOutcome,
    GateStatus,
    NoticeStatus,
    SiteKind,
    State,
    SuffixKind,
)

_MEANWHILE = 100_000  # ids that may be entered while a list is asked for
_OUT = 255  # the mark of an id that a group does not have
_ROWS = "domain_now AS d"
_CONFIRMED_FOR = f"legal_category = ? AND outcome = '{AssessmentOutcome.CONFIRMED.value}'"
_FEW = 20_000  # that many rows are sorted by themselves quicker than an index is read


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list shows; what is None (or False) does not filter, the others combine.

    ``text`` is looked for by :mod:`abusetrack.casefile.search`. ``sort`` is a column of
    ``domain_now``; rows without a value come last. Of times, ``since`` is included and
    ``until`` is not.
    """

    text: str = ""
    state: State | None = None
    registrar: str | None = None  # its key
    tld: str | None = None
    suffix_kind: SuffixKind | None = None
    country: str | None = None
    asn: int | None = None
    kind: SiteKind | None = None
    category: str | None = None  # legal category of a confirmed report
    persistent: bool | None = None
    confirmed_only: bool = False
    notice: NoticeStatus | None = None  # of one of its notices
    without_notice: bool = False
    reported_since: datetime | None = None  # the last report received
    reported_until: datetime | None = None
    confirmed_since: datetime | None = None  # the last confirmed assessment
    confirmed_until: datetime | None = None
    among: tuple[int, ...] | None = None  # ids of domain_now: those behind a figure
    sort: str = "last_reported"
    descending: bool = True

    @property
    def filtered(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.text or terms(self))


@dataclass(frozen=True, slots=True)
class Source:
    """Where ids come from: a FROM clause, what to ask of it, and the expression of the id."""

    tables: str
    where: str
    id: str
    params: Sequence[Any] = ()
    order: str = ""

    @property
    def sql(self) -> str:
        """The statement that gives all ids, some of them perhaps twice."""
        return f"SELECT {self.id} FROM {self.tables} WHERE {self.where}"

    @property
    def others(self) -> str:
        """The statement that gives the ids of all other rows; only of one table."""
        return f"SELECT {self.id} FROM {self.tables} WHERE ({self.where}) IS NOT TRUE"

    def leaves_in(self, case: CaseFile) -> int:
        """Return how many ids there are, counted in the index; 0 where others cannot be asked."""
        if self.tables != _ROWS:
            return 0
        count: int = case.value(f"SELECT count(*) FROM {_ROWS} WHERE {self.where}", self.params)
        return count


# Field of the query -> condition on a row ``d`` of domain_now, with the value as parameter.
_TERMS = {
    "state": "d.state = ?",
    "registrar": "d.registrar_key = ?",
    "tld": "d.tld = ?",
    "suffix_kind": "d.suffix_kind = ?",
    "country": "d.hosting_country = ?",
    "asn": "d.asn = ?",
    "kind": "d.kind = ?",
    "category": f"d.id IN (SELECT domain FROM report WHERE {_CONFIRMED_FOR})",
    "persistent": "d.persistent = ?",
    "confirmed_only": "d.confirmed_reports >= ?",
    "notice": "d.domain IN (SELECT notice_row.domain FROM notice"
    " JOIN notice_row ON notice_row.notice = notice.fact WHERE notice.status = ?)",
    "without_notice": "(d.domain IN (SELECT domain FROM notice_row)) <> ?",
    "reported_since": "d.last_reported >= ?",
    "reported_until": "d.last_reported < ?",
    "confirmed_since": "d.last_confirmed >= ?",
    "confirmed_until": "d.last_confirmed < ?",
    "among": "d.id IN (SELECT value FROM json_each(?))",
}


def terms(query: ListQuery) -> list[tuple[str, Any]]:
    """Return the conditions on a row ``d`` of ``domain_now``, each with its one parameter."""
    found = []
    for name, term in _TERMS.items():
        value = getattr(query, name)
        if value is not None and (value is not False or name == "persistent"):
            found.append((term, column(value)))
    return found


def sources(query: ListQuery) -> list[list[Source]]:
    """Return where the ids that each filter leaves in come from; the text is not among them."""
    by_report = {_TERMS["category"]: Source("report", _CONFIRMED_FOR, "domain")}
    return [
        [replace(by_report.get(term, Source(_ROWS, term, "d.id")), params=[value])]
        for term, value in terms(query)
    ]


def may_leave(now: datetime, *, needs_gate: bool, countries: Sequence[str] = ()) -> Source:
    """Return where domains come from that may leave the organisation.

    Those of which no gate is open or has run out and that were cleared where it is
    needed: by ``needs_gate`` all, by ``countries`` what is, or may be, hosted there. The
    same as :func:`abusetrack.judgement.gate.judge_gate` says of each.
    """
    at = stamp(now)
    holds = f"status = '{GateStatus.CLEARED.value}' AND (expires_at IS NULL OR expires_at > ?)"
    of_domain = "EXISTS (SELECT 1 FROM gate WHERE gate.domain = d.domain AND"
    terms = [f"NOT {of_domain} NOT ({holds}))"]
    params: list[Any] = [at]
    for_all = f"{of_domain} country = '' AND {holds})"
    if needs_gate:
        terms.append(for_all)
        params.append(at)
    for country in countries:
        for_this = f"{of_domain} country = ? AND {holds})"
        terms.append(f"(d.hosting_country <> ? OR {for_all} OR {for_this})")
        params += [country, at, country, at]
    return Source(_ROWS, " AND ".join(terms), "d.id", params)


def not_withdrawn() -> Source:
    """Return where domains come from of which nothing was taken back since they were confirmed.

    A notice that was withdrawn, for all its domains or for one, says that it should not
    have been written; a finding made later counts again.
    """
    one = (
        "EXISTS (SELECT 1 FROM notice_withdrawal AS gone WHERE gone.domain = d.domain"
        " AND gone.at >= coalesce(d.last_confirmed, ''))"
    )
    whole = (
        "EXISTS (SELECT 1 FROM notice_row JOIN notice ON notice.fact = notice_row.notice"
        " WHERE notice_row.domain = d.domain AND notice.status = ?"
        " AND notice.status_at >= coalesce(d.last_confirmed, ''))"
    )
    return Source(_ROWS, f"NOT {one} AND NOT {whole}", "d.id", [NoticeStatus.WITHDRAWN.value])


def ordered(case: CaseFile, groups: Sequence[Sequence[Source]], order: str) -> list[int]:
    """Return the ids that every group of sources has, by the ORDER BY terms ``order``.

    Without terms, in whatever order they are read quickest.
    """
    by = f" ORDER BY {order}" if order else ""
    everything = f"SELECT id FROM domain_now{by}"
    if not groups:
        return [number for some in case.numbers(everything) for number in some]
    marks, wanted = _marked(case, groups)
    if marks.count(wanted) > _FEW:
        chosen = bytes(mark == wanted for mark in range(256))
        left_in = marks.translate(chosen).__getitem__
        return [
            number
            for some in case.numbers(everything)
            for number in compress(some, map(left_in, some))
        ]
    few = list(_places(marks, wanted))
    statement = "SELECT id FROM domain_now WHERE id IN (SELECT value FROM json_each(?))"
    ordered_few = case.numbers(f"{statement}{by}", [canonical(few)])
    return [number for some in ordered_few for number in some]


def _marked(case: CaseFile, groups: Sequence[Sequence[Source]]) -> tuple[bytearray, int]:
    """Return a mark for each id, and the mark of those that every group has.

    A group that leaves most in is read from its other side: what is counted in the index
    need not be handed over one by one, and all are read once more, in order, afterwards.
    """
    last: int = case.value("SELECT max(id) FROM domain_now") or 0
    half = (case.value("SELECT count(*) FROM domain_now") or 0) / 2
    marks = bytearray(last + 1) + bytes([_OUT]) * _MEANWHILE
    step = 0
    for group in groups:
        if len(group) == 1 and group[0].leaves_in(case) > half:
            for some in case.numbers(group[0].others, group[0].params):
                for number in some:
                    marks[number] = _OUT
            continue
        for source in group:
            for some in case.numbers(source.sql, source.params):
                for number in some:
                    if marks[number] == step:
                        marks[number] = step + 1
        step += 1
    return marks, step


def _places(marks: bytearray, wanted: int) -> Iterator[int]:
    place = marks.find(wanted)
    while place >= 0:
        yield place
        place = marks.find(wanted, place + 1)

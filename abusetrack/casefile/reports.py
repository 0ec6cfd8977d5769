"""Reports: what a list brings, told apart into new, repeated, duplicate and rejected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from abusetrack.casefile import assessments, audit, counts, erased, facts, findings
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, id_text, moment, stamp
from abusetrack.casefile.facts import NewFact, StoredFact, Written
from abusetrack.casefile.hosts import (
    HOST_COLUMNS,
    HostRow,
    Tally,
    decode_host,
    domain_name,
    encode_host,
    enter_hosts,
    host_of_content,
)
from abusetrack.records import Arrival, Complaint, Discarded, Host, Report, Target

NO_REFERENCE = bytes(16)
_CHUNK = 5_000  # reports written at a time, so that a long list does not fill the memory


@dataclass(frozen=True, slots=True)
class Arrived:
    """A report, and what becomes of it."""

    report: Report
    arrival: Arrival


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a list; every row or candidate is counted once."""

    new: int
    repeated: int
    duplicate: int
    rejected: int
    discarded: Discarded
    complaints: tuple[Complaint, ...]
    queued: int  # hosts never seen before, now waiting to be looked up


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report as stored; ``report.assessment`` is the one that holds now.

    After erasure the URL has no path, and note and reference are None.
    """

    id: str
    report: Report
    recorded_at: datetime
    actor: str
    erased: bool


def split_url(url: str) -> tuple[str, str]:
    """Split a normalised URL: scheme and host stay for ever, path and query can be erased."""
    start = url.index("//") + 2
    end = min(at for at in (url.find("/", start), url.find("?", start), len(url)) if at >= 0)
    return url[:end], url[end:] or "/"


def preview(case: CaseFile, reports: Sequence[Report]) -> list[Arrived]:
    """Say of each report what :func:`add` would make of it; nothing is stored."""
    marks = [_marks(case, report) for report in reports]
    return [
        Arrived(report, arrival)
        for report, arrival in zip(reports, _arrivals(case, marks), strict=True)
    ]


def add(
    case: CaseFile,
    reports: Sequence[Report],
    complaints: Sequence[Complaint],
    discarded: Discarded,
    *,
    label: str,
) -> ImportResult:
    """Store a list in one transaction: all of it, or nothing.

    ``label`` says where the list came from (a file's name, "pasted"). Hosts never
    seen before are queued for lookup.
    """
    with case.transaction():
        marks = [_marks(case, report) for report in reports]
        arrivals = _arrivals(case, marks)
        tally = Counter(arrivals)
        taken = [at for at, arrival in enumerate(arrivals) if arrival is not Arrival.DUPLICATE]
        result = ImportResult(
            tally[Arrival.NEW],
            tally[Arrival.REPEATED],
            tally[Arrival.DUPLICATE],
            len(complaints),
            discarded,
            tuple(complaints),
            0,
        )
        sums = {
            "new": result.new,
            "repeated": result.repeated,
            "duplicate": result.duplicate,
            "rejected": result.rejected,
            "discarded": asdict(discarded),
        }
        listed = facts.append(case, [NewFact("list", dict(sums), {"label": label})])[0]
        queued = _store(case, [reports[at] for at in taken], [marks[at] for at in taken], listed)
        audit.append(case, "import", id_text(listed.id), sums | {"queued": queued})
    return replace(result, queued=queued)


def of_domain(case: CaseFile, domain: str) -> tuple[StoredReport, ...]:
    """Return the reports of a domain (or of a host without one), oldest first."""
    rows = case.rows(
        "SELECT report.fact FROM report"
        " JOIN domain_now ON domain_now.id = report.domain WHERE domain_now.domain = ?"
        " ORDER BY report.received_at, report.fact",
        [domain],
    )
    numbers = [fact for (fact,) in rows]
    judged = findings.holding(case, numbers)
    return tuple(_decode(fact, judged.get(fact.n)) for fact in facts.read(case, numbers))


def recorded_since(case: CaseFile, fact: int, *, limit: int) -> list[tuple[str, int]]:
    """Return (domain, reports) of what came into this file after a fact, the latest first."""
    return case.rows(
        "SELECT domain_now.domain, count(*) FROM report"
        " JOIN domain_now ON domain_now.id = report.domain WHERE report.fact > ?"
        " GROUP BY domain_now.id ORDER BY max(report.fact) DESC LIMIT ?",
        [fact, limit],
    )


def hosts_of(case: CaseFile, domain: str) -> tuple[Host, ...]:
    """Return the reported hosts of a domain, by name."""
    return hosts_of_many(case, [domain])[domain]


def hosts_of_many(case: CaseFile, domains: Iterable[str]) -> dict[str, tuple[Host, ...]]:
    """Return the reported hosts of each domain, by name."""
    found: dict[str, list[Host]] = {domain: [] for domain in domains}
    for domain, *columns in case.rows(
        f"SELECT domain_now.domain, {HOST_COLUMNS} FROM json_each(?) AS wanted"
        " JOIN domain_now ON domain_now.domain = wanted.value"
        " JOIN host ON host.domain = domain_now.id ORDER BY host.name",
        [canonical(list(found))],
    ):
        found[domain].append(decode_host(*columns))
    return {domain: tuple(hosts) for domain, hosts in found.items()}


_Marks = tuple[bytes, bytes]


def _marks(case: CaseFile, report: Report) -> _Marks:
    """Return the digests by which the same URL and the same reference are known again."""
    reference = report.reference
    return (
        case.digest(clean(report.target.url)),
        NO_REFERENCE if reference is None else case.digest(clean(reference)),
    )


def _arrivals(case: CaseFile, marks: Sequence[_Marks]) -> list[Arrival]:
    known: set[_Marks] = set(
        case.rows(
            "SELECT DISTINCT url.digest, report.reference FROM url"
            " JOIN report ON report.url = url.id"
            " WHERE url.digest IN (SELECT unhex(value) FROM json_each(?))",
            [canonical([url.hex() for url, _ in set(marks)])],
        )
    )
    urls = {url for url, _ in known}
    arrivals = []
    for mark in marks:
        if mark in known:
            arrivals.append(Arrival.DUPLICATE)
        else:
            arrivals.append(Arrival.REPEATED if mark[0] in urls else Arrival.NEW)
            known.add(mark)
            urls.add(mark[0])
    return arrivals


def fold(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Enter the rows of report facts that came from elsewhere, or that are folded anew."""
    tokens = erased.tokens(case, (fact.id for fact in stored if fact.erased))
    lists = facts.numbers_of(case, {fact.content["list"] for fact in stored})
    entries = [_entry(case, fact, lists, tokens.get(fact.id, {})) for fact in stored]
    _, touched, _ = _enter(case, entries, {})
    counts.fold(case, touched)


class _Entry(NamedTuple):
    """What a row of ``report`` is made of."""

    fact: int
    marks: _Marks
    host: Host
    received_at: str
    source: str
    list: int


def _entry(
    case: CaseFile, fact: StoredFact, lists: Mapping[str, int], tokens: Mapping[str, bytes]
) -> _Entry:
    content = fact.content
    path, reference = fact.text("path"), fact.text("reference")
    url = tokens.get("path") or case.digest(content["base"] + (path or "/"))
    named = NO_REFERENCE if reference is None else case.digest(reference)
    return _Entry(
        fact.n,
        (url, tokens.get("reference") or named),
        host_of_content(content["host"]),
        content["received_at"],
        content.get("source", ""),
        lists[content["list"]],
    )


def _store(
    case: CaseFile, reports: Sequence[Report], marks: Sequence[_Marks], listed: Written
) -> int:
    """Write the facts of reports and their assessments, and fold them; return hosts queued."""
    queued = 0
    list_id = id_text(listed.id)
    touched: set[int] = set()
    counted: set[int] = set()
    tallies = _tallies(reports, marks)
    for start in range(0, len(reports), _CHUNK):
        some = reports[start : start + _CHUNK]
        written = facts.append(case, [_fact(report, list_id) for report in some])
        fresh, domains, done = _enter(
            case,
            [
                _Entry(
                    fact.n,
                    mark,
                    report.target.host,
                    stamp(report.received_at),
                    clean(report.source),
                    listed.n,
                )
                for fact, mark, report in zip(
                    written, marks[start : start + _CHUNK], some, strict=True
                )
            ],
            tallies,
        )
        queued += fresh
        touched |= domains
        counted |= done
        assessments.attach(
            case,
            [
                (fact.n, fact.id, None, report.assessment)
                for report, fact in zip(some, written, strict=True)
                if report.assessment is not None
            ],
        )
    counts.fold(case, touched - counted)
    return queued


def _tallies(reports: Sequence[Report], marks: Sequence[_Marks]) -> dict[str, Tally]:
    """Return what :func:`counts.fold` would count of domains with no reports but these.

    No report is there twice. A domain with an assessed one is left out.
    """
    assessed: set[str] = set()
    urls: set[bytes] = set()
    found: dict[str, Tally] = {}
    for report, (url, _) in zip(reports, marks, strict=True):
        name = domain_name(report.target.host)
        at = stamp(report.received_at)
        if report.assessment is not None:
            assessed.add(name)
        before = found.get(name) or Tally(0, 0, at, at)
        found[name] = Tally(
            before.reports + 1,
            before.urls + (url not in urls),
            min(before.first_reported, at),
            max(before.last_reported, at),
        )
        urls.add(url)
    return {name: tally for name, tally in found.items() if name not in assessed}


def _enter(
    case: CaseFile, entries: Sequence[_Entry], tallies: Mapping[str, Tally]
) -> tuple[int, set[int], frozenset[int]]:
    """Enter reports with their hosts and URLs.

    Returns:
        Hosts queued, the domains touched, and those of them that are counted already.
    """
    hosts, fresh, counted = enter_hosts(case, [entry.host for entry in entries], tallies)
    rows = [hosts[entry.host.name] for entry in entries]
    urls = _enter_urls(
        case, [(entry.marks[0], row) for entry, row in zip(entries, rows, strict=True)]
    )
    case.executemany(
        "INSERT INTO report(fact, url, domain, reference, received_at, source, list)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (entry.fact, urls[entry.marks[0]], row.domain, entry.marks[1], entry.received_at,
             entry.source, entry.list)
            for entry, row in zip(entries, rows, strict=True)
        ],
    )  # fmt: skip
    return fresh, {row.domain for row in rows}, counted


def _enter_urls(case: CaseFile, urls: Sequence[tuple[bytes, HostRow]]) -> dict[bytes, int]:
    """Return the number of each URL by its digest; new ones are entered."""
    found: dict[bytes, int] = dict(
        case.rows(
            "SELECT digest, id FROM url WHERE digest IN (SELECT unhex(value) FROM json_each(?))",
            [canonical([digest.hex() for digest, _ in urls])],
        )
    )
    number = case.value("SELECT max(id) FROM url") or 0
    rows = []
    for digest, host in urls:
        if digest not in found:
            number += 1
            found[digest] = number
            rows.append((number, digest, host.id))
    case.executemany("INSERT INTO url VALUES (?, ?, ?)", rows)
    return found


def _fact(report: Report, list_id: str) -> NewFact:
    base, path = split_url(report.target.url)
    texts = {
        "path": None if path == "/" else path,
        "text": None if report.target.text == report.target.url else report.target.text,
        "reference": report.reference,
        "note": report.note,
    }
    content: dict[str, Any] = {
        "base": base,
        "host": encode_host(report.target.host),
        "received_at": stamp(report.received_at),
        "list": list_id,
    }
    if report.source:
        content["source"] = report.source
    if report.line is not None:
        content["line"] = report.line
    return NewFact("report", content, {k: text for k, text in texts.items() if text is not None})


def _decode(fact: StoredFact, judged: findings.Holding | None) -> StoredReport:
    content = fact.content
    url = content["base"] + (fact.text("path") or "/")
    return StoredReport(
        fact.id,
        Report(
            target=Target(fact.text("text") or url, url, host_of_content(content["host"])),
            received_at=moment(content["received_at"]),
            source=content.get("source", ""),
            reference=fact.text("reference"),
            note=fact.text("note"),
            line=content.get("line"),
            assessment=judged.assessment if judged else None,
        ),
        fact.at,
        fact.actor,
        fact.erased,
    )

"""Fill a case file of a million names in minutes: what differs by name is put into whole rows.

Reports and what was found on them go through the store's own functions. The answers are
what the store wrote of a few names, as text, with another name and time in it: facts with
their hashes and numbers, rows of ``observation`` and ``subject``. Evidence is that of the
few names, shared by all.
The result is a sound case file, and folding it anew changes nothing.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice

from abusetrack.casefile import (
    CaseFile,
    facts,
    observations,
    projection,
    reports,
    sightings,
    traits,
    vault,
)
from abusetrack.casefile.encoding import canonical, stamp
from abusetrack.records import Discarded, Evidence, LookupAnswer
from casebench.generate import Template, names, report_of, sighting_of

_AT_ONCE = 20_000  # names stored in one transaction
_NAME, _AT = "name--to--come.invalid", "9999-01-01T00:00:00.000000Z"
# Made again at the end, sorted, in a fraction of the time.
_MADE_LATER = ("domain_now", "observation", "trait", "report", "queue", "sighting")


@dataclass(frozen=True, slots=True)
class _Written:
    """An answer as the store wrote it: content with ``_NAME`` and ``_AT``, and its columns."""

    content: str
    question: str
    outcome: str
    evidence: int | None


def fill(case: CaseFile, taken: Sequence[Template], count: int, per_name: int) -> int:
    """Store ``count`` names with ``per_name`` observations each; return how many of these."""
    # What is known of their addresses, by which prefixes are searched; once is enough.
    networks = {(o.subject, o.question, o.source): o for one in taken for o in one.networks}
    observations.store_many(case, [LookupAnswer(taken[0].host, tuple(networks.values()))])
    texts = {id(one): _texts(case, one, per_name) for one in taken}
    made = names(1, list(taken))
    source = random.Random(2)
    stored = 0
    with _without_indexes(case):
        for start in range(0, count, _AT_ONCE):
            some = list(islice(made, min(_AT_ONCE, count - start)))
            with case.transaction():
                listed = [
                    report_of(case, source, start + place, name, one)
                    for place, (name, one) in enumerate(some)
                ]
                reports.add(case, listed, [], Discarded(), label="list")
                stored += _answer(case, source, some, texts)
    return stored


def _texts(case: CaseFile, one: Template, per_name: int) -> list[_Written]:
    """Have the store write the answers of a template; return what it wrote, nothing being kept."""
    chosen = one.answers[:per_name]
    pieces = [item.evidence for item in chosen if item.evidence is not None]
    kept = _keep(case, pieces)
    case.execute("BEGIN")
    try:
        observations.store_many(case, [LookupAnswer(one.host, chosen)])
        rows = case.rows(
            "SELECT content, question, outcome FROM observation JOIN fact ON fact.n = fact"
            " ORDER BY fact.n DESC LIMIT ?",
            [len(chosen)],
        )
    finally:
        case.execute("ROLLBACK")
    found = []
    for content, question, outcome in reversed(rows):
        said = json.loads(content)
        text = canonical({**said, "asked_at": _AT}).replace(one.host.name, _NAME)
        found.append(_Written(text, question, outcome, kept.get(said.get("evidence", ""))))
    return found


def _keep(case: CaseFile, pieces: Sequence[Evidence]) -> dict[str, int]:
    with case.transaction():
        return vault.keep(case, pieces)


def _answer(
    case: CaseFile,
    source: random.Random,
    some: Sequence[tuple[str, Template]],
    texts: dict[int, list[_Written]],
) -> int:
    """Write the answers to the questions about some names, and what was found of them."""
    now = case.clock.now()
    at, origin, actor = stamp(now), case.origin_id.hex(), case.actor
    n: int = case.value("SELECT max(n) FROM fact")
    ((seq, last),) = case.rows(
        "SELECT seq, id FROM fact WHERE origin = ? ORDER BY seq DESC LIMIT 1", [case.origin]
    )
    case.ids.start_after(last)
    subject: int = case.value("SELECT max(id) FROM subject") or 0
    written, entries, subjects, findings = [], [], [], []
    first = n + 1
    for name, one in some:
        asked = now - timedelta(seconds=source.randrange(10**7))
        told = stamp(asked)
        subject += 1
        subjects.append((subject, name))
        findings.append(replace(one.findings, domain=name, looked_up_at=asked))
        batch = n + 1
        for item in texts[id(one)]:
            n, seq = n + 1, seq + 1
            content = item.content.replace(_NAME, name).replace(_AT, told)
            fact_id = case.ids.next(now)
            sha256 = facts.hash_of(fact_id, origin, seq, "observation", at, actor, None, content)
            written.append(
                (n, fact_id, case.origin, seq, "observation", at, actor, None, content, sha256)
            )
            entries.append((n, subject, item.question, told, item.outcome, batch, item.evidence))
    case.executemany("INSERT INTO subject(id, name) VALUES (?, ?)", subjects)
    case.executemany("INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", written)
    case.executemany("INSERT INTO observation VALUES (?, ?, ?, ?, ?, ?, ?)", entries)
    traits.fold(case, first)
    projection.write(case, findings)
    sightings.write(case, [sighting_of(one, one.looked_up_at) for one in findings])
    return len(entries)


@contextmanager
def _without_indexes(case: CaseFile) -> Iterator[None]:
    """Take the indexes away that a few large tables have, and make them again."""
    indexes = case.rows(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
        " AND tbl_name IN (SELECT value FROM json_each(?)) AND name NOT IN"
        " ('report_url', 'report_domain')",  # by which reports are known again
        [canonical(_MADE_LATER)],
    )
    for name, _ in indexes:
        case.execute(f"DROP INDEX {name}")
    yield
    for _, sql in indexes:
        case.execute(sql)

"""Hashes of material that reports were about: kept as texts that can be erased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from abusetrack.casefile import audit, facts
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import clean, id_text, moment, stamp
from abusetrack.casefile.facts import NewFact, StoredFact
from abusetrack.records import HashItem, HashKind


@dataclass(frozen=True, slots=True)
class StoredHashes:
    """An item as stored; what was erased of it is not among its values."""

    id: str
    item: HashItem
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class SameItem:
    """Another domain of which the same material was reported."""

    domain: str
    kind: HashKind
    first_seen: datetime
    last_seen: datetime
    fact: str


def add(case: CaseFile, subject: str, items: Sequence[HashItem], *, label: str) -> int:
    """Attach items to the first report of a domain, host or URL; return how many are new.

    0 where nothing is reported of it, or all were known. One audit row, without any hash.
    """
    rows = case.rows(
        "SELECT fact.id, report.domain FROM report JOIN fact ON fact.n = report.fact"
        " JOIN url ON url.id = report.url JOIN host ON host.id = url.host"
        " JOIN domain_now ON domain_now.id = report.domain"
        " WHERE url.digest = :digest OR host.name = :name OR domain_now.domain = :name"
        " ORDER BY report.fact LIMIT 1",
        {"digest": case.digest(subject), "name": clean(subject)},
    )
    if not rows:
        return 0
    report, domain = rows[0]
    known = {
        bytes(token)
        for (token,) in case.rows("SELECT token FROM hash_reference WHERE domain = ?", [domain])
    }
    fresh = [
        item
        for item in items
        if any(_token(case, kind, value) not in known for kind, value in item.values.items())
    ]
    if not fresh:
        return 0
    with case.transaction():
        written = facts.append(
            case,
            [
                NewFact(
                    "hash reference",
                    {"report": id_text(report), "kinds": sorted(item.values)},
                    {kind.value: value for kind, value in item.values.items()},
                )
                for item in fresh
            ],
        )
        fold(case, facts.read(case, [fact.n for fact in written]))
        detail = {"items": len(fresh), "list": label}
        audit.append(case, "attach hashes", id_text(written[0].id), detail)
    return len(fresh)


def reported(case: CaseFile, subject: str) -> bool:
    """Whether anything is reported of a domain, host or URL."""
    found: int = case.value(
        "SELECT EXISTS (SELECT 1 FROM url JOIN host ON host.id = url.host"
        " JOIN domain_now ON domain_now.id = host.domain"
        " WHERE url.digest = :digest OR host.name = :name OR domain_now.domain = :name)",
        {"digest": case.digest(subject), "name": clean(subject)},
    )
    return bool(found)


def domains(case: CaseFile) -> list[str]:
    """Return the domains that items are attached to, by name."""
    rows = case.rows(
        "SELECT DISTINCT domain_now.domain FROM hash_reference JOIN domain_now"
        " ON domain_now.id = hash_reference.domain ORDER BY 1"
    )
    return [domain for (domain,) in rows]


def fold(case: CaseFile, stored: Sequence[StoredFact]) -> None:
    """Enter hash reference facts; what was erased of them has no row."""
    numbers = facts.numbers_of(case, {fact.content["report"] for fact in stored})
    case.executemany(
        "INSERT INTO hash_reference SELECT ?, ?, ?, domain, ? FROM report WHERE fact = ?",
        [
            (fact.n, kind, _token(case, HashKind(kind), text), stamp(fact.at),
             numbers[fact.content["report"]])
            for fact in stored
            for kind in fact.content["kinds"]
            if (text := fact.text(kind)) is not None
        ],
    )  # fmt: skip


def of_domain(case: CaseFile, domain: str) -> list[StoredHashes]:
    """Return the items attached to a domain's reports, oldest first."""
    numbers = case.rows(
        "SELECT DISTINCT hash_reference.fact FROM hash_reference JOIN domain_now"
        " ON domain_now.id = hash_reference.domain WHERE domain_now.domain = ?"
        " ORDER BY hash_reference.fact",
        [clean(domain)],
    )
    return [
        StoredHashes(
            fact.id,
            HashItem({HashKind(k): v for k in fact.content["kinds"] if (v := fact.text(k))}),
            fact.at,
            fact.actor,
        )
        for fact in facts.read(case, [number for (number,) in numbers])
    ]


def same_items(case: CaseFile, domain: str, *, limit: int) -> list[SameItem]:
    """Return up to ``limit`` other domains with an item of this one, by name."""
    rows = case.rows(
        "SELECT other.domain, theirs.kind, min(theirs.at), max(theirs.at), fact.id"
        " FROM domain_now AS own JOIN hash_reference AS mine ON mine.domain = own.id"
        " JOIN hash_reference AS theirs ON theirs.token = mine.token AND theirs.domain <> own.id"
        " JOIN domain_now AS other ON other.id = theirs.domain"
        " JOIN fact ON fact.n = theirs.fact"
        " WHERE own.domain = ? GROUP BY other.domain ORDER BY other.domain LIMIT ?",
        [clean(domain), limit],
    )
    return [
        SameItem(other, HashKind(kind), moment(first), moment(last), id_text(fact))
        for other, kind, first, last, fact in rows
    ]


def _token(case: CaseFile, kind: HashKind, value: str) -> bytes:
    return case.digest(f"hash {kind.value} {value}")

"""Changes between observations, as judged: a cache that ``triage`` writes and lists read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, moment, stamp
from abusetrack.records import Change, ChangeKind


def write(case: CaseFile, changes: Mapping[str, Sequence[Change]]) -> None:
    """Store the changes of each domain in place of those it had; unknown names are left out."""
    with case.transaction():
        numbers: dict[str, int] = dict(
            case.rows(
                "SELECT domain, id FROM domain_now"
                " WHERE domain IN (SELECT value FROM json_each(?))",
                [canonical([clean(domain) for domain in changes])],
            )
        )
        case.execute(
            "DELETE FROM change WHERE domain IN (SELECT value FROM json_each(?))",
            [canonical(list(numbers.values()))],
        )
        case.executemany(
            "INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (numbers[domain], position, *_row(change))
                for domain, found in changes.items()
                if domain in numbers
                for position, change in enumerate(found)
            ],
        )


def of_domain(case: CaseFile, domain: str) -> tuple[Change, ...]:
    """Return the changes of a domain and its hosts, oldest first."""
    rows = case.rows(
        f"SELECT {_COLUMNS} FROM change WHERE domain ="
        " (SELECT id FROM domain_now WHERE domain = ?) ORDER BY position",
        [clean(domain)],
    )
    return tuple(_decode(*row) for row in rows)


def since(
    case: CaseFile, after: datetime | None, *, fact: int = 0, limit: int = 1000
) -> list[tuple[str, Change]]:
    """Return (domain, change) of what is new, the change established last first.

    That is what was established after a time, and what rests on answers that came into
    this file after a ``fact``, however long others had known them.
    """
    rows = case.rows(
        _ALL.format(_COLUMNS) if after is None else _NEW.format(_COLUMNS),
        {"after": stamp(after) if after else "", "fact": fact, "limit": limit},
    )
    return [(domain, _decode(*row)) for domain, *row in rows]


_ALL = """
SELECT domain_now.domain, {} FROM change JOIN domain_now ON domain_now.id = change.domain
ORDER BY established_at DESC, change.domain, position LIMIT :limit
"""
_NEW = """
WITH asked AS (
    SELECT DISTINCT subject FROM observation WHERE fact > :fact
), about AS (
    SELECT host.domain FROM asked JOIN subject ON subject.id = asked.subject
    JOIN host ON host.name = subject.name
    UNION
    SELECT domain_now.id FROM asked JOIN subject ON subject.id = asked.subject
    JOIN domain_now ON domain_now.domain = subject.name
), found AS (
    SELECT domain, position FROM change WHERE established_at > :after
    UNION
    SELECT change.domain, position FROM about JOIN change ON change.domain = about.domain
    WHERE EXISTS (SELECT 1 FROM json_each(change.facts) AS behind
        JOIN fact ON fact.id = unhex(replace(behind.value, '-', '')) WHERE fact.n > :fact)
)
SELECT domain_now.domain, {} FROM found JOIN change USING (domain, position)
JOIN domain_now ON domain_now.id = change.domain
ORDER BY established_at DESC, change.domain, position LIMIT :limit
"""


def with_history(case: CaseFile, domains: Iterable[str]) -> list[str]:
    """Return those of ``domains`` that were looked up more than once: only they can change."""
    rows = case.rows(
        "SELECT wanted.value FROM json_each(?) AS wanted"
        " JOIN domain_now ON domain_now.domain = wanted.value"
        " WHERE (SELECT count(*) FROM (SELECT DISTINCT batch FROM observation"
        " WHERE subject IN (SELECT subject.id FROM subject WHERE subject.name = domain_now.domain"
        " UNION SELECT subject.id FROM host JOIN subject ON subject.name = host.name"
        " WHERE host.domain = domain_now.id) LIMIT 2)) > 1",
        [canonical([clean(domain) for domain in domains])],
    )
    return [name for (name,) in rows]


_COLUMNS = (
    "change.kind, subject, before, after, last_seen_before, first_seen_after, established_at, facts"
)


def _row(change: Change) -> tuple[Any, ...]:
    return (
        change.kind.value,
        clean(change.subject),
        clean(change.before),
        clean(change.after),
        stamp(change.last_seen_before),
        stamp(change.first_seen_after),
        stamp(change.established_at),
        canonical(change.facts),
    )


def _decode(
    kind: str,
    subject: str,
    before: str,
    after: str,
    last_seen_before: str,
    first_seen_after: str,
    established_at: str,
    behind: str,
) -> Change:
    return Change(
        ChangeKind(kind),
        subject,
        before,
        after,
        moment(last_seen_before),
        moment(first_seen_after),
        moment(established_at),
        tuple(json.loads(behind)),
    )

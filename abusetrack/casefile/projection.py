"""The table ``domain_now``: one row per domain, as the lists show it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from abusetrack.casefile import counts, filters, search
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, column
from abusetrack.casefile.filters import ListQuery as ListQuery
from abusetrack.casefile.filters import Source
from abusetrack.records import DomainNow, Findings, SiteKind, SuffixKind

_FINDINGS = tuple(field.name for field in fields(Findings) if field.name != "domain")
_OWN = tuple(field.name for field in fields(DomainNow) if field.name != "findings")
_COLUMNS = (*_OWN, *_FINDINGS)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM domain_now"
_WRITE = f"UPDATE domain_now SET {', '.join(f'{name} = ?' for name in _FINDINGS)} WHERE domain = ?"
_REGISTERED = (
    f"suffix_kind NOT IN ('{SuffixKind.PLATFORM.value}', '{SuffixKind.DYNAMIC_DNS.value}')"
)

SORTABLE = frozenset(_COLUMNS)


@cache
def _adapter() -> TypeAdapter[DomainNow]:
    return TypeAdapter(DomainNow)


def write(case: CaseFile, findings: Iterable[Findings]) -> None:
    """Write what was judged of domains; one that was never reported is left out."""
    rows = [
        [*(column(getattr(found, name)) for name in _FINDINGS), found.domain] for found in findings
    ]
    with case.transaction():
        case.executemany(_WRITE, rows)


def read(case: CaseFile, domain: str) -> DomainNow | None:
    """Return the row of a domain (or of a host without one); None where it was never reported."""
    found = read_many(case, [domain])
    return found[0] if found else None


def read_many(case: CaseFile, domains: Iterable[str]) -> list[DomainNow]:
    """Return the rows of domains, in the order given; one never reported is left out."""
    wanted = canonical([clean(domain) for domain in domains])
    found = case.rows(
        f"{_SELECT} JOIN (SELECT key AS place, value AS wanted FROM json_each(?))"
        " ON domain = wanted ORDER BY place",
        [wanted],
    )
    return [_row(row) for row in found]


def is_empty(case: CaseFile) -> bool:
    """Whether nothing was ever reported."""
    return not case.value("SELECT EXISTS (SELECT 1 FROM domain_now)")


def ids(case: CaseFile, query: ListQuery, *also: Source) -> list[int]:
    """Return the ids of the rows that ``query`` asks for, in its order.

    Each of ``also`` leaves out what does not come from it.

    Raises:
        ValueError: ``sort`` is no column.
    """
    if query.sort not in SORTABLE:
        raise ValueError(f"{query.sort!r} is no column to sort by")
    groups = [*filters.sources(query), *([source] for source in also)]
    if query.text:
        groups.append(search.sources(case, query.text))
    if query.sort == "id":  # in its order the whole table would be read, not an index
        return sorted(filters.ordered(case, groups, ""), reverse=query.descending)
    way = "DESC" if query.descending else "ASC"
    # Sorting is by names in a fixed set; every value is a parameter.
    return filters.ordered(case, groups, f"{query.sort} {way} NULLS LAST, id {way}")


def rows(case: CaseFile, numbers: Sequence[int]) -> list[DomainNow]:
    """Return rows by id, in the order given; an id that is not there is left out."""
    found = {
        row[0]: row
        for row in case.rows(
            f"{_SELECT} WHERE id IN (SELECT value FROM json_each(?))", [canonical(list(numbers))]
        )
    }
    return [_row(found[number]) for number in numbers if number in found]


def values(case: CaseFile, numbers: Sequence[int], names: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return columns of rows by id as they are stored, in the order of the ids.

    Beside the columns of the list there are ``references`` and ``sources`` of all
    reports of the domain, joined by "; ". An id that is not there is left out.

    Raises:
        ValueError: there is no such column.
    """
    wanted = [_JOINED.get(name, name if name in SORTABLE else None) for name in names]
    if None in wanted:
        raise ValueError(f"no such column in {names!r}")
    return case.rows(
        f"SELECT {', '.join(str(name) for name in wanted)}"
        " FROM (SELECT key AS place, value AS wanted FROM json_each(?))"
        " JOIN domain_now ON id = wanted ORDER BY place",
        [canonical(list(numbers))],
    )


# What the reports of a row say, each word once.
_JOINED = {
    "sources": "(SELECT group_concat(source, '; ') FROM (SELECT DISTINCT source FROM report"
    " WHERE report.domain = domain_now.id AND source <> '' ORDER BY source))",
    "references": "(SELECT group_concat(text, '; ') FROM (SELECT DISTINCT text FROM report"
    " JOIN erasable ON erasable.fact = report.fact AND field = 'reference'"
    " WHERE report.domain = domain_now.id ORDER BY text))",
}


def same_label(case: CaseFile, domain: str, *, kind: SiteKind) -> tuple[str, ...]:
    """Return the domains of this kind with the same second-level string, this one included.

    A name that a platform or dynamic DNS service handed out has no such string.
    """
    # The plus keeps SQLite from the index of kinds, where most rows are of one kind.
    found = case.rows(
        f"SELECT domain FROM domain_now WHERE +kind = ? AND {_REGISTERED} AND label = "
        f"(SELECT label FROM domain_now WHERE domain = ? AND {_REGISTERED}) ORDER BY domain",
        [kind.value, clean(domain)],
    )
    return tuple(name for (name,) in found)


def recount(case: CaseFile) -> None:
    """Fold counts and kinds of every row anew from the reports."""
    with case.transaction():
        counts.fold(case, [number for (number,) in case.rows("SELECT id FROM domain_now")])


def _row(row: Sequence[Any]) -> DomainNow:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["states"] = json.loads(values["states"])
    findings = {name: values.pop(name) for name in _FINDINGS}
    findings["domain"] = values["domain"]
    return _adapter().validate_python({**values, "findings": findings})

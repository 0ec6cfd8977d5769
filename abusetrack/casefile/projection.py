"""The table ``domain_now``: one row per domain, as the lists show it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from pydantic import TypeAdapter

from abusetrack.casefile import counts
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, column, escape_like
from abusetrack.records import DomainNow, Findings, SiteKind, State, SuffixKind

_FINDINGS = tuple(field.name for field in fields(Findings) if field.name != "domain")
_OWN = tuple(field.name for field in fields(DomainNow) if field.name != "findings")
_COLUMNS = (*_OWN, *_FINDINGS)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM domain_now"
_WRITE = f"UPDATE domain_now SET {', '.join(f'{name} = ?' for name in _FINDINGS)} WHERE domain = ?"
_ADAPTER = TypeAdapter(DomainNow)
_REGISTERED = (
    f"suffix_kind NOT IN ('{SuffixKind.PLATFORM.value}', '{SuffixKind.DYNAMIC_DNS.value}')"
)

SORTABLE = frozenset(_COLUMNS)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which domains a list shows, and in what order; what is None does not filter.

    ``text`` is found anywhere in the domain, its U-label form or the registrar's name.
    ``sort`` is a column of ``domain_now``; rows without a value come last.
    """

    text: str = ""
    state: State | None = None
    registrar: str | None = None  # its key
    kind: SiteKind | None = None
    country: str | None = None
    confirmed_only: bool = False
    sort: str = "last_reported"
    descending: bool = True


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


def ids(case: CaseFile, query: ListQuery) -> list[int]:
    """Return the ids of the rows that ``query`` asks for, in its order.

    Raises:
        ValueError: ``sort`` is no column.
    """
    if query.sort not in SORTABLE:
        raise ValueError(f"{query.sort!r} is no column to sort by")
    wheres, params = _filters(query)
    where = f" WHERE {' AND '.join(wheres)}" if wheres else ""
    way = "DESC" if query.descending else "ASC"
    # Sorting is by names in a fixed set; every value is a parameter.
    sql = f"SELECT id FROM domain_now{where} ORDER BY {query.sort} {way} NULLS LAST, id {way}"
    return [number for (number,) in case.rows(sql, params)]


def rows(case: CaseFile, numbers: Sequence[int]) -> list[DomainNow]:
    """Return rows by id, in the order given; an id that is not there is left out."""
    found = {
        row[0]: row
        for row in case.rows(
            f"{_SELECT} WHERE id IN (SELECT value FROM json_each(?))", [canonical(list(numbers))]
        )
    }
    return [_row(found[number]) for number in numbers if number in found]


def same_label(case: CaseFile, domain: str, *, kind: SiteKind) -> tuple[str, ...]:
    """Return the domains of this kind with the same second-level string, this one included.

    A name that a platform or dynamic DNS service handed out has no such string.
    """
    found = case.rows(
        f"SELECT domain FROM domain_now WHERE kind = ? AND {_REGISTERED} AND label = "
        f"(SELECT label FROM domain_now WHERE domain = ? AND {_REGISTERED}) ORDER BY domain",
        [kind.value, clean(domain)],
    )
    return tuple(name for (name,) in found)


def recount(case: CaseFile) -> None:
    """Fold counts and kinds of every row anew from the reports."""
    with case.transaction():
        counts.fold(case, [number for (number,) in case.rows("SELECT id FROM domain_now")])


def _filters(query: ListQuery) -> tuple[list[str], dict[str, Any]]:
    wheres, params = [], {}
    for name, value in (
        ("state", query.state),
        ("registrar_key", query.registrar),
        ("kind", query.kind),
        ("hosting_country", query.country),
    ):
        if value is not None:
            wheres.append(f"{name} = :{name}")
            params[name] = clean(str(value))
    if query.confirmed_only:
        wheres.append("confirmed_reports > 0")
    if query.text:
        like = r"LIKE :text ESCAPE '\'"
        wheres.append(f"(domain {like} OR unicode {like} OR registrar {like})")
        params["text"] = escape_like(clean(query.text))
    return wheres, params


def _row(row: Sequence[Any]) -> DomainNow:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["states"] = json.loads(values["states"])
    findings = {name: values.pop(name) for name in _FINDINGS}
    findings["domain"] = values["domain"]
    return _ADAPTER.validate_python({**values, "findings": findings})

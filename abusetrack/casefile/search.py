"""One box: which domains have to do with a text.

Parts of names and of texts are found by trigrams, so from three characters on; one or two
characters find what begins with them. The text itself is always a parameter.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum

from abusetrack.casefile import filters, spans
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean, escape_like
from abusetrack.casefile.filters import ListQuery, Source
from abusetrack.names import part_of_name
from abusetrack.records import HostKind, TraitKind

_TRIGRAM = 3
_LAST = "\U0010ffff"  # sorts behind every continuation of a text
_ASN = re.compile(r"as[ \t]?([0-9]{1,10})", re.IGNORECASE)


class Where(StrEnum):
    """Where the text was found, best first."""

    NAME = "name"
    ADDRESS = "address"
    ASN = "network number"
    START = "start of the name"
    PART = "part of the name"
    REFERENCE = "reference"
    REGISTRAR = "registrar"
    NOTE = "note"
    NEIGHBOUR = "same network"


@dataclass(frozen=True, slots=True)
class Hit:
    """One domain of a search, and the best place where the text was found."""

    id: int  # of domain_now
    where: Where


@dataclass(frozen=True, slots=True)
class Page:
    """The first hits, best first."""

    hits: tuple[Hit, ...]
    more: bool  # whether there are more than these


def first(case: CaseFile, query: ListQuery, limit: int) -> Page:
    """Return the best ``limit`` domains for the query's text, of those its filters leave in.

    Exact names come first, then addresses and networks, then beginnings, then parts of
    names, then other texts. The query's order does not count. An empty text finds nothing.
    """
    found: dict[int, Where] = {}
    for where, source in _places(case, query.text):
        with closing(_filtered(case, query, source)) as numbers:
            for number in numbers:
                if number in found:
                    continue
                if len(found) == limit:
                    return Page(_hits(found), more=True)
                found[number] = where
    return Page(_hits(found), more=False)


def sources(case: CaseFile, text: str) -> list[Source]:
    """Return where the ids of all domains that have to do with ``text`` come from."""
    return [source for _, source in _places(case, text)]


def _hits(found: dict[int, Where]) -> tuple[Hit, ...]:
    return tuple(Hit(number, where) for number, where in found.items())


def _filtered(case: CaseFile, query: ListQuery, source: Source) -> Generator[int]:
    terms = filters.terms(query)
    wheres = " AND ".join([f"({source.where})", *(term for term, _ in terms)])
    order = f" ORDER BY {source.order}" if source.order else ""
    # CROSS JOIN keeps the order of the loops: the text is looked for first.
    sql = (
        f"SELECT d.id FROM {source.tables} CROSS JOIN domain_now AS d ON d.id = {source.id}"
        f" WHERE {wheres}{order}"
    )
    for (number,) in case.each(sql, [*source.params, *(value for _, value in terms)]):
        yield number


def _places(case: CaseFile, text: str) -> Iterator[tuple[Where, Source]]:
    """Yield where to look for a text, best first."""
    words = clean(text.strip())
    name = clean(part_of_name(text))
    span = _span(words) or _span(name)
    if span and "/" in words:
        name = ""  # a prefix is no part of a name
    if name:
        yield from _exact(name)
    if span:
        yield Where.ADDRESS, _seen_at(span)
        yield Where.ADDRESS, _reported(case, span)
    if match := _ASN.fullmatch(words):
        yield Where.ASN, Source("domain_now AS a", "a.asn = ?", "a.id", [int(match[1])])
    if name:
        yield from _beginning(name)
        if len(name) >= _TRIGRAM:
            yield Where.PART, _part(name)
    if words:
        yield from _texts(words)
    if span:
        yield Where.NEIGHBOUR, _neighbours(span)


def _exact(name: str) -> Iterator[tuple[Where, Source]]:
    for where, tables, id_ in (
        ("a.domain = ?", "domain_now AS a", "a.id"),
        ("host.name = ?", "host", "host.domain"),
        ("host.unicode = ? AND host.unicode <> host.name", "host", "host.domain"),
    ):
        yield Where.NAME, Source(tables, where, id_, [name])


def _beginning(name: str) -> Iterator[tuple[Where, Source]]:
    for where, tables, id_ in (
        ("a.domain >= ? AND a.domain < ?", "domain_now AS a", "a.id"),
        ("host.name >= ? AND host.name < ?", "host", "host.domain"),
        (
            "host.unicode >= ? AND host.unicode < ? AND host.unicode <> host.name",
            "host",
            "host.domain",
        ),
    ):
        yield Where.START, Source(tables, where, id_, [name, name + _LAST])


def _part(name: str) -> Source:
    return Source(
        "name_search CROSS JOIN host ON host.id = name_search.rowid",
        "name_search MATCH ?",
        "host.domain",
        [_phrase(name)],
        order="name_search.rowid DESC",
    )


# The distinct registrars, by one step in the index for each.
_REGISTRARS = """a.registrar IN (
    WITH RECURSIVE one(name) AS (
        SELECT min(registrar) FROM domain_now
        UNION ALL
        SELECT (SELECT min(registrar) FROM domain_now WHERE registrar > one.name) FROM one
        WHERE one.name IS NOT NULL
    ) SELECT name FROM one WHERE name LIKE ? ESCAPE '\\'
)"""


def _texts(words: str) -> Iterator[tuple[Where, Source]]:
    whole = len(words) >= _TRIGRAM
    if whole:
        yield (
            Where.REFERENCE,
            Source(
                "reference_search CROSS JOIN report ON report.fact = reference_search.rowid",
                "reference_search MATCH ?",
                "report.domain",
                [_phrase(words)],
                order="reference_search.rowid DESC",
            ),
        )
    like = escape_like(words) if whole else escape_like(words)[1:]
    yield Where.REGISTRAR, Source("domain_now AS a", _REGISTRARS, "a.id", [like])
    if whole:
        for tables, id_ in _NOTES:
            yield (
                Where.NOTE,
                Source(
                    f"note_search CROSS JOIN fact ON fact.n = note_search.rowid >> 3 {tables}",
                    "note_search MATCH ?",
                    id_,
                    [_phrase(words)],
                    order="note_search.rowid DESC",
                ),
            )


# How a fact with a note leads to its domains.
_NOTES = (
    ("CROSS JOIN note ON note.fact = fact.n", "note.domain"),
    ("CROSS JOIN report ON report.fact = fact.n", "report.domain"),
    (
        """CROSS JOIN fact AS of ON of.id = unhex(replace(fact.content ->> '$.report', '-', ''))
        CROSS JOIN report ON report.fact = of.n""",
        "report.domain",
    ),
    ("CROSS JOIN note ON note.fact = fact.n", "note.domain"),
    (
        """CROSS JOIN content_status ON content_status.fact = fact.n
        CROSS JOIN url ON url.id = content_status.url CROSS JOIN host ON host.id = url.host""",
        "host.domain",
    ),
    (
        """CROSS JOIN notice_event ON notice_event.fact = fact.n
        CROSS JOIN notice_row ON notice_row.notice = notice_event.notice
        CROSS JOIN domain_now AS a ON a.domain = notice_row.domain""",
        "a.id",
    ),
)


def _span(text: str) -> spans.Network | None:
    """Return the prefix that a text is, an address being one of a single address."""
    try:
        return ipaddress.ip_network(text.strip("[]"), strict=False)
    except ValueError:
        return None


_SEEN = (
    "trait CROSS JOIN subject ON subject.id = trait.subject"
    " CROSS JOIN host ON host.name = subject.name"
)
_ADDRESS = f"trait.kind = '{TraitKind.ADDRESS.value}' AND trait.value BETWEEN"


def _seen_at(span: spans.Network) -> Source:
    """Return hosts that were ever seen at an address of the span."""
    return Source(_SEEN, f"{_ADDRESS} ? AND ?", "host.domain", spans.bounds(span))


def _reported(case: CaseFile, span: spans.Network) -> Source:
    """Return reported hosts that are addresses themselves; few are, so each is compared."""
    kind = HostKind.IPV4 if span.version == 4 else HostKind.IPV6
    inside = [
        number
        for name, number in case.rows(
            "SELECT name, domain FROM host WHERE kind = ? AND kind IN ('ipv4', 'ipv6')",
            [kind.value],
        )
        if ipaddress.ip_address(name) in span
    ]
    return Source("json_each(?) AS one", "true", "one.value", [canonical(inside)])


def _neighbours(span: spans.Network) -> Source:
    """Return hosts in the narrowest known prefix around the span."""
    around = (
        "prefix_now JOIN json_each(?1) AS start ON first = unhex(start.value)"
        " WHERE last >= unhex(?2) ORDER BY first DESC, last LIMIT 1"
    )
    return Source(
        _SEEN,
        f"{_ADDRESS} (SELECT lower(hex(first)) FROM {around})"
        f" AND (SELECT lower(hex(last)) FROM {around})",
        "host.domain",
        [canonical(spans.starts(span)), spans.bounds(span)[1]],
    )


def _phrase(text: str) -> str:
    """Return an FTS5 query for exactly this text."""
    return '"' + text.replace('"', '""') + '"'

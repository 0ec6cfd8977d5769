"""What domains and hosts were seen with, so that two of them can be compared.

Folded from the observations: name servers, mail hosts, addresses, registrant handles,
each with the times between which it was seen. What stays is what once was seen: a
name whose servers are gone is still known to have had them.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from abusetrack.casefile import spans
from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import clean, id_text, moment, stamp
from abusetrack.records import Question, Trait, TraitKind

_NAMES = (TraitKind.NAME_SERVER, TraitKind.MAIL_HOST)
_READ: Mapping[str, tuple[TraitKind, str]] = {
    Question.NS: (TraitKind.NAME_SERVER, "names"),
    Question.MX: (TraitKind.MAIL_HOST, "names"),
    Question.A: (TraitKind.ADDRESS, "addresses"),
    Question.AAAA: (TraitKind.ADDRESS, "addresses"),
    Question.REGISTRY_RDAP: (TraitKind.REGISTRANT, "registrant_handle"),
    Question.REGISTRAR_RDAP: (TraitKind.REGISTRANT, "registrant_handle"),
}

_SAID = """
SELECT observation.subject, asked_at, observation.fact, question, content
FROM observation JOIN fact ON fact.n = observation.fact
WHERE observation.fact >= :since AND outcome = 'ok'
    AND question IN (SELECT value FROM json_each(:questions))
"""
_KEEP = """
INSERT INTO trait VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    first_seen = min(first_seen, excluded.first_seen),
    fact = CASE WHEN excluded.last_seen >= last_seen THEN excluded.fact ELSE fact END,
    last_seen = max(last_seen, excluded.last_seen)
"""
_MINE = """
WITH mine(name) AS (
    SELECT :domain UNION
    SELECT host.name FROM domain_now JOIN host ON host.domain = domain_now.id
    WHERE domain_now.domain = :domain
), seen AS (
    SELECT kind, value, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
        max(trait.fact) AS fact
    FROM mine JOIN subject ON subject.name = mine.name JOIN trait ON trait.subject = subject.id
    GROUP BY kind, value
)
SELECT seen.kind, value, first_seen, last_seen, fact.id FROM seen
JOIN fact ON fact.n = seen.fact ORDER BY seen.kind, value
"""
# Up to :limit other domains: of a server with very many, only that there are many is of use.
_HOLDERS = """
WITH found AS (
    SELECT trait.subject, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
        max(fact) AS fact
    FROM trait WHERE kind = :kind AND value BETWEEN :first AND :last AND last_seen >= :since
    GROUP BY trait.subject
), named AS (
    SELECT coalesce(host.domain, whole.id) AS id, found.* FROM found
    JOIN subject ON subject.id = found.subject
    LEFT JOIN host ON host.name = subject.name
    LEFT JOIN domain_now AS whole ON whole.domain = subject.name
)
SELECT domain_now.domain, min(named.first_seen), max(named.last_seen), fact.id
FROM named JOIN domain_now ON domain_now.id = named.id JOIN fact ON fact.n = named.fact
WHERE domain_now.domain <> :but
GROUP BY domain_now.domain ORDER BY domain_now.domain LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """A domain of the case file that was seen with something, and when."""

    domain: str
    first_seen: datetime
    last_seen: datetime
    fact: str


def fold(case: CaseFile, since: int) -> None:
    """Fold the observations from this local number on, inside the caller's transaction."""
    found = case.each(_SAID, {"since": since, "questions": json.dumps([*_READ])})
    case.executemany(
        _KEEP,
        (
            (subject, kind.value, value, asked_at, asked_at, fact)
            for subject, asked_at, fact, question, content in found
            for kind, value in _values(question, json.loads(content))
        ),
    )


def refold(case: CaseFile) -> None:
    """Make the table anew from every observation."""
    with case.transaction():
        case.execute("DELETE FROM trait")
        fold(case, 0)


def of_domain(case: CaseFile, domain: str) -> tuple[Trait, ...]:
    """Return what a domain and its reported hosts were seen with."""
    return tuple(
        Trait(kind, _shown(kind, value), moment(first), moment(last), id_text(fact))
        for kind, value, first, last, fact in (
            (TraitKind(row[0]), *row[1:]) for row in case.rows(_MINE, {"domain": clean(domain)})
        )
    )


def holders(
    case: CaseFile, trait: Trait, *, but: str, limit: int, since: datetime | None = None
) -> tuple[Holder, ...]:
    """Return up to ``limit`` domains other than ``but`` that were seen with the same."""
    value = _stored(trait.kind, trait.value)
    return _holders(case, trait.kind, value, value, but=but, limit=limit, since=since)


def in_prefix(case: CaseFile, prefix: str, *, but: str, limit: int) -> tuple[Holder, ...]:
    """Return up to ``limit`` domains other than ``but`` with an address in ``prefix``."""
    network = ipaddress.ip_network(prefix, strict=False)
    first, last = spans.bounds(network)
    return _holders(case, TraitKind.ADDRESS, first, last, but=but, limit=limit, since=None)


def served_by(
    case: CaseFile, domain: str, kind: TraitKind, *, since: datetime, limit: int
) -> tuple[Holder, ...]:
    """Return up to ``limit`` other domains whose name servers or mail hosts are of ``domain``.

    That is: the domain itself or a name under it; seen since an instant.
    """
    name = _reversed(clean(domain))
    found = {
        holder.domain: holder
        for first, last in ((name, name), (f"{name}.", f"{name}.\U0010ffff"))
        for holder in _holders(case, kind, first, last, but=domain, limit=limit, since=since)
    }
    return tuple(found[other] for other in sorted(found))[:limit]


def _holders(
    case: CaseFile,
    kind: TraitKind,
    first: str,
    last: str,
    *,
    but: str,
    limit: int,
    since: datetime | None,
) -> tuple[Holder, ...]:
    rows = case.rows(
        _HOLDERS,
        {
            "kind": kind.value,
            "first": first,
            "last": last,
            "since": stamp(since) or "",
            "but": clean(but),
            "limit": limit,
        },
    )
    return tuple(
        Holder(domain, moment(begin), moment(end), id_text(fact))
        for domain, begin, end, fact in rows
    )


def _values(question: str, content: dict[str, Any]) -> Iterator[tuple[TraitKind, str]]:
    """Return how what an answer says is stored; a handle means something at its service only."""
    kind, name = _READ[question]
    facts = content.get("facts", {})
    said = facts.get(name)
    # Where all addresses are of a sinkhole or a parking service, the host stands nowhere.
    if not said or facts.get("sinkhole") or facts.get("parking"):
        return
    if kind is TraitKind.REGISTRANT:
        yield kind, f"{said} at {content.get('source')}"
        return
    for item in said:
        if item.strip("."):
            yield kind, _stored(kind, item)


def _stored(kind: TraitKind, value: str) -> str:
    """Names by their labels from the last, addresses as digits: what belongs together is near."""
    if kind in _NAMES:
        return _reversed(clean(value).rstrip(".").lower())
    return spans.digits(ipaddress.ip_address(value)) if kind is TraitKind.ADDRESS else value


def _shown(kind: TraitKind, value: str) -> str:
    if kind in _NAMES:
        return _reversed(value)
    if kind is not TraitKind.ADDRESS:
        return value
    address = ipaddress.IPv6Address(int(value, 16))
    return str(address.ipv4_mapped or address)


def _reversed(name: str) -> str:
    return ".".join(reversed(name.split(".")))

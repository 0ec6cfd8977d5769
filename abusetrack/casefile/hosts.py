"""Hosts and the domains they stand under: found or entered, many at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from abusetrack.casefile.connection import CaseFile
from abusetrack.casefile.encoding import canonical, clean
from abusetrack.records import Domain, Host, HostKind, SuffixKind


class HostRow(NamedTuple):
    """Local numbers of a host and of its row in ``domain_now``."""

    id: int
    domain: int


class Tally(NamedTuple):
    """What is counted of a domain that has no reports but these, none of them assessed."""

    reports: int
    urls: int
    first_reported: str
    last_reported: str


class Entered(NamedTuple):
    """Rows of hosts by name, how many hosts were queued, and the domains that are counted."""

    rows: dict[str, HostRow]
    queued: int
    counted: frozenset[int]


def enter_hosts(
    case: CaseFile, hosts: Iterable[Host], tallies: Mapping[str, Tally] | None = None
) -> Entered:
    """Find hosts; new ones are entered and queued for lookup.

    A new domain is entered with its tally, if there is one, and then need not be folded.
    """
    by_name = {host.name: host for host in hosts}
    found = _hosts(case, by_name)
    missing = [host for name, host in by_name.items() if name not in found]
    if not missing:
        return Entered(found, 0, frozenset())
    domains, counted = _enter_domains(case, missing, tallies or {})
    now = case.now()
    first = (case.value("SELECT max(id) FROM host") or 0) + 1
    rows = []
    for number, host in enumerate(missing, first):
        row = HostRow(number, domains[domain_name(host)])
        found[host.name] = row
        rows.append((row.id, host.name, clean(host.unicode), host.kind.value, row.domain))
    # In one statement: the search index that a trigger keeps is slow where each row is one.
    case.execute(
        "INSERT INTO host SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4"
        " FROM json_each(?)",
        [canonical(rows)],
    )
    case.executemany(
        "INSERT INTO queue(host, domain, due_at) VALUES (?, ?, ?)",
        [(row[0], row[4], now) for row in rows],
    )
    return Entered(found, len(rows), counted)


def _hosts(case: CaseFile, names: Iterable[str]) -> dict[str, HostRow]:
    rows = case.rows(
        "SELECT name, id, domain FROM host WHERE name IN (SELECT value FROM json_each(?))",
        [canonical(list(names))],
    )
    return {name: HostRow(number, domain) for name, number, domain in rows}


def domain_name(host: Host) -> str:
    """Return the name that a host is counted under: its domain's, else its own."""
    return host.domain.name if host.domain else host.name


def _enter_domains(
    case: CaseFile, hosts: list[Host], tallies: Mapping[str, Tally]
) -> tuple[dict[str, int], frozenset[int]]:
    """Return the numbers of the domains of hosts, and of those entered with their tally."""
    wanted = {domain_name(host): host for host in hosts}
    found: dict[str, int] = dict(
        case.rows(
            "SELECT domain, id FROM domain_now WHERE domain IN (SELECT value FROM json_each(?))",
            [canonical(list(wanted))],
        )
    )
    first = (case.value("SELECT max(id) FROM domain_now") or 0) + 1
    now = case.now()
    unknown = Tally(0, 0, now, now)
    missing = [(name, host) for name, host in wanted.items() if name not in found]
    found.update((name, number) for number, (name, _) in enumerate(missing, first))
    case.executemany(
        "INSERT INTO domain_now(id, domain, unicode, host_kind, suffix, suffix_kind, tld, label,"
        " reports, urls, first_reported, last_reported, as_of)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (found[name], *_domain_row(host), *tallies.get(name, unknown), now)
            for name, host in missing
        ],
    )
    return found, frozenset(found[name] for name, _ in missing if name in tallies)


def _domain_row(host: Host) -> tuple[Any, ...]:
    domain = host.domain
    if domain is None:
        return host.name, clean(host.unicode), host.kind.value, None, None, None, None
    return (
        domain.name,
        clean(domain.unicode),
        HostKind.NAME.value,
        domain.suffix,
        domain.suffix_kind.value,
        domain.tld,
        domain.label,
    )


def describe_anew(case: CaseFile) -> None:
    """Write of every host and domain again what the first report of it says."""
    for (content,) in case.each(
        "SELECT content ->> '$.host' FROM (SELECT min(fact.id), content FROM report"
        " JOIN fact ON fact.n = report.fact JOIN url ON url.id = report.url GROUP BY url.host)"
    ):
        host = host_of_content(json.loads(content))
        case.execute(
            "UPDATE host SET unicode = ?, kind = ? WHERE name = ?",
            [clean(host.unicode), host.kind.value, host.name],
        )
        case.execute(
            "UPDATE domain_now SET unicode = ?, host_kind = ?, suffix = ?, suffix_kind = ?,"
            " tld = ?, label = ? WHERE domain = ?",
            [*_domain_row(host)[1:], domain_name(host)],
        )


def decode_host(
    name: str,
    unicode: str,
    kind: str,
    domain: str,
    domain_unicode: str,
    suffix: str | None,
    suffix_kind: str | None,
) -> Host:
    """Return the host that a row of ``host`` and its row of ``domain_now`` describe."""
    under = (
        Domain(domain, domain_unicode, suffix, SuffixKind(suffix_kind))
        if suffix is not None and suffix_kind is not None
        else None
    )
    return Host(name, unicode, HostKind(kind), under)


HOST_COLUMNS = (
    "host.name, host.unicode, host.kind, domain_now.domain, domain_now.unicode,"
    " domain_now.suffix, domain_now.suffix_kind"
)


def encode_host(host: Host) -> dict[str, Any]:
    """Return a host as the content of a fact; a U-label form is left out where it is the same."""
    content: dict[str, Any] = {"name": host.name, "kind": host.kind.value}
    if host.unicode != host.name:
        content["unicode"] = host.unicode
    domain = host.domain
    if domain is not None:
        content["domain"] = under = {
            "name": domain.name,
            "suffix": domain.suffix,
            "suffix_kind": domain.suffix_kind.value,
        }
        if domain.unicode != domain.name:
            under["unicode"] = domain.unicode
    return content


def host_of_content(content: dict[str, Any]) -> Host:
    """Return the host that :func:`encode_host` wrote."""
    domain = content.get("domain")
    return Host(
        content["name"],
        content.get("unicode", content["name"]),
        HostKind(content["kind"]),
        domain
        and Domain(
            domain["name"],
            domain.get("unicode", domain["name"]),
            domain["suffix"],
            SuffixKind(domain["suffix_kind"]),
        ),
    )

"""To whom a domain counts: what was seen nearest after its first confirmed report.

A domain counts once in a period. It counts for the registrar, registry, network, CDN and
country of the answers asked for at or after the first confirmed report received in the
period, the nearest ones, at most seven days later. Later facts never rewrite earlier
figures; what was not looked up in time is "not known at the time" and stays in the
denominator. On demand (``Filters.at_the_time`` is off) what is known now counts instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from abusetrack.casefile import CaseFile
from abusetrack.metrics import columns
from abusetrack.metrics.columns import Domains, Facts, Lookups, Reports
from abusetrack.metrics.filters import Filters

DAYS = 7

CDN = "CDN: origin unknown"
DISPUTED = "disputed"
NOT_KNOWN = "not known at the time"
NOT_KNOWN_NOW = "not known"


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """The counted domains by number, one row each. Times are microseconds since 1970.

    ``registered`` and ``hosted`` say which of ``values`` holds at the registrar's and at
    the host's side: what was judged at two lookups, perhaps. -1: not known.
    """

    domain: Any
    first: Any  # confirmed report of the period
    reports: Any
    urls: Any
    registered: Any
    hosted: Any
    values: Sequence[Mapping[str, Any]]
    place: Any  # in the columns of all domains
    tlds: Facts

    def some(self, kept: Any) -> Counted:
        """Return the rows that are kept."""
        by_row = ("domain", "first", "reports", "urls", "registered", "hosted", "place")
        return replace(self, **{name: getattr(self, name)[kept] for name in by_row})

    def having(self, side: Any, name: str, value: str) -> Counted:
        """Return the rows of which ``side`` says this."""
        import numpy as np

        says = np.array([*(said[name] == value for said in self.values), False], dtype=bool)
        return self.some(says[side])


def others(case: CaseFile, filters: Filters) -> Counted:
    """Return the domains reported in the period and without any confirmed report, as of now."""
    return case.kept_value(("others", _of_any(filters)), lambda: _others(case, filters))


def counted(case: CaseFile, filters: Filters) -> Counted:
    """Return the domains that count: all panels rest on it, so it is made once a filter."""
    return case.kept_value(("counted", filters), lambda: _counted(case, filters))


def _of_any(filters: Filters) -> Filters:
    """Return what of the filters is known before anything is assessed."""
    return Filters(since=filters.since, until=filters.until, source=filters.source)


def _others(case: CaseFile, filters: Filters) -> Counted:
    import numpy as np

    every = columns.domains(case)
    reports = columns.reports(case)
    domain = columns.distinct(reports.domain[reports.chosen(filters, confirmed=False)])
    unconfirmed = every.said.where(lambda said: not said["confirmed"])
    domain = domain[unconfirmed[every.place(domain)]]
    nothing = np.zeros(len(domain), dtype=np.int64)
    return _as_known_now(every, domain, nothing, nothing, nothing)


def _counted(case: CaseFile, filters: Filters) -> Counted:
    if filters.registrar is not None or filters.country is not None:
        found = counted(case, replace(filters, registrar=None, country=None))
        if filters.registrar is not None:
            found = found.having(found.registered, "registrar_key", filters.registrar)
        if filters.country is not None:
            found = found.having(found.hosted, "hosting_country", filters.country)
        return found
    every = columns.domains(case)
    reports = columns.reports(case)
    confirmed = _by_domain(reports, reports.chosen(filters))
    if not filters.at_the_time:
        return _as_known_now(every, *confirmed)
    domain, first = confirmed[0], confirmed[1]
    seen = columns.lookups(case)
    rows, owner = seen.of(domain)
    rows, owner = _from_first(seen, rows, owner, first)
    registered = _nearest(seen, rows, owner, seen.registered_at, first)
    hosted = _nearest(seen, rows, owner, seen.hosted_at, first)
    return _made(every, *confirmed, registered, hosted, seen.facts)


def _by_domain(reports: Reports, rows: Any) -> tuple[Any, Any, Any, Any]:
    """Return domains, their first time, reports and URLs; the same report counts once."""
    import numpy as np

    domain, url, same = reports.domain[rows], reports.url[rows], reports.same[rows]
    of_domain = np.diff(domain, prepend=-1) != 0
    of_url = of_domain | (np.diff(url, prepend=-1) != 0)
    of_report = of_url.copy()
    of_report[1:] |= same[1:] != same[:-1]
    begins = np.flatnonzero(of_domain)
    if not len(begins):
        return domain, domain, domain, domain
    return (
        domain[begins],
        np.minimum.reduceat(reports.received[rows], begins),
        np.add.reduceat(of_report.astype(np.int64), begins),
        np.add.reduceat(of_url.astype(np.int64), begins),
    )


def _from_first(seen: Lookups, rows: Any, owner: Any, first: Any) -> tuple[Any, Any]:
    later = seen.at[rows] >= first[owner]
    return rows[later], owner[later]


def _nearest(seen: Lookups, rows: Any, owner: Any, asked: Any, first: Any) -> Any:
    """Return what was judged at the first lookup that rests on answers of these days; or -1."""
    import numpy as np

    when, begin = asked[rows], first[owner]
    near = (when >= begin) & (when <= begin + DAYS * columns.DAY)
    rows, owner = rows[near], owner[near]
    nearest = np.flatnonzero(np.diff(owner, prepend=-1))
    found = np.full(len(first), -1, dtype=np.int32)
    found[owner[nearest]] = seen.facts.number[rows[nearest]]
    return found


def _as_known_now(every: Domains, domain: Any, first: Any, reports: Any, urls: Any) -> Counted:
    import numpy as np

    number = every.now.number[every.place(domain)]
    looked_up = np.array([*every.now.of("looked_up"), 0], dtype=bool)
    side = np.where(looked_up[number], number, -1)
    return _made(every, domain, first, reports, urls, side, side, every.now)


def _made(
    every: Domains, domain: Any, first: Any, reports: Any, urls: Any,
    registered: Any, hosted: Any, facts: Facts,
) -> Counted:  # fmt: skip
    values = [dict(zip(facts.names, value, strict=True)) for value in facts.values]
    place = every.place(domain)
    return Counted(
        domain, first, reports, urls, registered, hosted, values, place, every.said
    )  # fmt: skip


Party = tuple[str | int | None, str | None]  # key (None: not known) and readable name


@dataclass(frozen=True, slots=True, eq=False)
class Parties:
    """To whom each row counts: ``number`` leads to one of ``named``."""

    number: Any
    named: Sequence[Party]

    def rows_of(self, wanted: Callable[[str | int | None], bool]) -> Any:
        """Return whether each row counts for a wanted key."""
        import numpy as np

        return np.array([wanted(key) for key, _ in self.named], dtype=bool)[self.number]


def of_side(
    side: Any, values: Sequence[Mapping[str, Any]], party: Callable[[Mapping[str, Any]], Party]
) -> Parties:
    """Return to whom rows count by what one side says of them."""
    import numpy as np

    number = np.where(side < 0, len(values), side)
    return Parties(number, [*(party(said) for said in values), (None, None)])


def _registries(found: Counted) -> Parties:
    said = found.tlds.of("tld")
    return Parties(found.tlds.number[found.place], [(tld, f".{tld}") for tld in said])


def _registrars_or_registries(found: Counted) -> Parties:
    """A registrar where it is known; of a name looked up without one, the registry."""
    import numpy as np

    registrars = of_side(found.registered, found.values, _registrar)
    known = registrars.rows_of(lambda key: key is not None)
    tlds = found.tlds.of("tld")
    registries: list[Party] = [
        (None, None) if tld is None else (f"tld:{tld}", f".{tld} (registry)") for tld in tlds
    ]
    looked_up = ~known & (found.registered >= 0)
    number = np.where(
        looked_up, len(registrars.named) + found.tlds.number[found.place], registrars.number
    )
    return Parties(number, [*registrars.named, *registries])


def _registrar(said: Mapping[str, Any]) -> Party:
    return said["registrar_key"], said["registrar"]


def network(said: Mapping[str, Any]) -> Party:
    """Return the origin AS."""
    if said["asn"] is None:
        return None, None
    return said["asn"], f"AS{said['asn']} {said['as_name'] or ''}".strip()


def _cdn(said: Mapping[str, Any]) -> Party:
    return said["cdn"] or "none", said["cdn"] or "no CDN in front"


def country(said: Mapping[str, Any]) -> Party:
    """Return the country, or what stands in its place."""
    verdict = said["hosting_verdict"]
    if verdict in _NO_COUNTRY:
        return verdict, _NO_COUNTRY[verdict]
    return said["hosting_country"], said["hosting_country"]


_NO_COUNTRY = {"cdn": CDN, "disputed": DISPUTED}

# What domains are counted by.
BY: Mapping[str, Callable[[Counted], Parties]] = {
    "registrars": lambda found: of_side(found.registered, found.values, _registrar),
    "registries": _registries,
    "registrars or registries": _registrars_or_registries,
    "networks": lambda found: of_side(found.hosted, found.values, network),
    "cdns": lambda found: of_side(found.hosted, found.values, _cdn),
    "countries": lambda found: of_side(found.hosted, found.values, country),
}

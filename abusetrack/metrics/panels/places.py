"""Panels of hosting: countries on a map, regions over time, moves."""

from __future__ import annotations

from abusetrack.casefile import CaseFile
from abusetrack.metrics import attribution
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.hosting import CDN_KEY, DISPUTED_KEY, Hosting, hosting
from abusetrack.metrics.panels.model import (
    NO_DOMAINS,
    NOT_KNOWN,
    Panel,
    PanelKind,
    Stack,
    Surroundings,
    Table,
    World,
    days,
    nothing,
    percent,
    plural,
)
from abusetrack.metrics.regions import DEFINITION, regions
from abusetrack.metrics.takedown import COUNTRY, Clock, by_country, estimates

_SEEN = (
    "A domain counts once in every country in which its hosts were seen from its first confirmed "
    f"report of the period on, until the period ends or {attribution.DAYS} days later, so the rows "
    "can add up to more than all domains. Countries are verdicts over several sources; behind a "
    "CDN the origin is unknown."
)


def _countries(case: CaseFile, filters: Filters, around: Surroundings) -> Panel:
    found = hosting(case, filters)
    headers = ("country", "domains", "share", "region")
    title = "Where confirmed domains were hosted"
    if found.domains == 0:
        return nothing("countries", _SEEN, headers, NO_DOMAINS, title)
    places = {
        row.key: row.domains
        for row in found.countries
        if row.key is not None and row.key not in {CDN_KEY, DISPUTED_KEY}
    }
    return Panel(
        key="countries",
        title=title,
        unit="domains",
        chart=World(places) if places else None,
        table=Table(
            headers,
            tuple((row.name, row.domains, row.share, row.region) for row in found.countries),
            counts=(1,),
            keys=tuple(row.key or NOT_KNOWN for row in found.countries),
        ),
        definition=_SEEN,
        notes=tuple(
            f"{row.name}: {plural(row.domains, 'domain')}."
            for row in found.countries
            if row.key not in places
        ),
        empty="" if places else "Of none of the domains a country is known.",
        figures=tuple(_home(case, filters, around, found)),
    )


def _home(
    case: CaseFile, filters: Filters, around: Surroundings, found: Hosting
) -> list[tuple[str, str]]:
    figures = [("Domains", f"{found.domains:,}"), ("Countries", f"{_known(found)}")]
    if around.home and filters.country in {None, around.home}:
        row = next((row for row in found.countries if row.key == around.home), None)
        name = regions().names.get(around.home, around.home)
        figures.append((f"In {name}", percent(row.share if row else 0.0)))
        by = estimates(case, filters, Clock.REPORT, grouped=by_country)
        figures += [
            (f"Median to removal in {name}", days(one.survival.median))
            for one in by
            if one.key == f"{COUNTRY}{around.home}"
        ]
    return figures


def _known(found: Hosting) -> int:
    return sum(row.key not in {None, CDN_KEY, DISPUTED_KEY} for row in found.countries)


def _regions(case: CaseFile, filters: Filters, _around: Surroundings) -> Panel:
    found = hosting(case, filters)
    definition = f"{_SEEN} Regions are the {DEFINITION}; months are those of the first report."
    title = "Hosting regions over time"
    headers = ("month", *(name for name, _count in found.regions))
    if not found.months:
        return nothing("regions", definition, headers, NO_DOMAINS, title)
    by_month = [(month, dict(counts)) for month, counts in found.months]
    return Panel(
        key="regions",
        title=title,
        unit="domains",
        chart=Stack(
            tuple(month for month, _ in by_month),
            tuple(
                (name, tuple(float(counts.get(name, 0)) for _, counts in by_month))
                for name, _count in found.regions
            ),
        ),
        table=Table(
            headers,
            tuple(
                (month, *(counts.get(name, 0) for name, _ in found.regions))
                for month, counts in by_month
            ),
            counts=tuple(range(1, len(headers))),
            keys=tuple(month for month, _ in by_month),
        ),
        definition=definition,
    )


def _moves(case: CaseFile, filters: Filters, _around: Surroundings) -> Panel:
    found = hosting(case, filters)
    definition = (
        "Moves of counted domains from one known hosting country to another one, each seen between "
        "two lookups of the period. What stood behind a CDN or was disputed in between is passed "
        "over."
    )
    names = regions().names
    title = "Moves between countries"
    headers = ("from", "to", "moves", "domains")
    if not found.moves:
        why = "No domain was seen to move. Moves show once domains are looked up again."
        return nothing("moves", definition, headers, why, title)
    return Panel(
        key="moves",
        title=title,
        unit="moves",
        chart=None,
        table=Table(
            headers,
            tuple(
                (names.get(m.before, m.before), names.get(m.after, m.after), m.moves, m.domains)
                for m in found.moves
            ),
            counts=(2, 3),
            keys=tuple(f"{m.before}>{m.after}" for m in found.moves),
        ),
        definition=definition,
    )


PANELS = (
    PanelKind("countries", "Countries", "Hosting", _countries),
    PanelKind("regions", "Regions over time", "Hosting", _regions),
    PanelKind("moves", "Moves", "Hosting", _moves),
)

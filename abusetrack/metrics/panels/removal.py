"""Panels of takedown: the clocks of registrars and registries, and those of hosts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from abusetrack.casefile import CaseFile
from abusetrack.casefile.encoding import canonical
from abusetrack.metrics import columns
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.looks import UP
from abusetrack.metrics.panels import model
from abusetrack.metrics.panels.model import (
    Cell,
    Curves,
    Panel,
    PanelKind,
    Surroundings,
    Table,
    days,
    nothing,
    percent,
    plural,
)
from abusetrack.metrics.survival import WITHIN, Case, Survival, survival
from abusetrack.metrics.takedown import (
    Clock,
    Clocks,
    Reader,
    by_country,
    content_clock,
    domain_clock,
    estimates,
)

PARTIES = 3  # curves drawn beside that of all
_SEEN_STEP = 0.001  # a share; a chart is some hundreds of pixels high

_METHOD = (
    "Kaplan-Meier estimate; open cases are censored at the last successful check that saw them up. "
    "The band lies between the last check up and the first check gone; medians and shares are of "
    "its late side, with a 95 % interval. "
)
_DOMAIN = (
    "Days {clock} to the first observed change of the domain itself: held, deleted, not registered "
    "or not delegated any more, or on suspension name servers. Moves and transfers are no "
    "removals; registrations that had run out, and domains that nobody saw up, are counted apart."
)
_CONTENT = (
    "Days {clock} until a person or the hotline's own system recorded that the page is gone; by "
    "URL. The app itself never looks at content. Pages that nobody looked at again are not counted."
)


@dataclass(frozen=True, slots=True)
class _Clock:
    key: str
    name: str
    read: Reader
    clock: Clock
    thing: str  # "domain"
    definition: str


_CLOCKS = (
    _Clock("domains-from-report", "Registrars and registries, from the report",
           domain_clock, Clock.REPORT, "domain", _DOMAIN),
    _Clock("domains-from-notice", "Registrars and registries, from the notice",
           domain_clock, Clock.NOTICE, "domain", _DOMAIN),
    _Clock("pages-from-report", "Hosts, CDNs and platforms, from the report",
           content_clock, Clock.REPORT, "page", _CONTENT),
    _Clock("pages-from-notice", "Hosts, CDNs and platforms, from the notice",
           content_clock, Clock.NOTICE, "page", _CONTENT),
)  # fmt: skip


def _build(what: _Clock, case: CaseFile, filters: Filters, _around: Surroundings) -> Panel:
    clocks = what.read(case, filters, what.clock)
    definition = _METHOD + what.definition.format(clock=what.clock.value)
    headers = (
        "party or country", "cases", "removed", "expired", "open", "median", "interval",
        *(f"gone within {day} d" for day in WITHIN),
    )  # fmt: skip
    neutral = f"Time to removal of a {what.thing}, {what.clock.value}"
    whole = survival(clocks.cases)
    if whole is None:
        why = (
            f"No {what.thing} was checked after this clock started. Look up again, or record what "
            "became of the content."
        )
        return nothing(what.key, definition, headers, why, neutral)
    parties = estimates(case, filters, what.clock, what.read)
    groups = [*parties, *estimates(case, filters, what.clock, what.read, by_country)]
    rows = [_row("all", whole), *(_row(one.name, one.survival) for one in groups)]
    curves = [("all", whole)]
    if len(parties) > 1:
        curves += [(one.name, one.survival) for one in parties[:PARTIES]]
    return Panel(
        key=what.key,
        title=_title(what, whole, neutral),
        unit="share still up",
        chart=Curves(tuple(drawn_curve(name, found) for name, found in curves))
        if whole.removed
        else None,
        empty="" if whole.removed else "No removal was seen yet.",
        table=Table(
            headers,
            tuple(rows),
            counts=(1, 2, 3, 4),
            keys=(model.ALL, *(one.key or model.NOT_KNOWN for one in groups)),
        ),
        definition=definition,
        notes=tuple(_notes(what, clocks)),
        figures=(
            ("Cases", f"{whole.cases:,}"),
            ("Removed", f"{whole.removed:,}"),
            ("Still open", f"{whole.open:,}"),
            ("Run out", f"{whole.expired:,}"),
            ("Median", days(whole.median)),
            *((f"Within {day} d", percent(share)) for day, share in whole.gone),
        ),
    )


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case still open and the domain that it is of."""

    domain: str
    case: Case


def open_list(case: CaseFile, filters: Filters, key: str) -> list[OpenCase]:
    """Return the open cases behind a takedown panel with their domains, the oldest first."""
    what = next(item for item in _CLOCKS if item.key == key)
    cases = what.read(case, filters, what.clock).cases
    still_open = cases.some(cases.end == UP)
    found = sorted(still_open, key=lambda one: one.start)
    of = dict(
        case.rows(
            _PAGES if key.startswith("pages") else _DOMAINS, [canonical([c.subject for c in found])]
        )
    )
    return [OpenCase(of[one.subject], one) for one in found]


_DOMAINS = """
SELECT domain_now.id, domain FROM json_each(?) AS wanted
JOIN domain_now ON domain_now.id = wanted.value
"""
_PAGES = """
SELECT url.id, domain_now.domain FROM json_each(?) AS wanted JOIN url ON url.id = wanted.value
JOIN host ON host.id = url.host JOIN domain_now ON domain_now.id = host.domain
"""


def _title(what: _Clock, whole: Survival, neutral: str) -> str:
    low, high = whole.median_interval
    if whole.median is None or low is None or high is None or whole.cases < model.ENOUGH:
        return neutral
    return f"Half of the {what.thing}s are gone {days(whole.median)} {what.clock.value}"


def _notes(what: _Clock, clocks: Clocks) -> list[str]:
    notes = []
    if len(clocks.cases) < model.ENOUGH:
        few = plural(len(clocks.cases), "case")
        notes.append(f"Only {few}: the estimate says little.")
    if clocks.down_before:
        down = plural(clocks.down_before, what.thing)
        notes.append(f"Gone already when first checked, not counted: {down}.")
    if clocks.unchecked:
        missing = plural(clocks.unchecked, what.thing)
        notes.append(f"Not checked again, not counted: {missing}.")
    return notes


def _row(name: str, found: Survival) -> tuple[Cell, ...]:
    low, high = found.median_interval
    median = "open" if found.median is None else days(found.median)
    between = "not known" if low is None else f"{days(low)} to {days(high) if high else 'open'}"
    return (
        name, found.cases, found.removed, found.expired, found.open, median, between,
        *(share for _day, share in found.gone),
    )  # fmt: skip


def drawn_curve(name: str, found: Survival) -> model.Curve:
    """Return the late side, with the band down to the early one; no step that nobody could see."""
    import numpy as np

    every = columns.distinct(np.concatenate([found.early.days, found.late.days]))
    late, early = found.late.at_all(every), found.early.at_all(every)
    gone = (1 - late, 1 - early)
    drawn, last = [0], len(every) - 1
    while drawn[-1] < last:  # on to where one of the sides has fallen far enough
        at = drawn[-1]
        falls = (np.searchsorted(side, side[at] + _SEEN_STEP) for side in gone)
        drawn.append(min(max(at + 1, min(int(fall) for fall in falls)), last))
    days, late, early = (tuple(column[drawn].tolist()) for column in (every, late, early))
    return model.Curve(name, days, late, early, late)


PANELS = tuple(
    PanelKind(what.key, what.name, "Takedown", partial(_build, what)) for what in _CLOCKS
)

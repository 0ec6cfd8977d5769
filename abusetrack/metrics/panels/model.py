"""One figure as it is shown: the same for the window, the command line and the report.

A panel says what it counts in words, holds the numbers twice (as a chart and as a table),
and instead of a chart a sentence where there is nothing to show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from abusetrack.casefile import CaseFile
from abusetrack.metrics.filters import Filters

Cell = str | int | float | None

NOT_KNOWN = "not known"  # key of the row of what is not known
ALL = "all"  # key of the row of all
ENOUGH = 30  # cases, before a title says a finding
NO_DOMAINS = "No domain has a confirmed report in this period. Assess reports, or widen the period."


@dataclass(frozen=True, slots=True)
class Bars:
    """Ranked bars; ``line`` is a cumulative share (0 to 1) over them, ``bounds`` intervals.

    ``keys`` lead from a bar to what it counts; None where a bar leads nowhere.
    """

    labels: tuple[str, ...]
    values: tuple[float, ...]
    keys: tuple[str | None, ...]
    line: tuple[float, ...] = ()
    bounds: tuple[tuple[float, float], ...] = ()
    highlighted: tuple[int, ...] = ()  # bars that the title speaks of


@dataclass(frozen=True, slots=True)
class Stack:
    """Amounts by month or day, one on top of the other."""

    steps: tuple[str, ...]  # also the keys of the rows that they lead to
    series: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """A falling curve with its band: ``share`` (0 to 1) from each of ``days`` on."""

    name: str
    days: tuple[float, ...]
    share: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Curves:
    """Several curves over days."""

    curves: tuple[Curve, ...]


@dataclass(frozen=True, slots=True)
class World:
    """Amounts by country (two letters)."""

    values: Mapping[str, int]


Chart = Bars | Stack | Curves | World


@dataclass(frozen=True, slots=True)
class Table:
    """The same numbers. ``counts`` are the columns whose small numbers a report leaves out."""

    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    counts: tuple[int, ...] = ()
    keys: tuple[str | None, ...] = ()  # of the rows: what they lead to


@dataclass(frozen=True, slots=True)
class Panel:
    """A figure, ready to be drawn."""

    key: str
    title: str  # the finding where the numbers bear it, else neutral
    unit: str  # of the axis of amounts
    chart: Chart | None  # None: ``empty`` says why
    table: Table
    definition: str
    notes: tuple[str, ...] = ()
    empty: str = ""
    figures: tuple[tuple[str, str], ...] = ()  # (name, value) beside the chart


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What panels need besides the case file and the filters."""

    now: datetime
    families: Mapping[str, str] = field(default_factory=dict)
    hop_tlds: int = 3
    home: str = ""  # country of the hotline, two letters
    managed: Mapping[str, int] = field(default_factory=dict)  # names by registrar key


@dataclass(frozen=True, slots=True)
class PanelKind:
    """A panel that can be built."""

    key: str
    name: str
    group: str
    build: Callable[[CaseFile, Filters, Surroundings], Panel]


def percent(share: float | None) -> str:
    """Return a share as people read it."""
    return "not known" if share is None else f"{100 * share:.0f} %"


def days(number: float | None) -> str:
    """Return a number of days as people read it; None: fewer than half."""
    if number is None:
        return "more than half are open"
    if number < 1:
        return f"{24 * number:.0f} h"
    return f"{number:.1f} days"


def plural(count: int, word: str) -> str:
    """Return "1 domain", "2 domains"."""
    plural_word = word[:-1] + "ies" if word.endswith("y") else word + "s"
    return f"{count:,} {word if count == 1 else plural_word}"


def nothing(key: str, definition: str, headers: Sequence[str], why: str, title: str) -> Panel:
    """Return the panel that says that there is nothing to show, and what to do."""
    return Panel(
        key=key,
        title=title,
        unit="",
        chart=None,
        table=Table(tuple(headers), ()),
        definition=definition,
        empty=why,
    )

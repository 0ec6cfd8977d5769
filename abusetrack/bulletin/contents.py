"""What stands in a report: panels of one period, with small cells left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from abusetrack.casefile import CaseFile
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.panels import PANELS, Panel, PanelKind, Surroundings
from abusetrack.metrics.panels.model import Bars, Chart, Curves, Stack, Table, World, plural

FEW = 5  # a cell below it could point at single cases
_SHOWN = f"fewer than {FEW}"
_LEFT_OUT = "–"
_SMALL = re.compile(rf"(?<![\d.,])[1-{FEW - 1}](?![\d.,%]| %)")
_SMALL_SHARE = re.compile(rf"of [1-{FEW - 1}]\b")


@dataclass(frozen=True, slots=True)
class Section:
    """The panels of one group."""

    name: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A report, ready to be written."""

    organisation: str
    period: str
    filters: str  # in words; "" where nothing is filtered but the period
    as_of: datetime
    practice: bool
    sections: tuple[Section, ...]


def compile_bulletin(
    case: CaseFile,
    filters: Filters,
    around: Surroundings,
    *,
    organisation: str,
    period: str,
    practice: bool,
    keys: Sequence[str] = (),
) -> Bulletin:
    """Build the panels (those of ``keys``, else all) and leave their small cells out."""
    wanted = [kind for kind in PANELS if not keys or kind.key in keys]
    groups = dict.fromkeys(kind.group for kind in wanted)
    return Bulletin(
        organisation=organisation,
        period=period,
        filters=", ".join(_in_words(filters)),
        as_of=around.now,
        practice=practice,
        sections=tuple(
            Section(group, tuple(_panels(case, filters, around, wanted, group))) for group in groups
        ),
    )


def _panels(
    case: CaseFile,
    filters: Filters,
    around: Surroundings,
    kinds: Sequence[PanelKind],
    group: str,
) -> Iterable[Panel]:
    return (without_few(kind.build(case, filters, around)) for kind in kinds if kind.group == group)


def _in_words(filters: Filters) -> list[str]:
    words = [
        ("legal category", filters.category),
        ("kind of site", filters.kind and filters.kind.value),
        ("source", filters.source),
        ("country", filters.country),
        ("registrar", filters.registrar),
    ]
    said = [f"{name} {value}" for name, value in words if value is not None]
    if filters.commercial is not None:
        said.append("commercial only" if filters.commercial else "not commercial only")
    return said


def without_few(panel: Panel) -> Panel:
    """Return the panel with every count from 1 to 4, and what is made of it, left out."""
    return replace(
        panel,
        chart=None if panel.chart is None else _chart(panel.chart),
        table=_table(panel.table),
        figures=tuple((name, _figure(value)) for name, value in panel.figures),
        notes=tuple(_SMALL.sub(_SHOWN, note) for note in panel.notes),
    )


def _few(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < FEW


def _table(table: Table) -> Table:
    """Leave small counts out; rows whose first count is small become one row together."""
    first = table.counts[0] if table.counts else None
    few = [cells for cells in table.rows if first is not None and _few(cells[first])]
    rows = [
        tuple(
            _SHOWN if at in table.counts and _few(cell) else cell for at, cell in enumerate(cells)
        )
        for cells in table.rows
        if cells not in few
    ]
    if few:
        others = f"{plural(len(few), 'row')} with {_SHOWN} each"
        rows.append((others, *(_LEFT_OUT for _ in table.headers[1:])))
    return replace(table, rows=tuple(rows), keys=())


def _figure(value: str) -> str:
    if _SMALL.fullmatch(value):
        return _SHOWN
    return f"of {_SHOWN}" if _SMALL_SHARE.search(value) else value


def _chart(chart: Chart) -> Chart | None:
    match chart:
        case Bars():
            kept = [at for at, value in enumerate(chart.values) if value >= FEW]
            if not kept:
                return None
            return Bars(
                labels=tuple(chart.labels[at] for at in kept),
                values=tuple(chart.values[at] for at in kept),
                keys=tuple(None for _ in kept),
                line=tuple(chart.line[at] for at in kept) if chart.line else (),
                highlighted=tuple(n for n, at in enumerate(kept) if at in chart.highlighted),
            )
        case Stack(steps, series):
            return Stack(
                steps,
                tuple(
                    (name, tuple(value if value >= FEW else 0.0 for value in values))
                    for name, values in series
                ),
            )
        case World(values):
            return World({code: count for code, count in values.items() if count >= FEW})
        case Curves(curves):
            # With fewer than five falls each step would be a case that can be told.
            kept_curves = tuple(curve for curve in curves if len(curve.days) >= FEW)
            return Curves(kept_curves) if kept_curves else None

"""Amounts by month or day, one on top of the other."""

from __future__ import annotations

import math

import pyqtgraph
from PySide6.QtCore import QPoint, QSize

from abusetrack.metrics.panels.model import Stack
from abusetrack.ui.text import one_line
from abusetrack.ui.widgets.charts.plot import PlotView, amounts
from abusetrack.ui.widgets.charts.view import Mark

_HEIGHT = 280
_THICK = 0.8
_LABELS = 8  # below the bars, whatever their number


class StackView(PlotView):
    """Draws :class:`Stack`; more series than colours are put together as others."""

    def __init__(self, chart: Stack, unit: str) -> None:
        super().__init__()
        self._steps, self._unit = chart.steps, unit
        self._series = _fitting(chart, len(self.palette_colours()), self.tr("others"))
        self.setMinimumHeight(_HEIGHT)
        self.draw()

    def sizeHint(self) -> QSize:
        """Return a wide room."""
        return QSize(520, _HEIGHT)

    def draw(self) -> None:
        """Draw the bars from the ground up."""
        colours, series = self.colours(), self.palette_colours()
        plot, ground = self.dressed(), [0.0] * len(self._steps)
        for (_name, values), colour in zip(self._series, series, strict=False):
            plot.addItem(
                pyqtgraph.BarGraphItem(
                    x=list(range(len(self._steps))),
                    y0=ground,
                    height=list(values),
                    width=_THICK,
                    brush=colour,
                    pen=pyqtgraph.mkPen(colours.surface, width=1),
                )
            )
            ground = [low + value for low, value in zip(ground, values, strict=True)]
        most = max(ground, default=0.0) or 1.0
        every = max(1, math.ceil(len(self._steps) / _LABELS))
        left, bottom = plot.getAxis("left"), plot.getAxis("bottom")
        bottom.setTicks([list(enumerate(self._steps))[::every]])
        left.setTicks([amounts(most)])
        left.setLabel(self._unit, color=colours.muted)
        left.setWidth(None)
        plot.showGrid(y=True, alpha=0.15)
        plot.setXRange(-0.6, max(len(self._steps), 3) - 0.4, padding=0)
        plot.setYRange(-0.03 * most, most * 1.05, padding=0)
        names = [one_line(name) for name, _ in self._series]
        self.legend.tell(list(zip(names, series, strict=False)))

    def mark_at(self, place: QPoint) -> Mark | None:
        """Return all amounts of a step."""
        value = self.value_at(place)
        at = math.floor(value[0] + 0.5) if value else -1
        if not 0 <= at < len(self._steps):
            return None
        lines = [
            f"{one_line(name)}: {values[at]:,.0f} {self._unit}"
            for name, values in self._series
            if values[at]
        ]
        key = self._steps[at] if lines else None
        return Mark("\n".join([self._steps[at], *lines]), key)


def _fitting(chart: Stack, most: int, others: str) -> list[tuple[str, tuple[float, ...]]]:
    series = [(name, values) for name, values in chart.series if any(values)]
    if len(series) <= most:
        return series
    rest = zip(*(values for _, values in series[most - 1 :]), strict=True)
    return [*series[: most - 1], (others, tuple(map(sum, rest)))]

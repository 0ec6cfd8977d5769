"""Ranked bars, the largest on top, with the cumulative share as a line."""

from __future__ import annotations

import math

import pyqtgraph
from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QColor

from abusetrack.metrics.panels.model import Bars, percent
from abusetrack.ui import theme
from abusetrack.ui.text import one_line
from abusetrack.ui.widgets.charts.plot import LABEL_WIDTH, PlotView, amounts
from abusetrack.ui.widgets.charts.view import Mark

_LINE = 22  # pixels of a bar with its gap
_AXES = 76
_THICK = 0.7
_ABOVE_LINE, _VEIL = 10, 0.7  # numbers stay legible where the line crosses them
_ROOM = 1.14  # of the largest bar, for the number at its end


class BarsView(PlotView):
    """Draws :class:`Bars`."""

    def __init__(self, chart: Bars, unit: str) -> None:
        super().__init__()
        self._chart, self._unit = chart, unit
        self.setMinimumHeight(_LINE * len(chart.labels) + _AXES)
        self.draw()

    def sizeHint(self) -> QSize:
        """Return the room for every bar."""
        return QSize(520, self.minimumHeight())

    def draw(self) -> None:
        """Draw the bars."""
        chart, colours, series = self._chart, self.colours(), self.palette_colours()
        plot, most = self.dressed(), max(self._chart.values, default=0.0) or 1.0
        numbers = range(len(chart.labels))
        plot.addItem(
            pyqtgraph.BarGraphItem(
                x0=0,
                y=list(numbers),
                width=list(chart.values),
                height=_THICK,
                brushes=[self._fill(at, series[0]) for at in numbers],
                pen=series[0],
            )
        )
        ground = QColor(colours.surface)
        ground.setAlphaF(_VEIL)
        for at, value in enumerate(chart.values):
            text = pyqtgraph.TextItem(
                f"{value:,.0f}", color=colours.text, anchor=(-0.15, 0.5), fill=ground
            )
            text.setZValue(_ABOVE_LINE)
            text.setFont(theme.small(self.font()))
            text.setPos(value, at)
            plot.addItem(text)
        if chart.line:
            plot.plot(
                [share * most for share in chart.line],
                list(numbers),
                pen=pyqtgraph.mkPen(series[5], width=2),
                symbol="o",
                symbolSize=5,
                symbolBrush=series[5],
                symbolPen=None,
            )
            shares = plot.getAxis("top")
            shares.setTicks([[(part * most / 4, f"{25 * part} %") for part in range(5)]])
            shares.setLabel(self.tr("cumulative share of all"), color=colours.muted)
        plot.showAxis("top", bool(chart.line))
        left, bottom = plot.getAxis("left"), plot.getAxis("bottom")
        left.setTicks(
            [list(zip(numbers, self.elided(list(map(one_line, chart.labels))), strict=True))]
        )
        left.setStyle(tickLength=0)
        left.setWidth(LABEL_WIDTH + theme.MEDIUM)
        bottom.setTicks([amounts(most)])
        bottom.setLabel(self._unit, color=colours.muted)
        plot.invertY(True)
        plot.setXRange(0, most * _ROOM, padding=0)
        plot.setYRange(-0.6, len(chart.labels) - 0.4, padding=0)

    def _fill(self, at: int, colour: str) -> QColor:
        """Return a paler ground for bars of which the title does not speak."""
        fill = QColor(colour)
        if self._chart.highlighted and at not in self._chart.highlighted:
            fill.setAlphaF(0.35)
        return fill

    def mark_at(self, place: QPoint) -> Mark | None:
        """Return the bar of a line."""
        value = self.value_at(place)
        at = math.floor(value[1] + 0.5) if value else -1
        if not 0 <= at < len(self._chart.labels):
            return None
        chart = self._chart
        text = f"{one_line(chart.labels[at])}: {chart.values[at]:,.0f} {self._unit}"
        if chart.line:
            text += self.tr("; with all above {share} of all").format(share=percent(chart.line[at]))
        return Mark(text, chart.keys[at])

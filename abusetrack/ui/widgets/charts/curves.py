"""Falling curves over days, the first one with its band."""

from __future__ import annotations

from bisect import bisect_right

import pyqtgraph
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor

from abusetrack.metrics.panels.model import Curve, Curves, percent
from abusetrack.ui.text import one_line
from abusetrack.ui.widgets.charts.plot import PlotView, amounts
from abusetrack.ui.widgets.charts.view import Mark

_HEIGHT = 280
_DASHES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
)


class CurvesView(PlotView):
    """Draws :class:`Curves`."""

    def __init__(self, chart: Curves, unit: str) -> None:
        super().__init__()
        self._curves, self._unit = chart.curves, unit
        self._last = max((curve.days[-1] for curve in chart.curves if curve.days), default=0.0)
        self._last = max(self._last, 1.0)
        self.setMinimumHeight(_HEIGHT)
        self.draw()

    def sizeHint(self) -> QSize:
        """Return a wide room."""
        return QSize(520, _HEIGHT)

    def draw(self) -> None:
        """Draw the curves, one over the other."""
        colours, series = self.colours(), self.palette_colours()
        plot = self.dressed()
        for number, curve in enumerate(self._curves):
            colour = series[number % len(series)]
            if number == 0:
                self._draw_band(curve, colour)
            x, y = _corners(curve.days, curve.share, self._last)
            style = _DASHES[number % len(_DASHES)]
            plot.plot(x, y, pen=pyqtgraph.mkPen(colour, width=2, style=style))
        left, bottom = plot.getAxis("left"), plot.getAxis("bottom")
        left.setTicks([[(part / 4, f"{25 * part} %") for part in range(5)]])
        left.setLabel(self._unit, color=colours.muted)
        bottom.setTicks([amounts(self._last, 8)])
        bottom.setLabel(self.tr("days"), color=colours.muted)
        plot.showGrid(y=True, alpha=0.15)
        plot.setXRange(0, self._last, padding=0.01)
        plot.setYRange(-0.03, 1.06, padding=0)
        names = [one_line(curve.name) for curve in self._curves]
        self.legend.tell(list(zip(names, series, strict=False)))

    def _draw_band(self, curve: Curve, colour: str) -> None:
        edges = [
            pyqtgraph.PlotCurveItem(*_corners(curve.days, side, self._last), pen=(0, 0, 0, 0))
            for side in (curve.low, curve.high)
        ]
        fill = QColor(colour)
        fill.setAlphaF(0.18)
        for edge in edges:
            self.plot.addItem(edge)
        self.plot.addItem(pyqtgraph.FillBetweenItem(*edges, brush=fill))

    def mark_at(self, place: QPoint) -> Mark | None:
        """Return what is left of each curve at a day."""
        value = self.value_at(place)
        if value is None or not 0 <= value[0] <= self._last:
            return None
        lines = []
        for curve in self._curves:
            at = bisect_right(curve.days, value[0]) - 1
            share = curve.share[at] if at >= 0 else 1.0
            lines.append(f"{one_line(curve.name)}: {percent(share)}")
        return Mark("\n".join([self.tr("day {n}").format(n=f"{value[0]:.0f}"), *lines]))


def _corners(
    days: tuple[float, ...], share: tuple[float, ...], last: float
) -> tuple[list[float], list[float]]:
    """Return the corners of a curve that falls in steps, from all at day 0 on."""
    x, y, left = [0.0], [1.0], 1.0
    for day, now in zip(days, share, strict=True):
        x += [day, day]
        y += [left, now]
        left = now
    return [*x, last], [*y, left]

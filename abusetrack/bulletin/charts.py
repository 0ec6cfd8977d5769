"""Charts of a report, drawn once for PDF and SVG."""

from __future__ import annotations

from typing import Any

from abusetrack.metrics.panels.model import Bars, Chart, Curves, Stack, World
from abusetrack.metrics.panels.palette import ON_LIGHT as PALETTE
from abusetrack.metrics.regions import regions

WIDTH, HEIGHT = 480.0, 220.0  # points
_LABELS = 150.0  # points for the names beside bars
_MOST = 15  # bars, places, series
_BAR = 14.0


def drawing(chart: Chart, font: str) -> Any | None:
    """Return the chart as a reportlab drawing; None where nothing is left to draw."""
    match chart:
        case Bars():
            return _bars(list(zip(chart.labels, chart.values, strict=True)), font)
        case World(values):
            names = regions().names
            ranked = sorted(values.items(), key=lambda item: (-item[1], item[0]))
            return _bars([(names.get(code, code), float(n)) for code, n in ranked], font)
        case Stack():
            return _stack(chart, font)
        case Curves():
            return _curves(chart, font)


def _bars(rows: list[tuple[str, float]], font: str) -> Any | None:
    from reportlab.graphics.shapes import Drawing, Rect, String
    from reportlab.lib.colors import HexColor

    rows = rows[:_MOST]
    if not rows:
        return None
    height = _BAR * len(rows) + 6
    found = Drawing(WIDTH, height)
    most = max(value for _, value in rows) or 1
    room = WIDTH - _LABELS - 50
    for number, (label, value) in enumerate(rows):
        y = height - _BAR * (number + 1)
        found.add(
            String(_LABELS - 6, y + 3, _short(label), fontName=font, fontSize=7.5, textAnchor="end")
        )
        found.add(
            Rect(
                _LABELS,
                y,
                room * value / most,
                _BAR - 3,
                strokeColor=None,
                fillColor=HexColor(PALETTE[0]),
            )
        )
        found.add(
            String(
                _LABELS + room * value / most + 4,
                y + 3,
                f"{value:,.0f}",
                fontName=font,
                fontSize=7.5,
            )
        )
    return found  # fmt: skip


def _stack(chart: Stack, font: str) -> Any | None:
    from reportlab.graphics.charts.barcharts import VerticalBarChart
    from reportlab.graphics.shapes import Drawing
    from reportlab.lib.colors import HexColor

    series = [(name, values) for name, values in chart.series if any(values)]
    if not series:
        return None
    if len(series) > len(PALETTE):
        rest = [sum(column) for column in zip(*(v for _, v in series[len(PALETTE) - 1 :]),
                                              strict=True)]  # fmt: skip
        series = [*series[: len(PALETTE) - 1], ("others", tuple(rest))]
    bars = VerticalBarChart()
    bars.x, bars.y, bars.width, bars.height = 40, 40, WIDTH - 200, HEIGHT - 60
    bars.data = [list(values) for _, values in series]
    bars.categoryAxis.style = "stacked"
    every = max(1, len(chart.steps) // 12)
    bars.categoryAxis.categoryNames = [
        step if at % every == 0 else "" for at, step in enumerate(chart.steps)
    ]
    bars.categoryAxis.labels.fontName = bars.valueAxis.labels.fontName = font
    bars.categoryAxis.labels.fontSize = bars.valueAxis.labels.fontSize = 7
    bars.categoryAxis.labels.angle, bars.categoryAxis.labels.boxAnchor = 45, "ne"
    bars.valueAxis.valueMin = 0
    for number in range(len(series)):
        bars.bars[number].fillColor = HexColor(PALETTE[number])
        bars.bars[number].strokeWidth = 0
    found = Drawing(WIDTH, HEIGHT)
    found.add(bars)
    found.add(_legend([name for name, _ in series], font))
    return found


def _curves(chart: Curves, font: str) -> Any | None:
    from reportlab.graphics.charts.lineplots import LinePlot
    from reportlab.graphics.shapes import Drawing
    from reportlab.lib.colors import HexColor

    curves = chart.curves[: len(PALETTE)]
    last = max((curve.days[-1] for curve in curves), default=0.0)
    if last <= 0:
        return None
    plot = LinePlot()
    plot.x, plot.y, plot.width, plot.height = 40, 30, WIDTH - 200, HEIGHT - 50
    plot.data = [_steps(curve.days, curve.share, last) for curve in curves]
    plot.yValueAxis.valueMin, plot.yValueAxis.valueMax = 0, 1
    plot.yValueAxis.labelTextFormat = lambda value: f"{100 * value:.0f} %"
    plot.xValueAxis.valueMin = 0
    plot.xValueAxis.labels.fontName = plot.yValueAxis.labels.fontName = font
    plot.xValueAxis.labels.fontSize = plot.yValueAxis.labels.fontSize = 7
    for number in range(len(curves)):
        plot.lines[number].strokeColor = HexColor(PALETTE[number])
    found = Drawing(WIDTH, HEIGHT)
    found.add(plot)
    found.add(_legend([curve.name for curve in curves], font))
    return found


def _steps(
    days: tuple[float, ...], share: tuple[float, ...], last: float
) -> list[tuple[float, float]]:
    """Return the corners of a curve that falls in steps."""
    points, left = [(0.0, 1.0)], 1.0
    for day, now in zip(days, share, strict=True):
        points += [(day, left), (day, now)]
        left = now
    return [*points, (last, left)]


def _legend(names: list[str], font: str) -> Any:
    from reportlab.graphics.charts.legends import Legend
    from reportlab.lib.colors import HexColor

    legend = Legend()
    legend.x, legend.y, legend.boxAnchor = WIDTH - 150, HEIGHT - 20, "nw"
    legend.fontName, legend.fontSize = font, 7
    legend.alignment, legend.columnMaximum = "right", len(names)
    legend.colorNamePairs = [
        (HexColor(PALETTE[number]), _short(name)) for number, name in enumerate(names)
    ]
    return legend


def _short(name: str) -> str:
    return name if len(name) <= 28 else name[:26] + "…"

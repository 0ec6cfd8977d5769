"""A map of the world: countries filled by their amounts, small ones as dots."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF, QTransform

from abusetrack.metrics.panels.model import World
from abusetrack.metrics.regions import regions
from abusetrack.ui import theme
from abusetrack.ui.widgets.charts.view import ChartView, Mark

_SMALL = 12.0  # steps of the map: a country that is no wider and no higher is a dot
_DOT = 5.0  # pixels
_CLASSES = 5
_SQUARE = 12


@dataclass(frozen=True, slots=True)
class _Shapes:
    width: int
    height: int
    paths: dict[str, QPainterPath]
    dots: dict[str, QPointF]  # countries too small to be seen as a shape


@cache
def _shapes() -> _Shapes:
    text = (resources.files("abusetrack.resources") / "data" / "world.json").read_text("utf-8")
    table = json.loads(text)
    paths, dots = {}, {}
    for code, rings in table["shapes"].items():
        path = QPainterPath()  # odd-even: a ring inside another one is a hole
        for ring in rings:
            path.addPolygon(
                QPolygonF([QPointF(x, y) for x, y in zip(ring[::2], ring[1::2], strict=True)])
            )
            path.closeSubpath()
        paths[code] = path
        box = path.boundingRect()
        if box.width() <= _SMALL and box.height() <= _SMALL:
            dots[code] = box.center()
    return _Shapes(table["width"], table["height"], paths, dots)


class WorldView(ChartView):
    """Draws :class:`World`; where the projection comes from stands in resources/data."""

    def __init__(self, chart: World, unit: str) -> None:
        super().__init__()
        self._values, self._unit = chart.values, unit
        self._limits = _limits(max(chart.values.values(), default=1))
        self.setMouseTracking(True)
        self.setMinimumSize(360, 240)

    def sizeHint(self) -> QSize:
        """Return a wide room."""
        return QSize(620, 340)

    def draw(self) -> None:
        """Draw anew."""
        self.update()

    def _place(self) -> QTransform:
        shapes = _shapes()
        scale = min(self.width() / shapes.width, self.height() / shapes.height)
        left = (self.width() - shapes.width * scale) / 2
        return QTransform.fromTranslate(left, 0).scale(scale, scale)

    def _fill(self, code: str) -> QColor:
        value = self._values.get(code, 0)
        colours = self.colours()
        return self._step(self._class(value)) if value else QColor(colours.raised)

    def _class(self, value: int) -> int:
        return sum(value > limit for limit in self._limits[:-1])

    def _step(self, number: int) -> QColor:
        """Return the colour of a class: the more, the further from the ground."""
        ground, full = QColor(self.colours().surface), QColor(self.palette_colours()[0])
        share = 0.3 + 0.7 * (number + 1) / len(self._limits)
        return QColor(
            *(
                round(low + share * (high - low))
                for low, high in zip(ground.getRgb()[:3], full.getRgb()[:3], strict=True)  # type: ignore[index]
            )
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw shapes, dots and the legend."""
        shapes, place, colours = _shapes(), self._place(), self.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(colours.surface))
        painter.setPen(QPen(QColor(colours.line), 0))
        painter.setTransform(place)
        for code, path in shapes.paths.items():
            painter.setBrush(self._fill(code))
            painter.drawPath(path)
        painter.resetTransform()
        painter.setPen(QPen(QColor(colours.text), 1))
        for code, centre in shapes.dots.items():
            if self._values.get(code):
                painter.setBrush(self._fill(code))
                painter.drawEllipse(place.map(centre), _DOT, _DOT)
        self._draw_legend(painter)
        painter.end()

    def _draw_legend(self, painter: QPainter) -> None:
        painter.setFont(theme.small(self.font()))
        line = painter.fontMetrics().height() + theme.TIGHT
        y = self.height() - line * (len(self._limits) + 1)
        painter.setPen(QColor(self.colours().text))
        painter.drawText(QPointF(0, y + line - 2 * theme.TIGHT), self._unit)
        low = 1
        for number, high in enumerate(self._limits):
            top = y + line * (number + 1)
            painter.fillRect(
                QRectF(0, top + (line - _SQUARE) / 2, _SQUARE, _SQUARE), self._step(number)
            )
            text = f"{low:,}" if low == high else f"{low:,} – {high:,}"
            painter.drawText(
                QRectF(_SQUARE + theme.SMALL, top, 120, line),
                int(Qt.AlignmentFlag.AlignVCenter),
                text,
            )
            low = high + 1
        shapes = _shapes().paths
        if apart := [f"{code} {n:,}" for code, n in self._values.items() if code not in shapes]:
            painter.drawText(
                self.rect(),
                int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight),
                self.tr("not on the map: {them}").format(them=", ".join(apart)),
            )

    def mark_at(self, place: QPoint) -> Mark | None:
        """Return the country at a place; dots first."""
        shapes, back = _shapes(), self._place()
        point = QPointF(place)
        found = [
            code
            for code, centre in shapes.dots.items()
            if self._values.get(code) and (back.map(centre) - point).manhattanLength() <= 2 * _DOT
        ]
        inverted, possible = back.inverted()
        if not found and possible:
            at = inverted.map(point)
            found = [code for code, path in shapes.paths.items() if path.contains(at)]
        if not found:
            return None
        code = found[0]
        value = self._values.get(code, 0)
        name = regions().names.get(code, code)
        return Mark(f"{name}: {value:,} {self._unit}", code if value else None)

    def place_of(self, code: str) -> QPoint:
        """Return the middle of a country in the widget."""
        return self._place().map(_shapes().paths[code].boundingRect().center()).toPoint()


def _limits(most: int) -> list[int]:
    """Return the upper ends of up to five classes, each wider than the one before."""
    ends = {max(1, round(most ** ((number + 1) / _CLASSES))) for number in range(_CLASSES)}
    return sorted(ends | {most})

"""Charts with axes, drawn by pyqtgraph; nothing of it moves or zooms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyqtgraph
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout

from abusetrack.ui import theme
from abusetrack.ui.widgets.charts.legend import Legend
from abusetrack.ui.widgets.charts.view import ChartView

pyqtgraph.setConfigOptions(antialias=True, exitCleanup=False)

LABEL_WIDTH = 190  # pixels, of the names beside bars


class PlotView(ChartView):
    """A chart with two axes; those below say what is drawn on it."""

    def __init__(self) -> None:
        super().__init__()
        self.plot = pyqtgraph.PlotWidget(parent=self)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setMenuEnabled(False)
        self.plot.setMouseEnabled(False, False)
        self.plot.hideButtons()
        self.plot.setFrameShape(pyqtgraph.QtWidgets.QFrame.Shape.NoFrame)
        self.legend = Legend()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.plot, 1)
        row.addWidget(self.legend, 0, Qt.AlignmentFlag.AlignTop)
        self.plot.viewport().setMouseTracking(True)
        self.plot.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the pointer from the plot; let the wheel scroll the page."""
        kind = event.type()
        if kind is QEvent.Type.Wheel:
            event.ignore()
            return True
        if isinstance(event, QMouseEvent):
            if kind is QEvent.Type.MouseMove:
                self.point_at(self._inside(event))
            elif (
                kind is QEvent.Type.MouseButtonRelease
                and event.button() is Qt.MouseButton.LeftButton
            ):
                self.click(self._inside(event))
            return True
        return super().eventFilter(watched, event)

    def _inside(self, event: QMouseEvent) -> QPoint:
        return self.plot.viewport().mapTo(self, event.position().toPoint())  # type: ignore[no-any-return]

    def dressed(self) -> Any:
        """Empty the plot and return it in the colours in use."""
        colours = self.colours()
        self.plot.clear()
        self.plot.setBackground(colours.surface)
        for side in ("left", "bottom", "top"):
            axis = self.plot.getAxis(side)
            axis.setPen(colours.line)
            axis.setTextPen(colours.text)
            axis.setStyle(
                tickFont=theme.small(self.font()), tickLength=-4, hideOverlappingLabels=False
            )
        return self.plot

    def value_at(self, place: QPoint) -> tuple[float, float] | None:
        """Return the place as values of the axes; None outside of them."""
        scene = self.plot.mapToScene(self.plot.mapFrom(self, place))
        box = self.plot.getViewBox()
        if not box.sceneBoundingRect().contains(scene):
            return None
        point = box.mapSceneToView(scene)
        return point.x(), point.y()

    def place_of(self, x: float, y: float) -> QPoint:
        """Return where values of the axes stand in the widget."""
        scene = self.plot.getViewBox().mapViewToScene(pyqtgraph.Point(x, y))
        return self.plot.mapTo(self, self.plot.mapFromScene(scene))  # type: ignore[no-any-return]

    def elided(self, labels: Sequence[str]) -> list[str]:
        """Return names short enough to stand beside bars."""
        metrics = QFontMetrics(theme.small(self.font()))
        return [
            metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, LABEL_WIDTH) for text in labels
        ]


def amounts(most: float, steps: int = 5) -> list[tuple[float, str]]:
    """Return whole, round numbers from 0 to ``most`` with their texts, about ``steps`` of them."""
    step = 1.0
    while most / step > steps:
        for factor in (2, 2.5, 2):  # 1, 2, 5, 10
            step *= factor
            if most / step <= steps:
                break
    step = max(1.0, round(step))
    return [(at * step, f"{at * step:,.0f}") for at in range(int(most / step) + 1)]

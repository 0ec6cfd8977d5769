"""What all charts do: tell values under the pointer, lead on with a click, follow the scheme."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QToolTip, QWidget

from abusetrack.metrics.panels import palette
from abusetrack.ui import theme
from abusetrack.ui.text import plain_tip


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands at a place of a chart; ``key`` leads to the domains, None leads nowhere."""

    text: str
    key: str | None = None


class ChartView(QWidget):
    """Draws one chart.

    Signals:
        chosen(str): the key of what was clicked.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        # The table beside the chart has the same numbers for the keyboard.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def colours(self) -> theme.Colours:
        """Return the colours in use."""
        return theme.worn()

    def palette_colours(self) -> tuple[str, ...]:
        """Return the colours of series, for the ground in use."""
        return palette.ON_DARK if self.colours().dark else palette.ON_LIGHT

    def draw(self) -> None:
        """Draw anew, in the colours in use."""
        raise NotImplementedError

    def mark_at(self, place: QPoint) -> Mark | None:
        """Return what stands at a place of the widget."""
        raise NotImplementedError

    def changeEvent(self, event: QEvent) -> None:
        """Follow the scheme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.draw()

    def point_at(self, place: QPoint) -> None:
        """Tell the value under the pointer."""
        mark = self.mark_at(place)
        leads = mark is not None and mark.key is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if leads else Qt.CursorShape.ArrowCursor)
        if mark is None:
            QToolTip.hideText()
        else:
            QToolTip.showText(
                self.mapToGlobal(place), plain_tip(mark.text).replace("\n", "<br>"), self
            )

    def click(self, place: QPoint) -> None:
        """Lead on from what stands at a place."""
        mark = self.mark_at(place)
        if mark is not None and mark.key is not None:
            self.chosen.emit(mark.key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the value under the pointer."""
        self.point_at(event.position().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lead on from what was clicked."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.click(event.position().toPoint())

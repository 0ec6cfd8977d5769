"""Names of series with their colours, beside a chart."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from abusetrack.ui import theme

_WIDTH = 170
_SQUARE = 10


class Legend(QWidget):
    """Lists (name, colour); hidden where there is nothing to tell apart."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: Sequence[tuple[str, str]] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()

    def tell(self, entries: Sequence[tuple[str, str]]) -> None:
        """List other names."""
        self._entries = entries
        self.setVisible(len(entries) > 1)
        self.updateGeometry()
        self.update()

    def _line(self) -> int:
        return QFontMetrics(theme.small(self.font())).height() + theme.TIGHT

    def sizeHint(self) -> QSize:
        """Return the room for all names."""
        return QSize(_WIDTH, self._line() * len(self._entries) + theme.SMALL)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw squares and names."""
        painter = QPainter(self)
        painter.setFont(theme.small(self.font()))
        metrics = painter.fontMetrics()
        line, left = self._line(), _SQUARE + theme.SMALL
        for number, (name, colour) in enumerate(self._entries):
            y = theme.TIGHT + number * line
            painter.fillRect(QRectF(0, y + (line - _SQUARE) / 2, _SQUARE, _SQUARE), QColor(colour))
            painter.setPen(QColor(theme.worn().text))
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, _WIDTH - left)
            painter.drawText(
                QRectF(left, y, _WIDTH - left, line), int(Qt.AlignmentFlag.AlignVCenter), shown
            )
        painter.end()

"""A chart as a picture: for the clipboard, as PNG, as SVG with text that stays text."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QPoint
from PySide6.QtGui import QImage, QImageWriter, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from abusetrack.ui import theme

_SCALE = 2  # so that a picture can be printed


def image(chart: QWidget, title: str) -> QImage:
    """Return the chart with its title above."""
    high = _title_height(chart)
    made = QImage(
        chart.width() * _SCALE, (chart.height() + high) * _SCALE, QImage.Format.Format_RGB32
    )
    made.setDevicePixelRatio(_SCALE)
    made.fill(theme.worn().surface)
    painter = QPainter(made)
    _write_title(painter, chart, title)
    painter.end()
    picture = QPixmap(chart.size() * _SCALE)
    picture.setDevicePixelRatio(_SCALE)
    chart.render(picture)
    painter = QPainter(made)
    painter.drawPixmap(QPoint(0, high), picture)
    painter.end()
    return made


def png(chart: QWidget, title: str) -> bytes:
    """Return the chart as PNG."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(image(chart, title))
    return bytes(buffer.data().data())


def svg(chart: QWidget, title: str) -> bytes:
    """Return the chart as SVG; pyqtgraph's own exporter fails on such plots."""
    from PySide6.QtSvg import QSvgGenerator

    high = _title_height(chart)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setTitle(title)
    generator.setViewBox(chart.rect().adjusted(0, 0, 0, high))
    generator.setSize(chart.size())
    painter = QPainter(generator)
    painter.fillRect(chart.rect().adjusted(0, 0, 0, high), theme.worn().surface)
    _write_title(painter, chart, title)
    chart.render(painter, QPoint(0, high))
    painter.end()
    return bytes(data.data())


def _title_height(chart: QWidget) -> int:
    return chart.fontMetrics().height() + 2 * theme.SMALL


def _write_title(painter: QPainter, chart: QWidget, title: str) -> None:
    painter.setFont(theme.strong(chart.font()))
    painter.setPen(theme.worn().text)
    painter.drawText(theme.SMALL, theme.SMALL + painter.fontMetrics().ascent(), title)

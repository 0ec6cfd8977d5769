"""Icons of the licensed set in ``resources/icons/lucide``, in the colours of the theme."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import resources

from PySide6.QtCore import QByteArray, QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton

from abusetrack.ui import theme

SIZE = 16  # logical pixels
_SCALES = (1, 2)
_PICTURES = 1024  # kept; all icons in the colours of two schemes
_APP_SIZES = (16, 32, 48, 128, 256)


@cache
def _drawing(name: str) -> str:
    folder = resources.files("abusetrack.resources") / "icons" / "lucide"
    return (folder / f"{name}.svg").read_text("utf-8")


@lru_cache(_PICTURES)
def picture(name: str, colour: str, size: int = SIZE, scale: float = 1) -> QPixmap:
    """Draw an icon in one colour; ``size`` in logical pixels."""
    drawn = QPixmap(round(size * scale), round(size * scale))
    drawn.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", colour).encode()))
    painter = QPainter(drawn)
    renderer.render(painter, QRectF(drawn.rect()))
    painter.end()
    drawn.setDevicePixelRatio(scale)
    return drawn


def of_app() -> QIcon:
    """Return the program's own icon, in the sizes that desktops ask for."""
    folder = resources.files("abusetrack.resources") / "icons" / "app"
    renderer = QSvgRenderer(QByteArray((folder / "abusetrack.svg").read_bytes()))
    made = QIcon()
    for size in _APP_SIZES:
        drawn = QPixmap(size, size)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        renderer.render(painter, QRectF(drawn.rect()))
        painter.end()
        made.addPixmap(drawn)
    return made


class Tint(QObject):
    """Keeps the icon of a button in the colour of its text, whatever scheme is worn."""

    def __init__(self, button: QAbstractButton, name: str) -> None:
        super().__init__(button)
        self._button = button
        self._name = name
        button.installEventFilter(self)
        self._draw()

    def change(self, name: str) -> None:
        """Show another icon."""
        if name != self._name:
            self._name = name
            self._draw()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the scheme."""
        if event.type() is QEvent.Type.PaletteChange:
            self._draw()
        return super().eventFilter(watched, event)

    def _draw(self) -> None:
        button, colours = self._button, theme.worn()
        plain = colours.on_accent if button.property("leading") else colours.text
        chosen = plain if button.property("toggle") else colours.on_selection
        made = QIcon()
        for scale in _SCALES:
            for colour, mode, state in (
                (plain, QIcon.Mode.Normal, QIcon.State.Off),
                (chosen, QIcon.Mode.Normal, QIcon.State.On),
                (colours.muted, QIcon.Mode.Disabled, QIcon.State.Off),
            ):
                made.addPixmap(picture(self._name, colour, SIZE, scale), mode, state)
        button.setIcon(made)

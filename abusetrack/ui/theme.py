"""One place for spacing, type and the dress of every widget; its colours stand in schemes.py."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from importlib import resources
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from abusetrack.ui import schemes
from abusetrack.ui.schemes import DARK, LIGHT, Chip, Colours, Tone

__all__ = ["DARK", "LIGHT", "Chip", "Colours", "Tone"]

# Spacing in logical pixels.
TIGHT, SMALL, MEDIUM, LARGE, HUGE = 4, 8, 12, 16, 24
RADIUS = 6
ROW_HEIGHT = 30
LINE_HEIGHT = 26  # of a row in a list
RAIL_WIDTH = 152


@dataclass(frozen=True, slots=True)
class Look:
    """How the application is dressed; None follows the system."""

    dark: bool | None = None
    contrast: bool | None = None
    calm: bool = False


_look = Look()
_colours = LIGHT


def worn() -> Colours:
    """Return the colours in use; a style sheet gives widgets other palettes than that."""
    return _colours


def apply(app: QApplication, *, dark: bool | None = None, contrast: bool | None = None) -> None:
    """Dress the application; ``dark`` and ``contrast`` follow the system where None."""
    _wear(app, replace(_look, dark=dark, contrast=contrast))


def set_calm(app: QApplication, calm: bool) -> None:
    """Take the colours away, or give them back."""
    if calm != _look.calm:
        _wear(app, replace(_look, calm=calm))


def follow(app: QApplication) -> None:
    """Dress the application anew: what the system prefers may be something else now."""
    _wear(app, _look)


def _wear(app: QApplication, look: Look) -> None:
    global _look, _colours
    _look = look
    hints = app.styleHints()
    dark, contrast = look.dark, look.contrast
    if dark is None:
        dark = hints.colorScheme() is Qt.ColorScheme.Dark
    if contrast is None:
        wished = hints.accessibility().contrastPreference()
        contrast = wished is Qt.ContrastPreference.HighContrast
    _colours = schemes.scheme(dark=dark, contrast=contrast, calm=look.calm)
    app.setStyle("Fusion")
    app.setPalette(_palette(_colours))
    app.setStyleSheet(_sheet(_colours))


def small(font: QFont) -> QFont:
    """Return the font for what stands beside the main thing."""
    return _sized(font, 0.9)


def strong(font: QFont) -> QFont:
    """Return the font of what leads a group."""
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    return bold


def title(font: QFont) -> QFont:
    """Return the font of a page's title."""
    return strong(_sized(font, 1.5))


def fixed() -> QFont:
    """Return the font of raw text."""
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)


def _sized(font: QFont, factor: float) -> QFont:
    sized = QFont(font)
    if font.pointSizeF() > 0:
        sized.setPointSizeF(font.pointSizeF() * factor)
    else:
        sized.setPixelSize(round(font.pixelSize() * factor))
    return sized


def _palette(colours: Colours) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette(QColor(colours.raised), QColor(colours.window))
    for place, colour in (
        (role.Window, colours.window),
        (role.WindowText, colours.text),
        (role.Base, colours.surface),
        (role.AlternateBase, colours.window),
        (role.Text, colours.text),
        (role.PlaceholderText, colours.muted),
        (role.Button, colours.raised),
        (role.ButtonText, colours.text),
        (role.ToolTipBase, colours.raised),
        (role.ToolTipText, colours.text),
        (role.Highlight, colours.selection),
        (role.HighlightedText, colours.on_selection),
        (role.Link, colours.accent),
        (role.Accent, colours.accent),
        (role.Mid, colours.line),
    ):
        palette.setColor(place, QColor(colour))
    for place in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, place, QColor(colours.muted))
    return palette


def _sheet(colours: Colours) -> str:
    names = {field.name: getattr(colours, field.name) for field in fields(colours)}
    for apart in ("chips", "dark"):
        names.pop(apart)
    icons = Path(str(resources.files("abusetrack.resources") / "icons")).as_posix()
    scheme = "dark" if colours.dark else "light"
    return _SHEET.format(**names, radius=RADIUS, icons=icons, scheme=scheme)


_SHEET = """
QToolTip {{ color: {text}; background: {raised}; border: 1px solid {line}; padding: 4px; }}
#rail {{ background: {rail}; border-right: 1px solid {line}; }}
#rail QPushButton {{
    text-align: left; padding: 9px 12px; border: 1px solid transparent; border-radius: {radius}px;
    background: transparent; color: {text};
}}
#rail QPushButton:hover {{ background: {raised}; }}
#rail QPushButton:checked {{ background: {selection}; color: {on_selection}; }}
#rail QPushButton[toggle="true"]:checked {{ background: transparent; color: {text}; }}
#rail QPushButton[toggle="true"]:hover {{ background: {raised}; }}
#rail QPushButton:focus {{ border-color: {accent}; }}
#card {{ background: {surface}; border: 1px solid {line}; border-radius: {radius}px; }}
#strip {{ background: {window}; border: 1px solid {line}; border-radius: {radius}px; }}
#message {{ background: {surface}; border-bottom: 1px solid {line}; }}
#message[care="true"] {{ background: {note}; }}
#message QLabel {{ color: {text}; }}
#message[care="true"] QLabel {{ color: {on_note}; }}
#muted {{ color: {muted}; }}
#badge {{
    color: {on_note}; background: {note}; border-radius: {radius}px; padding: 2px 8px;
}}
QPushButton {{
    padding: 5px 12px; border: 1px solid {line}; border-radius: {radius}px; background: {raised};
    color: {text};
}}
QPushButton:hover {{ border-color: {muted}; }}
QPushButton:focus {{ border-color: {accent}; }}
QPushButton:checked {{ background: {selection}; color: {on_selection}; border-color: {accent}; }}
QPushButton[chip="true"] {{
    padding: 2px 10px; border-radius: 10px; background: {selection}; color: {on_selection};
    border-color: {selection};
}}
QPushButton[chip="true"]:hover, QPushButton[chip="true"]:focus {{ border-color: {accent}; }}
QPushButton::menu-indicator {{
    image: url("{icons}/down-{scheme}.svg"); width: 10px; height: 10px;
    subcontrol-origin: padding; subcontrol-position: center right; right: 6px;
}}
QPushButton[toggle="true"]:checked {{
    background: {raised}; color: {text}; border-color: {line};
}}
QPushButton[toggle="true"]:focus {{ border-color: {accent}; }}
QPushButton:disabled {{ color: {muted}; background: {window}; border-color: {line}; }}
QPushButton[leading="true"] {{
    background: {accent}; color: {on_accent}; border-color: {accent};
}}
QPushButton[leading="true"]:focus {{ border: 2px solid {text}; padding: 4px 11px; }}
QPushButton[leading="true"]:disabled {{
    background: {window}; color: {muted}; border-color: {line};
}}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QLineEdit, QComboBox, QDateTimeEdit, QPlainTextEdit, QAbstractSpinBox {{
    background: {surface}; color: {text}; border: 1px solid {line}; border-radius: {radius}px;
    padding: 4px 6px; selection-background-color: {selection};
    selection-color: {on_selection}; placeholder-text-color: {muted};
}}
QLineEdit:focus, QComboBox:focus, QDateTimeEdit:focus, QPlainTextEdit:focus {{
    border-color: {accent};
}}
QComboBox::drop-down, QDateTimeEdit::drop-down {{
    subcontrol-origin: padding; subcontrol-position: center right; border: none; width: 20px;
}}
QComboBox::down-arrow, QDateTimeEdit::down-arrow {{
    image: url("{icons}/down-{scheme}.svg"); width: 12px; height: 12px;
}}
QComboBox QAbstractItemView {{ background: {surface}; color: {text}; border: 1px solid {line}; }}
QCheckBox::indicator, QAbstractItemView::indicator {{
    width: 14px; height: 14px; border: 1px solid {muted}; border-radius: 3px;
    background: {surface};
}}
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {{
    background: {accent}; border-color: {accent}; image: url("{icons}/tick-{scheme}.svg");
}}
QCheckBox::indicator:focus {{ border: 2px solid {accent}; width: 12px; height: 12px; }}
QCheckBox:focus {{ color: {accent}; }}
QAbstractItemView {{ background: {surface}; color: {text}; border: 1px solid {line}; }}
QAbstractItemView {{
    background: {surface}; alternate-background-color: {window}; color: {text};
    border: 1px solid {line}; border-radius: {radius}px; gridline-color: {line};
    selection-background-color: {selection}; selection-color: {on_selection};
    outline: 1px solid {accent};
}}
QAbstractItemView:focus {{ border-color: {accent}; }}
QHeaderView {{ background: {raised}; border: none; }}
QHeaderView::section {{
    background: {raised}; color: {text}; border: none; border-bottom: 1px solid {line};
    padding: 5px 3px; text-align: left;
}}
QHeaderView::up-arrow, QHeaderView::down-arrow {{
    subcontrol-origin: padding; subcontrol-position: center right; width: 10px; height: 10px;
    right: 4px;
}}
QHeaderView::up-arrow {{ image: url("{icons}/up-{scheme}.svg"); }}
QHeaderView::down-arrow {{ image: url("{icons}/down-{scheme}.svg"); }}
*[flat="true"] {{ border: none; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
QScrollBar::handle {{ background: {line}; border-radius: 4px; margin: 2px; }}
QScrollBar::handle:hover {{ background: {muted}; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QAbstractScrollArea::corner {{ background: transparent; }}
QTabWidget::pane {{ border: none; }}
QTabBar::tab {{
    padding: 6px 14px; color: {muted}; background: transparent;
    border-bottom: 2px solid transparent;
}}
QTabBar::tab:selected {{ color: {text}; border-bottom-color: {accent}; }}
QTabBar::tab:focus {{ color: {accent}; }}
QStatusBar {{ background: {rail}; color: {text}; border-top: 1px solid {line}; }}
QStatusBar::item {{ border: none; }}
QMenuBar {{ background: {rail}; color: {text}; }}
QMenuBar:disabled, QMenuBar::item:disabled {{ color: {muted}; }}
QMenuBar::item:selected, QMenu::item:selected {{
    background: {selection}; color: {on_selection};
}}
QMenu {{ background: {surface}; color: {text}; border: 1px solid {line}; }}
QMenu::item:disabled {{ color: {muted}; }}
QProgressBar {{
    border: 1px solid {line}; border-radius: 4px; background: {surface}; color: {text};
    max-height: 14px; text-align: center;
}}
QProgressBar::chunk {{ background: {selection}; border-radius: 3px; }}
QSplitter::handle {{ background: {window}; }}
#card QSplitter::handle {{ background: {surface}; }}
"""

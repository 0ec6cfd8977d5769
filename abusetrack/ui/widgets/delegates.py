"""How cells are painted: chips in tables, facts with their source beneath in the detail panel."""

from __future__ import annotations

from collections.abc import Collection
from math import ceil

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
)

from abusetrack.ui import theme
from abusetrack.ui.models.keyed_table import ToneRole

Index = QModelIndex | QPersistentModelIndex

NoteRole = Qt.ItemDataRole.UserRole + 2  # the second line of a fact: source and age


class ChipDelegate(QStyledItemDelegate):
    """Paints the text as a chip where the model gives it a tone.

    Text that is too long loses its end; in the column ``middle``, which holds names,
    it loses its middle, because the ending of a name tells it apart.
    """

    def __init__(
        self, view: QAbstractItemView, *, middle: int = -1, toned: Collection[int] | None = None
    ) -> None:
        """With ``toned``, only cells of these columns have a tone, and no others are asked."""
        super().__init__(view)
        self._middle = middle
        self._toned = toned

    def initStyleOption(  # noqa: N802  # Qt's name
        self, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Choose where text is cut."""
        super().initStyleOption(option, index)
        inside = index.column() == self._middle
        option.textElideMode = (
            Qt.TextElideMode.ElideMiddle if inside else Qt.TextElideMode.ElideRight
        )

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the cell, then the chip on it."""
        asked = self._toned is None or index.column() in self._toned
        tone = index.data(ToneRole) if asked else None
        if not isinstance(tone, theme.Tone):
            super().paint(painter, option, index)
            return
        settled = QStyleOptionViewItem(option)
        self.initStyleOption(settled, index)
        text, settled.text = settled.text, ""
        view = option.widget
        style = view.style() if view else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, settled, painter, view)
        area = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, settled, view)
        _paint_chip(painter, area, text, tone, settled.fontMetrics)


def _paint_chip(
    painter: QPainter, area: QRect, text: str, tone: theme.Tone, font: QFontMetrics
) -> None:
    chip = theme.worn().chip(tone)
    most = area.width() - 3 * theme.SMALL
    shown = font.elidedText(text, Qt.TextElideMode.ElideMiddle, most)
    width = min(font.horizontalAdvance(shown) + 2 * theme.SMALL, area.width() - theme.SMALL)
    height = min(font.height() + theme.TIGHT, area.height() - 2)
    place = QRect(area.left() + theme.TIGHT, area.center().y() - height // 2 + 1, width, height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(theme.worn().line))
    painter.setBrush(QColor(chip.ground))
    painter.drawRoundedRect(place, height / 2, height / 2)
    painter.setPen(QColor(chip.text))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, shown)
    painter.restore()


class RowDelegate(ChipDelegate):
    """Gives every row of a list the same comfortable height."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the size, at least as high as a row."""
        size = super().sizeHint(option, index)
        return size.expandedTo(QSize(0, theme.LINE_HEIGHT))


class FactDelegate(QStyledItemDelegate):
    """Wraps a value over several lines, with its source in small type beneath."""

    def __init__(self, view: QTreeView) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint ground, value and note."""
        settled = QStyleOptionViewItem(option)
        self.initStyleOption(settled, index)
        text, settled.text = settled.text, ""
        style = self._view.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, settled, painter, self._view)
        colours = theme.worn()
        chosen = bool(QStyle.StateFlag.State_Selected & settled.state)
        muted = index.column() == 0 and index.parent().isValid()
        place = QPointF(settled.rect.left() + theme.TIGHT, settled.rect.top() + theme.TIGHT)
        painter.save()
        for shown, font, faint in (
            (text, settled.font, muted),
            (index.data(NoteRole), theme.small(settled.font), True),
        ):
            if shown:
                laid = _lay(shown, font, settled.rect.width() - 2 * theme.TIGHT)
                painter.setPen(QColor(_ink(colours, chosen=chosen, muted=faint)))
                laid.draw(painter, place)
                place.setY(place.y() + laid.boundingRect().height())
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height that the column's width asks for."""
        settled = QStyleOptionViewItem(option)
        self.initStyleOption(settled, index)
        width = self._view.columnWidth(index.column())
        if index.column() == 0:
            width -= self._view.indentation() * (2 if index.parent().isValid() else 1)
        inner = width - 2 * theme.TIGHT
        height = 0.0
        for shown, font in (
            (settled.text, settled.font),
            (index.data(NoteRole), theme.small(settled.font)),
        ):
            if shown:
                height += _lay(shown, font, inner).boundingRect().height()
        return QSize(width, ceil(height) + 2 * theme.TIGHT)


def _lay(text: str, font: QFont, width: int) -> QTextLayout:
    """Break text at words, and inside a word only where it is too long for a line."""
    laid = QTextLayout(text.replace("\n", "\u2028"), font)
    wrapping = QTextOption()
    wrapping.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    laid.setTextOption(wrapping)
    laid.beginLayout()
    top = 0.0
    while (line := laid.createLine()).isValid():
        line.setLineWidth(max(width, 1))
        line.setPosition(QPointF(0, top))
        top += line.height()
    laid.endLayout()
    return laid


def _ink(colours: theme.Colours, *, chosen: bool, muted: bool) -> str:
    if chosen:
        return colours.on_selection
    return colours.muted if muted else colours.text

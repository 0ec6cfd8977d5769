"""How cells are painted: chips in tables, facts with their source beneath in the detail panel."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from abusetrack.ui import theme
from abusetrack.ui.models.domain_table import ToneRole

Index = QModelIndex | QPersistentModelIndex

NoteRole = Qt.ItemDataRole.UserRole + 2  # the second line of a fact: source and age
_WRAP = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere


class ChipDelegate(QStyledItemDelegate):
    """Paints the text as a chip where the model gives it a tone."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the cell, then the chip on it."""
        tone = index.data(ToneRole)
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
        _paint_chip(painter, area, text, tone, view, settled.fontMetrics)


def _paint_chip(
    painter: QPainter, area: QRect, text: str, tone: theme.Tone, view: QWidget, font: QFontMetrics
) -> None:
    chip = theme.of(view).chip(tone)
    most = area.width() - 2 * theme.SMALL
    shown = font.elidedText(text, Qt.TextElideMode.ElideRight, most)
    width = min(font.horizontalAdvance(shown) + 2 * theme.SMALL, area.width())
    height = min(font.height() + theme.TIGHT, area.height() - 2)
    place = QRect(area.left(), area.center().y() - height // 2 + 1, width, height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(chip.ground))
    painter.drawRoundedRect(place, height / 2, height / 2)
    painter.setPen(QColor(chip.text))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, shown)
    painter.restore()


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
        colours = theme.of(self._view)
        chosen = bool(QStyle.StateFlag.State_Selected & settled.state)
        area = self._inner(settled.rect)
        painter.save()
        painter.setFont(settled.font)
        muted = index.column() == 0 and index.parent().isValid()
        painter.setPen(QColor(_ink(colours, chosen=chosen, muted=muted)))
        needed = settled.fontMetrics.boundingRect(area, _WRAP, text)
        painter.drawText(area, int(_WRAP), text)
        if note := index.data(NoteRole):
            painter.setFont(theme.small(settled.font))
            painter.setPen(QColor(_ink(colours, chosen=chosen, muted=True)))
            area.setTop(area.top() + (needed.height() if text else 0))
            painter.drawText(area, int(_WRAP), note)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height that the column's width asks for."""
        settled = QStyleOptionViewItem(option)
        self.initStyleOption(settled, index)
        width = self._view.columnWidth(index.column())
        if index.column() == 0:
            width -= self._view.indentation() * (2 if index.parent().isValid() else 1)
        area = self._inner(QRect(0, 0, width, 100_000))
        height = settled.fontMetrics.boundingRect(area, _WRAP, settled.text).height()
        if note := index.data(NoteRole):
            font = QFontMetrics(theme.small(settled.font))
            height = (height if settled.text else 0) + font.boundingRect(area, _WRAP, note).height()
        return QSize(width, height + 2 * theme.TIGHT)

    def _inner(self, area: QRect) -> QRect:
        return area.adjusted(theme.TIGHT, theme.TIGHT, -theme.TIGHT, -theme.TIGHT)


def _ink(colours: theme.Colours, *, chosen: bool, muted: bool) -> str:
    if chosen:
        return colours.on_selection
    return colours.muted if muted else colours.text

"""What was asked and answered about one domain, with the raw answer as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from abusetrack.records import Observation, Outcome
from abusetrack.ui import theme
from abusetrack.ui.text import Masker, age, joined, minute, one_line, raw
from abusetrack.ui.widgets.delegates import RowDelegate
from abusetrack.ui.widgets.parts import ActivateOnEnter, RawText, button, copy_action, label
from abusetrack.ui.words import word

_NUMBER = Qt.ItemDataRole.UserRole + 1


class AnswersView(QWidget):
    """Lists observations; the raw answer of one is shown when it is asked for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._observations: Sequence[Observation] = ()
        self._revealed = False
        self._now: datetime | None = None
        self._list = QTreeWidget()
        self._list.setAccessibleName(self.tr("Questions and answers"))
        self._list.setHeaderLabels([self.tr("Question"), self.tr("Outcome"), self.tr("About")])
        self._list.setProperty("flat", True)
        self._list.setItemDelegate(RowDelegate(self._list, middle=2))
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        for column, width in enumerate((112, 92)):
            self._list.setColumnWidth(column, width)
        self._about = label(muted=True, wrap=True)
        self._show = button(
            self.tr("Show raw answer"),
            self.show_raw,
            tip=self.tr("Of the selected row (Return); it may hold names"),
        )
        self._text = RawText(self.tr("Raw answer"))
        self._list.currentItemChanged.connect(lambda *_: self._on_current())
        ActivateOnEnter(self._list, self.show_raw)
        copy_action(self._list, self._selected)
        below = QWidget()
        inner = QVBoxLayout(below)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self._about)
        inner.addWidget(self._show, 0, Qt.AlignmentFlag.AlignLeft)
        inner.addWidget(self._text, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self._list)
        split.addWidget(below)
        split.setChildrenCollapsible(False)
        split.setSizes([220, 260])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.SMALL, 0, 0)
        layout.addWidget(split)

    def show_observations(
        self, observations: Sequence[Observation], masker: Masker, now: datetime
    ) -> None:
        """Show other observations; raw answers stay closed unless names are revealed."""
        self._observations = observations
        self._revealed = masker.revealed
        self._now = now
        self._list.clear()
        for number, item in enumerate(observations):
            row = QTreeWidgetItem(
                [
                    word(item.question),
                    word(item.outcome),
                    masker(item.subject),
                ]
            )
            row.setData(0, _NUMBER, number)
            row.setData(1, _NUMBER, masker(item.detail))
            row.setData(2, _NUMBER, masker(item.source))
            self._list.addTopLevelItem(row)
        if (first := self._list.topLevelItem(0)) is not None:
            self._list.setCurrentItem(first)
        self._on_current()

    def show_raw(self) -> None:
        """Show the raw answer of the current row."""
        item = self._current()
        if item is None or item.evidence is None:
            return
        if not item.evidence.body:
            self._text.setPlainText(self.tr("This answer was erased."))
            return
        text, whole = raw(item.evidence.body)
        self._text.setPlainText(text)
        if not whole:
            self._about.setText(
                joined([self._about.text(), self.tr("only the beginning is shown")])
            )

    def shown_text(self) -> str:
        """Return the raw text on the screen."""
        return self._text.toPlainText()

    def _current(self) -> Observation | None:
        row = self._list.currentItem()
        return self._observations[int(row.data(0, _NUMBER))] if row else None

    def _on_current(self) -> None:
        self._text.clear()
        now = self._now
        item, row = self._current(), self._list.currentItem()
        self._show.setEnabled(item is not None and item.evidence is not None)
        if item is None or row is None or now is None:
            self._about.clear()
            return
        detail = row.data(1, _NUMBER) if item.outcome is not Outcome.OK else ""
        asked = f"{minute(item.asked_at)} ({age(item.asked_at, now)})"
        size = ""
        if item.evidence is not None:
            size = self.tr("{n} bytes").format(n=len(item.evidence.body))
            media = one_line(item.evidence.media_type)
        else:
            media = self.tr("no raw answer was kept")
        self._about.setText(joined([row.data(2, _NUMBER), asked, detail, media, size]))
        if self._revealed:
            self.show_raw()

    def _selected(self) -> str:
        item = self._current()
        return joined([item.question.value, item.subject, item.outcome.value]) if item else ""

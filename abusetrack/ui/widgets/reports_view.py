"""The reports of one domain; each URL is masked until its own row is revealed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from abusetrack.casefile.reports import StoredReport
from abusetrack.records import AssessmentOutcome
from abusetrack.ui import theme
from abusetrack.ui.text import day, joined, mask_url, one_line, plain_url
from abusetrack.ui.widgets.delegates import RowDelegate
from abusetrack.ui.widgets.parts import ActivateOnEnter, button, copy_action, label
from abusetrack.ui.words import word

_MOST = 500
_URL = 2  # the column
_NUMBER = Qt.ItemDataRole.UserRole + 1


class ReportsView(QWidget):
    """Lists reports, newest first; Return reveals the URL of a row, or hides it again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reports: Sequence[StoredReport] = ()
        self._keep = 1
        self._all_revealed = False
        self._revealed: set[str] = set()
        self._list = QTreeWidget()
        self._list.setAccessibleName(self.tr("Reports"))
        self._list.setHeaderLabels([self.tr("Received"), self.tr("Assessment"), self.tr("URL")])
        self._list.setProperty("flat", True)
        self._list.setItemDelegate(RowDelegate(self._list, middle=_URL))
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        for column, width in enumerate((92, 112)):
            self._list.setColumnWidth(column, width)
        ActivateOnEnter(self._list, self.toggle_selected)
        copy_action(self._list, self._selected_urls)
        self._more = label(muted=True, wrap=True)
        self._full = label(wrap=True)
        self._full.setAccessibleDescription(self.tr("The selected URL"))
        self._list.currentItemChanged.connect(lambda *_: self._show_current())
        row = QHBoxLayout()
        row.addWidget(self._more, 1)
        row.addWidget(
            button(
                self.tr("Reveal or hide URL"),
                self.toggle_selected,
                tip=self.tr("Of the selected rows (Return)"),
            )
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.SMALL, 0, 0)
        layout.addWidget(self._list, 1)
        layout.addWidget(self._full)
        layout.addLayout(row)

    def show_reports(self, reports: Sequence[StoredReport], *, keep: int, revealed: bool) -> None:
        """Show other reports; ``keep`` labels at the end of a host are not masked."""
        self._reports = reports[::-1]
        self._keep = keep
        self._all_revealed = revealed
        self._revealed &= {item.id for item in reports}
        self._list.clear()
        for number, item in enumerate(self._reports[:_MOST]):
            row = QTreeWidgetItem(
                [
                    day(item.report.received_at),
                    _assessment(item),
                    self._url(item),
                ]
            )
            row.setData(0, _NUMBER, number)
            self._list.addTopLevelItem(row)
        left = len(reports) - _MOST
        self._more.setText(
            self.tr("The newest {n}; {left} older ones are not shown.").format(n=_MOST, left=left)
            if left > 0
            else ""
        )
        if (first := self._list.topLevelItem(0)) is not None:
            self._list.setCurrentItem(first)
        self._show_current()

    def toggle_selected(self) -> None:
        """Reveal the URLs of the selected rows, or hide them."""
        for row in self._list.selectedItems():
            item = self._of(row)
            self._revealed ^= {item.id}
            row.setText(_URL, self._url(item))
        self._show_current()

    def shown_urls(self) -> list[str]:
        """Return the URLs as they are shown."""
        items = (self._list.topLevelItem(n) for n in range(self._list.topLevelItemCount()))
        return [item.text(_URL) for item in items if item is not None]

    def select_all(self) -> None:
        """Select every row."""
        self._list.selectAll()

    def _of(self, row: QTreeWidgetItem) -> StoredReport:
        return self._reports[int(row.data(0, _NUMBER))]

    def _show_current(self) -> None:
        row = self._list.currentItem()
        if row is None:
            self._full.clear()
            return
        item = self._of(row)
        reference = item.report.reference or ""
        if reference:
            reference = self.tr("reference {text}").format(text=one_line(reference))
        source = self.tr("from {source}").format(source=one_line(item.report.source))
        self._full.setText(joined([row.text(_URL), source, reference]))

    def _url(self, item: StoredReport) -> str:
        url = item.report.target.url
        if self._all_revealed or item.id in self._revealed:
            return plain_url(url)
        return mask_url(url, self._keep)

    def _selected_urls(self) -> str:
        return "\n".join(self._of(row).report.target.url for row in self._list.selectedItems())


def _assessment(item: StoredReport) -> str:
    assessment = item.report.assessment
    return word(assessment.outcome if assessment else AssessmentOutcome.NOT_ASSESSED)

"""The guide, one page at a time; its links lead to other pages of it, and nowhere else."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from abusetrack.ui import theme
from abusetrack.ui.widgets.delegates import RowDelegate

# The pages in the order in which a newcomer reads them.
ORDER = (
    "first-day", "take-in-a-list", "assess-decide-draft", "an-answer-came", "take-a-notice-back",
    "domains", "directory", "dashboards", "monthly-report", "partners", "team",
    "exercises",
)  # fmt: skip
_LIST_WIDTH = 190
_PAGE = Qt.ItemDataRole.UserRole
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)\n?")  # only in the repository, not in the wheel


@cache
def text(page: str) -> str:
    """Return a page of the guide as Markdown, without pictures."""
    file = resources.files("abusetrack.guide") / f"{page}.md"
    return _PICTURE.sub("", file.read_text("utf-8"))


def title(page: str) -> str:
    """Return the title of a page: its first heading."""
    return text(page).partition("\n")[0].removeprefix("# ")


class HelpDialog(QDialog):
    """Stands beside the window and shows the guide."""

    def __init__(self, page: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Guide"))
        self.resize(820, 620)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Pages of the guide"))
        self.list.setItemDelegate(RowDelegate(self.list))
        self.list.setFixedWidth(_LIST_WIDTH)
        for name in ORDER:
            item = QListWidgetItem(title(name))
            item.setData(_PAGE, name)
            self.list.addItem(item)
        self.browser = QTextBrowser()
        self.browser.setAccessibleName(self.tr("Page of the guide"))
        self.browser.setOpenLinks(False)
        self.browser.setOpenExternalLinks(False)
        self.browser.anchorClicked.connect(self._follow)
        self.list.currentRowChanged.connect(self._show_row)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(theme.MEDIUM)
        row.addWidget(self.list)
        row.addWidget(self.browser, 1)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.MEDIUM)
        layout.addLayout(row, 1)
        layout.addWidget(buttons)
        self.show_page(page)

    @property
    def page(self) -> str:
        """The page that is shown."""
        return ORDER[self.list.currentRow()]

    def show_page(self, page: str) -> None:
        """Show a page, and let the keyboard scroll it."""
        self.list.setCurrentRow(ORDER.index(page))
        self.browser.setFocus()

    @Slot(int)
    def _show_row(self, number: int) -> None:
        self.browser.setMarkdown(text(ORDER[number]))

    @Slot(QUrl)
    def _follow(self, url: QUrl) -> None:
        page = url.toString().removesuffix(".md")
        if page in ORDER:
            self.show_page(page)

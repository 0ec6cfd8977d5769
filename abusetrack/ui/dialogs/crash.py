"""Say that something went wrong in the app itself: exception types and code lines, no data."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from abusetrack import __version__
from abusetrack.ui import clipboard, theme
from abusetrack.ui.widgets.parts import RawText, label


class CrashDialog(QDialog):
    """Shows a report that can be copied."""

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("An error in abusetrack"))
        self.resize(640, 380)
        self.report = f"abusetrack {__version__}\n{report}"
        text = RawText(self.tr("Report of the error"), defanged=False)
        text.setPlainText(self.report)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(self.tr("Copy report"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: clipboard.put(self.report))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(
            label(
                self.tr(
                    "Something went wrong that should not. What was stored is safe, and you can "
                    "go on. The report below holds types of errors and lines of code only, no "
                    "name and no data; please send it to those who maintain abusetrack."
                ),
                wrap=True,
            )
        )
        layout.addWidget(text, 1)
        layout.addWidget(buttons)

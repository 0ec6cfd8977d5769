"""A file for a partner as its receiver gets it, before it is encrypted."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from abusetrack.ui import theme
from abusetrack.ui.widgets.parts import RawText, label

_SHOWN = 500_000  # characters; more makes the view slow


class FileViewDialog(QDialog):
    """Shows text as it is; what is copied of it is defanged."""

    def __init__(self, form: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = self.tr("{form}, as its receiver gets it").format(form=form)
        self.setWindowTitle(title)
        self.resize(860, 560)
        self.text = RawText(title)
        self.text.setPlainText(text[:_SHOWN])
        said = self.tr("Exactly this is given; a file is encrypted after it.")
        if len(text) > _SHOWN:
            said = self.tr("The first {n} characters of {all}.").format(
                n=f"{_SHOWN:,}", all=f"{len(text):,}"
            )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(label(said, muted=True, wrap=True))
        layout.addWidget(self.text, 1)
        layout.addWidget(buttons)

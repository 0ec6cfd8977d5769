"""Ask for the passphrase of an encrypted case file, until it opens or the analyst gives up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from abusetrack.errors import WrongPassphraseError
from abusetrack.ui import theme
from abusetrack.ui.widgets.parts import label


class PassphraseDialog(QDialog):
    """``unlock`` tries a passphrase; only a wrong one keeps the dialog open."""

    def __init__(
        self, path: Path, unlock: Callable[[str], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._unlock = unlock
        self.setWindowTitle(self.tr("abusetrack"))
        self.setMinimumWidth(420)
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(self.tr("Passphrase of the case file"))
        self.wrong = label(wrap=True)
        self.wrong.setObjectName("badge")
        self.wrong.hide()
        buttons = QDialogButtonBox()
        self.open_button = buttons.addButton(
            self.tr("Open"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        buttons.addButton(self.tr("Quit"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(
            label(self.tr("The case file {name} is encrypted.").format(name=path.name), wrap=True)
        )
        named = label(self.tr("&Passphrase"))
        named.setBuddy(self.field)
        layout.addWidget(named)
        layout.addWidget(self.field)
        layout.addWidget(self.wrong)
        layout.addWidget(buttons)

    def accept(self) -> None:
        """Try the passphrase."""
        try:
            self._unlock(self.field.text())
        except WrongPassphraseError:
            self.field.selectAll()
            self.field.setFocus()
            self.wrong.setText(
                self.tr("That passphrase does not open it; mind upper and lower case.")
            )
            self.wrong.show()
            return
        super().accept()

"""Ask for passphrases: to open a case file, to give it another one, to restore a backup."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

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


class ChangePassphrase(QDialog):
    """Asks for the passphrase so far, and twice for the new one.

    Signals:
        chosen(str | None, str): the one so far (None: there is none), and the new one.
    """

    chosen = Signal(object, object)

    def __init__(self, parent: QWidget | None = None, *, encrypted: bool) -> None:
        super().__init__(parent)
        self._encrypted = encrypted
        self.setWindowTitle(self.tr("Passphrase of the case file"))
        self.setMinimumWidth(480)
        self.old = _secret(self.tr("&Passphrase so far"))
        self.new = _secret(self.tr("&New passphrase"))
        self.again = _secret(self.tr("The same &again"))
        self.wrong = _badge()
        buttons, self.button = _buttons(self, self.tr("Change passphrase"))
        shown = [self.old, self.new, self.again] if encrypted else [self.new, self.again]
        about = self.tr(
            "The window is closed and opened again for it. Backups made before keep what they"
            " had: make a new one, and remove those that nobody should read any more."
        )
        _lay(self, label(about, wrap=True), shown, self.wrong, buttons)

    def accept(self) -> None:
        """Hand both over, once the new one was typed twice alike."""
        new = self.new.text()
        if not new:
            _say(self.wrong, self.new, self.tr("Type a new passphrase."))
        elif new != self.again.text():
            _say(self.wrong, self.again, self.tr("The two are not the same; type them again."))
        else:
            self.chosen.emit(self.old.text() if self._encrypted else None, new)
            super().accept()


class RestoreDialog(QDialog):
    """Says what a restore does, and asks for the passphrase of an encrypted backup.

    Signals:
        chosen(str | None): it is wanted, with this passphrase.
    """

    chosen = Signal(object)

    def __init__(self, source: Path, parent: QWidget | None = None, *, encrypted: bool) -> None:
        super().__init__(parent)
        self._encrypted = encrypted
        self.setWindowTitle(self.tr("Restore a backup"))
        self.setMinimumWidth(480)
        self.field = _secret(self.tr("&Passphrase of the backup"))
        buttons, self.button = _buttons(self, self.tr("Restore"))
        about = self.tr(
            "{name} takes the place of the case file, after it was checked. The file that is"
            " there now is kept beside it under another name. What was erased since stays erased."
        ).format(name=source.name)
        _lay(self, label(about, wrap=True), [self.field] if encrypted else [], None, buttons)

    def accept(self) -> None:
        """Hand the passphrase over."""
        self.chosen.emit(self.field.text() if self._encrypted else None)
        super().accept()


def _secret(title: str) -> QLineEdit:
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setAccessibleName(title.replace("&", ""))
    field.setProperty("title", title)
    return field


def _badge() -> QLabel:
    made = label(wrap=True)
    made.setObjectName("badge")
    made.hide()
    return made


def _say(badge: QLabel, field: QLineEdit, text: str) -> None:
    badge.setText(text)
    badge.show()
    field.selectAll()
    field.setFocus()


def _buttons(dialog: QDialog, yes: str) -> tuple[QDialogButtonBox, QPushButton]:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    made = buttons.addButton(yes, QDialogButtonBox.ButtonRole.AcceptRole)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    return buttons, made


def _lay(
    dialog: QDialog,
    about: QLabel,
    fields: Sequence[QLineEdit],
    badge: QLabel | None,
    buttons: QDialogButtonBox,
) -> None:
    layout = QVBoxLayout(dialog)
    layout.setSpacing(theme.MEDIUM)
    layout.addWidget(about)
    for field in fields:
        named = label(field.property("title"))
        named.setBuddy(field)
        layout.addWidget(named)
        layout.addWidget(field)
    if badge is not None:
        layout.addWidget(badge)
    layout.addWidget(buttons)

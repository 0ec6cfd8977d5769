"""Copies of the case file, and its passphrase: what is asked, and who then does it.

A copy is made while the window works. For a restore and another passphrase nobody may have the
file open: the window is closed for it and opened again, which the app does.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from abusetrack.casefile import CaseFile, is_encrypted
from abusetrack.ui.desk import Desk
from abusetrack.ui.widgets.parts import open_once


class Keeping(QObject):
    """Asks over ``window``.

    Signals:
        restore_wanted(Path, str | None): put this backup in place; its passphrase.
        passphrase_wanted(str | None, str): the passphrase so far, and the new one.
    """

    restore_wanted = Signal(object, object)
    passphrase_wanted = Signal(object, object)

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window

    def ask_backup(self) -> None:
        """Ask where a backup is to stand."""
        from abusetrack.casefile import transfer

        settings, path = self._desk.context.settings, self._desk.case_path
        folder = settings.backup.folder
        place = path.parent if folder is None else settings.path(folder)
        proposed = transfer.next_in(place, path, self._desk.context.clock.now())
        self._ask_place(self.tr("Back up the case file"), proposed, self.back_up)

    def back_up(self, place: Path) -> None:
        """Copy the case file and check the copy; in the folder of backups the oldest go."""
        from abusetrack.casefile import transfer

        settings = self._desk.context.settings
        folder = None if settings.backup.folder is None else settings.path(settings.backup.folder)

        def copy(case: CaseFile) -> int:
            transfer.backup(case, place)
            if folder is None or place.parent != folder:
                return 0
            return len(transfer.rotate(folder, case.path, settings.backup.keep))

        self._desk.write(copy, lambda gone: self._say_copied(place, gone))

    def _say_copied(self, place: Path, gone: int) -> None:
        said = self.tr("Copied to {path} and verified.").format(path=place)
        if gone:
            removed = self.tr("Older backups removed: {n}.").format(n=gone)
            said = f"{said} {removed}"
        self._desk.messages.news(said)

    def ask_decrypted(self) -> None:
        """Ask whether a copy that anyone can read is really wanted, then where."""
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(self.tr("Copy without a passphrase"))
        box.setText(self.tr("Who gets hold of this copy can read everything in it."))
        box.setInformativeText(self.tr("Delete it as soon as it has served its purpose."))
        copy = box.addButton(self.tr("Make the copy…"), QMessageBox.ButtonRole.AcceptRole)
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(cancel)
        path = self._desk.case_path
        proposed = path.with_name(f"{path.stem}-decrypted{path.suffix}")
        copy.clicked.connect(
            lambda: self._ask_place(box.windowTitle(), proposed, self.copy_decrypted)
        )
        open_once(box)

    def copy_decrypted(self, place: Path) -> None:
        """Copy the case file without its passphrase, and check the copy."""
        from abusetrack.casefile import passphrases

        said = self.tr("Copied to {path} and verified. It is NOT encrypted.").format(path=place)
        self._desk.write(
            lambda case: passphrases.decrypted_copy(case, place, actor=case.actor),
            lambda _none: self._desk.messages.care(said),
        )

    def ask_restore(self) -> None:
        """Ask which backup is to take the place of the case file."""
        from abusetrack.ui.widgets.file_dialog import FileDialog

        dialog = FileDialog(self._window, self.tr("Restore a backup"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setDirectory(str(self._desk.case_path.parent))
        dialog.fileSelected.connect(lambda name: self.confirm_restore(Path(name)))
        open_once(dialog)

    def confirm_restore(self, source: Path) -> None:
        """Say what a restore does, and ask for the backup's passphrase if it has one."""
        from abusetrack.ui.dialogs.passphrase import RestoreDialog

        dialog = RestoreDialog(source, self._window, encrypted=is_encrypted(source))
        dialog.chosen.connect(lambda found: self.restore_wanted.emit(source, found))
        open_once(dialog)

    def ask_passphrase(self) -> None:
        """Ask for another passphrase; a file without one gets its first."""
        from abusetrack.ui.dialogs.passphrase import ChangePassphrase

        dialog = ChangePassphrase(self._window, encrypted=is_encrypted(self._desk.case_path))
        dialog.chosen.connect(self.passphrase_wanted)
        open_once(dialog)

    def _ask_place(self, title: str, proposed: Path, then: Callable[[Path], None]) -> None:
        from abusetrack.ui.widgets.file_dialog import FileDialog

        dialog = FileDialog(self._window, title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # One that stands there is refused by the copy itself, with a sentence.
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setDirectory(str(proposed.parent))
        dialog.selectFile(proposed.name)
        dialog.fileSelected.connect(lambda name: then(Path(name)))
        open_once(dialog)

"""The log, as it is on the disk, and what to hand over when something goes wrong."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from abusetrack.casefile.sizes import Sizes, sizes
from abusetrack.errors import InputError
from abusetrack.triage import diagnostics
from abusetrack.ui import theme
from abusetrack.ui.desk import Desk
from abusetrack.ui.widgets.file_dialog import FileDialog
from abusetrack.ui.widgets.parts import label, open_once

_MOST = 500_000  # characters, the newest
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_LINE = re.compile(r"\S+Z (DEBUG|INFO|WARNING|ERROR|CRITICAL) ")
_FILE_NAME = "abusetrack-diagnostics-{day:%Y-%m-%d}.zip"


def at_least(text: str, level: str) -> str:
    """Return the records of a log of this level or a graver one, with the lines below them."""
    wanted = (*_LEVELS[_LEVELS.index(level) :], "CRITICAL")
    kept, taken = [], False
    for line in text.splitlines():
        if found := _LINE.match(line):
            taken = found[1] in wanted
        if taken:
            kept.append(line)
    return "\n".join(kept)


class LogDialog(QDialog):
    """Stands beside the window and shows the log; no name is in it."""

    def __init__(self, desk: Desk, log: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._log = desk, log
        self.setWindowTitle(self.tr("Log"))
        self.resize(900, 560)
        self.level = QComboBox()
        self.level.setAccessibleName(self.tr("Least grave records shown"))
        for name, text in (
            ("DEBUG", self.tr("Everything")),
            ("WARNING", self.tr("Warnings and errors")),
            ("ERROR", self.tr("Errors")),
        ):
            self.level.addItem(text, name)
        self.level.currentIndexChanged.connect(self.show_log)
        again = QPushButton(self.tr("&Read again"))
        again.clicked.connect(self.show_log)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(self.tr("Records of the log"))
        self.text.setTabChangesFocus(True)
        self.said = label("", muted=True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.save = buttons.addButton(
            self.tr("Save &diagnostics…"), QDialogButtonBox.ButtonRole.ActionRole
        )
        self.save.clicked.connect(self._ask_place)
        buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.level)
        row.addWidget(again)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.MEDIUM)
        layout.addLayout(row)
        layout.addWidget(self.text, 1)
        layout.addWidget(
            label(
                self.tr(
                    "The log holds counts, outcomes and code lines, never a name. Diagnostics are "
                    "this log, versions, sizes, and which settings are set, in one ZIP."
                ),
                muted=True,
            )
        )
        layout.addWidget(self.said)
        layout.addWidget(buttons)
        self.show_log()

    @Slot()
    def show_log(self) -> None:
        """Read the newest part of the log, and go to its end."""
        try:
            text = self._log.read_text(encoding="utf-8", errors="replace")[-_MOST:]
        except OSError:
            text = ""
        level = self.level.currentData()
        self.text.setPlainText(at_least(text, level))
        if not self.text.toPlainText():
            self.text.setPlaceholderText(self.tr("Nothing of this kind was written."))
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _ask_place(self) -> None:
        dialog = FileDialog(self, self.tr("Save diagnostics"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.selectFile(_FILE_NAME.format(day=self._desk.context.clock.now()))
        dialog.fileSelected.connect(lambda name: self.collect(Path(name)))
        open_once(dialog)

    def collect(self, place: Path) -> None:
        """Write the ZIP there, and say what is in it."""
        self._desk.read(sizes, partial(self._write, place))

    def _write(self, place: Path, found: Sizes) -> None:
        files = diagnostics.collect(self._desk.context.settings, self._log, found)
        try:
            diagnostics.write(place, files)
        except InputError as error:
            self.said.setText(str(error))
        except OSError as error:
            self.said.setText(
                self.tr("It could not be written ({why}); name another place.").format(
                    why=error.strerror
                )
            )
        else:
            self.said.setText(
                self.tr("Saved, and sent to nobody. In it: {names}.").format(names=", ".join(files))
            )

"""The dialog that asks for a file or a folder, and opens none of those that it lists.

To choose an icon Qt looks into files. Among them may be the case file, and whoever closes
it besides SQLite lets go of its locks (:mod:`abusetrack.held`). The dialogs of some
desktops do so as well, inside our process, so on Linux none of these is used.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QFileInfo
from PySide6.QtGui import QAbstractFileIconProvider, QIcon
from PySide6.QtWidgets import QFileDialog, QFileIconProvider, QWidget

_Kind = QAbstractFileIconProvider.IconType


class FileDialog(QFileDialog):
    """Opened with ``open()``, like every dialog."""

    def __init__(self, parent: QWidget | None, title: str) -> None:
        super().__init__(parent, title)
        self._icons = _Icons()
        self.setIconProvider(self._icons)
        if sys.platform.startswith("linux"):
            self.setOption(QFileDialog.Option.DontUseNativeDialog)


class _Icons(QFileIconProvider):
    """Tells folders from files by what the folder says of them alone."""

    def __init__(self) -> None:
        super().__init__()
        self._folder, self._file = super().icon(_Kind.Folder), super().icon(_Kind.File)

    def icon(self, what: QFileInfo | QAbstractFileIconProvider.IconType) -> QIcon:
        """Return the icon of a folder or of any file."""
        if isinstance(what, QFileInfo):
            return self._folder if what.isDir() else self._file
        return super().icon(what)

    def type(self, info: QFileInfo) -> str:
        """Return the ending, which is all that is known without looking inside."""
        return "" if info.isDir() else info.suffix()

from __future__ import annotations

import subprocess
import sys

from PySide6.QtCore import QFileInfo
from PySide6.QtWidgets import QFileSystemModel

from abusetrack.casefile import open_case_file
from abusetrack.ui.widgets.file_dialog import FileDialog

_LONG = 60_000  # ms: a machine that does much else lists a folder slowly
ANOTHER = """
import sys
from pathlib import Path
from abusetrack.casefile import open_case_file
from abusetrack.records import SystemClock
open_case_file(Path(sys.argv[1]), clock=SystemClock(), actor="another").close()
"""


def test_a_folder_is_listed_without_touching_the_case_file_in_it(qtbot, tmp_path, clock):
    path = tmp_path / "case"  # no ending: Qt would look inside to know what it is
    log = tmp_path / "case-wal"
    with open_case_file(path, clock=clock, actor="Ann"):
        dialog = FileDialog(None, "Open")
        qtbot.addWidget(dialog)
        dialog.setDirectory(str(tmp_path))
        dialog.open()
        model = dialog.findChild(QFileSystemModel)
        qtbot.waitUntil(lambda: model.rowCount(model.index(str(tmp_path))) == 3, timeout=_LONG)
        names = [model.index(str(tmp_path / one)) for one in ("case", "case-wal", "case-shm")]
        qtbot.waitUntil(
            lambda: all(not model.fileIcon(name).isNull() for name in names), timeout=_LONG
        )
        dialog.close()
        subprocess.run([sys.executable, "-c", ANOTHER, str(path)], check=True)
        assert log.exists()  # who came and went saw that somebody is still there


def test_folders_and_files_have_their_icons_and_endings(qtbot, tmp_path):
    dialog = FileDialog(None, "Open")
    qtbot.addWidget(dialog)
    (tmp_path / "list.csv").write_text("a")
    icons = dialog.iconProvider()
    folder, file = QFileInfo(str(tmp_path)), QFileInfo(str(tmp_path / "list.csv"))
    assert icons.icon(folder).cacheKey() != icons.icon(file).cacheKey()
    assert (icons.type(folder), icons.type(file)) == ("", "csv")

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox

from abusetrack.app import Desktop
from abusetrack.casefile import open_case_file
from abusetrack.settings import NamesSettings, Settings
from abusetrack.ui.dialogs.passphrase import PassphraseDialog
from abusetrack.ui.hooks import CrashHook


@pytest.fixture
def desktop_over(qapp, qtbot, tmp_path):
    """Make desktops; windows and dialogs they leave are closed."""
    made = []

    def make(path, settings=None):
        made.append(Desktop(path, settings or Settings(), CrashHook()))
        made[-1].codes = []
        made[-1].ended.connect(made[-1].codes.append)
        return made[-1]

    yield make
    for desktop in made:
        desktop.close()
        if desktop.window is not None:
            desktop.window.deleteLater()


@pytest.fixture
def locked(tmp_path, clock):
    path = tmp_path / "locked.case"
    open_case_file(path, clock=clock, actor="test", passphrase="right").close()
    return path


def asked():
    return next(w for w in shown() if isinstance(w, PassphraseDialog))


def refused():
    return next(w for w in shown() if isinstance(w, QMessageBox))


def shown():
    return [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]


def test_a_new_case_file_is_made_and_shown(desktop_over, tmp_path):
    path = tmp_path / "new" / "case.abusetrack"
    desktop = desktop_over(path)
    desktop.start(None)
    assert desktop.window.isVisible()
    assert path.exists()
    desktop.close()
    assert desktop.codes == [0]


def test_a_wrong_passphrase_is_asked_again(desktop_over, locked):
    desktop = desktop_over(locked)
    desktop.start(None)
    assert desktop.window is None
    dialog = asked()
    dialog.field.setText("wrong")
    dialog.open_button.click()
    assert dialog.wrong.isVisible()
    dialog.field.setText("right")
    dialog.open_button.click()
    assert desktop.window.isVisible()
    assert not dialog.isVisible()


def test_giving_up_the_passphrase_ends_with_the_code_of_the_case_file(desktop_over, locked):
    desktop = desktop_over(locked)
    desktop.start(None)
    desktop.close()
    assert desktop.codes == [3]


def test_a_passphrase_from_outside_is_not_asked_for(desktop_over, locked):
    desktop = desktop_over(locked)
    desktop.start("right")
    assert desktop.window.isVisible()


def test_a_wrong_passphrase_from_outside_is_refused_in_a_sentence(desktop_over, locked):
    desktop = desktop_over(locked)
    desktop.start("wrong")
    assert "passphrase does not open" in refused().text()
    desktop.close()
    assert desktop.codes == [3]


def test_a_file_that_is_no_case_file_is_refused(desktop_over, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("x" * 100, encoding="utf-8")
    desktop = desktop_over(path)
    desktop.start("any")
    assert "not a case file" in refused().text()
    desktop.close()
    assert desktop.codes == [3]


def test_a_setting_that_does_not_work_is_refused(desktop_over, tmp_path):
    settings = Settings(names=NamesSettings(extra_suffixes=tmp_path / "missing.dat"))
    desktop = desktop_over(tmp_path / "case", settings)
    desktop.start(None)
    assert "missing.dat" in refused().text()
    desktop.close()
    assert desktop.codes == [2]


RUN = """
import sys, threading
from pathlib import Path
from PySide6.QtCore import QTimer
from abusetrack import app, log
from abusetrack.settings import Settings
case, logged = map(Path, sys.argv[1:])
log.setup(logged, "DEBUG")
code = app.run(case_path=case, config_path=Path("x"), settings=Settings(), passphrase=None)
print(sorted(thread.name for thread in threading.enumerate()))
sys.exit(code)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_the_app_starts_and_a_signal_closes_it_in_order(tmp_path, socket_guard):
    case, logged = tmp_path / "case.abusetrack", tmp_path / "app.log"
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", RUN, str(case), str(logged)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + 30
        while "the window opens" not in (logged.read_text() if logged.exists() else ""):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        while not case.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, out.strip()) == (0, "['MainThread']"), err
    assert "Traceback" not in err

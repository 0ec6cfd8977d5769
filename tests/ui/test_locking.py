from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from abusetrack import intake
from abusetrack.app import Desktop
from abusetrack.casefile import open_case_file
from abusetrack.settings import Settings, WindowSettings
from abusetrack.triage import taking
from abusetrack.ui import clipboard
from abusetrack.ui.desk import Changed
from abusetrack.ui.hooks import CrashHook
from abusetrack.ui.locking import LockPage

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier

REPORTS = "\n".join(
    f"https://{name}/x" for name in ("amber.test", "birch.example", "cedar.test", "192.0.2.7")
)


@pytest.fixture
def open_window(qtbot, tmp_path, clock, context):
    """Open the window over a case file with reports, encrypted or not."""
    made = []

    def open_(passphrase, minutes=15):
        settings = Settings(
            names=context.settings.names, window=WindowSettings(lock_minutes=minutes)
        )
        reading = taking.reading(context)
        path = tmp_path / "case.abusetrack"
        with open_case_file(path, clock=clock, actor="test", passphrase=passphrase) as case:
            read = intake.read(REPORTS, filename="list.txt", context=reading)
            taking.take(context, case, read, label="list")
        desktop = Desktop(path, settings, CrashHook())
        desktop.start(passphrase)
        made.append(desktop)
        window = desktop.window
        qtbot.waitUntil(lambda: window.pages.domains.model.rowCount() == 4)
        return window

    yield open_
    for desktop in made:
        desktop.close()
        desktop.window.deleteLater()


def test_a_locked_window_shows_and_reads_nothing_until_the_passphrase_is_right(open_window, qtbot):
    window = open_window("right")
    window.pages.show_page(window.pages.domains)
    clipboard.put("amber[.]test")
    qtbot.keyClick(window, Qt.Key.Key_L, CTRL | SHIFT)
    assert window._lock.locked
    assert not window.pages.domains.isVisible()
    assert QApplication.clipboard().text() == ""
    assert window.desk.rows(window.pages.domains.model.keys) == []
    window.desk.read(lambda _case: pytest.fail("read while locked"), lambda _none: None)
    qtbot.keyClick(window, Qt.Key.Key_K, CTRL)
    assert not [
        w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()
    ]
    page = window._lock.page
    page.field.setText("wrong")
    page.button.click()
    assert window._lock.locked
    assert page.wrong.isVisible()
    page.field.setText("right")
    with qtbot.waitSignal(window.pages.domains.model.listed, timeout=20000):
        page.button.click()
    assert window.pages.domains.isVisible()
    assert window.pages.domains.model.row(0) is not None
    assert page.field.text() == ""


def test_what_is_written_goes_on_while_it_is_locked(open_window, qtbot):
    window = open_window("right")
    window.lock()
    done = []
    window.desk.write(lambda case: case.value("SELECT count(*) FROM domain_now"), done.append)
    qtbot.waitUntil(lambda: done == [4])
    window.desk.changed.emit(Changed.FINDINGS)  # as lookups cause; nothing is read
    window._lock.unlock("right")
    assert not window._lock.locked


def test_what_others_copied_stays_on_the_clipboard(open_window):
    window = open_window("right")
    clipboard.put("ours")
    QApplication.clipboard().setText("theirs")
    window.lock()
    assert QApplication.clipboard().text() == "theirs"


def test_idleness_locks_and_a_sign_of_somebody_begins_anew(open_window, qtbot):
    window = open_window("right", minutes=10)
    idle = window._lock._idle
    assert idle.isActive()
    assert idle.interval() == 600_000
    idle.timeout.emit()
    assert window._lock.locked
    assert not idle.isActive()
    window._lock.unlock("right")
    assert idle.isActive()
    idle.stop()
    qtbot.keyClick(window, Qt.Key.Key_Shift)
    assert idle.isActive()


def test_a_plain_file_says_that_it_cannot_be_locked(open_window):
    window = open_window(None)
    assert not window.lock_badge.isVisible()
    window.lock()
    assert not window._lock.locked
    assert "cannot be locked" in window.desk.messages.last.text
    assert window.pages.domains.model.row(0) is not None


def test_why_it_does_not_open_can_be_read(qtbot):
    page = LockPage()
    qtbot.addWidget(page)
    page.resize(1000, 600)
    page.show()
    page.say("That passphrase does not open it; mind upper and lower case. " * 3)
    qtbot.waitUntil(lambda: page.wrong.height() >= page.wrong.heightForWidth(page.wrong.width()))
    assert page.wrong.heightForWidth(page.wrong.width()) > 2 * page.wrong.fontMetrics().height()

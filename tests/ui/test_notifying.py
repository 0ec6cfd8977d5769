from __future__ import annotations

import pytest
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from abusetrack.ui import notifying
from abusetrack.ui.notifying import Notifier


@pytest.fixture
def told(monkeypatch):
    """A desktop that has a place for notifications, and keeps them."""
    shown = []

    class Tray(QSystemTrayIcon):
        @staticmethod
        def isSystemTrayAvailable():  # noqa: N802  # Qt's name
            return True

        def show(self):
            pass  # this desktop has no tray

        def showMessage(self, *args):  # noqa: N802  # Qt's name
            shown.append(args[:2])

    monkeypatch.setattr(notifying, "QSystemTrayIcon", Tray)
    return shown


def test_the_desktop_is_told_while_the_window_is_not_active(told, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    Notifier(window, QIcon()).tell("Names looked up: 3; not fully answered: 1.")
    assert told == [("abusetrack", "Names looked up: 3; not fully answered: 1.")]


def test_who_sees_the_window_is_not_told_twice(told, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    Notifier(window, QIcon()).tell("Names looked up: 3; not fully answered: 1.")
    assert told == []

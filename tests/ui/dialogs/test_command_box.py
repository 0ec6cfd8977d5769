from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from abusetrack.ui.dialogs.command_box import CommandBox
from abusetrack.ui.dialogs.shortcuts import ShortcutsDialog

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(filled, qtbot):
    window = filled.window()
    qtbot.waitUntil(lambda: window.pages.domains.model.rowCount() == 4)
    return window


@pytest.fixture
def box(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_K, CTRL)
    return window.findChild(CommandBox)


def test_a_command_is_found_by_its_words_and_done(box, window, qtbot):
    qtbot.keyClicks(box.line, "dir")
    assert box.texts()[0].startswith("Directory")
    qtbot.keyClick(box.line, Qt.Key.Key_Return)
    assert window.pages.currentWidget() is window.pages.directory


def test_a_domain_is_found_masked_and_shown(box, window, qtbot):
    with qtbot.waitSignal(box.found, timeout=20000):
        qtbot.keyClicks(box.line, "birch")
    assert box.texts() == ["b••••.example · unknown", "Search all domains for this"]
    qtbot.keyClick(box.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.pages.domains.detail.domain == "birch.example", timeout=20000)


def test_the_rest_is_searched_in_the_list(box, window, qtbot):
    with qtbot.waitSignal(box.found, timeout=20000):
        qtbot.keyClicks(box.line, ".test")
    for _ in range(5):
        qtbot.keyClick(box.line, Qt.Key.Key_Down)
    with qtbot.waitSignal(window.pages.domains.model.listed, timeout=20000):
        qtbot.keyClick(box.line, Qt.Key.Key_Return)
    assert window.pages.domains.filter.text() == ".test"
    assert window.pages.domains.model.rowCount() == 2


def test_the_sheet_lists_every_key_once(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_Question)
    keys = window.findChild(ShortcutsDialog).keys()
    assert keys["Ctrl+K"].startswith("Find a command")
    assert keys["Ctrl+R"] == "Look up what is queued"
    assert keys["Ctrl+E"].startswith("Assess")
    assert keys["Ctrl+3"] == "Domains"

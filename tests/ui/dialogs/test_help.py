from __future__ import annotations

import re
from importlib import resources

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence

from abusetrack.ui import commands
from abusetrack.ui.dialogs import help as guide
from abusetrack.ui.dialogs.help import HelpDialog

CTRL = Qt.KeyboardModifier.ControlModifier
KEY = re.compile(r"\b(?:Ctrl\+(?:Shift\+)?\S|F\d)")


def test_f1_shows_the_page_that_fits_the_screen(bench, qtbot):
    window = bench.window()
    wanted = ("first-day", "take-in-a-list", "domains", "domains", "assess-decide-draft",
              "dashboards", "directory")  # fmt: skip
    for number, page in enumerate(wanted):
        qtbot.keyClick(window, Qt.Key(Qt.Key.Key_1 + number), CTRL)
        qtbot.keyClick(window, Qt.Key.Key_F1)
        (dialog,) = window.findChildren(HelpDialog)
        assert dialog.page == page
        assert guide.title(page) in dialog.browser.toPlainText()


def test_a_question_mark_shows_the_keys(bench, qtbot):
    window = bench.window()
    window.pages.show_page(window.pages.activity)
    qtbot.keyClick(window.focusWidget(), "?")
    (sheet,) = [d for d in window.children() if type(d).__name__ == "ShortcutsDialog"]
    assert sheet.keys()["F1"] == "Help on this page"


def test_every_page_is_listed_and_every_link_leads_to_one():
    there = {
        file.name.removesuffix(".md")
        for file in resources.files("abusetrack.guide").iterdir()
        if file.name.endswith(".md")
    }
    assert set(guide.ORDER) <= there
    for page in guide.ORDER:
        links = re.findall(r"\]\(([^)]*)\)", guide.text(page))
        assert {link.removesuffix(".md") for link in links} <= set(guide.ORDER)
        assert guide.text(page).startswith("# ")


def test_links_lead_inside_the_guide_and_open_nothing_else(qtbot, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    dialog = HelpDialog("first-day")
    qtbot.addWidget(dialog)
    dialog.browser.anchorClicked.emit(QUrl("take-in-a-list.md"))
    assert dialog.page == "take-in-a-list"
    dialog.browser.anchorClicked.emit(QUrl("https://www.example/"))
    assert dialog.page == "take-in-a-list"
    assert opened == []


@pytest.mark.parametrize("page", guide.ORDER)
def test_every_key_that_the_guide_names_does_something(bench, page):
    window = bench.window()
    assert list(window.pages.every())
    found = [*commands.of_menus(window), *commands.of_pages(window)]
    there = {command.keys for command in found}
    named = {QKeySequence(key).toString() for key in KEY.findall(guide.text(page))}
    assert named <= there | {"Ctrl+C"}

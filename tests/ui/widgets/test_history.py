from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from abusetrack.casefile import notes
from abusetrack.ui.sayings import sayings


@pytest.fixture
def page(filled, qtbot, finding):
    page = filled.window().pages.domains
    page.window().pages.show_page(page)
    qtbot.waitUntil(lambda: page.model.rowCount() == 4)
    with qtbot.waitSignal(page.model.listed):
        page.assess(["amber.test"], finding)
    number = next(n for n in range(4) if page.model.row(n).domain == "amber.test")
    with qtbot.waitSignal(page.detail.shown):
        page.table.selectRow(number)
    return page


def open_history(page, qtbot):
    with qtbot.waitSignal(page.detail.told):
        page.detail.tabs.setCurrentWidget(page.detail.history)
    return page.detail.history


def test_the_history_is_fetched_when_it_is_looked_at_and_masked(page, qtbot):
    assert page.detail.history.texts() == []
    history = open_history(page, qtbot)
    texts = [text for _, text, _ in history.texts()]
    assert sum(text.startswith("finding: confirmed") for text in texts) == 2
    assert sum(text.startswith("reported: ") for text in texts) == 2
    assert not any("amber" in text for text in texts)
    page.detail._reveal.click()
    assert any("amber.test" in text for _, text, _ in history.texts())
    history._tree.selectAll()
    history._tree.actions()[0].trigger()
    assert "amber[.]test" in QApplication.clipboard().text()


def test_a_note_is_said_in_a_strip_and_stands_in_the_history(page, filled, qtbot):
    history = open_history(page, qtbot)
    strip = page.detail.strip
    assert not strip.isVisible()
    strip.menu.actions()[0].trigger()
    assert strip.isVisible()
    called = [made.text() for made in page.detail.findChildren(QPushButton) if made.isVisible()]
    assert called.count(strip.save_button.text()) == 1
    strip.form.editors["note"].setPlainText("a copy of last year's")
    with qtbot.waitSignal(page.detail.told):
        qtbot.mouseClick(strip.save_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: not strip.isVisible())
    assert page._desk.messages.last.text == "The note is recorded."
    assert "note: a copy of last year's" in [text for _, text, _ in history.texts()]
    with filled.case() as case:
        assert len(notes.of_domain(case, "amber.test")) == 1


def test_what_cannot_be_said_keeps_the_strip_open(page, filled, qtbot):
    strip = page.detail.strip
    strip.open_form(sayings()[3])
    strip.form.editors["country"].setText("Nowhere")
    strip.save()
    assert "Country: a country is two letters" in page._desk.messages.last.text
    strip.form.editors["country"].clear()
    strip.save()
    qtbot.waitUntil(lambda: "who cleared" in page._desk.messages.last.text)
    assert strip.isVisible()
    assert strip.save_button.isEnabled()
    strip.cancel_button.click()
    assert not strip.isVisible()
    assert filled.value("SELECT count(*) FROM gate") == 0


def test_another_domain_gives_up_what_was_begun(page, qtbot):
    strip = page.detail.strip
    strip.open_form(sayings()[0])
    other = next(n for n in range(4) if page.model.row(n).domain == "birch.example")
    with qtbot.waitSignal(page.detail.shown):
        page.table.selectRow(other)
    assert not strip.isVisible()
    assert strip.findChildren(QPushButton)

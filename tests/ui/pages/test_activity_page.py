from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from abusetrack.casefile import visits


@pytest.fixture
def page(filled, qtbot, finding):
    window = filled.window()
    window.pages.domains.assess(["amber.test"], finding)
    with qtbot.waitSignal(window._desk.changed):
        pass
    with qtbot.waitSignal(window.pages.activity.listed):
        window.pages.show_page(window.pages.activity)
    return window.pages.activity


def groups(page):
    return page.tree.titles()


def test_what_is_new_and_what_to_do_stand_in_one_list(page):
    assert groups(page) == ["What to do next, the most urgent first (4)", "New reports (4)"]
    texts = page.tree.texts()
    assert ("a••••.test", "new reports: 2", "") in texts
    steps = {cells[0]: cells[1] for cells in texts if "points" in cells[2]}
    assert steps["a••••.test"] == "draft a notice"
    assert steps["b••••.example"] == "assess it"
    assert not any("amber" in cell for cells in texts for cell in cells)
    page.set_revealed(True)
    assert ("amber.test", "new reports: 2", "") in page.tree.texts()


def test_what_was_seen_is_not_listed_again_but_what_waits_is(page, filled, qtbot):
    assert "not yet said" in page._mark.text()
    with qtbot.waitSignal(page.listed):
        page.seen_button.click()
    assert groups(page) == ["What to do next, the most urgent first (4)"]
    assert "2026-03-01 12:00 UTC" in page._mark.text()
    assert not page.seen_button.isEnabled()
    with filled.case() as case:
        assert visits.last(case) == visits.now(case)


def test_until_it_is_gathered_the_page_says_so(filled, qtbot):
    window = filled.window()
    page = window.pages.activity
    with qtbot.waitSignal(page.listed):
        window.pages.show_page(page)
        assert page._mark.text() == "What is new is being gathered…"
    assert "gathered" not in page._mark.text()


def test_a_row_leads_to_its_domain(page, qtbot):
    window = page.window()
    item = next(i for i in page.tree._items() if i.text(0) == "b••••.example")
    page.tree.setCurrentItem(item)
    qtbot.keyClick(page.tree, Qt.Key.Key_Return)
    assert window.pages.currentWidget() is window.pages.domains
    # The list from before may still come first, and the row that has the keyboard with it.
    qtbot.waitUntil(lambda: window.pages.domains.selected_domains() == ["birch.example"])
    qtbot.waitUntil(lambda: window.pages.domains.detail.domain == "birch.example")


def test_an_empty_case_file_starts_on_intake_and_says_that_nothing_is_new(bench, qtbot):
    window = bench.window(start=True)
    qtbot.waitUntil(lambda: window.lookups.queue.text() == "Nothing queued")
    assert window.pages.currentWidget() is window.pages.intake
    with qtbot.waitSignal(window.pages.activity.listed):
        window.pages.show_page(window.pages.activity)
    assert window.pages.activity._stack.currentIndex() == 1


def test_a_case_file_with_reports_starts_with_what_is_new(filled, qtbot):
    window = filled.window(start=True)
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.pages.activity)

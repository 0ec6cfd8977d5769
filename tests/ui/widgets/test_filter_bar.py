from __future__ import annotations

import csv

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from abusetrack.casefile import saved
from abusetrack.casefile.filters import ListQuery
from abusetrack.records import SiteKind
from abusetrack.triage.exporting import Share
from abusetrack.ui import theme


@pytest.fixture
def page(filled, qtbot, finding):
    window = filled.window()
    window.pages.show_page(window.pages.domains)
    page = window.pages.domains
    qtbot.waitUntil(lambda: page.model.rowCount() == 4)
    with qtbot.waitSignal(page.model.listed):
        page.assess(["amber.test"], finding)
    return page


def chips(page):
    return [
        made for made in page.bar.chips.findChildren(QPushButton) if made.property("chip") is True
    ]


def shown(page):
    return [page.model.row(n).domain for n in range(page.model.rowCount())]


def test_chips_combine_and_are_taken_away_one_by_one(page, qtbot):
    page.bar.set_value("kind", SiteKind.DEDICATED)
    with qtbot.waitSignal(page.model.listed):
        page.bar.set_value("tld", "test")
    assert shown(page) == ["amber.test"]
    visible = [made for made in chips(page) if made.isVisible()]
    assert [made.text() for made in visible] == ["Kind of site: dedicated  ✕", "Ending: .test  ✕"]
    with qtbot.waitSignal(page.model.listed):
        qtbot.mouseClick(visible[0], Qt.MouseButton.LeftButton)
    assert sorted(shown(page)) == ["amber.test", "cedar.test"]
    with qtbot.waitSignal(page.model.listed):
        page.bar.clear()
    assert len(shown(page)) == 4
    assert not page.bar.chips.isVisible()


def test_the_keyboard_stays_with_the_filters(page, qtbot):
    page.bar.ask_value("tld")
    line = page.bar.editor()
    assert page.window().focusWidget() is line
    line.setText("test")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert page.window().focusWidget() is page.bar.search
    (chip,) = chips(page)
    chip.setFocus()
    qtbot.keyClick(chip, Qt.Key.Key_Space)
    assert page.window().focusWidget() is page.bar.search


def test_what_is_offered_is_not_cut(page):
    name = "a registrar with a long name, of an example"
    page.bar.ask_value("tld")
    line = page.bar.editor()
    page.bar._on_offered(page.bar._facets["tld"], line, [(name, "key")])
    popup = line.completer().popup()
    assert popup.minimumWidth() > popup.fontMetrics().horizontalAdvance(name) > line.width()


def test_a_value_is_typed_among_the_chips(page, qtbot):
    page.bar.ask_value("tld")
    line = page.bar.editor()
    qtbot.waitUntil(lambda: line.completer() is not None)
    assert line.completer().model().stringList() == ["example", "test"]
    assert line.completer().popup().sizeHintForRow(0) >= theme.LINE_HEIGHT
    line.setText("EXAMPLE")
    with qtbot.waitSignal(page.model.listed):
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert shown(page) == ["birch.example"]


def test_what_is_no_value_is_said_and_esc_gives_it_up(page, qtbot):
    page.bar.ask_value("country")
    line = page.bar.editor()
    qtbot.keyClicks(line, "nowhere")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert "two letters" in page._desk.messages.last.text
    assert page.bar.editor() is line
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert page.bar.editor() is None
    assert page.bar.query.country is None


def test_a_filter_is_saved_used_and_forgotten(page, filled, qtbot):
    page.bar.set_query(ListQuery(text="amber", kind=SiteKind.DEDICATED, sort="domain"))
    page.bar.ask_name()
    qtbot.keyClicks(page.bar.editor(), "Mine & yours")
    qtbot.keyClick(page.bar.editor(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.bar.editor() is None)
    with filled.case() as case:
        assert saved.names(case) == ["Mine & yours"]
    with qtbot.waitSignal(page.model.listed):
        page.bar.clear()
    with qtbot.waitSignal(page.model.listed):
        page.bar.saved_menu.actions()[0].trigger()
        qtbot.waitUntil(lambda: page.filter.text() == "amber")
    assert page.model.query == ListQuery(text="amber", kind=SiteKind.DEDICATED, sort="domain")
    page.bar.forget("Mine & yours")
    qtbot.waitUntil(lambda: len(page.bar.saved_menu.actions()) == 1)
    with filled.case() as case:
        assert saved.names(case) == []


def test_the_header_sorts_what_is_filtered_and_the_filter_remembers_it(page, qtbot):
    with qtbot.waitSignal(page.model.listed):
        page.bar.set_value("tld", "test")
    with qtbot.waitSignal(page.model.listed):
        page.table.sortByColumn(page.model.column_of("reports"), Qt.SortOrder.AscendingOrder)
    assert page.model.query == ListQuery(tld="test", sort="reports", descending=False)
    assert page.bar.query == page.model.query
    assert shown(page) == ["cedar.test", "amber.test"]


def test_columns_are_chosen_and_exported_as_they_stand(page, tmp_path, qtbot):
    assert "expires" not in page.column_menu.shown()
    actions = {action.text(): action for action in page.column_menu.actions()}
    actions["Expires"].setChecked(True)
    actions["Network"].setChecked(False)
    assert "asn" not in page.column_menu.shown()
    with qtbot.waitSignal(page.model.listed):
        page.bar.set_value("kind", SiteKind.DEDICATED)
    page.export.shown_only.setChecked(True)
    page.export.write(tmp_path / "list.csv", Share.PARTNER)
    qtbot.waitUntil(lambda: (tmp_path / "list.csv").exists())
    with (tmp_path / "list.csv").open(newline="") as file:
        rows = [row for row in csv.reader(file) if not row[0].startswith("#")]
    header = rows[0]
    assert "unicode" in header
    assert "expires" in header
    assert not {"reports", "asn", "id", "last_reported"} & set(header)  # hidden, or not for them
    assert rows[1][header.index("unicode")] == "amber[.]test"
    assert len(rows) == 2


def test_an_export_that_cannot_be_written_is_said(page, tmp_path, qtbot):
    (tmp_path / "list.csv").write_text("mine")
    page.export.write(tmp_path / "list.csv", Share.FULL)
    qtbot.waitUntil(lambda: page._desk.messages.last is not None)
    qtbot.waitUntil(lambda: "exists already" in page._desk.messages.last.text)
    assert (tmp_path / "list.csv").read_text() == "mine"

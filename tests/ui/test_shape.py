from __future__ import annotations

from dataclasses import replace

import pytest

from abusetrack.metrics.filters import Period
from abusetrack.ui import shape

HIDDEN, MOVED = "network", "state"


def titles(page):
    """Return the columns that are shown, from left to right, with their widths."""
    header = page.table.horizontalHeader()
    numbers = [header.logicalIndex(place) for place in range(header.count())]
    keys = [column.key for column in page.model.offered()]
    return [(keys[n], header.sectionSize(n)) for n in numbers if not header.isSectionHidden(n)]


def listed(window, qtbot, count):
    qtbot.waitUntil(lambda: window.pages.domains.model.rowCount() == count)


def test_the_window_comes_back_as_it_was_left(filled, qtbot, tmp_path):
    path = tmp_path / "state" / "window.json"
    window = filled.window(start=True, shape_path=path)
    page = window.pages.domains
    window.pages.show_page(page)
    listed(window, qtbot, 4)
    qtbot.waitUntil(lambda: window.pages._left is not None)
    window.resize(1111, 700)
    action = page.column_menu.actions()[3]
    action.setChecked(not action.isChecked())
    header = page.table.horizontalHeader()
    header.moveSection(1, 3)
    header.resizeSection(2, 222)
    page.bar.set_query(replace(page.bar.query, text="ceda", sort="unicode", descending=False))
    listed(window, qtbot, 1)
    page.table.selectRow(0)
    window.pages.dashboards.filters.set_chosen(
        replace(window.pages.dashboards.filters.chosen(), named=Period.THIS_YEAR)
    )
    window.pages.directory.filter.setText("Some Party")
    shown, chosen = titles(page), window.pages.dashboards.filters.chosen()
    window.close()

    again = filled.window(start=True, shape_path=path)
    page = again.pages.domains
    again.pages.show_page(page)
    qtbot.waitUntil(lambda: page.selected_domains() == ["cedar.test"])
    assert again.height() == 700  # no screen of a test is as wide as the window
    assert titles(page) == shown
    assert page.bar.query.text == "ceda"
    assert page.bar.query.sort == "unicode"
    assert page.detail.domain == "cedar.test"
    assert again.pages.dashboards.filters.chosen() == chosen
    assert again.pages.directory.filter.text() == "Some Party"
    assert not again.names_revealed


def test_no_name_is_in_the_file(filled, qtbot, tmp_path):
    path = tmp_path / "window.json"
    window = filled.window(start=True, shape_path=path)
    window.pages.show_page(window.pages.domains)
    window.pages.domains.search("cedar.test")
    listed(window, qtbot, 1)
    window.close()
    text = path.read_text("utf-8")
    assert "columns" in text
    assert not [name for name in ("cedar", "amber", "birch", ".test") if name in text]


def test_calm_mode_forgets_no_column(filled, qtbot):
    window = filled.window(start=True)
    qtbot.waitUntil(lambda: window.pages._left is not None)
    window.pages.go("domains")
    window.set_calm(True)
    window.close()
    again = filled.window(start=True)
    qtbot.waitUntil(lambda: again.pages._left is not None)
    assert "reports" in again.pages.domains.column_menu.shown()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"window": 7, "domains": {"columns": [[[0, 5]]], "dividers": [[1, 2, 3]]}}'],
    ids=["empty", "a list", "cut off", "of another version"],
)
def test_a_file_that_does_not_fit_changes_nothing(filled, qtbot, tmp_path, text):
    path = tmp_path / "window.json"
    path.write_text(text, "utf-8")
    window = filled.window(shape_path=path)
    assert titles(window.pages.domains) == titles(filled.window().pages.domains)


def test_a_file_that_cannot_be_written_stops_nothing(filled, tmp_path):
    path = tmp_path / "file" / "window.json"
    path.parent.write_text("in the way", "utf-8")
    window = filled.window(shape_path=path)
    window.close()
    assert shape.read(path) == {}

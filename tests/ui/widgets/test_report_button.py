from __future__ import annotations

import pytest

from abusetrack.ui.widgets import report_button


@pytest.fixture
def window(filled):
    made = filled.window()
    made.pages.show_page(made.pages.dashboards)
    return made


def test_the_report_of_what_is_counted_is_written(window, qtbot, tmp_path):
    said = []
    window.desk.messages.said.connect(lambda *words: said.append(words))
    path = tmp_path / "report.html"
    report_button.write(window.desk, window.pages.dashboards.counted(), path)
    qtbot.waitUntil(path.exists)
    qtbot.waitUntil(lambda: bool(said))
    assert "the beginning to now" in path.read_text("utf-8")


def test_it_offers_a_name_after_the_period(window, qtbot):
    window.pages.show_page(window.pages.dashboards)
    window.show()
    button = next(
        b
        for b in window.pages.dashboards.findChildren(report_button.QPushButton)
        if b.text() == "Report…"
    )
    button.click()
    dialog = button.findChild(report_button.FileDialog)
    qtbot.waitUntil(lambda: dialog.isVisible())
    assert dialog.selectedFiles()[0].endswith("report-the-beginning-to-now.pdf")
    dialog.reject()

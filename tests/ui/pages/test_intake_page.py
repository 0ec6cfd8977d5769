from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QDateTime, QMimeData, Qt, QTimeZone, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from abusetrack.casefile import CaseFile
from abusetrack.casefile.check import check
from abusetrack.records import Arrival
from abusetrack.ui.models.preview_table import BARE, STATUS_COLUMN
from abusetrack.ui.taking_in import Source

TEXT = """\
hxxps://amber.test/a?id=1
hxxps://delta.test/new
hxxps://delta.test/new
see also quiet-harbour.example
hxxp://10.0.0.1/
"""


@pytest.fixture
def page(filled):
    return filled.window().pages.intake


def mime(text=None, urls=(), image=None):
    data = QMimeData()
    if text is not None:
        data.setText(text)
    if urls:
        data.setUrls(urls)
    if image is not None:
        data.setImageData(image)
    return data


def preview(qtbot, page):
    qtbot.waitUntil(lambda: page.import_button.isEnabled())
    return dict(page.model.counts())


def imported(qtbot, page):
    with qtbot.waitSignal(page._desk.changed, timeout=10000):
        page.import_button.click()
    return page._desk.messages.history


def test_a_pasted_list_is_previewed_then_stored(page, filled, qtbot):
    QApplication.clipboard().setText(TEXT)
    qtbot.keyClick(page, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert preview(qtbot, page) == {
        Arrival.DUPLICATE: 2,  # the one stored before, and the second of two in this list
        Arrival.NEW: 1,
        BARE: 1,
        Arrival.REJECTED: 1,
    }
    before = filled.value("SELECT count(*) FROM report")
    said = imported(qtbot, page)
    assert any("1 new, 0 repeated, 2 duplicate, 2 rejected" in item.text for item in said)
    assert filled.value("SELECT count(*) FROM report") == before + 1
    assert filled.value("SELECT count(*) FROM domain_now WHERE domain = 'delta.test'") == 1
    assert page.model.rowCount() == 0
    with filled.case() as case:
        assert check(case).sound


def test_a_ticked_bare_name_is_stored(page, filled, qtbot):
    page.add([Source("pasted", TEXT)])
    preview(qtbot, page)
    index = page.model.index(0, STATUS_COLUMN)
    page.table.setCurrentIndex(index)
    qtbot.keyClick(page.table, Qt.Key.Key_Space)
    assert page.import_button.text() == "Import 2"
    imported(qtbot, page)
    assert "quiet-harbour.example" in {row.domain for row in filled.rows()}


def test_what_is_typed_is_taken_by_the_keyboard_alone(page, filled, qtbot):
    qtbot.keyClicks(page.entry, "https://typed.test/x")
    qtbot.keyClick(page.entry, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.entry.toPlainText() == ""
    preview(qtbot, page)
    imported(qtbot, page)
    assert "typed.test" in {row.domain for row in filled.rows()}


def test_pasted_text_never_stands_in_the_entry(page, qtbot):
    QApplication.clipboard().setText("https://amber.test/a")
    page.entry.paste()
    assert page.entry.toPlainText() == ""
    assert preview(qtbot, page) == {Arrival.NEW: 1}


def test_files_are_opened_beside_each_other(page, filled, qtbot, tmp_path):
    first, second = tmp_path / "first.txt", tmp_path / "second.csv"
    first.write_text("https://one.test/\nhttps://two.test/\n", encoding="utf-8")
    second.write_text("url,reference\nhttps://two.test/,r7\n", encoding="utf-8")
    page.take_mime(mime(urls=[QUrl.fromLocalFile(str(path)) for path in (first, second)]))
    assert preview(qtbot, page) == {Arrival.NEW: 2, Arrival.REPEATED: 1}
    imported(qtbot, page)
    assert filled.value("SELECT reports FROM domain_now WHERE domain = 'two.test'") == 2


def test_a_file_that_cannot_be_read_is_said_and_the_others_stay(page, qtbot, tmp_path):
    good = tmp_path / "good.txt"
    good.write_text("https://one.test/\n", encoding="utf-8")
    page.open_paths([tmp_path / "missing.txt", good])
    assert preview(qtbot, page) == {Arrival.NEW: 1}
    assert "missing.txt cannot be read" in page._desk.messages.last.text


def test_images_are_never_taken(page, qtbot):
    image = QImage(2, 2, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    page.take_mime(mime(image=image))
    assert "Images are never taken in" in page._desk.messages.last.text
    page.take_mime(mime())
    assert "no text" in page._desk.messages.last.text
    assert page._sources == []


def test_media_in_a_list_are_dropped_and_counted(page, filled, qtbot):
    marker = "bWFya2Vy" * 60
    page.add([Source("pasted", f"https://one.test/\ndata:image/png;base64,{marker}\n")])
    preview(qtbot, page)
    assert "discarded unread: 1" in page._left_out.text()
    imported(qtbot, page)
    assert marker.encode() not in filled.path.read_bytes()


def test_source_and_time_are_those_of_the_fields(page, filled, qtbot):
    page.add([Source("pasted", "https://one.test/")])
    preview(qtbot, page)
    page.origin.source.setCurrentText("partner")
    when = QDateTime.fromString("2026-02-03T04:05:00", Qt.DateFormat.ISODate)
    when.setTimeZone(QTimeZone.utc())
    page.origin.received.setDateTime(when)
    preview(qtbot, page)
    imported(qtbot, page)
    row = next(row for row in filled.rows() if row.domain == "one.test")
    assert row.last_reported == datetime(2026, 2, 3, 4, 5, tzinfo=UTC)
    assert filled.value("SELECT source FROM report WHERE domain = ?", row.id) == "partner"


def test_clearing_stores_nothing(page, filled, qtbot):
    page.add([Source("pasted", TEXT)])
    preview(qtbot, page)
    page.clear_button.click()
    assert page.model.rowCount() == 0
    assert not page.import_button.isEnabled()
    assert filled.value("SELECT count(*) FROM report") == 5


def test_only_the_db_thread_writes(page, filled, qtbot, monkeypatch):
    threads = set()
    transaction = CaseFile.transaction

    def seen(case):
        threads.add(threading.current_thread().name)
        return transaction(case)

    monkeypatch.setattr(CaseFile, "transaction", seen)
    page.add([Source("pasted", TEXT)])
    preview(qtbot, page)
    imported(qtbot, page)
    assert threads == {"db"}


def test_copied_names_are_defanged(page, qtbot):
    page.add([Source("pasted", "https://amber.test/a/b")])
    preview(qtbot, page)
    page.table.selectAll()
    page.table.actions()[0].trigger()
    assert QApplication.clipboard().text() == "hxxps://amber[.]test/a/b"


def test_what_is_not_taken_of_a_table_is_said(page, qtbot):
    table = (
        "url,outcome,mood\nhttps://amber.test/a?id=1,confirmed,calm\nhttps://new.test/,confirmed,\n"
    )
    page.add([Source("table", table)])
    assert preview(qtbot, page)[Arrival.DUPLICATE] == 1
    assert "Columns not read: mood" in page._left_out.text()
    assert "Findings of duplicates are not recorded: 1" in page._left_out.text()
    page.clear()
    assert page._left_out.text() == ""

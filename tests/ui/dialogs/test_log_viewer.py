from __future__ import annotations

import json
import logging
import zipfile

import pytest

from abusetrack import log
from abusetrack.ui.dialogs.log_viewer import LogDialog

MARKER = "zz-marker.test"


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "logs" / "abusetrack.log"
    log.setup(path, "DEBUG")
    ours = logging.getLogger("abusetrack.test")
    ours.debug("asked again")
    ours.info("3 of 4 names done")
    ours.warning("one server was slow")
    try:
        raise ValueError(MARKER)
    except ValueError:
        ours.exception("one name failed")
    yield path
    log.setup(None, "INFO")


def test_the_log_is_shown_by_gravity_without_what_an_error_said(bench, written):
    dialog = LogDialog(bench.window().desk, written)
    assert "asked again" in dialog.text.toPlainText()
    assert "3 of 4 names done" in dialog.text.toPlainText()
    for level, there, gone in (
        ("WARNING", "one server was slow", "3 of 4 names done"),
        ("ERROR", "ValueError", "one server was slow"),
    ):
        dialog.level.setCurrentIndex(dialog.level.findData(level))
        assert there in dialog.text.toPlainText()
        assert gone not in dialog.text.toPlainText()
    assert MARKER not in dialog.text.toPlainText()


def test_diagnostics_are_saved_and_nothing_is_written_over(bench, written, tmp_path, qtbot):
    dialog = LogDialog(bench.window().desk, written)
    place = tmp_path / "out.zip"
    dialog.collect(place)
    qtbot.waitUntil(lambda: "Saved" in dialog.said.text())
    with zipfile.ZipFile(place) as archive:
        assert "log/abusetrack.log" in archive.namelist()
        assert "rows of report" in json.loads(archive.read("case-file.json"))
        assert all(MARKER.encode() not in archive.read(name) for name in archive.namelist())
    before = place.read_bytes()
    dialog.collect(place)
    qtbot.waitUntil(lambda: "exists already" in dialog.said.text())
    assert place.read_bytes() == before


def test_a_log_that_is_not_there_says_so(bench, tmp_path):
    dialog = LogDialog(bench.window().desk, tmp_path / "none.log")
    assert dialog.text.toPlainText() == ""
    assert "Nothing" in dialog.text.placeholderText()

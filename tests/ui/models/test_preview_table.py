from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from abusetrack import intake
from abusetrack.casefile import open_case_file
from abusetrack.records import Arrival
from abusetrack.triage import taking
from abusetrack.ui.models.preview_table import BARE, NAME_COLUMN, STATUS_COLUMN, PreviewTable
from abusetrack.ui.taking_in import Origin, Source, read

TEXT = """\
hxxps://amber.test/a
seen with quiet-harbour.example and loud-harbour.example
hxxps://amber.test/a
hxxp://10.0.0.1/
"""
CHECK = Qt.ItemDataRole.CheckStateRole


@pytest.fixture
def table(qapp, context, tmp_path, clock):
    model = PreviewTable()
    with open_case_file(tmp_path / "case", clock=clock, actor="test") as case:
        reading = read(context, case, [Source("list", TEXT)], Origin("public", "", None))
    model.set_rows(reading.rows)
    yield model
    model.deleteLater()


def test_the_model_keeps_its_promises_while_data_changes(table, qtmodeltester):
    qtmodeltester.check(table)
    table.tick_all(True)
    table.show_group(Arrival.REJECTED)
    table.show_group(None)
    table.set_revealed(True)
    table.set_rows(())


def test_every_row_is_counted_once(table, context):
    found = intake.read(TEXT, filename="", context=taking.reading(context))
    assert table.counts() == {
        BARE: len(found.unticked),
        Arrival.NEW: 1,
        Arrival.DUPLICATE: 1,
        Arrival.REJECTED: len(found.complaints),
    }
    assert len(found.unticked) == 2


def test_only_bare_names_have_a_tick(table):
    ticks = [
        table.index(row, STATUS_COLUMN).data(CHECK) is not None for row in range(table.rowCount())
    ]
    bare = [
        table.index(row, STATUS_COLUMN).data() == "bare name" for row in range(table.rowCount())
    ]
    assert ticks == bare
    assert not table.setData(table.index(3, STATUS_COLUMN), Qt.CheckState.Checked.value, CHECK)


def test_a_ticked_name_is_taken_and_can_be_unticked(table, qtbot):
    with qtbot.waitSignal(table.ticked) as ticked:
        assert table.setData(table.index(1, STATUS_COLUMN), Qt.CheckState.Checked.value, CHECK)
    assert ticked.args == [1]
    assert [report.target.host.name for report in table.ticked_reports()] == [
        "loud-harbour.example"
    ]
    table.setData(table.index(1, STATUS_COLUMN), Qt.CheckState.Unchecked.value, CHECK)
    assert table.ticked_reports() == []


def test_names_and_rejected_texts_are_masked_until_revealed(table):
    def shown():
        return [table.index(row, NAME_COLUMN).data() for row in range(table.rowCount())]

    assert not any(word in text for text in shown() for word in ("amber", "harbour", "10.0"))
    table.set_revealed(True)
    assert shown()[:2] == ["quiet-harbour.example", "loud-harbour.example"]
    assert "https://amber.test/a" in shown()


def test_a_group_shows_its_rows_only(table):
    table.show_group(Arrival.DUPLICATE)
    assert table.rowCount() == 1
    assert table.index(0, STATUS_COLUMN).data() == "duplicate"

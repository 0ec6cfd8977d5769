from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from abusetrack.casefile import assessments, projection
from abusetrack.casefile.projection import ListQuery
from abusetrack.records import SiteKind, State
from abusetrack.ui.models.domain_table import (
    NAME_COLUMN,
    DomainTable,
    columns,
    state_tone,
)
from abusetrack.ui.models.keyed_table import ToneRole
from abusetrack.ui.theme import Tone

ASCENDING, DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@pytest.fixture
def table(filled, qtbot):
    model = DomainTable(filled.desk())
    with qtbot.waitSignal(model.listed):
        model.ask(ListQuery(sort="domain", descending=False))
    yield model
    model.deleteLater()


def cells(model, column):
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_the_model_keeps_its_promises_while_data_changes(
    table, filled, qtbot, qtmodeltester, finding
):
    qtmodeltester.check(table)
    filled.take("https://late.test/x")
    with qtbot.waitSignal(table.listed):
        table.refresh()
    assert table.rowCount() == 5
    with filled.case() as case:
        assessments.add(case, "late.test", finding)
    with qtbot.waitSignal(table.listed):
        table.refresh()
    with qtbot.waitSignal(table.listed):
        table.ask(ListQuery(confirmed_only=True))
    assert table.rowCount() == 1
    with qtbot.waitSignal(table.listed):
        table.ask(ListQuery(text="nothing has this"))
    assert table.rowCount() == 0


def test_names_are_masked_until_revealed(table):
    masked = ["192.••••••", "a••••.test", "b••••.example", "c••••.test"]
    assert cells(table, NAME_COLUMN) == masked
    table.set_revealed(True)
    assert cells(table, NAME_COLUMN) == [
        "192.0.2.7",
        "amber.test",
        "birch.example",
        "cedar.test",
    ]


def test_no_cell_of_a_masked_table_holds_a_name(table):
    roles = list(Qt.ItemDataRole)
    shown = {
        str(table.index(row, column).data(role))
        for row in range(table.rowCount())
        for column in range(table.columnCount())
        for role in roles
    }
    assert not any(name in text for text in shown for name in ("amber", "birch", "0.2.7"))


@pytest.mark.parametrize("key", [column.key for column in columns()])
@pytest.mark.parametrize("order", [ASCENDING, DESCENDING])
def test_sorting_by_any_column_is_what_the_case_file_says(table, filled, qtbot, key, order):
    with qtbot.waitSignal(table.listed):
        table.sort(table.column_of(key), order)
    with filled.case() as case:
        expected = projection.ids(case, ListQuery(sort=key, descending=order is DESCENDING))
    assert table.keys == expected


def test_an_answer_that_was_overtaken_is_dropped(table, qtbot):
    heard = []
    table.listed.connect(heard.append)
    for text in ("amber", "birch", "cedar"):
        table.ask(replace(table.query, text=text))
    qtbot.waitUntil(lambda: bool(heard))
    qtbot.wait(50)
    table.set_revealed(True)
    assert heard == [1]
    assert cells(table, NAME_COLUMN) == ["cedar.test"]


def test_a_row_shows_what_changed_after_a_refresh(table, filled, qtbot, finding):
    column = table.column_of("confirmed_reports")
    assert cells(table, column) == ["0", "0", "0", "0"]
    with filled.case() as case:
        assessments.add(case, "amber.test", finding)
    with qtbot.waitSignals([table.listed, table.dataChanged]):
        table.refresh()
    assert cells(table, column) == ["0", "2", "0", "0"]
    assert cells(table, table.column_of("kind"))[1] == SiteKind.DEDICATED.value


def test_data_never_raises(table, filled):
    assert table.data(QModelIndex()) is None
    assert table.data(table.index(0, 0), 9999) is None
    table._keys = [999]  # a row that is not there any more
    assert table.index(0, NAME_COLUMN).data() == "not readable"
    assert table.row(5) is None


def test_a_cell_is_painted_with_what_it_says_of_itself(table):
    painter = QStyledItemDelegate()
    sides = set()
    for column in range(table.columnCount()):
        option, index = QStyleOptionViewItem(), table.index(0, column)
        painter.initStyleOption(option, index)
        assert option.text == index.data()
        assert option.displayAlignment == index.data(Qt.ItemDataRole.TextAlignmentRole)
        assert option.icon.isNull()
        sides.add(option.displayAlignment & Qt.AlignmentFlag.AlignHorizontal_Mask)
    assert len(sides) == 2
    assert set(table.toned()) == {
        column
        for column in range(table.columnCount())
        if any(table.index(row, column).data(ToneRole) for row in range(table.rowCount()))
    }


def test_the_cache_is_bounded(bench, qtbot):
    bench.take("\n".join(f"https://name{number}.test/" for number in range(2500)))
    model = DomainTable(bench.desk())
    with qtbot.waitSignal(model.listed):
        model.refresh()
    for row in range(model.rowCount()):
        assert model.index(row, 0).data()
    assert len(model._cache) == 2000
    assert model.row(0) is not None
    model.deleteLater()


def test_states_are_grouped_and_named(table):
    assert {state_tone(state) for state in State} == set(Tone)
    index = table.index(0, table.column_of("state"))
    assert (index.data(), index.data(ToneRole)) == ("unknown", Tone.FAINT)
    assert table.index(0, NAME_COLUMN).data(ToneRole) is None

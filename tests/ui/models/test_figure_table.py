from __future__ import annotations

from PySide6.QtCore import Qt

from abusetrack.metrics.panels.model import Table
from abusetrack.ui.models.figure_table import FigureTable

LEFT, RIGHT = (
    side | Qt.AlignmentFlag.AlignVCenter
    for side in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
)


def test_what_follows_numbers_stands_right_as_they_do(qapp):
    model = FigureTable()
    rows = (("all", "host", None, "12 days"), ("one", "host", 3, "not reached"))
    model.show(Table(("party", "role", "open", "median"), rows))
    way = Qt.ItemDataRole.TextAlignmentRole
    wanted = [LEFT, LEFT, RIGHT, RIGHT]
    assert [model.headerData(n, Qt.Orientation.Horizontal, way) for n in range(4)] == wanted
    for row in range(2):
        assert [model.data(model.index(row, n), way) for n in range(4)] == wanted

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from abusetrack.ui.widgets.flow import FlowLayout


def test_what_does_not_fit_goes_on_in_the_next_line(qtbot):
    place = QWidget()
    qtbot.addWidget(place)
    flow = FlowLayout(place, spacing=5)
    for height in (20, 30, 20):
        made = QLabel("x")
        made.setFixedSize(100, height)
        flow.addWidget(made)
    assert flow.heightForWidth(400) == 30
    assert flow.heightForWidth(210) == 30 + 5 + 20
    assert flow.heightForWidth(50) == 20 + 5 + 30 + 5 + 20
    place.resize(210, 100)
    place.show()
    assert [
        (item.widget().x(), item.widget().y()) for item in map(flow.itemAt, range(flow.count()))
    ] == [(0, 5), (105, 0), (0, 35)]
    assert flow.takeAt(7) is None

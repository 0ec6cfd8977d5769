from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from abusetrack.ui.desk import Changed
from abusetrack.ui.news import News


@pytest.fixture
def page(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_many_changes_refresh_once(bench, page, qtbot):
    seen = []
    desk = bench.desk()
    news = News(desk, page, lambda: seen.append(1), milliseconds=1)
    with qtbot.waitSignal(news.timeout):
        for _ in range(5):
            desk.changed.emit(Changed.FINDINGS)
    assert seen == [1]
    with qtbot.waitSignal(news.timeout):
        desk.changed.emit(Changed.QUEUE)
    assert seen == [1, 1]


def test_other_kinds_of_change_are_no_news(bench, page):
    desk = bench.desk()
    news = News(desk, page, lambda: None, Changed.CONTACTS)
    desk.changed.emit(Changed.FINDINGS | Changed.QUEUE)
    assert not news.isActive()
    desk.changed.emit(Changed.CONTACTS | Changed.QUEUE)
    assert news.isActive()


def test_a_page_that_nobody_sees_is_left_alone(bench, page):
    desk = bench.desk()
    news = News(desk, page, lambda: None, only_shown=True)
    desk.changed.emit(Changed.FINDINGS)
    assert not news.isActive()
    page.show()
    desk.changed.emit(Changed.FINDINGS)
    assert news.isActive()

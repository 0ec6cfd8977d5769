from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest
from PySide6.QtCore import QDateTime, QMimeData, QPoint, Qt, QTimeZone, QUrl
from PySide6.QtGui import QDropEvent

from abusetrack.casefile import notices, replies
from abusetrack.records import NoticeStatus, Quality
from abusetrack.ui.widgets.notice_actions import NoticeActions


@pytest.fixture
def actions(filled, qtbot, export_notice):
    with filled.case() as case:
        stored = notices.read(case, export_notice(case, "amber.test"))
    desk = filled.desk()
    made = NoticeActions(desk)
    qtbot.addWidget(made)
    made.show_notice(stored)
    made.reference = stored.reference
    return made


def test_a_notice_is_marked(actions, filled, qtbot):
    with qtbot.waitSignal(actions._desk.changed, timeout=10000):
        actions.mark_button.click()
    with filled.case() as case:
        assert notices.read(case, actions.reference).status is NoticeStatus.SENT
    assert actions.reference in actions._desk.messages.last.text


def test_a_mark_says_when_by_what_channel_and_under_which_ticket(actions, filled, qtbot):
    now = filled.context.clock.now()
    yesterday = (now - timedelta(days=1)).replace(second=0, microsecond=0)
    actions.status.setCurrentText("acknowledged")
    stamp = QDateTime.fromSecsSinceEpoch(int(yesterday.timestamp()), QTimeZone.utc())
    actions.at.setDateTime(stamp)
    for field, text in (
        (actions.channel.lineEdit(), "web form"),
        (actions.theirs, "T-77"),
        (actions.note, "by their desk"),
    ):
        qtbot.keyClicks(field, text)
    with qtbot.waitSignal(actions._desk.changed, timeout=10000):
        qtbot.mouseClick(actions.mark_button, Qt.MouseButton.LeftButton)
    with filled.case() as case:
        (event,) = notices.events(case, actions.reference)
    assert (event.status, event.at) == (NoticeStatus.ACKNOWLEDGED, yesterday)
    assert (event.channel, event.their_reference, event.note) == (
        "web form", "T-77", "by their desk",
    )  # fmt: skip
    assert (actions.theirs.text(), actions.at.moment()) == ("", None)


def test_a_mark_in_the_future_is_refused_and_nothing_typed_is_lost(actions, filled, qtbot):
    later = filled.context.clock.now() + timedelta(days=1)
    stamp = QDateTime.fromSecsSinceEpoch(int(later.timestamp()), QTimeZone.utc())
    actions.at.setDateTime(stamp)
    actions.theirs.setText("T-77")
    actions.mark_button.click()
    assert "in the future" in actions._desk.messages.last.text
    assert actions.theirs.text() == "T-77"
    with filled.case() as case:
        assert notices.events(case, actions.reference) == []


def test_what_they_said_of_the_notice_is_noted(actions, filled, qtbot):
    actions.quality_button.click()  # nothing is chosen yet
    actions.quality.setCurrentText("incomplete")
    with qtbot.waitSignal(actions._desk.changed, timeout=10000):
        actions.quality_button.click()
    with filled.case() as case:
        (rating,) = replies.ratings(case, actions.reference)
    assert rating.quality is Quality.INCOMPLETE


def test_an_answer_that_is_dropped_is_filed_as_text(actions, filled, qtbot, tmp_path):
    mail = EmailMessage()
    mail["From"] = "desk@registrar.example"
    mail.set_content("Ticket 7")
    mail.add_attachment(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png")
    path = tmp_path / "a.eml"
    path.write_bytes(mail.as_bytes())
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPoint(1, 1), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    with qtbot.waitSignal(actions._desk.changed, timeout=10000):
        actions.dropEvent(event)
    with filled.case() as case:
        (answer,) = replies.answers(case, actions.reference)
    assert answer.body.strip() == "Ticket 7"
    assert answer.discarded == {"images": 1}
    assert "thrown away: 1" in actions._desk.messages.last.text


def test_what_cannot_be_filed_is_said(actions, filled, qtbot, tmp_path):
    with qtbot.waitSignal(actions._desk.messages.said, timeout=10000):
        actions.file_answer(str(tmp_path / "picture.png"))
    assert ".eml" in actions._desk.messages.last.text
    with filled.case() as case:
        assert replies.answers(case, actions.reference) == []


def test_of_no_notice_nothing_is_offered(actions):
    actions.show_notice(None)
    assert actions.isHidden()
    actions.mark()
    actions.rate()
    actions.file_answer("a.eml")

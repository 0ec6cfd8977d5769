from __future__ import annotations

from email.message import EmailMessage

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent

from abusetrack.casefile import notices, replies
from abusetrack.records import NoticeStatus
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
        actions.marks.actions()[0].trigger()
    with filled.case() as case:
        assert notices.read(case, actions.reference).status is NoticeStatus.SENT
    assert actions.reference in actions._desk.messages.last.text


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
    actions.mark(NoticeStatus.SENT)
    actions.file_answer("a.eml")

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from abusetrack.ui.messages import Messages, Weight
from abusetrack.ui.widgets.parts import MessageBar


def test_a_message_is_said_and_remembered_and_logged_without_its_text(qtbot, caplog):
    messages = Messages()
    with caplog.at_level("INFO"), qtbot.waitSignal(messages.said) as said:
        messages.care("marker-name.txt cannot be read.")
    assert said.args[0].weight is Weight.CARE
    assert messages.last is said.args[0]
    assert "a message was shown (care)" in caplog.text
    assert "marker-name" not in caplog.text


def test_news_does_not_push_away_what_needs_care(qtbot):
    messages = Messages()
    bar = MessageBar(messages)
    qtbot.addWidget(bar)
    messages.news("Two names were taken in.")
    assert bar.isVisible()
    messages.care("The disk is full.")
    messages.news("One more name.")
    assert bar._text.text() == "The disk is full.\nOne more name."
    bar._fade.timeout.emit()
    assert bar._text.text() == "The disk is full."
    messages.news("Noted.")
    bar.findChild(QPushButton).click()
    assert not bar.isVisible()
    messages.news("One more name.")
    assert bar._text.text() == "One more name."
    bar._fade.timeout.emit()
    assert not bar.isVisible()


def test_a_message_is_never_rich_text(qtbot):
    messages = Messages()
    bar = MessageBar(messages)
    qtbot.addWidget(bar)
    messages.care("<b>bold</b>")
    assert bar._text.textFormat().name == "PlainText"

from __future__ import annotations

import logging
import sys
import threading

import pytest
from PySide6.QtCore import QMessageLogContext, QtMsgType

from abusetrack.ui.dialogs.crash import CrashDialog
from abusetrack.ui.hooks import CrashHook, _qt_said, describe


@pytest.fixture
def hook(qapp):
    hooks = sys.excepthook, threading.excepthook
    hook = CrashHook()
    yield hook
    sys.excepthook, threading.excepthook = hooks


def _fail():
    secret = "marker-name.test"
    try:
        raise KeyError(secret)
    except KeyError as error:
        raise ValueError(f"about {secret}") from error


def _caught():
    try:
        _fail()
    except ValueError as error:
        return error
    raise AssertionError


def test_a_report_has_types_and_lines_but_no_message():
    report = describe(_caught())
    assert "builtins.ValueError" in report
    assert "builtins.KeyError" in report
    assert "in _fail" in report
    assert "test_hooks.py" in report
    assert "marker-name" not in report


def test_a_report_names_what_stood_in_a_group():
    report = describe(ExceptionGroup("marker-name.test", [_caught(), OSError("marker-name.test")]))
    assert "builtins.ExceptionGroup" in report
    assert "builtins.ValueError" in report
    assert "builtins.OSError" in report
    assert "marker-name" not in report


def test_an_error_is_shown_once_per_kind(hook, qtbot, caplog):
    shown = []
    hook.crashed.connect(shown.append)
    for _ in range(3):
        error = _caught()
        hook.caught(type(error), error, error.__traceback__)
    hook.caught(OSError, OSError("other"), None)
    qtbot.waitUntil(lambda: len(shown) == 2)
    assert sum("nobody caught" in record.message for record in caplog.records) == 4


def test_an_error_in_a_thread_arrives(hook, qtbot):
    threading.excepthook = hook._in_thread
    with qtbot.waitSignal(hook.crashed) as crashed:
        thread = threading.Thread(target=_fail)
        thread.start()
        thread.join()
    assert "ValueError" in crashed.args[0]


def test_qt_messages_are_logged_without_their_text(caplog):
    with caplog.at_level(logging.DEBUG):
        _qt_said(QtMsgType.QtWarningMsg, QMessageLogContext(), "marker-name.test")
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "marker-name" not in caplog.text


def test_the_dialog_shows_a_report_that_can_be_copied(qtbot, qapp):
    dialog = CrashDialog(describe(_caught()))
    qtbot.addWidget(dialog)
    assert "marker-name" not in dialog.report
    assert "ValueError" in dialog.report

"""Every page and every dialog: named for who cannot see it, reached by keys, translated, uncut."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt, QTranslator
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QTabBar,
    QTextBrowser,
    QWidget,
)

import abusetrack.ui
from abusetrack.records import Clock
from abusetrack.settings import Settings
from abusetrack.triage.batch import Failure
from abusetrack.triage.context import Context
from abusetrack.ui.dialogs.assess import AssessDialog
from abusetrack.ui.dialogs.command_box import CommandBox
from abusetrack.ui.dialogs.crash import CrashDialog
from abusetrack.ui.dialogs.file_view import FileViewDialog
from abusetrack.ui.dialogs.first_run import FirstRun
from abusetrack.ui.dialogs.help import HelpDialog
from abusetrack.ui.dialogs.log_viewer import LogDialog
from abusetrack.ui.dialogs.passphrase import ChangePassphrase, PassphraseDialog, RestoreDialog
from abusetrack.ui.dialogs.settings import SettingsDialog
from abusetrack.ui.dialogs.shortcuts import ShortcutsDialog
from abusetrack.ui.dialogs.unanswered import UnansweredDialog
from abusetrack.ui.locking import LockPage
from abusetrack.ui.main_window import MainWindow


def kinds() -> set[str]:
    """Return the names of all dialogs that the package has."""
    for module in pkgutil.walk_packages(abusetrack.ui.__path__, "abusetrack.ui."):
        importlib.import_module(module.name)
    return {
        kind.__name__
        for kind in QDialog.__subclasses__()
        if kind.__module__.startswith("abusetrack.")
    }


def dialogs(window: MainWindow, folder: Path) -> Iterator[QWidget]:
    """Make one of each, and the page of the lock."""
    context: Context = window.desk.context
    clock: Clock = context.clock
    config = folder / "config.toml"
    config.write_text("", encoding="utf-8")
    yield AssessDialog(context, 3, lambda _finding: None, window)
    yield ChangePassphrase(window, encrypted=True)
    yield CommandBox(window.desk, window, revealed=False)
    yield CrashDialog("builtins.ValueError\n  a.py:1 in f", window)
    yield FileViewDialog("STIX 2.1", "{}", window)
    yield FirstRun(config, Settings(), folder / "case", clock, window)
    yield HelpDialog("first-day", window)
    yield LogDialog(window.desk, folder / "abusetrack.log", window)
    yield PassphraseDialog(folder / "case", lambda _text: None, window)
    yield RestoreDialog(folder / "case", window, encrypted=True)
    yield SettingsDialog(config, Settings(), clock, window)
    yield ShortcutsDialog(window)
    yield UnansweredDialog((Failure("amber.test", "A: timed out"),), window, revealed=False)
    yield LockPage()


def everything(window: MainWindow, folder: Path) -> Iterator[tuple[str, QWidget]]:
    """Show each page, then each dialog; yield its name, and what is shown."""
    for page in window.pages.every():
        window.pages.show_page(page)
        yield type(page).__name__, window
    for dialog in dialogs(window, folder):
        dialog.show()
        yield type(dialog).__name__, dialog
        dialog.hide()
        dialog.deleteLater()


CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QTextBrowser,
)


def is_inner(widget: QWidget) -> bool:
    """Whether Qt made it inside a widget of its own: popups, headers, corner buttons."""
    if isinstance(widget, QHeaderView) or widget.objectName().startswith("qt_"):
        return True
    parent = widget.parentWidget()
    inside = (QComboBox, QAbstractSpinBox, QAbstractItemView, QLineEdit, QTabBar)
    while parent is not None:
        if isinstance(parent, inside):
            return True
        parent = parent.parentWidget()
    return False


def _one_of_many(control: QWidget) -> bool:
    """Whether it is in a group that Tab enters once, and the arrow keys walk through."""
    group = control.group() if isinstance(control, QAbstractButton) else None
    return group is not None and group.exclusive()


def controls(widget: QWidget) -> list[QWidget]:
    found = [one for kind in CONTROLS for one in widget.findChildren(kind)]
    return [one for one in found if not is_inner(one)]


def name_of(widget: QWidget) -> str:
    """Return the name that a screen reader is told."""
    told = QAccessible.queryAccessibleInterface(widget)
    return told.text(QAccessible.Text.Name).strip() if told is not None else ""


def test_every_dialog_is_looked_at(bench, tmp_path, qtbot):
    window = bench.window()
    made = list(dialogs(window, tmp_path))
    assert kinds() <= {type(dialog).__name__ for dialog in made}


def test_every_control_of_every_page_and_dialog_has_a_name(filled, qtbot, tmp_path):
    window = filled.window(start=True)
    nameless = {
        (name, type(control).__name__, control.toolTip())
        for name, widget in everything(window, tmp_path)
        for control in controls(widget)
        if not name_of(control)
    }
    assert nameless == set()


def _said_on(widget: QWidget) -> str:
    """Return the words that stand on a button or a label now."""
    if not isinstance(widget, QLabel | QPushButton):
        return ""
    marked = isinstance(widget, QPushButton) or widget.buddy() is not None
    text = widget.text().replace("&", "") if marked else widget.text()
    return text.rstrip("…").strip()


def test_a_screen_reader_is_told_what_stands_on_the_screen(filled, qtbot, tmp_path):
    window = filled.window(start=True)
    window.pages.show_page(window.pages.domains)
    qtbot.waitUntil(lambda: window.pages.domains.model.rowCount() == 4)
    window.pages.domains.table.selectRow(0)
    qtbot.waitUntil(lambda: window.pages.domains.detail.domain is not None)
    window.reveal_names(True)  # the words on some buttons follow what they did last
    window.desk.messages.news("Something happened.")
    untold = {
        (name, _said_on(one), name_of(one))
        for name, widget in everything(window, tmp_path)
        for one in widget.findChildren(QWidget)
        if one.isVisible() and _said_on(one) not in name_of(one)
    }
    assert untold == set()


def test_every_control_that_is_shown_is_reached_by_the_keyboard(filled, qtbot, tmp_path):
    window = filled.window(start=True)
    unreached = set()
    for name, widget in everything(window, tmp_path):
        for control in controls(widget):
            if not (control.isVisible() and control.isEnabled()):
                continue
            if isinstance(control, QProgressBar) or _one_of_many(control):
                continue
            if not control.focusPolicy() & Qt.FocusPolicy.TabFocus:
                unreached.add((name, type(control).__name__, name_of(control)))
    assert unreached == set()


def test_a_screen_reader_reads_a_table_cell_by_cell(filled, qtbot):
    window = filled.window(start=True)
    window.pages.show_page(window.pages.domains)
    table = window.pages.domains.table
    qtbot.waitUntil(lambda: window.pages.domains.model.rowCount() == 4)
    told = QAccessible.queryAccessibleInterface(table)
    cells = [told.child(at) for at in range(told.childCount())]
    assert {QAccessible.Role.Cell, QAccessible.Role.ColumnHeader} <= {one.role() for one in cells}
    names = [one.text(QAccessible.Text.Name) for one in cells]
    assert "a••••.test" in names
    assert "State" in names


# -- a language in which everything is in brackets and a third longer


class Pseudo(QTranslator):
    """Translates every text that is asked for."""

    def isEmpty(self) -> bool:  # noqa: N802  # Qt's name
        return False

    def translate(self, _context, source, _disambiguation=None, _n=-1) -> str:
        if not re.search(r"[A-Za-z]{2}", source):
            return source
        return f"[{source}{'~' * (len(source) // 3)}]"


@pytest.fixture
def pseudo(qapp):
    translator = Pseudo()
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


# What is the same in every language: names of formats, of the app, of what was reported.
SAME = {"abusetrack", "eml", "txt", "pdf", "xarf", "sheet", "csv", "pack", "A4", "Letter", "case"}


def texts(widget: QWidget) -> Iterator[tuple[QWidget, str]]:
    """Yield what a widget and those in it show or tell."""
    for one in (widget, *widget.findChildren(QWidget)):
        yield one, one.windowTitle() if one.isWindow() else ""
        yield one, one.toolTip()
        yield one, one.accessibleName()
        if isinstance(one, (QLabel, QAbstractButton)):
            yield one, one.text()
        if isinstance(one, QTabBar):
            yield from ((one, one.tabText(at)) for at in range(one.count()))
        if isinstance(one, QLineEdit):
            yield one, one.placeholderText()
        if isinstance(one, QHeaderView) and one.model() is not None and one.isVisible():
            for at in range(one.count()):
                found = one.model().headerData(at, one.orientation())
                yield one, str(found or "")
    for action in widget.findChildren(QAction):
        yield widget, action.text()


def test_nothing_is_untranslated(pseudo, filled, qtbot, tmp_path):
    window = filled.window(start=True)
    left = {
        (name, type(one).__name__, text)
        for name, widget in everything(window, tmp_path)
        for one, text in texts(widget)
        if re.search(r"[A-Za-z]{2}", text) and "[" not in text and text not in SAME
    }
    assert left == set()


def cut(widget: QWidget) -> list[tuple[str, str]]:
    """Return the labels and buttons that have less room than they ask for."""
    return [
        (type(one).__name__, one.text())
        for kind in (QLabel, QAbstractButton)
        for one in widget.findChildren(kind)
        if one.isVisible() and not is_inner(one) and _is_cut(one)
    ]


def _is_cut(one: QWidget) -> bool:
    if isinstance(one, QLabel) and one.wordWrap():
        return one.height() < one.heightForWidth(one.width())
    return one.width() < one.sizeHint().width() or one.height() < one.sizeHint().height()


def test_nothing_is_cut(pseudo, filled, qtbot, tmp_path):
    window = filled.window(start=True)
    short = []
    for name, widget in everything(window, tmp_path):
        try:
            qtbot.waitUntil(lambda shown=widget: not cut(shown), timeout=3000)
        except qtbot.TimeoutError:
            short += [(name, *one) for one in cut(widget)]
    assert short == []

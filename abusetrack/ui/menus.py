"""The menu bar: one table of commands, each with its key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from abusetrack.settings import default_log_path
from abusetrack.ui.places import all_places
from abusetrack.ui.widgets.parts import open_once

if TYPE_CHECKING:
    from abusetrack.ui.main_window import MainWindow

_tr = partial(QCoreApplication.translate, "menus")
_LINE = ("", "", None)
_GUIDE = {  # which page of the guide fits which page of the window
    "activity": "first-day",
    "intake": "take-in-a-list",
    "domains": "domains",
    "hops": "domains",
    "notices": "assess-decide-draft",
    "dashboards": "dashboards",
    "directory": "directory",
    "partners": "partners",
}


def build(window: MainWindow) -> None:
    """Fill the window's menu bar."""
    made = {}
    for title, commands in _menus(window):
        made[title] = menu = window.menuBar().addMenu(title)
        for text, shortcut, act in commands:
            if act is None:
                menu.addSeparator()
            else:
                add(menu, text, shortcut, act)
    _add_toggles(window, made[_tr("&View")])
    window.pages.settings_wanted.connect(partial(open_settings, window))


def add(menu: QMenu, text: str, shortcut: str, act: Callable[[], object] | None) -> QAction:
    """Add a command to a menu; without ``act`` the caller connects it."""
    action = menu.addAction(text)
    if shortcut:
        action.setShortcut(QKeySequence(shortcut))
    if act is not None:
        action.triggered.connect(lambda _checked=False: act())
    return action


def open_settings(window: MainWindow) -> None:
    """Edit the settings file."""
    from abusetrack.ui.dialogs.settings import SettingsDialog

    path = window.config_path
    if path is None:
        return
    context = window.desk.context
    dialog = SettingsDialog(path, context.settings, context.clock, window)
    dialog.saved.connect(window.settings_saved)
    open_once(dialog)


def _share(window: MainWindow) -> None:
    window.pages.go("partners")
    window.pages.partners.share()


def _open_of_partner(window: MainWindow) -> None:
    window.pages.go("partners")
    window.pages.partners.open_file()


def open_box(window: MainWindow) -> None:
    """Find a command or a domain."""
    from abusetrack.ui.dialogs.command_box import CommandBox

    box = CommandBox(window.desk, window, revealed=window.names_revealed)
    box.wanted.connect(window.pages.lead)
    open_once(box)


def open_keys(window: MainWindow) -> None:
    """Show what every key does, also on pages that were not looked at yet."""
    from abusetrack.ui.dialogs.shortcuts import ShortcutsDialog

    tuple(window.pages.every())
    open_once(ShortcutsDialog(window))


def open_help(window: MainWindow) -> None:
    """Show the page of the guide that fits the page of the window; one guide at a time."""
    from abusetrack.ui.dialogs.help import HelpDialog

    page = _GUIDE[window.pages.here]
    shown = window.findChild(HelpDialog)
    if shown is not None and shown.isVisible():
        shown.show_page(page)
        shown.activateWindow()
        return
    dialog = HelpDialog(page, window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()


def open_log(window: MainWindow) -> None:
    """Show the log beside the window."""
    from abusetrack.ui.dialogs.log_viewer import LogDialog

    dialog = LogDialog(window.desk, default_log_path(), window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()


_Command = tuple[str, str, Callable[[], object] | None]


def _menus(window: MainWindow) -> list[tuple[str, list[_Command]]]:
    pages: list[_Command] = [
        (place.title, f"Ctrl+{number}", partial(window.pages.go, place.key))
        for number, place in enumerate(all_places(), start=1)
    ]
    return [
        (
            _tr("&File"),
            [
                (_tr("&Paste reports"), "", window.paste),
                (_tr("&Open reports…"), "Ctrl+O", window.open_reports),
                _LINE,
                (_tr("S&hare with a partner"), "", partial(_share, window)),
                (_tr("Open a part&ner's file…"), "", partial(_open_of_partner, window)),
                _LINE,
                (_tr("&Back up…"), "Ctrl+B", window.keeping.ask_backup),
                (_tr("&Restore a backup…"), "", window.keeping.ask_restore),
                (_tr("&Change the passphrase…"), "", window.keeping.ask_passphrase),
                (_tr("Copy &without a passphrase…"), "", window.keeping.ask_decrypted),
                _LINE,
                (_tr("&Settings…"), "Ctrl+,", partial(open_settings, window)),
                (_tr("&Lock now"), "Ctrl+Shift+L", window.lock),
                _LINE,
                (_tr("&Quit"), "Ctrl+Q", window.close),
            ],
        ),
        (
            _tr("&Edit"),
            [
                (_tr("&Undo"), "Ctrl+Z", window.desk.undo),
                _LINE,
                (_tr("&Search domains"), "Ctrl+F", window.search),
                (_tr("&Find a command or a domain…"), "Ctrl+K", partial(open_box, window)),
            ],
        ),
        (_tr("&View"), pages),
        (
            _tr("&Lookups"),
            [
                (_tr("&Look up what is queued"), "Ctrl+R", window.desk.look_up),
                (_tr("&Pause or go on"), "Ctrl+P", window.lookups.pause),
                (_tr("&Stop"), "Esc", window.lookups.cancel),
                _LINE,
                (_tr("&Exchange with the team"), "", window.team.exchange),
            ],
        ),
        (
            _tr("&Help"),
            [
                (_tr("&Help on this page"), "F1", partial(open_help, window)),
                (_tr("&Keys"), "?", partial(open_keys, window)),
                (_tr("&Log and diagnostics"), "", partial(open_log, window)),
            ],
        ),
    ]


def _add_toggles(window: MainWindow, view: QMenu) -> None:
    view.addSeparator()
    for text, shortcut, do, done in (
        (_tr("&Reveal names"), "Ctrl+Shift+M", window.reveal_names, window.revealed),
        (_tr("&Calm: hide numbers and colours"), "Ctrl+Shift+H", window.set_calm, window.calmed),
    ):
        action = add(view, text, shortcut, None)
        action.setCheckable(True)
        action.toggled.connect(do)
        done.connect(action.setChecked)

"""Puts the window together: settings, case file, threads, hooks; and takes it apart in order."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

# Before PySide6, whose hook looks into every module that is imported after it: of pydantic's own,
# half of them loaded, that asks for what is not there yet.
import pydantic._internal._validators  # noqa: F401
from pydantic import TypeAdapter  # noqa: F401
from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox

from abusetrack import settings as settings_module
from abusetrack.casefile import (
    CaseFile,
    is_encrypted,
    open_case_file,
)
from abusetrack.casefile.keys import RawKey
from abusetrack.errors import AbusetrackError, CaseFileError, WrongPassphraseError
from abusetrack.records import SystemClock
from abusetrack.settings import Settings
from abusetrack.triage.context import Context, make_context
from abusetrack.ui import icons, theme
from abusetrack.ui.desk import Desk
from abusetrack.ui.hooks import CrashHook
from abusetrack.ui.locking import Lock
from abusetrack.ui.main_window import MainWindow
from abusetrack.ui.messages import Messages
from abusetrack.ui.places import first_place

if TYPE_CHECKING:
    from abusetrack.ui.dialogs.first_run import Chosen

_LOG = logging.getLogger(__name__)
# A list is painted by hundreds of small calls, and for each Qt's thread waits for Python's lock:
# at Python's own 5 ms the window stood still for 0.2 s while lookups ran.
SWITCH_SECONDS = 0.0005
_SIGNAL_MS = 250  # how often Python looks for a signal while Qt waits
_WORLD = 1  # seed of the world that is practised on
EXIT_INPUT, EXIT_CASE_FILE = 2, 3


def run(
    *,
    case_path: Path,
    config_path: Path,
    settings: Settings,
    passphrase: str | None,
    first: bool = False,
) -> int:
    """Open the window over a case file; return the exit code when it is closed.

    With ``first``, ask for what is needed to begin, and whether to practise.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    app = QApplication(["abusetrack"])
    app.setApplicationName("abusetrack")
    app.setDesktopFileName("abusetrack")
    app.setWindowIcon(icons.of_app())
    app.setQuitOnLastWindowClosed(False)
    _dress(app, settings)
    hints = app.styleHints()
    hints.colorSchemeChanged.connect(lambda _scheme: theme.follow(app))
    hints.accessibility().contrastPreferenceChanged.connect(lambda _wish: theme.follow(app))
    hook = CrashHook()
    hook.install()
    desktop = Desktop(case_path, settings, hook, config_path, settings_module.default_window_path())
    desktop.ended.connect(app.exit)
    _listen_for_signals(desktop.close)
    QTimer.singleShot(0, desktop.begin if first else partial(desktop.start, passphrase))
    _LOG.info("the window opens; settings from %s", config_path)
    try:
        return app.exec()
    finally:
        desktop.stop_practice()
        hook.uninstall()


def _dress(app: QApplication, settings: Settings) -> None:
    wanted = settings.window.colours
    theme.apply(
        app,
        dark={"light": False, "dark": True}.get(wanted),
        contrast={"system": None, "contrast": True}.get(wanted, False),
    )
    theme.set_calm(app, settings.window.calm)


def _listen_for_signals(close: Callable[[], None]) -> None:
    """Close in order on Ctrl+C in the terminal and on SIGTERM."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # Not at once: Python runs handlers anywhere, also while the window is being made.
        signal.signal(number, lambda _number, _frame: QTimer.singleShot(0, close))
    timer = QTimer(QCoreApplication.instance())
    timer.timeout.connect(lambda: None)  # lets Python run its signal handlers
    timer.start(_SIGNAL_MS)


class Desktop(QObject):
    """Opens the case file, asks for its passphrase if need be, and keeps the window.

    Signals:
        ended(int): the window is closed, or could not be opened; the exit code.
    """

    ended = Signal(int)

    def __init__(
        self,
        case_path: Path,
        settings: Settings,
        hook: CrashHook,
        config_path: Path | None = None,
        shape_path: Path | None = None,
    ) -> None:
        super().__init__()
        self._case_path = case_path
        self._config_path = config_path
        self._shape_path = shape_path
        self._key: RawKey | None = None
        self._practice = ExitStack()
        self._settings = settings
        self._hook = hook
        self._context: Context | None = None
        self._waiting: QDialog | None = None  # the one dialog before the window
        self.window: MainWindow | None = None

    def begin(self) -> None:
        """Ask for what is needed at the first start, then open the window."""
        if self._config_path is None:
            raise AssertionError("only with a settings file is there a first start")
        from abusetrack.ui.dialogs.first_run import FirstRun  # once in the life of a desk

        wizard = FirstRun(self._config_path, self._settings, self._case_path, SystemClock())
        wizard.accepted.connect(lambda: self._on_chosen(wizard.chosen))
        wizard.rejected.connect(lambda: self.ended.emit(0))
        self._waiting = wizard
        wizard.open()

    def _on_chosen(self, chosen: Chosen | None) -> None:
        if chosen is None:
            raise AssertionError("an accepted wizard has chosen")
        self._settings, self._case_path = chosen.settings, chosen.case_path
        if not chosen.practice:
            self.start(chosen.passphrase)
            return
        try:
            reports = self._start_practice()
        except AbusetrackError as error:
            self._refuse(error)
            return
        self.start(None)
        if self.window is not None:
            from abusetrack.ui.taking_in import Source

            self.window.pages.intake.add([Source("practice", reports)])

    def _start_practice(self) -> str:
        """Start the practice internet for as long as the app runs; return a list of reports."""
        from abusetrack import practice  # only who practises needs it

        folder = Path(self._practice.enter_context(TemporaryDirectory(prefix="abusetrack-")))
        world = practice.build(_WORLD)
        served = self._practice.enter_context(practice.PracticeThread(world, folder))
        self._config_path = served.config_path
        self._settings = settings_module.load(served.config_path)
        self._case_path = folder / "practice.abusetrack"
        practice.write_reports(world, folder / "reports.txt")
        return (folder / "reports.txt").read_text("utf-8")

    def stop_practice(self) -> None:
        """Stop the practice internet, and remove what was practised on."""
        self._practice.close()

    def start(self, passphrase: str | None) -> None:
        """Open the window, or say why that cannot be."""
        try:
            self._context = make_context(self._settings, SystemClock())
            if passphrase is not None or not self._is_locked():
                self._open(passphrase)
            elif (key := self._remembered()) is not None:
                self._open(None, key)
            else:
                self._ask_passphrase()
        except AbusetrackError as error:
            self._refuse(error)

    def close(self) -> None:
        """Close the window, or what stands in its place."""
        if self.window is not None:
            self.window.close()
        elif self._waiting is not None:
            self._waiting.reject()

    def _is_locked(self) -> bool:
        return self._case_path.exists() and is_encrypted(self._case_path)

    def _remembered(self) -> RawKey | None:
        """Return the key that the system's keyring has, where the settings let it be asked."""
        if not self._settings.case.keyring:
            return None
        from abusetrack.casefile import remembered

        try:
            return remembered.recall(self._case_path)
        except AbusetrackError as error:
            _LOG.warning("the keyring cannot be asked", exc_info=error)
            return None

    def _ask_passphrase(self) -> None:
        from abusetrack.ui.dialogs.passphrase import PassphraseDialog

        dialog = PassphraseDialog(self._case_path, self._unlock)
        dialog.rejected.connect(lambda: self.ended.emit(EXIT_CASE_FILE))
        self._waiting = dialog
        dialog.open()

    def _unlock(self, passphrase: str) -> None:
        try:
            self._open(passphrase)
        except WrongPassphraseError:
            raise
        except AbusetrackError as error:
            self._refuse(error)

    def _open(self, passphrase: str | None, key: RawKey | None = None, place: str = "") -> None:
        context = self._context
        if context is None:
            raise AssertionError("start() makes the context first")
        messages = Messages()
        with open_case_file(
            self._case_path,
            clock=context.clock,
            actor=context.actor,
            passphrase=passphrase,
            key=key,
        ) as case:
            desk = Desk(context, case, messages)
            self._key = case.key
            place = place or first_place(case)
            open_with = self._open_with if case.encrypted else None
        messages.setParent(desk)
        lock = Lock(desk, open_with, context.settings.window.lock_minutes)
        self.window = MainWindow(
            desk,
            lock=lock,
            config_path=self._config_path,
            shape_path=self._shape_path,
            place=place,
        )
        desk.setParent(self.window)
        lock.setParent(self.window)
        self.window.settings_saved.connect(self._on_settings)
        self.window.keeping.restore_wanted.connect(self.restore)
        self.window.keeping.passphrase_wanted.connect(self.change_passphrase)
        self._hook.crashed.connect(self.window.show_crash)
        self.window.closed.connect(self._on_closed)
        self.window.show()
        _LOG.info("the window is shown")
        self.window.start()

    def _open_with(self, passphrase: str) -> CaseFile:
        """Open the case file to read, where the passphrase is right."""
        if self._context is None:
            raise AssertionError("there is a window only with a context")
        return open_case_file(
            self._case_path,
            clock=self._context.clock,
            actor=self._context.actor,
            passphrase=passphrase,
            create=False,
            read_only=True,
        )

    def _on_settings(self, settings: Settings) -> None:
        """Close the window and open it again by the new settings; lookups are resumed."""
        window = self.window
        if window is None:
            return
        try:
            context = make_context(settings, SystemClock())
        except AbusetrackError as error:
            window.desk.messages.care(str(error))
            return
        self._settings, self._context = settings, context
        app = QApplication.instance()
        if isinstance(app, QApplication):
            _dress(app, settings)
        self._reopen(lambda: "")

    def restore(self, source: Path, passphrase: str | None) -> None:
        """Put a backup in the place of the case file, while no window has it open."""
        from abusetrack.casefile import restore

        def put_back() -> str:
            done = restore.restore(
                source,
                self._case_path,
                clock=SystemClock(),
                actor=self._actor,
                passphrase=passphrase,
                current_key=self._key,
            )
            self._key = self._key_by(passphrase)
            told = self.tr("Restored from {name}, and verified.").format(name=source.name)
            if done.erased:
                told += " " + self.tr("Erased in it again: {n}.").format(n=done.erased)
            if done.unread:
                told += " " + self.tr(
                    "What the file before had erased could not be read from it: erase that again."
                )
            return told

        self._reopen(put_back)

    def change_passphrase(self, old: str | None, new: str) -> None:
        """Give the case file another passphrase, while no window has it open."""
        from abusetrack.casefile import passphrases, remembered

        def change() -> str:
            self._key = passphrases.change(
                self._case_path, clock=SystemClock(), actor=self._actor, old=old, new=new
            )
            if self._settings.case.keyring:
                remembered.forget(self._case_path)
            return self.tr("The case file opens with the new passphrase only.")

        self._reopen(change)

    @property
    def _actor(self) -> str:
        if self._context is None:
            raise AssertionError("there is a window only with a context")
        return self._context.actor

    def _key_by(self, passphrase: str | None) -> RawKey | None:
        with open_case_file(
            self._case_path,
            clock=SystemClock(),
            actor=self._actor,
            passphrase=passphrase,
            create=False,
        ) as case:
            return case.key

    def _reopen(self, between: Callable[[], str]) -> None:
        """Close the window, do what needs the case file alone, and open it where it was."""
        window = self.window
        if window is None:
            return
        place, calm = window.pages.here, window.calm
        by_key = calm != window.desk.context.settings.window.calm
        window.closed.disconnect(self._on_closed)
        self._hook.crashed.disconnect(window.show_crash)
        window.close()
        window.deleteLater()
        self.window = None
        told, wrong = "", ""
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            told = between()
        except AbusetrackError as error:
            wrong = str(error)
        finally:
            QApplication.restoreOverrideCursor()
        try:
            self._open(None, self._key, place)
        except AbusetrackError as error:
            self._refuse(error)
        self._go_on(told, wrong, calm if by_key else None)

    def _go_on(self, told: str, wrong: str, calm: bool | None) -> None:
        if self.window is None:
            return
        if calm is not None:
            self.window.set_calm(calm)  # a colour would come as a surprise
        if told:
            self.window.desk.messages.news(told)
        if wrong:
            self.window.desk.messages.care(wrong)

    def _on_closed(self) -> None:
        self.ended.emit(0)

    def _refuse(self, error: AbusetrackError) -> None:
        _LOG.error("the window cannot open", exc_info=error)
        code = EXIT_CASE_FILE if isinstance(error, CaseFileError) else EXIT_INPUT
        box = QMessageBox()
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("abusetrack")
        box.setText(str(error))
        box.finished.connect(lambda _result: self.ended.emit(code))
        self._waiting = box
        box.open()

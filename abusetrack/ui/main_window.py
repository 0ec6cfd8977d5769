"""The window: rail, pages, message bar, status bar; and the order in which it closes."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QCloseEvent, QIcon
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from abusetrack.casefile import left
from abusetrack.ui import icons, menus, shape, theme
from abusetrack.ui.desk import Desk
from abusetrack.ui.icons import Tint
from abusetrack.ui.keeping import Keeping
from abusetrack.ui.locking import Lock
from abusetrack.ui.notifying import Notifier
from abusetrack.ui.places import Places, all_places
from abusetrack.ui.team import TeamBadge
from abusetrack.ui.widgets.lookup_status import LookupStatus
from abusetrack.ui.widgets.parts import MessageBar, button, open_once
from abusetrack.ui.widgets.status_badges import badges, not_encrypted

if TYPE_CHECKING:
    from abusetrack.triage.batch import Failure

_SIZE = (1280, 800)


class MainWindow(QMainWindow):
    """Shows the pages over one desk, and closes the desk when it is closed.

    Signals:
        closed(): everything is stopped and closed.
        revealed(bool): names are shown, or masked.
        calmed(bool): numbers and colours are hidden, or shown.
        settings_saved(Settings): the settings file was written by the dialog.
    """

    closed = Signal()
    revealed = Signal(bool)
    calmed = Signal(bool)
    settings_saved = Signal(object)

    def __init__(
        self,
        desk: Desk,
        *,
        lock: Lock | None = None,
        config_path: Path | None = None,
        shape_path: Path | None = None,
        place: str = "intake",
        parent: QWidget | None = None,
    ) -> None:
        """Make it.

        Without ``config_path`` there is no file for the settings dialog to edit, without
        ``shape_path`` none that the window takes its size and its columns from. ``place`` is
        the key of the page that is shown first.
        """
        super().__init__(parent)
        self.desk = self._desk = desk
        self.config_path = config_path
        self._lock = lock or Lock(desk, None, 0, self)
        self._lock.changed.connect(self._on_locked)
        self.setWindowTitle("abusetrack")
        self.resize(*_SIZE)
        self._shape_path = shape_path
        shapes = {} if shape_path is None else shape.read(shape_path)
        self.pages = Places(desk, shapes)
        self.keeping = Keeping(desk, self)
        self._build()
        self._build_status()
        menus.build(self)
        self.set_calm(desk.context.settings.window.calm)
        self.reveal_names(desk.context.settings.window.reveal_names)
        shape.give_window(self, shapes)
        self.pages.go(place)

    def start(self) -> None:
        """Count the queue, and go on with what an earlier run left in it."""
        self._desk.read(left.read, self.pages.come_back)
        self.lookups.start()

    # -- building

    def _build(self) -> None:
        rail = QFrame()
        rail.setObjectName("rail")
        rail.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(rail)
        column.setContentsMargins(theme.SMALL, theme.LARGE, theme.SMALL, theme.SMALL)
        column.setSpacing(theme.TIGHT)
        column.addStrut(theme.RAIL_WIDTH - 2 * theme.SMALL)  # the least; some words are longer
        group = QButtonGroup(self)
        self._rail: dict[str, QPushButton] = {}
        for number, place in enumerate(all_places(), start=1):
            made = QPushButton(place.title)
            made.setCheckable(True)
            Tint(made, place.icon)
            made.setToolTip(f"{place.title} (Ctrl+{number})")
            made.clicked.connect(partial(self._go, place.key))
            group.addButton(made)
            column.addWidget(made)
            self._rail[place.key] = made
        self.pages.went.connect(lambda key: self._rail[key].setChecked(True))
        column.addStretch()
        self._reveal_button = QPushButton(self.tr("Reveal names"))
        self._reveal_button.setCheckable(True)
        self._reveal_button.setProperty("toggle", True)
        self._eye = Tint(self._reveal_button, "eye")
        self._reveal_button.setToolTip(self.tr("Show or mask names and URLs (Ctrl+Shift+M)"))
        self._reveal_button.toggled.connect(self._reveal)
        column.addWidget(self._reveal_button)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(MessageBar(self._desk.messages))
        right.addWidget(self.pages, 1)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(rail)
        row.addLayout(right, 1)
        self._cover = QStackedWidget()
        self._cover.addWidget(body)
        self._cover.addWidget(self._lock.page)
        self.setCentralWidget(self._cover)

    def _build_status(self) -> None:
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(theme.SMALL, theme.TIGHT, theme.SMALL, theme.TIGHT)
        self.lookups = LookupStatus(self._desk)
        self.lookups.unanswered_wanted.connect(self._show_unanswered)
        if self._desk.context.settings.window.notify:
            self.lookups.ended.connect(
                Notifier(self, QIcon(icons.picture("activity", theme.worn().accent, 64))).tell
            )
        bar.addWidget(self.lookups, 1)
        for badge in badges(self._desk):
            bar.addPermanentWidget(badge)
        self.team = TeamBadge(self._desk)
        bar.addPermanentWidget(self.team)
        self.lock_badge = button(
            self.tr("Lock"), self.lock, tip=self.tr("Hide everything (Ctrl+Shift+L)"), icon="lock"
        )
        self.lock_badge.setVisible(self._lock.possible)
        bar.addPermanentWidget(self.lock_badge)
        if not self._lock.possible:
            bar.addPermanentWidget(not_encrypted())

    # -- pages

    def _go(self, key: str, _checked: bool) -> None:
        self.pages.go(key)

    def _leave(self) -> None:
        """Keep how the window is left: sizes in a file, what may hold names in the case file."""
        if self._shape_path is not None:
            shape.write(self._shape_path, {**self.pages.shapes(), **shape.of_window(self)})
        if pages := self.pages.left():
            self._desk.write(lambda case: left.keep(case, pages), lambda _none: None)

    @Slot(bool)
    def _reveal(self, revealed: bool) -> None:
        """Show names and URLs, or mask them."""
        self._reveal_button.setText(self.tr("Mask names") if revealed else self.tr("Reveal names"))
        self._eye.change("eye-off" if revealed else "eye")
        self.pages.set_revealed(revealed)
        self.revealed.emit(revealed)

    @property
    def names_revealed(self) -> bool:
        """Whether names are shown in lists."""
        return self._reveal_button.isChecked()

    @Slot(object)
    def _show_unanswered(self, failures: tuple[Failure, ...]) -> None:
        """List what lookups had no answer for."""
        from abusetrack.ui.dialogs.unanswered import UnansweredDialog

        dialog = UnansweredDialog(failures, self, revealed=self.names_revealed)
        dialog.retry_wanted.connect(self._desk.retry)
        open_once(dialog)

    @Slot(bool)
    def set_calm(self, calm: bool) -> None:
        """Hide numbers and colours, or show them."""
        self.calm = calm
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.set_calm(app, calm)
        self.pages.set_calm(calm)
        self.lookups.set_calm(calm)
        self.calmed.emit(calm)

    def lock(self) -> None:
        """Lock the window, or say why that cannot be."""
        self._lock.lock()

    @Slot(bool)
    def _on_locked(self, locked: bool) -> None:
        self.menuBar().setEnabled(not locked)
        self.lock_badge.setVisible(self._lock.possible and not locked)
        self._cover.setCurrentIndex(1 if locked else 0)
        if locked:
            self._lock.page.field.setFocus()

    def reveal_names(self, revealed: bool) -> None:
        """Press the button that shows or masks names."""
        self._reveal_button.setChecked(revealed)

    def paste(self) -> None:
        """Take in what is on the clipboard."""
        self.pages.go("intake")
        self.pages.intake.paste()

    def open_reports(self) -> None:
        """Ask for files with reports."""
        self.pages.go("intake")
        self.pages.intake.open_files()

    def search(self) -> None:
        """Put the cursor into the search box of the domains."""
        self.pages.go("domains")
        self.pages.domains.focus_filter()

    # -- trouble and the end

    @Slot(object)
    def show_crash(self, report: str) -> None:
        """Show an error of the app itself."""
        from abusetrack.ui.dialogs.crash import CrashDialog

        dialog = CrashDialog(report, self)
        open_once(dialog)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop lookups, close the case file, then let the window go."""
        self.lookups.stop()
        self._leave()
        self.team.close_thread()
        self._desk.close()
        super().closeEvent(event)
        self.closed.emit()

"""The window: rail, pages, message bar, status bar; and the order in which it closes."""

from __future__ import annotations

from pathlib import Path

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

from abusetrack.casefile import left, projection
from abusetrack.casefile.filters import ListQuery
from abusetrack.triage.resolving import Failure
from abusetrack.ui import icons, menus, shape, theme
from abusetrack.ui.desk import Desk
from abusetrack.ui.dialogs.crash import CrashDialog
from abusetrack.ui.dialogs.unanswered import UnansweredDialog
from abusetrack.ui.icons import Tint
from abusetrack.ui.keeping import Keeping
from abusetrack.ui.locking import Lock
from abusetrack.ui.notifying import Notifier
from abusetrack.ui.pages.activity_page import ActivityPage
from abusetrack.ui.pages.dashboards_page import DashboardsPage
from abusetrack.ui.pages.directory_page import DirectoryPage
from abusetrack.ui.pages.domains_page import DomainsPage
from abusetrack.ui.pages.hops_page import HopsPage
from abusetrack.ui.pages.intake_page import IntakePage
from abusetrack.ui.pages.notices_page import NoticesPage
from abusetrack.ui.team import TeamBadge
from abusetrack.ui.widgets.lookup_status import LookupStatus
from abusetrack.ui.widgets.parts import MessageBar, button, open_once
from abusetrack.ui.widgets.status_badges import badges, not_encrypted

_SIZE = (1280, 800)
_ICONS = ("activity", "inbox", "globe", "shuffle", "mail", "chart-column", "book-user")

Page = (
    IntakePage
    | DomainsPage
    | NoticesPage
    | DirectoryPage
    | HopsPage
    | ActivityPage
    | DashboardsPage
)


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
        parent: QWidget | None = None,
    ) -> None:
        """Make it.

        Without ``config_path`` there is no file for the settings dialog to edit, without
        ``shape_path`` none that the window takes its size and its columns from.
        """
        super().__init__(parent)
        self.desk = self._desk = desk
        self.config_path = config_path
        self._lock = lock or Lock(desk, None, 0, self)
        self._lock.changed.connect(self._on_locked)
        self.setWindowTitle("abusetrack")
        self.resize(*_SIZE)
        self.intake = IntakePage(desk)
        self.domains = DomainsPage(desk)
        self.notices = NoticesPage(desk)
        self.directory = DirectoryPage(desk)
        self.hops = HopsPage(desk)
        self.activity = ActivityPage(desk)
        self.dashboards = DashboardsPage(desk)
        self.places: tuple[tuple[str, Page], ...] = (
            (self.tr("Activity"), self.activity),
            (self.tr("Intake"), self.intake),
            (self.tr("Domains"), self.domains),
            (self.tr("Hops"), self.hops),
            (self.tr("Notices"), self.notices),
            (self.tr("Dashboards"), self.dashboards),
            (self.tr("Directory"), self.directory),
        )
        self.keeping = Keeping(desk, self)
        self.domains.intake_wanted.connect(lambda: self.show_page(self.intake))
        self.dashboards.domains_wanted.connect(self._list_domains)
        for page in (self.hops, self.activity):
            page.wanted.connect(self.lead)
        self._build()
        self._build_status()
        menus.build(self)
        self.set_calm(desk.context.settings.window.calm)
        self.reveal_names(desk.context.settings.window.reveal_names)
        self._shape_path = shape_path
        self._back = False  # whether pages are as they were left
        if shape_path is not None:
            shape.give(self, self._shaped(), shape.read(shape_path))
        self.show_page(self.intake)

    def start(self) -> None:
        """Count the queue, and go on with what an earlier run left in it."""
        self._desk.read(left.read, self._come_back)
        self._desk.read(projection.is_empty, self._on_empty)
        self.lookups.start()

    # -- building

    def _build(self) -> None:
        self._pages = QStackedWidget()
        rail = QFrame()
        rail.setObjectName("rail")
        rail.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(rail)
        column.setContentsMargins(theme.SMALL, theme.LARGE, theme.SMALL, theme.SMALL)
        column.setSpacing(theme.TIGHT)
        column.addStrut(theme.RAIL_WIDTH - 2 * theme.SMALL)  # the least; some words are longer
        group = QButtonGroup(self)
        self._rail: list[QPushButton] = []
        for number, (text, page) in enumerate(self.places):
            self._pages.addWidget(page)
            made = QPushButton(text)
            made.setCheckable(True)
            Tint(made, _ICONS[number])
            made.setToolTip(f"{text} (Ctrl+{number + 1})")
            made.clicked.connect(lambda _checked, shown=page: self.show_page(shown))
            group.addButton(made)
            column.addWidget(made)
            self._rail.append(made)
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
        right.addWidget(self._pages, 1)
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

    def show_page(self, page: Page) -> None:
        """Show a page of the rail."""
        self._pages.setCurrentWidget(page)
        self._rail[self._pages.currentIndex()].setChecked(True)
        page.show_page()

    def _shaped(self) -> dict[str, QWidget]:
        """Return the pages whose columns and dividers are kept, by key."""
        return {
            "intake": self.intake,
            "domains": self.domains,
            "notices": self.notices,
            "directory": self.directory,
            "hops": self.hops,
            "activity": self.activity,
        }

    def _returning(self) -> dict[str, DomainsPage | DirectoryPage | DashboardsPage]:
        """Return the pages that come back to what they listed, by key."""
        return {
            "domains": self.domains,
            "directory": self.directory,
            "dashboards": self.dashboards,
        }

    def _come_back(self, found: dict[str, str]) -> None:
        self._back = True
        for key, page in self._returning().items():
            if key in found:
                page.come_back(found[key])

    def _leave(self) -> None:
        """Keep how the window is left: sizes in a file, what may hold names in the case file."""
        if self._shape_path is not None:
            shape.write(self._shape_path, shape.of(self, self._shaped()))
        if self._back:
            pages = {key: page.left() for key, page in self._returning().items()}
            self._desk.write(lambda case: left.keep(case, pages), lambda _none: None)
            self._back = False

    @property
    def place(self) -> int:
        """The number of the page that is shown, from the top of the rail."""
        return self._pages.currentIndex()

    @place.setter
    def place(self, number: int) -> None:
        self.show_page(self.places[number][1])

    def _on_empty(self, empty: bool) -> None:
        # Who has gone elsewhere in the meantime stays there.
        if not empty and self._pages.currentWidget() is self.intake:
            self.show_page(self.activity)

    @Slot(object)
    def lead(self, key: tuple[str, str]) -> None:
        """Show what a row of another page stands for."""
        what, name = key
        if what == "domain":
            self.show_page(self.domains)
            self.domains.show_domain(name)
        elif what == "notice":
            self.notices.show_reference(name)
            self.show_page(self.notices)
        elif what == "search":
            self.show_page(self.domains)
            self.domains.search(name)

    @Slot(object)
    def _list_domains(self, query: ListQuery) -> None:
        """List the domains that a figure counts."""
        self.show_page(self.domains)
        self.domains.show_query(query)

    @Slot(bool)
    def _reveal(self, revealed: bool) -> None:
        """Show names and URLs, or mask them."""
        self._reveal_button.setText(self.tr("Mask names") if revealed else self.tr("Reveal names"))
        self._eye.change("eye-off" if revealed else "eye")
        for _title, page in self.places:
            page.set_revealed(revealed)
        self.revealed.emit(revealed)

    @property
    def names_revealed(self) -> bool:
        """Whether names are shown in lists."""
        return self._reveal_button.isChecked()

    @Slot(object)
    def _show_unanswered(self, failures: tuple[Failure, ...]) -> None:
        """List what lookups had no answer for."""
        dialog = UnansweredDialog(failures, self, revealed=self.names_revealed)
        dialog.retry_wanted.connect(self._desk.retry)
        open_once(dialog)

    @Slot(bool)
    def set_calm(self, calm: bool) -> None:
        """Hide numbers and colours, or show them."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.set_calm(app, calm)
        for _title, page in self.places:
            page.set_calm(calm)
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
        self.show_page(self.intake)
        self.intake.paste()

    def open_reports(self) -> None:
        """Ask for files with reports."""
        self.show_page(self.intake)
        self.intake.open_files()

    def search(self) -> None:
        """Put the cursor into the search box of the domains."""
        self.show_page(self.domains)
        self.domains.focus_filter()

    # -- trouble and the end

    @Slot(object)
    def show_crash(self, report: str) -> None:
        """Show an error of the app itself."""
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

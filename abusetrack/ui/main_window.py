"""The window: rail, pages, message bar, status bar; and the order in which it closes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from abusetrack.casefile import projection, queue
from abusetrack.casefile.filters import ListQuery
from abusetrack.errors import AbusetrackError
from abusetrack.ui import menus, theme
from abusetrack.ui.desk import Changed, Desk
from abusetrack.ui.dialogs.crash import CrashDialog
from abusetrack.ui.locking import Lock
from abusetrack.ui.pages.activity_page import ActivityPage
from abusetrack.ui.pages.dashboards_page import DashboardsPage
from abusetrack.ui.pages.directory_page import DirectoryPage
from abusetrack.ui.pages.domains_page import DomainsPage
from abusetrack.ui.pages.hops_page import HopsPage
from abusetrack.ui.pages.intake_page import IntakePage
from abusetrack.ui.pages.notices_page import NoticesPage
from abusetrack.ui.progress import text as progress_text
from abusetrack.ui.widgets.parts import MessageBar, button, label
from abusetrack.ui.worker import Advance, Ended

_RETRY_MS = 5 * 60 * 1000  # names that failed for the moment become due again by then
_SIZE = (1280, 800)

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
        settings_saved(Settings): the settings file was written by the dialog.
    """

    closed = Signal()
    revealed = Signal(bool)
    settings_saved = Signal(object)

    def __init__(
        self,
        desk: Desk,
        *,
        lock: Lock | None = None,
        config_path: Path | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Without ``config_path`` there is no file for the settings dialog to edit."""
        super().__init__(parent)
        self.desk = self._desk = desk
        self.config_path = config_path
        self._lock = lock or Lock(desk, None, 0, self)
        self._lock.changed.connect(self._on_locked)
        self._looking_up = False
        self._stopped = False
        self._queued = 0
        self._elapsed = QElapsedTimer()
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
        self.domains.intake_wanted.connect(lambda: self.show_page(self.intake))
        self.dashboards.domains_wanted.connect(self._list_domains)
        for page in (self.hops, self.activity):
            page.wanted.connect(self.lead)
        self._build()
        self._build_status()
        menus.build(self)
        desk.changed.connect(self._on_changed)
        desk.began.connect(self._on_began)
        desk.worker.advanced.connect(self._on_advanced)
        desk.worker.ended.connect(self._on_ended)
        self._retry = QTimer(self)
        self._retry.setInterval(_RETRY_MS)
        self._retry.timeout.connect(self._resume)
        self.show_page(self.intake)

    def start(self) -> None:
        """Count the queue, and go on with what an earlier run left in it."""
        self._desk.read(projection.is_empty, self._on_empty)
        self._count(then=self._resume_if_queued)
        self._retry.start()

    # -- building

    def _build(self) -> None:
        self._pages = QStackedWidget()
        rail = QFrame()
        rail.setObjectName("rail")
        rail.setFixedWidth(theme.RAIL_WIDTH)
        column = QVBoxLayout(rail)
        column.setContentsMargins(theme.SMALL, theme.LARGE, theme.SMALL, theme.SMALL)
        column.setSpacing(theme.TIGHT)
        group = QButtonGroup(self)
        self._rail: list[QPushButton] = []
        for number, (text, page) in enumerate(self.places):
            self._pages.addWidget(page)
            made = QPushButton(text)
            made.setCheckable(True)
            made.setAccessibleName(text)
            made.setToolTip(f"{text} (Ctrl+{number + 1})")
            made.clicked.connect(lambda _checked, shown=page: self.show_page(shown))
            group.addButton(made)
            column.addWidget(made)
            self._rail.append(made)
        column.addStretch()
        self._reveal_button = QPushButton(self.tr("Reveal names"))
        self._reveal_button.setCheckable(True)
        self._reveal_button.setProperty("toggle", True)
        self._reveal_button.setAccessibleName(self.tr("Reveal names in lists"))
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
        self._queue = label()
        self._queue.setAccessibleName(self.tr("Names queued for lookup"))
        self._progress = QProgressBar()
        self._progress.setAccessibleName(self.tr("Progress of lookups"))
        self._progress.setFixedWidth(220)
        self._progress.setFormat(self.tr("%v of %m"))
        self.look_up_button = button(
            self.tr("Look up"), self._desk.look_up, tip=self.tr("Look up what is queued (Ctrl+R)")
        )
        self.cancel_button = button(
            self.tr("Stop"),
            self.cancel,
            tip=self.tr("Stop lookups; the rest stays queued (Esc)"),
        )
        bar.setContentsMargins(theme.SMALL, theme.TIGHT, theme.SMALL, theme.TIGHT)
        for item in (self._queue, self._progress, self.look_up_button, self.cancel_button):
            bar.addWidget(item)
        if self._desk.context.settings.practice:
            badge = label(self.tr("Practice internet: nothing here is real"))
            badge.setObjectName("badge")
            bar.addPermanentWidget(badge)
        if not self._desk.can_look_up:
            badge = label(self.tr("No resolver set"))
            badge.setObjectName("badge")
            badge.setToolTip(self.tr("Set resolver.nameservers in the settings (Ctrl+,)"))
            bar.addPermanentWidget(badge)
        self.lock_badge = button(
            self.tr("Lock"), self.lock, tip=self.tr("Hide everything (Ctrl+Shift+L)")
        )
        self.lock_badge.setVisible(self._lock.possible)
        bar.addPermanentWidget(self.lock_badge)
        if not self._lock.possible:
            badge = label(self.tr("Not encrypted"), muted=True)
            badge.setToolTip(self.tr("A case file without a passphrase cannot be locked"))
            bar.addPermanentWidget(badge)
        self._show_status(0)

    # -- pages

    def show_page(self, page: Page) -> None:
        """Show a page of the rail."""
        self._pages.setCurrentWidget(page)
        self._rail[self._pages.currentIndex()].setChecked(True)
        page.show_page()

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
        for _title, page in self.places:
            page.set_revealed(revealed)
        self.revealed.emit(revealed)

    @property
    def names_revealed(self) -> bool:
        """Whether names are shown in lists."""
        return self._reveal_button.isChecked()

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

    # -- lookups

    @property
    def looking_up(self) -> bool:
        """Whether a batch runs."""
        return self._looking_up

    def look_up(self) -> None:
        """Look up what is queued."""
        self._desk.look_up()

    def cancel(self) -> None:
        """Stop the batch; the rest stays queued."""
        self._desk.worker.cancel()

    def _count(self, then: Callable[[int], None] | None = None) -> None:
        self._desk.read(queue.pending, then or self._show_status)

    def _resume_if_queued(self, queued: int) -> None:
        self._show_status(queued)
        if queued and self._desk.can_look_up:
            self._desk.messages.news(
                self.tr("Going on with names that were queued: {n}. Esc stops.").format(n=queued)
            )
            self._desk.look_up()

    @Slot()
    def _resume(self) -> None:
        if not self._looking_up and self._desk.can_look_up and not self._stopped:
            self._desk.look_up()

    @Slot(object)
    def _on_changed(self, changed: Changed) -> None:
        if changed & Changed.QUEUE:
            self._count()

    @Slot()
    def _on_began(self) -> None:
        self._looking_up = True
        self._stopped = False
        self._progress.setRange(0, 0)
        self._elapsed.start()
        self._show_busy()

    @Slot(object)
    def _on_advanced(self, advance: Advance) -> None:
        progress = advance.progress
        self._progress.setRange(0, max(progress.total, progress.done))
        self._progress.setValue(progress.done)
        self._queue.setText(progress_text(progress, self._elapsed.elapsed() / 1000))

    @Slot(object)
    def _on_ended(self, ended: Ended) -> None:
        self._looking_up = False
        self._stopped = ended.result is None
        self._desk.changed.emit(Changed.FINDINGS | Changed.QUEUE)
        messages = self._desk.messages
        if isinstance(ended.error, AbusetrackError):
            messages.care(str(ended.error))
        elif ended.error is not None:
            raise ended.error  # a bug: on to the crash hook
        elif ended.result is None:
            messages.news(self.tr("Lookups stopped; the rest stays queued."))
        elif ended.result.done:
            messages.news(
                self.tr("Names looked up: {done}; not fully answered: {failed}.").format(
                    done=ended.result.done,
                    failed=len({item.host for item in ended.result.failures}),
                )
            )

    def _show_busy(self) -> None:
        self._progress.setVisible(self._looking_up)
        self.cancel_button.setVisible(self._looking_up)
        self.look_up_button.setVisible(
            bool(self._queued) and not self._looking_up and self._desk.can_look_up
        )

    def _show_status(self, queued: int) -> None:
        if not self._looking_up:
            self._queue.setText(
                self.tr("Names queued: {n}").format(n=f"{queued:,}")
                if queued
                else self.tr("Nothing queued")
            )
        self._queued = queued
        self._show_busy()

    # -- trouble and the end

    @Slot(object)
    def show_crash(self, report: str) -> None:
        """Show an error of the app itself."""
        dialog = CrashDialog(report, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop lookups, close the case file, then let the window go."""
        self._retry.stop()
        self._desk.close()
        super().closeEvent(event)
        self.closed.emit()

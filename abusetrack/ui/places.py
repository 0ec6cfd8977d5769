"""The places of the window: a page of each, made when it is first wanted, and the ways between.

A window with all its pages made takes twice as long to come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from PySide6.QtCore import QCoreApplication, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from abusetrack.casefile import CaseFile, projection
from abusetrack.ui import shape
from abusetrack.ui.desk import Desk
from abusetrack.ui.shape import Shape

if TYPE_CHECKING:  # each imported with its page
    from abusetrack.casefile.filters import ListQuery
    from abusetrack.ui.pages.activity_page import ActivityPage
    from abusetrack.ui.pages.dashboards_page import DashboardsPage
    from abusetrack.ui.pages.directory_page import DirectoryPage
    from abusetrack.ui.pages.domains_page import DomainsPage
    from abusetrack.ui.pages.hops_page import HopsPage
    from abusetrack.ui.pages.intake_page import IntakePage
    from abusetrack.ui.pages.notices_page import NoticesPage
    from abusetrack.ui.pages.partners_page import PartnersPage

    Returning = DomainsPage | DirectoryPage | DashboardsPage
    Page = IntakePage | NoticesPage | HopsPage | ActivityPage | PartnersPage | Returning
    P = TypeVar("P", bound=Page)


class Place(NamedTuple):
    """One place: its key, which is also the name of its page here; its title; its icon."""

    key: str
    title: str
    icon: str


def all_places() -> tuple[Place, ...]:
    """Return the places as the rail shows them, from the top."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("places", text)

    return (
        Place("activity", tr("Activity"), "activity"),
        Place("intake", tr("Intake"), "inbox"),
        Place("domains", tr("Domains"), "globe"),
        Place("hops", tr("Hops"), "shuffle"),
        Place("notices", tr("Notices"), "mail"),
        Place("dashboards", tr("Dashboards"), "chart-column"),
        Place("directory", tr("Directory"), "book-user"),
        Place("partners", tr("Partners"), "handshake"),
    )


def first_place(case: CaseFile) -> str:
    """Return the key of the place to begin at: what is new, or where lists come in."""
    return "intake" if projection.is_empty(case) else "activity"


class Places(QStackedWidget):
    """Shows one page at a time, and makes those that come anew like those that are there.

    Signals:
        went(str): another place is shown, by its key.
        settings_wanted(): something is to be set first.
    """

    went = Signal(str)
    settings_wanted = Signal()
    _SHAPED = frozenset(
        {"intake", "domains", "notices", "directory", "hops", "activity", "partners"}
    )

    def __init__(self, desk: Desk, shapes: Shape, parent: QWidget | None = None) -> None:
        """``shapes`` has how the columns of pages were left, by their keys."""
        super().__init__(parent)
        self._desk = desk
        self._shapes = dict(shapes)
        self._left: Mapping[str, str] | None = None  # not read yet
        self._revealed = False
        self._calm = False
        self._made: dict[str, Page] = {}
        self._returning: dict[str, Returning] = {}  # those that list what they listed
        self.here = ""  # the key of the page that is shown

    # -- the pages

    @cached_property
    def activity(self) -> ActivityPage:
        """What happened since last time."""
        from abusetrack.ui.pages.activity_page import ActivityPage

        page = ActivityPage(self._desk)
        page.wanted.connect(self.lead)
        return self._keep("activity", page)

    @cached_property
    def intake(self) -> IntakePage:
        """Where lists come in."""
        from abusetrack.ui.pages.intake_page import IntakePage

        return self._keep("intake", IntakePage(self._desk))

    @cached_property
    def domains(self) -> DomainsPage:
        """The list of domains."""
        from abusetrack.ui.pages.domains_page import DomainsPage

        page = DomainsPage(self._desk)
        page.intake_wanted.connect(lambda: self.go("intake"))
        self._returning["domains"] = page
        return self._keep("domains", page)

    @cached_property
    def hops(self) -> HopsPage:
        """Pages that lead on to other domains."""
        from abusetrack.ui.pages.hops_page import HopsPage

        page = HopsPage(self._desk)
        page.wanted.connect(self.lead)
        return self._keep("hops", page)

    @cached_property
    def notices(self) -> NoticesPage:
        """Drafts, and what became of them."""
        from abusetrack.ui.pages.notices_page import NoticesPage

        return self._keep("notices", NoticesPage(self._desk))

    @cached_property
    def dashboards(self) -> DashboardsPage:
        """The figures."""
        from abusetrack.ui.pages.dashboards_page import DashboardsPage

        page = DashboardsPage(self._desk)
        page.domains_wanted.connect(self.list_domains)
        self._returning["dashboards"] = page
        return self._keep("dashboards", page)

    @cached_property
    def directory(self) -> DirectoryPage:
        """Registries, registrars and hosts, and how they are reached."""
        from abusetrack.ui.pages.directory_page import DirectoryPage

        page = DirectoryPage(self._desk)
        self._returning["directory"] = page
        return self._keep("directory", page)

    @cached_property
    def partners(self) -> PartnersPage:
        """Files for partners, and files from them."""
        from abusetrack.ui.pages.partners_page import PartnersPage

        page = PartnersPage(self._desk)
        page.settings_wanted.connect(self.settings_wanted)
        return self._keep("partners", page)

    def _keep(self, key: str, page: P) -> P:
        self._made[key] = page
        self.addWidget(page)
        page.set_revealed(self._revealed)
        page.set_calm(self._calm)
        if key in self._SHAPED:
            shape.give(page, self._shapes.get(key))
        self._bring_back(key)
        return page

    def page(self, key: str) -> Page:
        """Return the page of a place."""
        found: Page = getattr(self, key)
        return found

    def every(self) -> Iterator[Page]:
        """Yield every page, made for it where it was not there yet."""
        return (self.page(place.key) for place in all_places())

    # -- ways between them

    def go(self, key: str) -> None:
        """Show the page of a place."""
        self.show_page(self.page(key))

    def show_page(self, page: Page) -> None:
        """Show a page."""
        self.setCurrentWidget(page)
        self.here = next(key for key, made in self._made.items() if made is page)
        self.went.emit(self.here)
        if self.isVisible():
            page.show_page()

    def showEvent(self, event: QShowEvent) -> None:
        """Let the page read once it is seen: the window comes sooner."""
        super().showEvent(event)
        if not event.spontaneous() and self.here:
            QTimer.singleShot(0, self.page(self.here).show_page)

    @Slot(object)
    def lead(self, key: tuple[str, str]) -> None:
        """Show what a row of another page stands for."""
        what, name = key
        if what == "domain":
            self.go("domains")
            self.domains.show_domain(name)
        elif what == "notice":
            self.notices.show_reference(name)
            self.go("notices")
        elif what == "search":
            self.go("domains")
            self.domains.search(name)

    @Slot(object)
    def list_domains(self, query: ListQuery) -> None:
        """List the domains that a figure counts."""
        self.go("domains")
        self.domains.show_query(query)

    # -- how all of them are

    def set_revealed(self, revealed: bool) -> None:
        """Show names and URLs, or mask them."""
        self._revealed = revealed
        for page in self._made.values():
            page.set_revealed(revealed)

    def set_calm(self, calm: bool) -> None:
        """Hide numbers and colours, or show them."""
        self._calm = calm
        for page in self._made.values():
            page.set_calm(calm)

    def come_back(self, left: Mapping[str, str]) -> None:
        """Let pages list what they listed when they were left, by their keys."""
        self._left = left
        for key in tuple(self._made):
            self._bring_back(key)

    def _bring_back(self, key: str) -> None:
        if key in self._returning and self._left is not None and key in self._left:
            self._returning[key].come_back(self._left[key])

    def left(self) -> dict[str, str]:
        """Return what the pages that were made list, by their keys; nothing twice.

        Before :meth:`come_back` there is nothing to keep: it would take the place of it.
        """
        if self._left is None:
            return {}
        self._left = None
        return {key: page.left() for key, page in self._returning.items()}

    def shapes(self) -> Shape:
        """Return how the columns of all pages are left, by their keys."""
        made = {key: shape.of(page) for key, page in self._made.items() if key in self._SHAPED}
        return self._shapes | made

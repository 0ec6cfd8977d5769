"""Everything known of the selected domain: facts, reports, history, and what was asked."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QStackedLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from abusetrack.casefile import CaseFile
from abusetrack.records import DomainNow
from abusetrack.triage import dossier, timeline
from abusetrack.triage.dossier import Dossier
from abusetrack.triage.timeline import Timeline
from abusetrack.ui import clipboard, theme
from abusetrack.ui.desk import Desk
from abusetrack.ui.facts import sections
from abusetrack.ui.models.domain_table import keep_labels, shown_name
from abusetrack.ui.text import Masker, copied, joined
from abusetrack.ui.widgets.answers_view import AnswersView
from abusetrack.ui.widgets.facts_view import FactsView
from abusetrack.ui.widgets.history_view import HistoryView
from abusetrack.ui.widgets.parts import EmptyPlace, button, label
from abusetrack.ui.widgets.reports_view import ReportsView
from abusetrack.ui.widgets.saying_strip import SayingStrip
from abusetrack.ui.words import word


class DetailPanel(QFrame):
    """Shows one domain; asks the reader thread for it.

    Signals:
        shown(Dossier): it is on the screen.
        told(Timeline): its history is on the screen.
    """

    shown = Signal(object)
    told = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._desk = desk
        self._row: DomainNow | None = None
        self._dossier: Dossier | None = None
        self._timeline: Timeline | None = None
        self._generation = 0
        self._all_revealed = False
        self._calm = False
        self._own: bool | None = None  # this domain's reveal button; None: as the window
        self._build()

    def _build(self) -> None:
        self._name = QLabel()
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._name.setFont(theme.strong(theme.title(self._name.font())))
        self._name.setWordWrap(True)
        self._name.setAccessibleDescription(self.tr("Selected domain"))
        self._state = label(muted=True, wrap=True)
        self._reveal = button(
            self.tr("Reveal"), self._toggle, tip=self.tr("Show or mask the names of this domain")
        )
        self._reveal.setCheckable(True)
        self._reveal.setProperty("toggle", True)
        copy = button(
            self.tr("Copy name"),
            self._copy,
            tip=self.tr("The domain to the clipboard, defanged unless Shift is held"),
        )
        again = button(
            self.tr("Look up again"), self._look_up_again, tip=self.tr("Queue its hosts again")
        )
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SMALL)
        self.strip = SayingStrip(self._desk)
        for item in (self._reveal, copy, again, self.strip.make_button()):
            buttons.addWidget(item)
        buttons.addStretch()
        self.facts = FactsView()
        self.reports = ReportsView()
        self.history = HistoryView()
        self.answers = AnswersView()
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self.tr("Details of the domain"))
        self.tabs.tabBar().setDrawBase(False)
        for view, text in (
            (self.facts, self.tr("Facts")),
            (self.reports, self.tr("Reports")),
            (self.history, self.tr("History")),
            (self.answers, self.tr("Answers")),
        ):
            self.tabs.addTab(view, text)
        self.tabs.currentChanged.connect(self._fetch_history)
        full = QWidget()
        layout = QVBoxLayout(full)
        layout.setContentsMargins(theme.MEDIUM, theme.MEDIUM, theme.MEDIUM, theme.MEDIUM)
        layout.setSpacing(theme.SMALL)
        layout.addWidget(self._name)
        layout.addWidget(self._state)
        layout.addLayout(buttons)
        layout.addWidget(self.strip)
        layout.addWidget(self.tabs, 1)
        self._empty = EmptyPlace(
            self.tr("No domain selected"),
            self.tr("Select a row to see every fact with its source and age."),
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(full)

    @property
    def domain(self) -> str | None:
        """The domain that is shown or being fetched."""
        return self._row.domain if self._row else None

    def show_row(self, row: DomainNow | None) -> None:
        """Fetch and show another domain, or none."""
        if row is None or self._row is None or row.domain != self._row.domain:
            self._own = None
            self._timeline = None
        self._row = row
        self.strip.show_domain(self.domain)
        self.refresh()

    def refresh(self) -> None:
        """Fetch the domain anew."""
        self._generation += 1
        row = self._row
        if row is None:
            self._dossier = None
            self._stack.setCurrentIndex(0)
            return
        context, generation, text = self._desk.context, self._generation, _as_url(row.domain)

        def fetch(case: CaseFile) -> Dossier | None:
            if generation != self._generation:
                return None  # another one was selected in the meantime
            return dossier.stored(context, case, text)

        self._desk.read(fetch, partial(self._on_fetched, generation))
        self._fetch_history()

    def _fetch_history(self) -> None:
        """Fetch the history, which takes longer, only while somebody looks at it."""
        row = self._row
        if row is None or self.tabs.currentWidget() is not self.history:
            return
        context, generation, text = self._desk.context, self._generation, _as_url(row.domain)

        def fetch(case: CaseFile) -> Timeline | None:
            if generation != self._generation:
                return None
            return timeline.timeline(context, case, text)

        self._desk.read(fetch, partial(self._on_history, generation))

    def _on_history(self, generation: int, found: Timeline | None) -> None:
        if generation != self._generation or found is None:
            return
        if found != self._timeline:
            self._timeline = found
            self._show()
        self.told.emit(found)

    def set_revealed(self, revealed: bool) -> None:
        """Show names, or mask them, as the window says."""
        self._all_revealed = revealed
        self._own = None
        self._show()

    def _on_fetched(self, generation: int, found: Dossier | None) -> None:
        if generation != self._generation or found is None:
            return
        same = found == self._dossier  # then what is being read stays as it is
        self._dossier = found
        if found.now is not None:
            self._row = found.now
        if not same:
            self._show()
        self.shown.emit(found)

    def _show(self) -> None:
        found, row = self._dossier, self._row
        if found is None or row is None:
            return
        revealed = self._all_revealed if self._own is None else self._own
        keep = keep_labels(row)
        names = [found.domain, found.unicode, *(host.host for host in found.view.hosts)]
        linked = [link.domain for link in found.judged.links.links] if found.judged else []
        masker = Masker.of(names, keep=keep, revealed=revealed).and_of(linked)
        now = self._desk.context.clock.now()
        self._name.setText(shown_name(row, revealed=revealed))
        kind = word(row.kind) if row.kind else ""
        self._state.setText(joined([word(found.view.state.state), kind]))
        self._reveal.setChecked(revealed)
        self._reveal.setText(self.tr("Mask") if revealed else self.tr("Reveal"))
        self.facts.show_sections(sections(found, now, calm=self._calm), masker)
        self.reports.show_reports(found.reports, keep=keep, revealed=revealed)
        self.answers.show_observations(found.view.observations, masker, now)
        self.history.show_timeline(self._timeline, masker)
        number = self.tr("Reports ({n})").format(n=len(found.reports))
        self.tabs.setTabText(1, self.tr("Reports") if self._calm else number)
        self._stack.setCurrentIndex(1)

    def set_calm(self, calm: bool) -> None:
        """Leave numbers out, or show them."""
        self._calm = calm
        self._show()

    def _toggle(self) -> None:
        self._own = self._reveal.isChecked()
        self._show()

    def _copy(self) -> None:
        if self._row is not None:
            name = self._row.domain
            clipboard.put(name if clipboard.plain_wanted() else copied(name))

    def _look_up_again(self) -> None:
        if self._row is not None:
            self._desk.look_up_again([self._row.domain])


def _as_url(domain: str) -> str:
    """Return a URL of it: as the host of one, any name of the case file is taken."""
    return f"https://[{domain}]/" if ":" in domain else f"https://{domain}/"

"""The dashboards: figures by group, under one bar of filters."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from abusetrack.casefile import CaseFile, saved_figures
from abusetrack.casefile.filters import ListQuery
from abusetrack.metrics import choices
from abusetrack.metrics.choices import Choices, Chosen
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.panels import PANELS, Panel, PanelKind, Surroundings
from abusetrack.metrics.panels.behind import domains_behind
from abusetrack.metrics.panels.model import Table
from abusetrack.metrics.panels.removal import OpenCase, open_list
from abusetrack.triage.figures import panel_csv, surroundings
from abusetrack.ui import theme
from abusetrack.ui.desk import Changed, Desk
from abusetrack.ui.news import News
from abusetrack.ui.text import mask_name, minute, one_line
from abusetrack.ui.widgets.charts import pictures
from abusetrack.ui.widgets.figure_card import FigureCard
from abusetrack.ui.widgets.figure_filters import FigureFilters
from abusetrack.ui.widgets.file_dialog import FileDialog
from abusetrack.ui.widgets.parts import EmptyPlace, heading, label, open_once
from abusetrack.ui.widgets.report_button import report_button

_GROUPS = ("Registration", "Hosting", "Takedown", "Lasting", "Kind", "Work")
_MOST_OPEN = 500  # open cases listed


class DashboardsPage(QWidget):
    """Builds the panels of the tab that is shown, one after the other, off the GUI thread.

    The picture before stays, marked as not up to date, until the new one is there.

    Signals:
        domains_wanted(ListQuery): the domains that a figure counts are to be listed.
    """

    domains_wanted = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._generation = 0
        self._fresh: dict[str, int] = {}  # panel -> generation that it shows or waits for
        self._around: Surroundings | None = None
        self._revealed = False
        self._open: dict[str, list[OpenCase]] = {}
        self.cards: dict[str, FigureCard] = {}
        self._build()
        News(desk, self, self._on_news, Changed.REPORTS | Changed.FINDINGS | Changed.NOTICES)

    # -- building

    def _build(self) -> None:
        self.filters = FigureFilters(self._desk.context.clock.now())
        self.filters.changed.connect(self._ask)
        self.filters.save_wanted.connect(self.save_filters)
        self.filters.load_wanted.connect(self.load_filters)
        self.filters.remove_wanted.connect(self.remove_filters)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self.tr("Groups of figures"))
        self.tabs.setDocumentMode(True)
        for group in _GROUPS:
            self.tabs.addTab(self._group(group), self.tr(group))
        self.tabs.currentChanged.connect(self._build_shown)
        self._figures = QWidget()
        inner = QVBoxLayout(self._figures)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(theme.MEDIUM)
        self._calm = EmptyPlace(
            self.tr("Figures are out of sight"),
            self.tr("Calm mode hides numbers and colours. Ctrl+Shift+H shows them again."),
        )
        self._calm.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(heading(self.tr("Dashboards")))
        layout.addWidget(self._calm, 1)
        layout.addWidget(self._figures, 1)
        self.filters.add(report_button(self._desk, self.counted))
        inner.addWidget(self.filters)
        inner.addWidget(
            label(
                self.tr(
                    "Only confirmed reports count. A large share says where the abuse is, not "
                    "whose fault it is."
                ),
                muted=True,
            )
        )
        inner.addWidget(self.tabs, 1)

    def _group(self, group: str) -> QScrollArea:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, theme.SMALL, theme.SMALL, 0)
        column.setSpacing(theme.MEDIUM)
        for kind in PANELS:
            if kind.group == group:
                column.addWidget(self._card(kind))
        column.addStretch(1)  # all that is over: cards stay as high as they need
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        return area

    def _card(self, kind: PanelKind) -> FigureCard:
        card = FigureCard(kind)
        card.chosen.connect(partial(self._lead, kind.key))
        card.case_chosen.connect(self._lead_to_case)
        card.open_wanted.connect(partial(self._list_open, kind.key))
        card.save_wanted.connect(partial(self._take_along, kind.key))
        self.cards[kind.key] = card
        return card

    # -- what is counted

    def show_page(self) -> None:
        """Offer what the case file has, count what is not fresh, and take the keyboard."""
        self._desk.read(choices.choices, self._offer)
        self._build_shown()
        self.filters.period.setFocus()

    def set_revealed(self, revealed: bool) -> None:
        """Show the names of open cases, or mask them."""
        self._revealed = revealed
        for key in self._open:
            self._show_open(key)

    def set_calm(self, calm: bool) -> None:
        """Hide every figure, or show them."""
        self._figures.setVisible(not calm)
        self._calm.setVisible(calm)

    def _offer(self, found: Choices) -> None:
        self.filters.offer(found)

    def counted(self) -> Filters:
        """Return what is counted now."""
        return self.filters.chosen().at(self._desk.context.clock.now())

    @Slot()
    def _ask(self) -> None:
        """Count all anew: the panels that are seen at once, the others when they are."""
        self._generation += 1
        for card in self.cards.values():
            card.set_stale(True)
        self._build_shown()

    @Slot()
    def _on_news(self) -> None:
        if self.isVisible():
            self._desk.read(choices.choices, self._offer)
        self._ask()

    @Slot()
    def _build_shown(self) -> None:
        if not self.isVisible():
            return
        group, generation = _GROUPS[self.tabs.currentIndex()], self._generation
        filters, context = self.counted(), self._desk.context
        for kind in PANELS:
            if kind.group != group or self._fresh.get(kind.key) == generation:
                continue
            self._fresh[kind.key] = generation

            def work(case: CaseFile, kind: PanelKind = kind) -> Panel | None:
                if generation != self._generation:
                    return None  # other filters are waited for meanwhile
                if self._around is None:
                    self._around = surroundings(context)
                return kind.build(case, filters, replace(self._around, now=context.clock.now()))

            self._desk.study(
                work, partial(self._show, kind.key, generation), partial(self._give_up, kind.key)
            )

    def _show(self, key: str, generation: int, panel: Panel | None) -> None:
        if panel is not None and generation == self._generation:
            self._open.pop(key, None)
            self.cards[key].show_panel(panel)

    def _give_up(self, key: str) -> None:
        self._fresh.pop(key, None)

    # -- leading on

    def _lead(self, key: str, row: str) -> None:
        """List the domains that a row counts, as the figure on the screen counts them."""
        filters, context = self.counted(), self._desk.context

        def work(case: CaseFile) -> tuple[int, ...]:
            if self._around is None:
                self._around = surroundings(context)
            return domains_behind(case, key, filters, self._around, row)

        self._desk.study(work, lambda ids: self.domains_wanted.emit(ListQuery(among=ids)))

    def _lead_to_case(self, domain: str) -> None:
        self.domains_wanted.emit(ListQuery(text=domain))

    def _list_open(self, key: str) -> None:
        filters = self.counted()

        def keep(found: list[OpenCase]) -> None:
            self._open[key] = found
            self._show_open(key)

        self._desk.study(lambda case: open_list(case, filters, key), keep)

    def _show_open(self, key: str) -> None:
        cases = self._open[key][:_MOST_OPEN]
        self.cards[key].show_open(
            Table(
                headers=(
                    self.tr("still open"), self.tr("party"), self.tr("country"),
                    self.tr("since"), self.tr("last seen up"),
                ),
                rows=tuple(
                    (
                        one.domain if self._revealed else mask_name(one.domain),
                        one.case.party,
                        one.case.country,
                        minute(one.case.start),
                        minute(one.case.last_up),
                    )
                    for one in cases
                ),
                keys=tuple(one.domain for one in cases),
            )
        )  # fmt: skip

    # -- saved filters

    def save_filters(self, name: str) -> None:
        """Save what is chosen under a name, inside the case file."""
        chosen = self.filters.chosen()

        def save(case: CaseFile) -> Choices:
            choices.save(case, name, chosen)
            return choices.choices(case)

        self._desk.write(save, partial(self._on_saved, self.tr("Filters saved.")))

    def remove_filters(self, name: str) -> None:
        """Forget the filters of a name."""

        def remove(case: CaseFile) -> Choices:
            saved_figures.remove(case, name)
            return choices.choices(case)

        self._desk.write(remove, partial(self._on_saved, self.tr("Saved filters deleted.")))

    def _on_saved(self, news: str, found: Choices) -> None:
        self._desk.messages.news(news)
        self._offer(found)

    def load_filters(self, name: str) -> None:
        """Choose what was saved under a name."""
        self._desk.read(lambda case: choices.load(case, name), self._on_loaded)

    def _on_loaded(self, chosen: Chosen) -> None:
        self.filters.set_chosen(chosen)

    def left(self) -> str:
        """Say what is counted, for :meth:`come_back`."""
        return choices.encode(self.filters.chosen())

    def come_back(self, text: str) -> None:
        """Count what was counted when the page was left."""
        if (chosen := choices.decode(text)) is not None:
            self.filters.set_chosen(chosen)

    # -- taking along

    def _take_along(self, key: str, what: str) -> None:
        card = self.cards[key]
        if what == "copy":
            if card.chart is not None and card.panel is not None:
                QApplication.clipboard().setImage(pictures.image(card.chart, card.title.text()))
                self._desk.messages.news(self.tr("Picture copied."))
            return
        dialog = FileDialog(self, self.tr("Save the figure"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(what)
        dialog.selectFile(f"{key}.{what}")
        dialog.fileSelected.connect(lambda name: self.save_figure(key, what, Path(name)))
        open_once(dialog)

    def save_figure(self, key: str, what: str, path: Path) -> None:
        """Write a figure as "png", "svg" or "csv"."""
        card = self.cards[key]
        if card.panel is None:
            return
        title = one_line(card.panel.title)
        if what == "csv":
            data = panel_csv(card.panel).encode("utf-8-sig")
        elif card.chart is not None:
            data = (pictures.svg if what == "svg" else pictures.png)(card.chart, title)
        else:
            return
        try:
            path.write_bytes(data)
        except OSError as error:
            self._desk.messages.care(
                self.tr("{path} cannot be written: {why}.").format(path=path, why=error.strerror)
            )
        else:
            self._desk.messages.news(self.tr("Figure saved: {path}").format(path=path))

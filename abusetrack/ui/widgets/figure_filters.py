"""What figures count: one bar of filters for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from PySide6.QtCore import QDate, QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDateEdit, QHBoxLayout, QWidget

from abusetrack.metrics.choices import Choices, Chosen
from abusetrack.metrics.filters import Filters, Period
from abusetrack.metrics.regions import regions
from abusetrack.records import SiteKind
from abusetrack.ui import theme
from abusetrack.ui.text import one_line
from abusetrack.ui.widgets.flow import FlowLayout
from abusetrack.ui.widgets.parts import button, label
from abusetrack.ui.words import word

_POLICY = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon


class FigureFilters(QWidget):
    """Holds :class:`Chosen`.

    Signals:
        changed(): something else is to be counted.
        save_wanted(str), load_wanted(str), remove_wanted(str): of filters under a name.
    """

    changed = Signal()
    save_wanted = Signal(str)
    load_wanted = Signal(str)
    remove_wanted = Signal(str)

    def __init__(self, today: datetime) -> None:
        super().__init__()
        self.since, self.until = self._day(self.tr("From")), self._day(self.tr("To, included"))
        self.period = self._box(self.tr("Period"), 12)
        for item in Period:
            self.period.addItem(word(item), item)
        self.period.addItem(self.tr("custom days"), None)
        self.since.setDate(QDate(today.year, today.month, 1))
        self.until.setDate(QDate(today.year, today.month, today.day))
        self.category = self._box(self.tr("Legal category"), 12)
        self.commercial = self._box(self.tr("Commercial or not"), 12)
        self.kind = self._box(self.tr("Kind of site"), 10)
        self.source = self._box(self.tr("Source of the report"), 10)
        self.country = self._box(self.tr("Hosting country"), 10)
        self.registrar = self._box(self.tr("Registrar"), 16)
        self.as_known_now = QCheckBox(self.tr("As known &now"))
        self.as_known_now.setAccessibleName(self.tr("Count by what is known now"))
        self.as_known_now.setToolTip(
            self.tr("Count by what is known now, not by what was known at the time of the report")
        )
        self.as_known_now.toggled.connect(self.changed)
        self.saved = QComboBox()
        self.saved.setEditable(True)
        self.saved.setAccessibleName(self.tr("Saved filters"))
        self.saved.setToolTip(self.tr("Choose saved filters, or type a name to save these under"))
        self.saved.setSizeAdjustPolicy(_POLICY)
        self.saved.setMinimumContentsLength(14)
        edit = self.saved.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(self.tr("Saved filters"))
        self.saved.activated.connect(lambda at: self.load_wanted.emit(self.saved.itemText(at)))
        self.clear_button = button(self.tr("Clear"), self.clear, tip=self.tr("Count everything"))
        self.save_button = button(
            self.tr("Save"),
            lambda: self.save_wanted.emit(self.saved.currentText()),
            tip=self.tr("Save these filters under the name beside, inside the case file"),
        )
        self.remove_button = button(
            self.tr("Delete"),
            lambda: self.remove_wanted.emit(self.saved.currentText()),
            tip=self.tr("Delete the saved filters of the name beside"),
        )
        self.offer(Choices())
        self._lay_out()
        self.set_chosen(Chosen())

    def _lay_out(self) -> None:
        self._flow = flow = FlowLayout(self, spacing=theme.SMALL)
        for item in (
            self.period, self.since, self.until, self.category, self.commercial, self.kind,
            self.source, self.country, self.registrar, self.as_known_now, self.clear_button,
        ):  # fmt: skip
            flow.addWidget(item)
        kept = QWidget()
        row = QHBoxLayout(kept)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SMALL)
        row.addWidget(label(self.tr("Saved:"), muted=True))
        for item in (self.saved, self.save_button, self.remove_button):
            row.addWidget(item)
        flow.addWidget(kept)

    def add(self, item: QWidget) -> None:
        """Put something beside the filters that works on what they choose."""
        self._flow.addWidget(item)

    def _box(self, name: str, characters: int) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.setSizeAdjustPolicy(_POLICY)
        box.setMinimumContentsLength(characters)
        box.view().setMinimumWidth(220)
        box.currentIndexChanged.connect(self._on_changed)
        return box

    def _day(self, name: str) -> QDateEdit:
        made = QDateEdit()
        made.setAccessibleName(name)
        made.setToolTip(name)
        made.setDisplayFormat("yyyy-MM-dd")
        made.setCalendarPopup(True)
        made.setKeyboardTracking(False)
        made.dateChanged.connect(self.changed)
        return made

    def _on_changed(self) -> None:
        self._show_days()
        self.changed.emit()

    def _show_days(self) -> None:
        for item in (self.since, self.until):
            item.setVisible(self.period.currentData() is None)

    def offer(self, choices: Choices) -> None:
        """Offer what stands in the case file; what is chosen stays chosen."""
        names = regions().names
        commercial = ((self.tr("commercial"), True), (self.tr("not commercial"), False))
        for box, anything, items in (
            (self.category, self.tr("Any category"), [(v, v) for v in choices.categories]),
            (self.commercial, self.tr("Commercial or not"), commercial),
            (self.kind, self.tr("Any kind"), [(word(item), item) for item in SiteKind]),
            (self.source, self.tr("Any source"), [(v, v) for v in choices.sources]),
            (
                self.country,
                self.tr("Any country"),
                [(names.get(code, code), code) for code in choices.countries],
            ),
            (
                self.registrar,
                self.tr("Any registrar"),
                [(name or key, key) for key, name in choices.registrars],
            ),
        ):
            _fill(box, anything, items)
        with QSignalBlocker(self.saved):
            text = self.saved.currentText()
            self.saved.clear()
            self.saved.addItems([one_line(name) for name in choices.saved])
            self.saved.setCurrentIndex(-1)
            self.saved.setEditText(text)

    def chosen(self) -> Chosen:
        """Return what is chosen."""
        named = self.period.currentData()
        since = until = None
        if named is None:
            since = _midnight(self.since.date())
            until = _midnight(self.until.date()) + timedelta(days=1)
        kind = self.kind.currentData()
        return Chosen(
            Filters(
                since=since,
                until=until,
                category=self.category.currentData(),
                commercial=self.commercial.currentData(),
                kind=SiteKind(kind) if kind else None,
                source=self.source.currentData(),
                country=self.country.currentData(),
                registrar=self.registrar.currentData(),
                at_the_time=not self.as_known_now.isChecked(),
            ),
            Period(named) if named else None,
        )

    def set_chosen(self, chosen: Chosen) -> None:
        """Choose, and say that it changed once."""
        filters = chosen.filters
        blocked = [QSignalBlocker(item) for item in self._inputs()]
        _choose(self.period, chosen.named)
        if filters.since is not None and filters.until is not None:
            last = filters.until - timedelta(days=1)
            self.since.setDate(QDate(filters.since.year, filters.since.month, filters.since.day))
            self.until.setDate(QDate(last.year, last.month, last.day))
        for box, value in (
            (self.category, filters.category),
            (self.commercial, filters.commercial),
            (self.kind, filters.kind),
            (self.source, filters.source),
            (self.country, filters.country),
            (self.registrar, filters.registrar),
        ):
            _choose(box, value)
        self.as_known_now.setChecked(not filters.at_the_time)
        del blocked
        self._on_changed()

    def _inputs(self) -> tuple[QWidget, ...]:
        return (
            self.period, self.since, self.until, self.category, self.commercial, self.kind,
            self.source, self.country, self.registrar, self.as_known_now,
        )  # fmt: skip

    def clear(self) -> None:
        """Count everything."""
        self.set_chosen(Chosen())


def _midnight(day: QDate) -> datetime:
    return datetime.combine(datetime(day.year(), day.month(), day.day()), time(), UTC)  # noqa: DTZ001  # UTC is given


def _fill(box: QComboBox, anything: str, items: Iterable[tuple[str, Any]]) -> None:
    with QSignalBlocker(box):
        kept = box.currentData()
        box.clear()
        box.addItem(anything, None)
        for text, value in items:
            box.addItem(one_line(text), value)
        _choose(box, kept)


def _choose(box: QComboBox, value: Any) -> None:
    """Choose a value; one that is not offered (any more) is offered as it is."""
    at = next((n for n in range(box.count()) if box.itemData(n) == value), -1)
    if at < 0:
        box.addItem(one_line(str(value)), value)
        at = box.count() - 1
    box.setCurrentIndex(at)

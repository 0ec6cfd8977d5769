"""The search box with its filter chips, and the filters that are saved under a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from abusetrack.casefile import CaseFile, saved
from abusetrack.casefile.filters import ListQuery
from abusetrack.ui import theme
from abusetrack.ui.desk import Desk
from abusetrack.ui.filtering import (
    Choice,
    Facet,
    active,
    chip_text,
    facets,
    typed,
    with_value,
    without_facets,
)
from abusetrack.ui.widgets.delegates import RowDelegate
from abusetrack.ui.widgets.flow import FlowLayout
from abusetrack.ui.widgets.parts import button, label

_TYPING_MS = 200
_EDITOR_WIDTH = 220
_WIDEST_OFFER = 480


class FilterBar(QWidget):
    """Says what is listed; the page takes ``query`` from it.

    Signals:
        changed(): the query is another one.
    """

    changed = Signal()

    def __init__(self, desk: Desk, query: ListQuery, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.query = query
        self._known: dict[str, Sequence[Choice]] = {}
        self._facets = {facet.field: facet for facet in facets()}
        self._build()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._search)
        self.search.textChanged.connect(self._typing.start)
        self._show_chips()

    # -- building

    def _build(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search names, networks, references, notes"))
        self.search.setAccessibleName(self.tr("Search"))
        self.search.setToolTip(
            self.tr(
                "Any part of a name, of a registrar's name, of a reference or a note; AS64500; an"
                " IP address or prefix. One or two characters find what begins with them. (Ctrl+F)"
            )
        )
        self.search.setClearButtonEnabled(True)
        self.filter_button = button(
            self.tr("Filter"),
            lambda: None,
            tip=self.tr("Show only some domains"),
            icon="list-filter",
        )
        self.menu = QMenu(self)
        for facet in self._facets.values():
            if facet.fixed:
                self._add_fixed(facet)
            elif facet.read is not None:
                self.menu.addAction(f"{facet.title}…", partial(self.ask_value, facet.field))
        self.filter_button.setMenu(self.menu)
        self.saved_button = button(
            self.tr("Saved"),
            lambda: None,
            tip=self.tr("Filters kept under a name"),
            icon="bookmark",
        )
        self.saved_menu = QMenu(self)
        self.saved_button.setMenu(self.saved_menu)
        self._list_saved([])
        self.saved_menu.aboutToShow.connect(self.ask_saved)
        row = QHBoxLayout()
        row.setSpacing(theme.SMALL)
        row.addWidget(self.search, 1)
        row.addWidget(self.filter_button)
        row.addWidget(self.saved_button)
        self._row = row
        self.chips = QWidget()
        self._flow = FlowLayout(self.chips)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SMALL)
        layout.addLayout(row)
        layout.addWidget(self.chips)

    def add_button(self, made: QPushButton) -> None:
        """Put a further button of the page behind the others."""
        self._row.addWidget(made)

    def _add_fixed(self, facet: Facet) -> None:
        if len(facet.fixed) == 1:
            (_, value) = facet.fixed[0]
            self.menu.addAction(facet.title, partial(self.set_value, facet.field, value))
            return
        part = self.menu.addMenu(facet.title)
        for name, value in facet.fixed:
            part.addAction(name, partial(self.set_value, facet.field, value))

    # -- the query

    def set_value(self, field: str, value: Any) -> None:
        """Filter by a value of one field; None takes that filter away."""
        self.set_query(with_value(self.query, self._facets[field], value))

    def clear(self) -> None:
        """Take text and filters away."""
        self.set_query(without_facets(self.query))

    def set_query(self, query: ListQuery) -> None:
        """List something else."""
        self.query = query
        if self.search.text().strip() != query.text:
            self.search.blockSignals(True)
            self.search.setText(query.text)
            self.search.blockSignals(False)
        self._show_chips()
        self.changed.emit()

    def _search(self) -> None:
        text = self.search.text().strip()
        if text != self.query.text:
            self.set_query(replace(self.query, text=text))

    # -- chips

    def _show_chips(self) -> None:
        self._empty_flow()
        shown = list(active(self.query))
        for facet, value in shown:
            text = chip_text(facet, value, self._known.get(facet.field, ()))
            chip = button(
                f"{text}  ✕".replace("&", "&&"),
                partial(self.set_value, facet.field, None),
                tip=self.tr("Take this filter away"),
            )
            chip.setAccessibleName(
                self.tr("Filter {text}; press to take it away").format(text=text)
            )
            chip.setProperty("chip", True)
            self._flow.addWidget(chip)
        if len(shown) > 1:
            self._flow.addWidget(button(self.tr("Clear all"), self.clear))
        self.chips.setVisible(bool(shown))

    def _empty_flow(self) -> None:
        focus = self.window().focusWidget()
        if focus is not None and self.chips.isAncestorOf(focus):
            self.search.setFocus()  # not somewhere else in the window
        while (item := self._flow.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    # -- values that are typed

    def ask_value(self, field: str) -> None:
        """Put a line among the chips in which a value is typed; what there is, is offered."""
        facet = self._facets[field]
        line = self._editor(facet.title, facet.hint, partial(self._on_typed, facet))
        if facet.offer is not None:
            self._desk.read(facet.offer, partial(self._on_offered, facet, line))

    def _on_offered(self, facet: Facet, line: QLineEdit, found: Sequence[Choice]) -> None:
        self._known[facet.field] = found
        if line is not self.editor():
            return
        completer = QCompleter([name for name, _ in found], line)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        line.setCompleter(completer)
        if (popup := completer.popup()) is not None:
            popup.setItemDelegate(RowDelegate(popup))
            widths = [popup.fontMetrics().horizontalAdvance(name) for name, _ in found]
            popup.setMinimumWidth(min(max(widths, default=0) + 2 * theme.HUGE, _WIDEST_OFFER))

    def _on_typed(self, facet: Facet, text: str) -> None:
        try:
            value = typed(facet, text, self._known.get(facet.field, ()))
        except ValueError as error:
            self._desk.messages.care(str(error))
            return
        self.set_value(facet.field, value)

    def editor(self) -> QLineEdit | None:
        """Return the line in which something is typed, while there is one."""
        lines = [
            item.widget()
            for n in range(self._flow.count())
            if (item := self._flow.itemAt(n)) is not None
        ]
        return next((line for line in lines if isinstance(line, QLineEdit)), None)

    def _editor(self, title: str, hint: str, act: Any) -> QLineEdit:
        self._show_chips()
        named = label(f"{title}:")
        line = QLineEdit()
        line.setAccessibleName(title)
        line.setPlaceholderText(hint)
        line.setFixedWidth(_EDITOR_WIDTH)
        line.returnPressed.connect(lambda: act(line.text()))
        line.installEventFilter(self)
        named.setBuddy(line)
        for item in (named, line):
            self._flow.addWidget(item)
        self.chips.show()
        line.setFocus()
        return line

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give a line up on Esc, before Esc stops the lookups."""
        if event.type() is QEvent.Type.ShortcutOverride and _is_escape(event):
            event.accept()
            return True
        if event.type() is QEvent.Type.KeyPress and _is_escape(event):
            self._show_chips()
            return True
        return super().eventFilter(watched, event)

    # -- saved filters

    def ask_saved(self) -> None:
        """Ask for the names of the saved filters."""
        self._desk.read(saved.names, self._list_saved)

    def _list_saved(self, names: Sequence[str]) -> None:
        self.saved_menu.clear()
        for name in names:
            self.saved_menu.addAction(name.replace("&", "&&"), partial(self.use, name))
        if names:
            self.saved_menu.addSeparator()
        self.saved_menu.addAction(self.tr("Save this filter…"), self.ask_name)
        if names:
            gone = self.saved_menu.addMenu(self.tr("Forget"))
            for name in names:
                gone.addAction(name.replace("&", "&&"), partial(self.forget, name))

    def use(self, name: str) -> None:
        """List what a saved filter says."""
        self._desk.read(lambda case: saved.load(case, name), self.set_query)

    def ask_name(self) -> None:
        """Ask for the name under which the present filter is saved."""
        self._editor(self.tr("Save as"), self.tr("name of the filter"), self.save)

    def save(self, name: str) -> None:
        """Save text, filters and order under a name."""
        query = self.query

        def store(case: CaseFile) -> list[str]:
            saved.save(case, name, query)
            return saved.names(case)

        def stored(names: list[str]) -> None:
            self._list_saved(names)
            self._show_chips()
            self._desk.messages.news(self.tr("Filter saved in the case file."))

        self._desk.write(store, stored)

    def forget(self, name: str) -> None:
        """Forget a saved filter."""

        def remove(case: CaseFile) -> list[str]:
            saved.remove(case, name)
            return saved.names(case)

        self._desk.write(remove, self._list_saved)


def _is_escape(event: QEvent) -> bool:
    return event.key() == Qt.Key.Key_Escape  # type: ignore[attr-defined,no-any-return]  # a QKeyEvent by its type

"""Hopping strings and those to watch: the same exact string under several endings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from abusetrack.casefile import CaseFile, projection
from abusetrack.casefile.hops import HopString
from abusetrack.records import DomainNow
from abusetrack.triage import links
from abusetrack.triage.context import Context
from abusetrack.ui import theme
from abusetrack.ui.desk import Desk
from abusetrack.ui.models.domain_table import shown_name
from abusetrack.ui.news import News
from abusetrack.ui.text import day, joined, mask_name, one_line
from abusetrack.ui.widgets.group_tree import Group, GroupTree, Row
from abusetrack.ui.widgets.parts import EmptyPlace, heading, label
from abusetrack.ui.words import word

_REFRESH_MS = 2000
_SHOWN = 500  # strings of a group


@dataclass(frozen=True, slots=True)
class Hops:
    """Strings with their domains as the list has them."""

    hopping: Sequence[HopString]
    watched: Sequence[HopString]
    rows: dict[str, DomainNow]


def gather(context: Context, case: CaseFile) -> Hops:
    """Read the strings that are shown, and the rows of their domains."""
    hopping, watched = links.hop_strings(context, case)
    names = {name for part in (hopping, watched) for one in part[:_SHOWN] for name in one.domains}
    rows = {row.domain: row for row in projection.read_many(case, sorted(names))}
    return Hops(hopping, watched, rows)


class HopsPage(QWidget):
    """Lists strings with their domains; each row leads to its domain.

    Signals:
        listed(Hops): they are on the screen.
        wanted(tuple): ("domain", name) is to be shown.
    """

    listed = Signal(object)
    wanted = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._found: Hops | None = None
        self._revealed = False
        self.tree = GroupTree(
            self.tr("Strings under several endings"),
            [
                self.tr("String and domains"),
                self.tr("State"),
                self.tr("Registrar"),
                self.tr("First report"),
                self.tr("Last report"),
            ],
            [340, 170, 200, 110],
        )
        self.tree.chosen.connect(self.wanted)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.tree)
        self._stack.addWidget(
            EmptyPlace(
                self.tr("No string hops"),
                self.tr(
                    "A string stands here once it was assessed as a dedicated site under two"
                    " endings or more."
                ),
            )
        )
        enough = desk.context.settings.policy.hop_tlds
        about = label(
            self.tr(
                "The exact same string, assessed as a dedicated site under each ending; from {n}"
                " endings on it is hopping. Near-variants never count. To assess, select domains"
                " under Domains and press Assess."
            ).format(n=enough),
            muted=True,
            wrap=True,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(heading(self.tr("Hops")))
        layout.addWidget(about)
        layout.addWidget(self._stack, 1)
        News(desk, self, self.refresh, only_shown=True, milliseconds=_REFRESH_MS)

    def show_page(self) -> None:
        """Read the strings, and take the keyboard."""
        self.refresh()
        self.tree.setFocus()

    def set_revealed(self, revealed: bool) -> None:
        """Show names, or mask them."""
        self._revealed = revealed
        self._show()

    def set_calm(self, calm: bool) -> None:
        """Leave numbers out, or show them."""
        self.tree.calm = calm
        self._show()

    def refresh(self) -> None:
        """Read the strings; the old ones stay until then."""
        context = self._desk.context
        self._desk.study(lambda case: gather(context, case), self._on_gathered)

    def _on_gathered(self, found: Hops) -> None:
        if found != self._found:
            self._found = found
            self._show()
        self.listed.emit(found)

    def _show(self) -> None:
        found = self._found
        if found is None:
            return
        groups = [
            Group(title, tuple(self._row(item, found) for item in part[:_SHOWN]), len(part))
            for title, part in (
                (self.tr("Hopping"), found.hopping),
                (self.tr("To watch"), found.watched),
            )
        ]
        self.tree.show_groups(groups)
        self._stack.setCurrentIndex(0 if any(group.rows for group in groups) else 1)

    def _row(self, string: HopString, found: Hops) -> Row:
        label = one_line(string.label)
        shown = label if self._revealed else mask_name(label, keep=0)
        children = tuple(
            self._child(found.rows[name]) for name in string.domains if name in found.rows
        )
        count = "" if self.tree.calm else self.tr("{n} endings").format(n=string.endings)
        first = string.domains[0]
        return Row((joined([shown, count]),), ("domain", first), string.label, children)

    def _child(self, row: DomainNow) -> Row:
        now = row.findings
        return Row(
            (
                shown_name(row, revealed=self._revealed),
                word(now.state),
                one_line(now.registrar or f"({now.registrar_reason})"),
                day(row.first_reported),
                day(row.last_reported),
            ),
            ("domain", row.domain),
            row.domain,
        )

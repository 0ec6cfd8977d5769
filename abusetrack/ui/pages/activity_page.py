"""The start page: since you were last here, what is overdue, and what to do next."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from abusetrack.casefile import CaseFile
from abusetrack.ui import activity, theme
from abusetrack.ui.activity import Activity
from abusetrack.ui.desk import Desk
from abusetrack.ui.news import News
from abusetrack.ui.text import minute
from abusetrack.ui.widgets.group_tree import GroupTree
from abusetrack.ui.widgets.parts import EmptyPlace, button, heading, label

_REFRESH_MS = 2000


class ActivityPage(QWidget):
    """Lists what is new; each row leads to its domain or notice.

    Signals:
        listed(Activity): it is on the screen.
        wanted(tuple): ("domain", name) or ("notice", reference) is to be shown.
    """

    listed = Signal(object)
    wanted = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._found: Activity | None = None
        self._revealed = False
        self._generation = 0
        self._build()
        News(desk, self, self.refresh, only_shown=True, milliseconds=_REFRESH_MS)

    def _build(self) -> None:
        self._mark = label(self.tr("What is new is being gathered…"), muted=True, wrap=True)
        self.seen_button = button(
            self.tr("I have seen all this"),
            self.mark_seen,
            tip=self.tr("Begin the list anew from here; what waits stays in it"),
            leading=True,
        )
        self.seen_button.setEnabled(False)
        self.refresh_button = button(
            self.tr("Refresh"),
            self.refresh,
            shortcut="F5",
            tip=self.tr("Read it anew"),
            icon="refresh-cw",
        )
        self.tree = GroupTree(
            self.tr("What is new and what to do"),
            [self.tr("Name"), self.tr("What"), self.tr("When")],
            [280, 420],
        )
        self.tree.chosen.connect(self.wanted)
        self._empty = EmptyPlace(
            self.tr("Nothing is new"),
            self.tr("Nothing changed and nothing waits. New reports are taken in on Intake."),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.tree)
        self._stack.addWidget(self._empty)
        row = QHBoxLayout()
        row.setSpacing(theme.SMALL)
        row.addWidget(self._mark, 1)
        row.addWidget(self.refresh_button)
        row.addWidget(self.seen_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(heading(self.tr("Since you were last here")))
        layout.addLayout(row)
        layout.addWidget(self._stack, 1)

    def show_page(self) -> None:
        """Read what is new, and take the keyboard."""
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
        """Read what is new; the old list stays until then."""
        self._generation += 1
        generation, context = self._generation, self._desk.context

        def gather(case: CaseFile) -> Activity | None:
            return activity.gather(context, case) if generation == self._generation else None

        self._desk.study(gather, self._on_gathered)

    def mark_seen(self) -> None:
        """Remember that everything in the list was seen."""
        if (found := self._found) is not None:
            news = found.since

            def seen(case: CaseFile) -> None:
                from abusetrack.triage import since

                since.seen(case, news)

            self._desk.write(seen, lambda _none: self.refresh())

    def _on_gathered(self, found: Activity | None) -> None:
        if found is None:
            return
        same = self._found is not None and _but_time(found) == _but_time(self._found)
        self._found = found
        if not same:
            self._show()
        self.listed.emit(found)

    def _show(self) -> None:
        found = self._found
        if found is None:
            return
        mark = found.since.mark
        self._mark.setText(
            self.tr("You last said that you had seen everything on {when}.").format(
                when=minute(mark)
            )
            if mark
            else self.tr("You have not yet said that you have seen anything: all of it is listed.")
        )
        groups = activity.groups(found, revealed=self._revealed, calm=self.tree.calm)
        self.tree.show_groups(groups)
        self.seen_button.setEnabled(bool(found.since.changes or found.since.reports))
        self._stack.setCurrentIndex(0 if any(group.rows for group in groups) else 1)


def _but_time(found: Activity) -> tuple[object, ...]:
    news = found.since
    return (news.mark, news.changes, news.answers, news.checks, news.reports, list(found.work))

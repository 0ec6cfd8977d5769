"""Drafts of notices: what can be written, to whom, what not and why; export to a folder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from abusetrack.notices import FORMATS, RULES
from abusetrack.records import Draft, Role, Rung
from abusetrack.triage import drafting
from abusetrack.triage.addressing import Wish
from abusetrack.triage.drafting import Exported
from abusetrack.ui import theme
from abusetrack.ui.desk import Changed, Desk
from abusetrack.ui.planning import Overview, overview
from abusetrack.ui.widgets.file_dialog import FileDialog
from abusetrack.ui.widgets.notice_card import NoticeCard
from abusetrack.ui.widgets.notice_list import NoticeList
from abusetrack.ui.widgets.parts import EmptyPlace, button, heading, label, open_once

_DEFAULT_FORMATS = {"eml", "txt"}


class NoticesPage(QWidget):
    """Plans in the study thread, exports and confirms in the db thread.

    Signals:
        planned(Overview): a plan is on the screen.
    """

    planned = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._overview: Overview | None = None
        self._generation = 0
        self._stale = True
        self._rechecking = False
        self._revealed = False
        self._wanted: str | None = None  # reference of the notice to be selected
        self._named: dict[str, str] = {}  # domains to be drafted all the same, and why
        self._build()
        desk.changed.connect(self._on_changed)
        desk.worker.ended.connect(self._on_looked_up)
        self._say()

    # -- building

    def _build(self) -> None:
        self.persistent = QCheckBox(self.tr("Only persistently abusive"))
        self.again = QCheckBox(self.tr("Also what was exported before"))
        for box in (self.persistent, self.again):
            box.setAccessibleName(box.text())
            box.toggled.connect(self.plan)
        self.role = QComboBox()
        self.role.setAccessibleName(self.tr("To whom notices are drafted"))
        for role, rules in RULES.items():
            self.role.addItem(self.tr("To: {party}").format(party=rules.noun), role)
        self.role.currentIndexChanged.connect(self._on_other)
        self.rung = QComboBox()
        self.rung.setAccessibleName(self.tr("Which step of the ladder is drafted"))
        for rung, text in (
            (Rung.FIRST, self.tr("First notice")),
            (Rung.REMINDER, self.tr("Reminder")),
            (Rung.ESCALATION, self.tr("Escalation")),
        ):
            self.rung.addItem(text, rung)
        self.rung.currentIndexChanged.connect(self._on_other)
        self.plan_button = button(
            self.tr("Plan again"),
            self.plan,
            shortcut="F5",
            tip=self.tr("See what can be drafted now; nothing is stored"),
        )
        self.recheck_button = button(
            "",
            self._recheck,
            tip=self.tr("Facts that are too old go into no notice: ask for them first, then plan"),
        )
        top = QHBoxLayout()
        top.setSpacing(theme.MEDIUM)
        top.addWidget(heading(self.tr("Notices")))
        top.addStretch()
        for item in (self.role, self.rung, self.persistent, self.again, self.recheck_button,
                     self.plan_button):  # fmt: skip
            top.addWidget(item)
        self._missing = label(wrap=True)
        self._missing.setObjectName("badge")
        self._empty = EmptyPlace("", "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._split())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addLayout(top)
        layout.addWidget(self._missing)
        layout.addWidget(self._stack, 1)
        layout.addLayout(self._footer())

    def _split(self) -> QSplitter:
        self.list = NoticeList()
        self.list.currentItemChanged.connect(lambda *_: self._show_current())
        self.list.itemSelectionChanged.connect(self._say)
        self.card = NoticeCard(self._desk)
        self.card.named.connect(self._on_named)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.list)
        split.addWidget(self.card)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(theme.MEDIUM)
        split.setSizes([440, 640])
        return split

    def _footer(self) -> QHBoxLayout:
        self._summary = label(muted=True, wrap=True)
        row = QHBoxLayout()
        row.setSpacing(theme.MEDIUM)
        row.addWidget(self._summary, 1)
        self.formats: dict[str, QCheckBox] = {}
        for name in FORMATS:
            box = QCheckBox(name)
            box.setAccessibleName(self.tr("Export as {name}").format(name=name))
            box.setChecked(name in _DEFAULT_FORMATS)
            box.toggled.connect(self._say)
            self.formats[name] = box
            row.addWidget(box)
        self.export_button = button(
            self.tr("Export…"),
            lambda: self.ask_folder(self.drafts()),
            shortcut="Ctrl+Shift+E",
            tip=self.tr("Write all drafts into a folder; nothing is sent"),
            leading=True,
        )
        self.export_selected_button = button(
            self.tr("Export selected…"),
            lambda: self.ask_folder(self.list.selected_drafts()),
            tip=self.tr("Write the selected drafts into a folder; nothing is sent"),
        )
        row.addWidget(self.export_selected_button)
        row.addWidget(self.export_button)
        return row

    # -- planning

    def show_page(self) -> None:
        """Take the keyboard; plan when first shown, and after something changed."""
        self.list.setFocus()
        if self._stale:
            self.plan()

    def show_reference(self, reference: str) -> None:
        """Select an exported notice, once it is listed."""
        self._wanted = reference
        if self._overview is not None and not self._stale:
            self._fill(self._overview)

    def set_calm(self, calm: bool) -> None:
        """Leave the numbers of the list out, or show them."""
        self.list.calm = calm
        self.set_revealed(self._revealed)

    def set_revealed(self, revealed: bool) -> None:
        """Show names, or mask them."""
        self._revealed = revealed
        if self._overview is not None:
            self._fill(self._overview)

    @Slot()
    def plan(self) -> None:
        """Ask what can be drafted now."""
        self._generation += 1
        self._stale = False
        context, generation = self._desk.context, self._generation
        persistent, named = self.persistent.isChecked(), dict(self._named)
        wish = Wish(
            Role(self.role.currentData()),
            Rung(self.rung.currentData()),
            again=self.again.isChecked(),
        )
        self._summary.setText(self.tr("Planning…"))
        self.plan_button.setEnabled(False)
        self._desk.study(
            lambda case: overview(context, case, wish, only_persistent=persistent, named=named),
            partial(self._on_planned, generation),
            self._on_failed,
        )

    def _recheck(self) -> None:
        """Look up again what is too old for a notice; the plan is made anew when that ends."""
        if self._overview is not None:
            self._rechecking = True
            self.recheck_button.setEnabled(False)
            self._desk.look_up_again(self._overview.plan.stale)

    @Slot(object)
    def _on_looked_up(self, _ended: object) -> None:
        if self._rechecking:
            self._rechecking = False
            self.plan()

    @Slot()
    def _on_other(self) -> None:
        """Plan for somebody else, or another step; what was named was named for that."""
        self._named.clear()
        self.plan()

    @Slot(str, str)
    def _on_named(self, domain: str, reason: str) -> None:
        self._named[domain] = reason
        self.plan()

    @Slot(object)
    def _on_changed(self, changed: Changed) -> None:
        if changed & ~Changed.QUEUE:
            self._stale = True
            if self.isVisible() and changed & (Changed.CONTACTS | Changed.NOTICES):
                self.plan()

    def _on_planned(self, generation: int, found: Overview) -> None:
        if generation != self._generation:
            return
        self.plan_button.setEnabled(True)
        self._overview = found
        self._fill(found)
        self.planned.emit(found)

    def _on_failed(self) -> None:
        self.plan_button.setEnabled(True)
        self._say()

    def _fill(self, found: Overview) -> None:
        self.list.show_overview(found, revealed=self._revealed)
        if self._wanted is not None:
            self.list.select_reference(self._wanted)
            self._wanted = None
        self._stack.setCurrentIndex(0 if self.list.is_empty() else 1)
        self._missing.setText(" ".join((*found.plan.missing_settings, *found.plan.complaints)))
        self._show_current()
        self._say()

    # -- what is selected

    def drafts(self) -> list[Draft]:
        """Return all drafts of the plan."""
        return list(self._overview.plan.drafts) if self._overview else []

    def _show_current(self) -> None:
        cautions = self._overview.plan.cautions if self._overview else ()
        self.card.show_item(self.list.current(), cautions, revealed=self._revealed)

    def _say(self) -> None:
        found = self._overview
        missing = bool(found and found.plan.missing_settings)
        self._missing.setVisible(bool(self._missing.text()))
        old = len(found.plan.stale) if found else 0
        self.recheck_button.setVisible(old > 0)
        self.recheck_button.setEnabled(self._desk.can_look_up and not self._rechecking)
        self.recheck_button.setText(self.tr("Look up {n} first").format(n=old))
        drafts, chosen = len(self.drafts()), len(self.list.selected_drafts())
        ready = not missing and any(box.isChecked() for box in self.formats.values())
        self.export_button.setEnabled(ready and drafts > 0)
        self.export_button.setText(self.tr("Export all {n}…").format(n=drafts))
        self.export_selected_button.setEnabled(ready and chosen > 0)
        self.export_selected_button.setText(self.tr("Export selected {n}…").format(n=chosen))
        if found is None:
            self._empty.say(self.tr("Planning…"), "")
            return
        self._empty.say(
            self.tr("No notices yet"),
            self.tr(
                "Take in reports (Ctrl+1), let them be looked up, and assess them (Ctrl+2): a "
                "draft is written for confirmed, dedicated sites whose party has a confirmed "
                "contact."
            ),
        )
        self._summary.setText(
            self.tr(
                "Drafts: {drafts}. Contacts to confirm: {contacts}. Domains not drafted: {left}. "
                "Nothing is ever sent."
            ).format(
                drafts=drafts,
                contacts=len(found.to_confirm),
                left=f"{len(found.plan.not_drafted):,}",
            )
        )

    # -- exporting

    def ask_folder(self, drafts: Sequence[Draft]) -> None:
        """Choose a folder, then export."""
        dialog = FileDialog(self, self.tr("Export drafts into a folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name), drafts))
        open_once(dialog)

    def export_to(self, folder: Path, drafts: Sequence[Draft]) -> None:
        """Write drafts into ``folder``."""
        formats = [name for name, box in self.formats.items() if box.isChecked()]
        context = self._desk.context
        self.export_button.setEnabled(False)
        self.export_selected_button.setEnabled(False)
        self._desk.write(
            lambda case: drafting.export(context, case, drafts, folder, formats),
            partial(self._on_exported, folder),
            self.plan,  # some may have been exported before the one that was refused
        )

    def _on_exported(self, folder: Path, exported: Sequence[Exported]) -> None:
        self._named.clear()
        self._desk.messages.news(
            self.tr("Notices exported into {folder}: {n}. Nothing was sent; that is yours.").format(
                folder=folder, n=len(exported)
            )
        )
        self._desk.changed.emit(Changed.NOTICES)

"""What is selected on the notices page, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMessageBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from abusetrack.casefile import CaseFile, directory
from abusetrack.casefile.notices import StoredNotice
from abusetrack.records import Caution, Contact, Draft, ExportedFile, NotDrafted
from abusetrack.triage import drafting
from abusetrack.ui import theme
from abusetrack.ui.desk import Changed, Desk
from abusetrack.ui.notice_texts import (
    Followed,
    about_contact,
    about_draft,
    about_followed,
    about_left_out,
    about_notice,
    about_reason,
    followed,
)
from abusetrack.ui.planning import ToConfirm
from abusetrack.ui.text import minute, one_line
from abusetrack.ui.widgets.form_sheet import FormSheet
from abusetrack.ui.widgets.notice_actions import NoticeActions
from abusetrack.ui.widgets.notice_list import Item
from abusetrack.ui.widgets.parts import RawText, button, label, open_once

_HISTORY, _SHEET = 1, 2  # tabs
_SHEET_ENDING = "-form.json"


class NoticeCard(QFrame):
    """Shows a draft, a contact, a notice or a reason, each with its own actions.

    Signals:
        named(str, str): draft this domain all the same, for this typed reason ("" where none
            is needed).
        told(): what followed a notice is on the screen.
    """

    named = Signal(str, str)
    told = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._desk = desk
        self._item: Item | None = None
        self._revealed = False
        self._generation = 0
        self._build()
        self.show_item(None, (), revealed=False)

    # -- building

    def _build(self) -> None:
        self._hint = label(muted=True, wrap=True)
        self.preview = RawText(self.tr("Preview as plain text"), defanged=False)
        self.history = RawText(self.tr("What became of the notice"))
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.preview, self.tr("&Text"))
        self.tabs.addTab(self.history, self.tr("What &followed"))
        self.sheet = FormSheet()
        self.tabs.addTab(self.sheet, self.tr("Web fo&rm"))
        for text in (self.preview, self.history):
            text.setProperty("flat", True)
        self.confirm_button = button(
            self.tr("Confirm contact…"),
            self.ask_confirm,
            tip=self.tr("Say that you checked this contact on the party's own page"),
        )
        self.actions_of_notice = NoticeActions(self._desk)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MEDIUM, theme.MEDIUM, theme.MEDIUM, theme.MEDIUM)
        layout.addWidget(self._hint)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.confirm_button, 0, Qt.AlignmentFlag.AlignRight)
        layout.addWidget(self._approving())
        layout.addWidget(self._naming())
        layout.addWidget(self.actions_of_notice)

    def _approving(self) -> QWidget:
        self.drafted_by = QLineEdit()
        self.drafted_by.setPlaceholderText(self.tr("who drafted it"))
        self.approve_button = button(
            self.tr("A&pprove"),
            self.approve,
            tip=self.tr("Say, as another analyst, that exactly this may go out"),
        )
        self._approval = _line(self.tr("Drafted by"), self.drafted_by, self.approve_button)
        return self._approval

    def _naming(self) -> QWidget:
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(self.tr("why it is right all the same; kept, not sent"))
        self.draft_button = button(
            self.tr("&Draft this one"),
            self._name,
            tip=self.tr("Draft a notice on this domain alone, unless something blocks it"),
        )
        self._left_out = _line(self.tr("Reason"), self.reason, self.draft_button)
        return self._left_out

    # -- showing

    def show_item(self, item: Item | None, cautions: Sequence[Caution], *, revealed: bool) -> None:
        """Show something else, or the same in another way."""
        if item != self._item:
            self.reason.clear()
        self._item, self._revealed = item, revealed
        hint, text = "", ""
        match item:
            case Draft():
                wrong = drafting.findings(self._desk.context, item)
                hint, text = about_draft(item, cautions, wrong, revealed=revealed)
            case ToConfirm():
                hint, text = about_contact(item)
            case StoredNotice():
                hint, text = about_notice(item, revealed=revealed)
            case NotDrafted():
                hint, text = about_left_out(item, revealed=revealed)
            case str():
                hint, text = about_reason(item)
            case None:
                pass
        self._hint.setText(hint)
        self.preview.setPlainText(text)
        stored = item if isinstance(item, StoredNotice) else None
        self.confirm_button.setVisible(isinstance(item, ToConfirm))
        self._approval.setVisible(isinstance(item, Draft) and bool(item.approval_needed))
        self._left_out.setVisible(isinstance(item, NotDrafted))
        self.actions_of_notice.show_notice(stored)
        self.tabs.setTabVisible(_HISTORY, stored is not None)
        self.tabs.setTabVisible(_SHEET, _sheet_name(stored) is not None)
        self.tabs.tabBar().setVisible(stored is not None)
        self._fetch(stored)

    def _fetch(self, notice: StoredNotice | None) -> None:
        self._generation += 1
        self.history.setPlainText("")
        if notice is None:
            return
        context, reference = self._desk.context, notice.reference
        self._desk.read(
            lambda case: followed(context, case, reference),
            partial(self._on_fetched, self._generation),
        )
        if _sheet_name(notice) is not None:
            self._desk.read(
                lambda case: drafting.exported_before(context, case, reference),
                partial(self._on_files, self._generation),
            )

    def _on_files(self, generation: int, files: Sequence[ExportedFile]) -> None:
        if generation == self._generation:
            (sheet,) = (file for file in files if file.name.endswith(_SHEET_ENDING))
            self.sheet.show_sheet(sheet.body, revealed=self._revealed)

    def _on_fetched(self, generation: int, found: Followed) -> None:
        if generation == self._generation:
            self.history.setPlainText(about_followed(found, revealed=self._revealed))
            self.told.emit()

    # -- acting

    def ask_confirm(self) -> None:
        """Ask whether the contact was checked."""
        if not isinstance(self._item, ToConfirm):
            return
        contact = self._item.contact
        box = QMessageBox(self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Confirm contact"))
        box.setText(
            self.tr("Did you check this contact of {name} on the party's own page?").format(
                name=one_line(contact.party_name)
            )
        )
        reached = contact.email or contact.form or contact.phone or ""
        box.setInformativeText(one_line(reached))
        yes = box.addButton(self.tr("Yes, confirm"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        yes.clicked.connect(lambda: self.confirm(contact))
        open_once(box)

    def confirm(self, contact: Contact) -> None:
        """Record that the contact was checked."""
        self._desk.write(
            lambda case: directory.confirm(case, contact.party_key, contact.role, seen=contact),
            self._on_confirmed,
        )

    def _on_confirmed(self, contact: Contact) -> None:
        self._desk.messages.news(
            self.tr("Contact confirmed, {when}.").format(when=minute(contact.confirmed_at))
        )
        self._desk.changed.emit(Changed.CONTACTS)

    def approve(self) -> None:
        """Approve the draft that is shown, as somebody else than who drafted it."""
        item, name = self._item, self.drafted_by.text().strip()
        if not isinstance(item, Draft):
            return
        if not name:
            self._desk.messages.care(self.tr("Say who drafted it: nobody approves their own."))
            self.drafted_by.setFocus()
            return

        def store(case: CaseFile) -> int:
            return drafting.approve(case, [item], drafted_by=name)

        self._desk.write(store, self._on_approved)

    def _on_approved(self, _count: int) -> None:
        self._desk.messages.news(
            self.tr(
                "Approved. It holds for exactly what the draft says now; another may export it."
            )
        )
        self._desk.changed.emit(Changed.NOTICES)

    def _name(self) -> None:
        if isinstance(self._item, NotDrafted):
            self.named.emit(self._item.domain, self.reason.text().strip())


def _sheet_name(notice: StoredNotice | None) -> str | None:
    names = (file.name for file in notice.files) if notice else ()
    return next((name for name in names if name.endswith(_SHEET_ENDING)), None)


def _line(title: str, field: QLineEdit, action: QWidget) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.SMALL)
    named = label(title, muted=True)
    named.setBuddy(field)
    field.setAccessibleName(title)
    row.addWidget(named)
    row.addWidget(field, 1)
    row.addWidget(action)
    return made

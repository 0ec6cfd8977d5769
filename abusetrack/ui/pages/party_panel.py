"""Everything known of the selected party, and what can be done about its contact."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMessageBox, QStackedLayout, QVBoxLayout, QWidget

from abusetrack.casefile import CaseFile, address_rules, directory
from abusetrack.casefile.party_list import PartyRow
from abusetrack.records import Contact
from abusetrack.triage import party_view
from abusetrack.triage.contacts import Reach
from abusetrack.triage.party_view import PartyView
from abusetrack.ui import theme
from abusetrack.ui.desk import Changed, Desk
from abusetrack.ui.party_facts import sections
from abusetrack.ui.text import Masker, joined, one_line
from abusetrack.ui.widgets.facts_view import FactsView
from abusetrack.ui.widgets.parts import EmptyPlace, button, label, open_once
from abusetrack.ui.widgets.party_editor import PartyEditor
from abusetrack.ui.words import word

_PLAIN = Masker.of((), keep=0, revealed=True)  # parties are nobody's reported names


class PartyPanel(QFrame):
    """Shows one party; asks the reader thread for it.

    Signals:
        shown(PartyView): it is on the screen.
    """

    shown = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._desk = desk
        self._row: PartyRow | None = None
        self._page: PartyView | None = None
        self._generation = 0
        self._build()

    def _build(self) -> None:
        self._name = label(wrap=True)
        self._name.setFont(theme.strong(theme.title(self._name.font())))
        self._name.setAccessibleDescription(self.tr("Selected party"))
        self._key = label(muted=True, wrap=True)
        self.confirm_button = button(
            self.tr("Confirm contact…"),
            self.ask_confirm,
            tip=self.tr("Say that you checked how this party is reached"),
            leading=True,
        )
        self.no_send_button = button(
            self.tr("Never send there…"),
            self.ask_no_send,
            tip=self.tr("Put the address on your no-send list, or take it off"),
        )
        self.edit_button = button(
            self.tr("Edit…"),
            self.edit,
            tip=self.tr("Note what you know of this party, and how it is reached"),
        )
        self.editor = PartyEditor(self._desk)
        self.editor.closed.connect(self._on_edited)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SMALL)
        buttons.addWidget(self.confirm_button)
        buttons.addWidget(self.no_send_button)
        buttons.addWidget(self.edit_button)
        buttons.addStretch()
        self.facts = FactsView()
        full = QWidget()
        layout = QVBoxLayout(full)
        layout.setContentsMargins(theme.MEDIUM, theme.MEDIUM, theme.MEDIUM, theme.MEDIUM)
        layout.setSpacing(theme.SMALL)
        layout.addWidget(self._name)
        layout.addWidget(self._key)
        layout.addLayout(buttons)
        layout.addWidget(self.facts, 1)
        layout.addWidget(self.editor, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(
            EmptyPlace(
                self.tr("No party selected"),
                self.tr("Select a row to see whom we know there and how they answered."),
            )
        )
        self._stack.addWidget(full)

    @property
    def row(self) -> PartyRow | None:
        """The party that is shown or being fetched."""
        return self._row

    @property
    def party(self) -> str | None:
        """The key of the party that is on the screen."""
        return self._page.party.key if self._page else None

    def show_row(self, row: PartyRow | None) -> None:
        """Fetch and show another party, or none; what was being edited is left as it was."""
        self._row = row
        self._show_editor(False)
        self.refresh()

    def refresh(self) -> None:
        """Fetch the party anew."""
        self._generation += 1
        row, generation, context = self._row, self._generation, self._desk.context
        if row is None:
            self._page = None
            self._stack.setCurrentIndex(0)
            return

        def fetch(case: CaseFile) -> PartyView | None:
            if generation != self._generation:
                return None  # another one was selected in the meantime
            return party_view.view(context, case, row.key)

        self._desk.read(fetch, partial(self._on_fetched, generation))

    def _on_fetched(self, generation: int, page: PartyView | None) -> None:
        row = self._row
        if generation != self._generation or page is None or row is None:
            return
        self._page = page
        contact, no_send = self.contact, self._no_send
        self._name.setText(one_line(page.party.name))
        self._key.setText(joined([word(row.role), one_line(row.key)]))
        self.confirm_button.setVisible(contact is not None and contact.confirmed_at is None)
        self.no_send_button.setVisible(contact is not None and bool(contact.email))
        self.no_send_button.setText(
            self.tr("May be sent to again…") if no_send else self.tr("Never send there…")
        )
        self.facts.show_sections(sections(page, row.role, self._desk.context.clock.now()), _PLAIN)
        self._stack.setCurrentIndex(1)
        self.shown.emit(page)

    @property
    def contact(self) -> Contact | None:
        """The contact in use in the role that is shown."""
        found = self._reach()
        return found.contact if found else None

    @property
    def _no_send(self) -> str | None:
        found = self._reach()
        return found.no_send if found else None

    def _reach(self) -> Reach | None:
        if self._page is None or self._row is None:
            return None
        role = self._row.role
        return next((item for item in self._page.reaches if item.contact.role is role), None)

    # -- what a person decides

    def edit(self) -> None:
        """Put fields that can be changed in the place of the facts."""
        if self._page is not None and self._row is not None:
            self.editor.show_party(self._page.party, self._row.role, self.contact)
            self._show_editor(True)

    def _on_edited(self) -> None:
        self._show_editor(False)
        self.facts.setFocus()

    def _show_editor(self, wanted: bool) -> None:
        self.editor.setVisible(wanted)
        self.facts.setVisible(not wanted)
        self.edit_button.setEnabled(not wanted)

    def ask_confirm(self) -> None:
        """Ask whether the contact was checked."""
        contact = self.contact
        if contact is None:
            return
        ways = "\n".join(
            one_line(way) for way in (contact.email, contact.form, contact.phone) if way
        )
        self._ask(
            self.tr("Did you check on the party's own page that it is reached so?"),
            f"{one_line(contact.party_name)}\n{ways}",
            self.tr("Yes, confirm"),
            lambda: self.confirm(contact),
        )

    def confirm(self, contact: Contact) -> None:
        """Record that the contact was checked as it was shown."""
        key, role = contact.party_key, contact.role
        self._desk.write(
            lambda case: directory.confirm(case, key, role, seen=contact),
            lambda _contact: self._done(self.tr("Contact confirmed.")),
            self.refresh,
        )

    def ask_no_send(self) -> None:
        """Ask whether the address is never to be written to, or may be again."""
        contact, listed = self.contact, self._no_send
        if contact is None or not contact.email:
            return
        if listed:
            question, yes = self.tr("May drafts use this address again?"), self.tr("Yes, again")
        else:
            question = self.tr("Shall no draft ever go to this address?")
            yes = self.tr("Never send there")
        self._ask(question, one_line(contact.email), yes, lambda: self.set_no_send(not listed))

    def set_no_send(self, never: bool) -> None:
        """Put the address on the no-send list, or take it off."""
        contact = self.contact
        if contact is None or not contact.email:
            return
        email = contact.email
        change = address_rules.never_send if never else address_rules.send_again
        said = (
            self.tr("Nothing will be drafted to that address.")
            if never
            else self.tr("Drafts may use that address again.")
        )
        self._desk.write(
            lambda case: change(case, email), lambda _none: self._done(said), self.refresh
        )

    def _ask(self, question: str, detail: str, yes: str, act: object) -> None:
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(self.tr("Directory"))
        box.setText(question)
        box.setInformativeText(detail)
        box.addButton(yes, QMessageBox.ButtonRole.AcceptRole).clicked.connect(act)
        box.addButton(QMessageBox.StandardButton.Cancel)
        open_once(box)

    def _done(self, text: str) -> None:
        self._desk.messages.news(text)
        self._desk.changed.emit(Changed.CONTACTS)

"""Our own notes on a party, and how we reach it, as fields that can be changed."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from abusetrack.casefile import CaseFile, directory, parties
from abusetrack.errors import InputError
from abusetrack.records import Contact, Party, Role
from abusetrack.triage import contact_tables
from abusetrack.triage.own_contacts import own_contact
from abusetrack.ui import theme
from abusetrack.ui.desk import Changed, Desk
from abusetrack.ui.party_facts import names
from abusetrack.ui.widgets.parts import button, label

_LONG = frozenset({"policy", "openpgp_key", "comment"})
_LONG_HEIGHT = 72
_WAYS = ("email", "form", "phone")
_Editor = QComboBox | QLineEdit | QPlainTextEdit


class PartyEditor(QWidget):
    """Writes what was changed, as our own word, which wins over every table.

    Signals:
        closed(): the analyst is done, or changed their mind.
    """

    closed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._party: Party | None = None
        self._contact: Contact | None = None
        self._role = Role.REGISTRAR
        self.editors: dict[str, _Editor] = {}
        self._build()

    def _build(self) -> None:
        fields = QWidget()
        form = QFormLayout(fields)
        form.setContentsMargins(0, 0, theme.SMALL, 0)
        form.setVerticalSpacing(theme.SMALL)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for key, title in self._titles().items():
            editor = _editor(key, self.tr("not known"), self.tr("yes"), self.tr("no"))
            editor.setAccessibleName(title)
            named = label(title, muted=True)
            named.setBuddy(editor)
            self.editors[key] = editor
            form.addRow(named, editor)
        scroll = QScrollArea()
        scroll.setWidget(fields)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        for part in (scroll.viewport(), fields):
            part.setAutoFillBackground(False)  # it stands on a card
        self.save_button = button(
            self.tr("&Save"),
            self.save,
            tip=self.tr("Keep what was changed, as our own note"),
            leading=True,
        )
        self.cancel_button = button(
            self.tr("Cancel"), self.closed.emit, tip=self.tr("Change nothing")
        )
        row = QHBoxLayout()
        row.setSpacing(theme.SMALL)
        row.addStretch()
        row.addWidget(self.cancel_button)
        row.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll, 1)
        layout.addLayout(row)

    def _titles(self) -> dict[str, str]:
        ways = {
            "email": self.tr("E-mail"),
            "form": self.tr("Web form"),
            "phone": self.tr("Telephone"),
        }
        own = {"name": self.tr("Name"), **names(), "openpgp_key": self.tr("Public key")}
        return {**ways, **own}

    # -- filling in

    def show_party(self, party: Party, role: Role, contact: Contact | None) -> None:
        """Fill in what is known of a party, and of its contact in one role."""
        self._party, self._role, self._contact = party, role, contact
        for key, text in self._known().items():
            _fill(self.editors[key], text)
        self.editors["email"].setFocus()

    def _known(self) -> dict[str, str]:
        """Return what stands in the case file, by field, as text."""
        if self._party is None:
            return {}
        ways = {way: getattr(self._contact, way, None) or "" for way in _WAYS}
        notes = {key: contact_tables.cell(self._party, key) for key in parties.FIELDS}
        return {key: (ways | notes)[key] for key in self.editors}

    # -- saving

    def save(self) -> None:
        """Record what was changed; what cannot be is said, and stays on the screen."""
        party = self._party
        if party is None:
            return
        typed = {key: _text(editor) for key, editor in self.editors.items()}
        known = self._known()
        changed = {key: text for key, text in typed.items() if text != known[key].strip()}
        try:
            notes = contact_tables.note_values(
                {key: text for key, text in changed.items() if key not in _WAYS}
            )
            contact = self._changed_contact(party, typed) if changed.keys() & set(_WAYS) else None
        except InputError as error:
            self._desk.messages.care(str(error))
            return

        def store(case: CaseFile) -> None:
            with case.transaction():
                parties.note(case, party.key, notes)
                if contact is not None:
                    directory.upsert(case, [contact])

        self._desk.write(store, lambda _none: self._on_saved())

    def _changed_contact(self, party: Party, typed: Mapping[str, str]) -> Contact:
        ways = {way: typed[way] for way in _WAYS}
        return own_contact(self._desk.context, party, self._role, **ways)

    def _on_saved(self) -> None:
        self._desk.messages.news(self.tr("Noted. A contact that was changed has to be confirmed."))
        self._desk.changed.emit(Changed.CONTACTS)
        self.closed.emit()


def _editor(key: str, unknown: str, yes: str, no: str) -> _Editor:
    if key in contact_tables.YES_OR_NO:
        box = QComboBox()
        for text, value in ((unknown, ""), (yes, "yes"), (no, "no")):
            box.addItem(text, value)
        return box
    if key in _LONG:
        long = QPlainTextEdit()
        long.setTabChangesFocus(True)
        long.setFixedHeight(_LONG_HEIGHT)
        return long
    return QLineEdit()


def _fill(editor: _Editor, text: str) -> None:
    match editor:
        case QComboBox():
            editor.setCurrentIndex(max(0, editor.findData(text)))
        case QPlainTextEdit():
            editor.setPlainText(text)
        case QLineEdit():
            editor.setText(text)
            editor.setCursorPosition(0)


def _text(editor: _Editor) -> str:
    match editor:
        case QComboBox():
            return str(editor.currentData())
        case QPlainTextEdit():
            return editor.toPlainText().strip()
        case _:
            return editor.text().strip()

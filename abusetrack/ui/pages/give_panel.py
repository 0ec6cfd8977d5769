"""A file for a partner: exactly what it would see, then saved; a person sends it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from abusetrack.casefile import CaseFile
from abusetrack.records import Level
from abusetrack.ui import theme
from abusetrack.ui.desk import Changed, Desk
from abusetrack.ui.dialogs.file_view import FileViewDialog
from abusetrack.ui.exchanging import (
    Form,
    Going,
    as_given,
    forms,
    going,
    offer,
    push,
    shared_sections,
)
from abusetrack.ui.models.keyed_table import Column
from abusetrack.ui.models.row_table import RowTable
from abusetrack.ui.news import News
from abusetrack.ui.text import Masker, day
from abusetrack.ui.theme import Tone
from abusetrack.ui.widgets.facts_view import FactsView
from abusetrack.ui.widgets.file_dialog import FileDialog
from abusetrack.ui.widgets.parts import EmptyPlace, button, copy_action, label, open_once
from abusetrack.ui.widgets.server_line import ServerLine
from abusetrack.ui.widgets.tables import table
from abusetrack.ui.words import word

if TYPE_CHECKING:
    from abusetrack.exchange.giving import Given
    from abusetrack.exchange.leaving import Outgoing, SharedDomain

_tr = partial(QCoreApplication.translate, "GivePanel")
_NAME = 1  # column
_WIDTHS = (96, 180, 96, 110, 110, 70)


class _KeyLine(QWidget):
    """Says that no key of the receiver is known, and leads to where it is set."""

    def __init__(self, wanted: Callable[[], object]) -> None:
        super().__init__()
        self.missing = label(wrap=True)
        self.settings_button = button(
            self.tr("Settings…"), wanted, tip=self.tr("Set the receiver's key (partners)")
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SMALL)
        row.addWidget(self.missing, 1)
        row.addWidget(self.settings_button, 0, Qt.AlignmentFlag.AlignTop)

    def say(self, name: str) -> None:
        """Speak of this partner."""
        self.missing.setText(
            self.tr(
                "No key of {name} is known. Set its openpgp_fingerprint in the settings, or do"
                " not encrypt the file if it goes another safe way."
            ).format(name=name)
        )


class GivePanel(QWidget):
    """Shows what the partner would see in a format, and writes it.

    Signals:
        offered(Outgoing): a preview is on the screen.
        settings_wanted(): something is to be set first.
    """

    offered = Signal(object)
    settings_wanted = Signal()

    def __init__(self, desk: Desk, server: ServerLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._server = server
        self._partner = ""
        self._seen: Outgoing | None = None
        self._busy = False
        self._generation = 0
        self._revealed = False
        self._forms = forms()
        self._build()
        News(desk, self, self._on_news, Changed.REPORTS | Changed.NOTICES)
        self._say()

    # -- building

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.MEDIUM, 0, 0)
        layout.setSpacing(theme.MEDIUM)
        layout.addLayout(self._choices())
        self.key_line = _KeyLine(self.settings_wanted.emit)
        layout.addWidget(self.key_line)
        self._left_out = label(muted=True, wrap=True)
        layout.addWidget(self._left_out)
        self._empty = EmptyPlace("", "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._preview())
        layout.addWidget(self._stack, 1)
        layout.addLayout(self._footer())

    def _choices(self) -> QHBoxLayout:
        self.form_box = QComboBox()
        self.form_box.setAccessibleName(self.tr("Format of the file"))
        self._list_forms(online=False)
        self.form_box.currentIndexChanged.connect(self._on_form)
        named = label(self.tr("&Format"))
        named.setBuddy(self.form_box)
        self.encrypt_box = QCheckBox(self.tr("&Encrypt to the receiver's key"))
        self.encrypt_box.setChecked(True)
        self.encrypt_box.toggled.connect(self._say)
        row = QHBoxLayout()
        row.setSpacing(theme.SMALL)
        row.addWidget(named)
        row.addWidget(self.form_box)
        row.addSpacing(theme.MEDIUM)
        row.addWidget(self.encrypt_box)
        row.addStretch()
        return row

    def _preview(self) -> QSplitter:
        self.model = RowTable(_columns(), lambda row: row.domain, names=_NAME, parent=self)
        self.table = table(self.model, self.tr("What the receiver would see"), middle=_NAME)
        for column, width in enumerate(_WIDTHS):
            self.table.setColumnWidth(column, width)
        self.table.horizontalHeader().setStretchLastSection(True)
        copy_action(self.table, partial(_selected_names, self.table, self.model))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_facts())
        self.facts = FactsView()
        self.facts.setAccessibleName(self.tr("Everything the receiver would see of it"))
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(_card(self.facts))
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        return split

    def _footer(self) -> QHBoxLayout:
        self._summary = label(muted=True, wrap=True)
        self.refresh_button = button(
            self.tr("Refresh"),
            self.refresh,
            shortcut="F5",
            tip=self.tr("Gather it anew"),
            icon="refresh-cw",
        )
        self.view_button = button(
            self.tr("Show the file"),
            self.show_file,
            tip=self.tr("As the receiver gets it; names have to be revealed first"),
        )
        self.save_button = button(
            self.tr("Save…"),
            self.ask_file,
            shortcut="Ctrl+S",
            tip=self.tr("Give exactly what is shown, and record that it was given"),
            leading=True,
        )
        row = QHBoxLayout()
        row.setSpacing(theme.SMALL)
        row.addWidget(self._summary, 1)
        row.addWidget(self.refresh_button)
        row.addWidget(self.view_button)
        row.addWidget(self.save_button)
        return row

    # -- the preview

    @property
    def form(self) -> Form:
        """The format that is chosen."""
        return self._forms[self.form_box.currentIndex()]

    def _list_forms(self, *, online: bool) -> None:
        """Offer the formats; the last ones are for partners with a server."""
        chosen = self.form_box.currentData()
        with QSignalBlocker(self.form_box):
            self.form_box.clear()
            for form in self._forms:
                if online or not form.online:
                    self.form_box.addItem(form.title, form.key)
            self.form_box.setCurrentIndex(max(0, self.form_box.findData(chosen)))

    def show_partner(self, name: str) -> None:
        """Show what another partner would see; it is encrypted unless somebody says otherwise."""
        self._partner = name
        self._list_forms(online=bool(self._desk.context.settings.partners[name].taxii_url))
        self.encrypt_box.setChecked(True)
        self._forget()
        self.refresh()

    def set_revealed(self, revealed: bool) -> None:
        """Show names, or mask them."""
        self._revealed = revealed
        self._say()
        self.model.set_revealed(revealed)
        self._show_facts()

    def _on_form(self) -> None:
        self.encrypt_box.setChecked(True)
        self._forget()
        self.refresh()

    def _on_news(self) -> None:
        if self.isVisible():
            self.refresh()

    def _forget(self) -> None:
        self._seen = None
        self.model.set_rows(())
        self._show_facts()

    def refresh(self) -> None:
        """Gather what the partner would see; what was gathered before stays until then."""
        if not self._partner:
            return
        self._generation += 1
        self._busy = True
        self._say()
        generation, context = self._generation, self._desk.context
        partner, form = self._partner, self.form

        def gather(case: CaseFile) -> Outgoing | None:
            if generation != self._generation:
                return None
            return offer(context, case, partner, form)

        self._desk.study(gather, lambda found: self._on_gathered(generation, found), self._idle)

    def _on_gathered(self, generation: int, found: Outgoing | None) -> None:
        if found is None or generation != self._generation:
            return
        self._busy = False
        self._seen = found
        self.model.set_rows(going(found.domains, () if self.form.names_only else found.withdrawn))
        for column in range(_NAME + 1, self.model.columnCount()):
            self.table.setColumnHidden(column, self.form.names_only)
        if self.model.rows:
            self.table.setCurrentIndex(self.model.index(0, _NAME))
        self._show_facts()
        self._say()
        self.offered.emit(found)

    def _idle(self) -> None:
        self._busy = False
        self._say()

    def _show_facts(self) -> None:
        number = self.table.currentIndex().row()
        if not 0 <= number < len(self.model.rows):
            self.facts.clear()
            return
        row = self.model.rows[number]
        hosts = row.shared.hosts if row.shared else ()
        native = (row.shared.unicode,) if row.shared else ()
        masker = Masker.of((row.domain, *native, *hosts), keep=1, revealed=self._revealed)
        sections = shared_sections(row, self.form, revealed=self._revealed)
        self.facts.show_sections(sections, masker)

    def _say(self) -> None:
        found = self._seen
        known = self._desk.context.settings.partners.get(self._partner)
        keyless = known is not None and not known.openpgp_fingerprint
        online = self.form.online
        missing = keyless and self.encrypt_box.isChecked() and not online
        self.encrypt_box.setVisible(not online)
        self.key_line.say(self._partner)
        self.key_line.setVisible(missing)
        self.view_button.setEnabled(self._revealed and self._something)
        self.save_button.setText(self.tr("Add to its collection") if online else self.tr("Save…"))
        self._stack.setCurrentIndex(1 if self.model.rows else 0)
        self.save_button.setEnabled(not missing and not self._busy and self._something)
        if found is None:
            self._left_out.setText("")
            self._summary.setText("")
            self._empty.say(
                self.tr("Gathering…") if self._busy else self.tr("Nothing gathered"), ""
            )
            return
        self._left_out.setText(_left_out(found))
        self._summary.setText(_summary(found, sum(row.shared is None for row in self.model.rows)))
        self._empty.say(*_why_empty(found, self.form))

    @property
    def _something(self) -> bool:
        """Whether there is anything that the file would say."""
        found = self._seen
        if found is None:
            return False
        counted = _counts_only(found, self.form) and found.counts.get("domains", 0) > 0
        return bool(self.model.rows) or counted

    def show_file(self) -> None:
        """Show what the receiver gets, word for word; it holds names."""
        seen, context, form = self._seen, self._desk.context, self.form
        if seen is not None and self._revealed:
            self._desk.study(
                lambda _case: as_given(context, seen, form),
                lambda text: open_once(FileViewDialog(form.title, text, self)),
            )

    # -- giving

    def add(self) -> None:
        """Add what is shown to the partner's collection, and record that it was given."""
        seen = self._seen
        if seen is None or self._busy or self._server.busy:
            return
        self._busy = True
        self._say()
        context = self._desk.context
        self._server.run(
            self._partner,
            lambda case, errand: push(context, case, seen, errand),
            self._on_added,
            self.refresh,
        )

    def _on_added(self, added: Outgoing) -> None:
        self._desk.messages.news(_added(added))
        self.refresh()

    def ask_file(self) -> None:
        """Ask where the file is to be written; a server is asked nothing more."""
        form = self.form
        if form.online:
            self.add()
            return
        now = self._desk.context.clock.now()
        dialog = _saving(self, self._partner, f"{self._partner}-{now:%Y-%m-%d}.{form.ending}")
        dialog.fileSelected.connect(lambda name: self.save(Path(name)))
        open_once(dialog)

    def save(self, target: Path) -> None:
        """Write what is shown, and record that it was given."""
        seen = self._seen
        if seen is None or self._busy:
            return
        self._busy = True
        self._say()
        context, form = self._desk.context, self.form.key
        encrypt = self.encrypt_box.isChecked()

        def give(case: CaseFile) -> Given:
            from abusetrack.exchange import giving

            return giving.give_seen(context, case, seen, form, target, encrypt=encrypt)

        self._desk.write(give, self._on_saved, self.refresh)

    def _on_saved(self, given: Given) -> None:
        weigh = self._desk.messages.news if given.encrypted else self._desk.messages.care
        weigh(_written(given))
        self.refresh()


def _columns() -> tuple[Column[Going], ...]:
    def of(read: Callable[[SharedDomain], str]) -> Callable[[Going], str]:
        return lambda row: read(row.shared) if row.shared else ""

    return (
        Column(
            "",
            _tr("What"),
            lambda row: _tr("given") if row.shared else _tr("taken back"),
            0,
            tone=lambda row: Tone.CALM if row.shared else Tone.NOTE,
        ),
        Column("", _tr("Domain"), lambda row: row.domain, 0),
        Column("", _tr("Kind"), of(lambda item: word(item.kind) if item.kind else ""), 0),
        Column("", _tr("State"), of(lambda item: ", ".join(map(word, item.states))), 0),
        Column("", _tr("Registrar"), of(lambda item: item.registrar), 0),
        Column("", _tr("Country"), of(lambda item: item.country), 0),
        Column("", _tr("Confirmed"), of(lambda item: day(item.last_confirmed)), 0),
    )


def _card(inside: QWidget) -> QFrame:
    card = QFrame()
    card.setObjectName("card")
    QVBoxLayout(card).addWidget(inside)
    return card


def _selected_names(view: QTableView, model: RowTable[Going]) -> str:
    return "\n".join(model.name_at(at.row()) for at in view.selectionModel().selectedRows())


def _saving(parent: QWidget, partner: str, name: str) -> FileDialog:
    dialog = FileDialog(parent, _tr("Save for {name}").format(name=partner))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    # One that stands there is refused in exchange/, with a sentence.
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
    dialog.selectFile(name)
    return dialog


def _added(added: Outgoing) -> str:
    return _tr("Added to the collection of {name}: {n} domains; taken back: {gone}.").format(
        name=added.partner, n=f"{len(added.domains):,}", gone=f"{len(added.withdrawn):,}"
    )


def _summary(found: Outgoing, gone: int) -> str:
    said = _tr("Given: {n}. Taken back: {gone}. Who reported or assessed is never in it.")
    return said.format(n=f"{len(found.domains):,}", gone=f"{gone:,}")


def _left_out(found: Outgoing) -> str:
    reasons = "; ".join(f"{word(reason)}: {n:,}" for reason, n in found.left_out.items())
    if not reasons:
        return _tr("No confirmed domain is left out.")
    return _tr("Confirmed, but left out – {reasons}.").format(reasons=reasons)


def _written(given: Given) -> str:
    said = (
        _tr("Written to {path}, encrypted. Nothing was sent.")
        if given.encrypted
        else _tr("Written to {path}. It is NOT encrypted. Nothing was sent.")
    )
    return said.format(path=given.path)


def _counts_only(found: Outgoing, form: Form) -> bool:
    return found.level is Level.COUNTS and not (form.names_only or form.online)


def _why_empty(found: Outgoing, form: Form) -> tuple[str, str]:
    title = _tr("Nothing to share")
    if found.level is Level.COUNTS and form.names_only:
        return title, _tr("This partner may see counts only, and a block list is made of names.")
    if form.online and found.counts.get("domains"):
        return _tr("Nothing to add"), _tr("What this partner may see is in its collection already.")
    if found.level is Level.COUNTS and found.counts.get("domains"):
        numbers = "\n".join(f"{name}: {n:,}" for name, n in found.counts.items())
        return _tr("Numbers only, no names"), numbers
    return title, _tr(
        "Only confirmed domains leave, and none whose gate is open. Assess reports on Domains"
        " first; what is left out, and why, stands above."
    )

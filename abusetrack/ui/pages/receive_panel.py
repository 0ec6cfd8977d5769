"""A partner's file: what it would bring, before anything of it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from abusetrack.casefile import CaseFile
from abusetrack.ui import theme
from abusetrack.ui.desk import Changed, Desk
from abusetrack.ui.exchanging import Coming, Opened, fetch, forget, keep, open_fetched, open_file
from abusetrack.ui.models.keyed_table import Column
from abusetrack.ui.models.row_table import RowTable
from abusetrack.ui.news import News
from abusetrack.ui.widgets.file_dialog import FileDialog
from abusetrack.ui.widgets.parts import EmptyPlace, button, copy_action, label, open_once
from abusetrack.ui.widgets.server_line import ServerLine
from abusetrack.ui.widgets.tables import table

if TYPE_CHECKING:
    from abusetrack.exchange.receiving import Received

_NAME = 1  # column
_WIDTHS = (120, 220, 330, 190)


class ReceivePanel(QWidget):
    """Keeps what a file says once it was looked at, apart from what counts.

    Signals:
        opened(Opened): the preview of a file is on the screen.
    """

    opened = Signal(object)

    def __init__(self, desk: Desk, server: ServerLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._server = server
        self._partner = ""
        self._path: Path | None = None
        self._found: Opened | None = None
        self._busy = False
        self._generation = 0
        self.setAcceptDrops(True)
        self._build()
        News(desk, self, self._read_again, Changed.REPORTS)
        for signal in (server.began, server.ended):
            signal.connect(self._say)
        self._show(None)

    # -- building

    def _build(self) -> None:
        self.open_button = button(
            self.tr("Open…"),
            self.ask_file,
            tip=self.tr("Choose a STIX 2.1 or MISP file of this partner"),
            icon="folder-open",
        )
        self.fetch_button = button(
            self.tr("From its server"),
            self.fetch,
            tip=self.tr("Read what was added to this partner's TAXII collection since last time"),
            icon="refresh-cw",
        )
        self._file = label(muted=True, wrap=True)
        self._counts = label(wrap=True)
        self._left_out = label(muted=True, wrap=True)
        self.model = RowTable(self._columns(), lambda row: row.domain, names=_NAME, parent=self)
        self.table = table(self.model, self.tr("What the file would bring"), middle=_NAME)
        for column, width in enumerate(_WIDTHS):
            self.table.setColumnWidth(column, width)
        self.table.horizontalHeader().setStretchLastSection(True)
        copy_action(self.table, self._selected_names)
        self._empty = EmptyPlace("", "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        self._summary = label(muted=True, wrap=True)
        self.leave_button = button(
            self.tr("Leave"), self.leave, tip=self.tr("Forget the file; nothing is kept")
        )
        self.take_button = button(
            self.tr("Take in"),
            self.take,
            shortcut="Ctrl+I",
            tip=self.tr("Keep what the partner says, with it as the origin"),
            leading=True,
        )
        top = QHBoxLayout()
        top.setSpacing(theme.MEDIUM)
        top.addWidget(self.open_button)
        top.addWidget(self.fetch_button)
        top.addWidget(self._file, 1)
        bottom = QHBoxLayout()
        bottom.setSpacing(theme.SMALL)
        bottom.addWidget(self._summary, 1)
        bottom.addWidget(self.leave_button)
        bottom.addWidget(self.take_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.MEDIUM, 0, 0)
        layout.setSpacing(theme.MEDIUM)
        layout.addLayout(top)
        layout.addWidget(self._counts)
        layout.addWidget(self._left_out)
        layout.addWidget(self._stack, 1)
        layout.addLayout(bottom)

    def _columns(self) -> tuple[Column[Coming], ...]:
        return (
            Column("", self.tr("Is"), lambda row: row.becomes, 0, tone=lambda row: row.tone),
            Column("", self.tr("Domain"), lambda row: row.domain, 0),
            Column("", self.tr("The partner says"), lambda row: row.says, 0),
            Column("", self.tr("Here now"), lambda row: row.here, 0),
            Column("", self.tr("What would change here"), lambda row: row.changes, 0),
        )

    # -- the preview

    def show_partner(self, name: str) -> None:
        """Receive from another partner; a file that is open is read as its own."""
        self._partner = name
        self._server.stop()
        self._show(None)
        self._read_again()

    def set_revealed(self, revealed: bool) -> None:
        """Show names, or mask them."""
        self.model.set_revealed(revealed)

    def ask_file(self) -> None:
        """Choose a file in a dialog."""
        dialog = FileDialog(self, self.tr("Open a file of {name}").format(name=self._partner))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("STIX or MISP (*.json)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(lambda name: self.open(Path(name)))
        open_once(dialog)

    def open(self, path: Path) -> None:
        """Show what a file would bring."""
        self._path = path
        self._show(None)
        self._read_again()

    def fetch(self) -> None:
        """Show what the partner's server has and we do not; nothing of it is kept."""
        self.clear()
        self._busy = True
        generation, context, partner = self._generation, self._desk.context, self._partner
        self._server.run(
            partner,
            lambda case, errand: fetch(context, case, partner, errand),
            lambda found: self._on_read(generation, found),
            lambda: self._on_unread(generation),
        )

    def leave(self) -> None:
        """Keep nothing of what is shown; what a server gave is asked for again the next time."""
        found, partner = self._found, self._partner
        self.clear()
        if found is not None and found.fetched is not None:
            self._desk.write(lambda case: forget(case, partner), lambda _none: None)

    def clear(self) -> None:
        """Forget what was read; nothing is kept."""
        self._path = None
        self._generation += 1
        self._busy = False
        self._show(None)

    def _read_again(self) -> None:
        path, context, partner = self._path, self._desk.context, self._partner
        fetched = self._found.fetched if self._found else None
        if not partner or (path is None and fetched is None):
            return

        def read(case: CaseFile) -> Opened:
            if fetched is not None:
                return open_fetched(context, case, fetched)
            return open_file(context, case, partner, Path(path or ""))

        self._generation += 1
        self._busy = True
        self._say()
        generation = self._generation
        self._desk.study(
            read,
            lambda found: self._on_read(generation, found),
            lambda: self._on_unread(generation),
        )

    def _on_read(self, generation: int, found: Opened) -> None:
        if generation == self._generation:
            self._busy = False
            self._show(found)
            self.opened.emit(found)

    def _on_unread(self, generation: int) -> None:
        if generation == self._generation:
            self.clear()

    def _show(self, found: Opened | None) -> None:
        self._found = found
        self.model.set_rows(found.rows if found else ())
        self._stack.setCurrentIndex(1 if self.model.rows else 0)
        if self.model.rows:
            self.table.setCurrentIndex(self.model.index(0, _NAME))
        self._say()

    def _say(self) -> None:
        found = self._found
        self._file.setText("" if self._path is None else self._path.name)
        known = self._desk.context.settings.partners.get(self._partner)
        self.fetch_button.setVisible(bool(known and known.taxii_url))
        self.fetch_button.setEnabled(not self._server.busy)
        self._counts.setVisible(found is not None)
        self._left_out.setVisible(bool(found and found.found.left_out))
        self.take_button.setEnabled(bool(self.model.rows) and not self._busy)
        self.leave_button.setEnabled(self._path is not None or found is not None)
        self._summary.setText(
            "" if found is None else self.tr("Nothing is kept until you take in.")
        )
        if found is None:
            if self._busy:
                self._empty.say(self.tr("Reading…"), "")
                return
            self._empty.say(
                self.tr("No file is open"),
                self.tr(
                    "Open a partner's STIX 2.1 or MISP file, or drop it here. You see what is"
                    " new, what is known, where you differ, and everything that would change,"
                    " before anything is kept."
                ),
            )
            return
        seen, left = found.preview, found.found.left_out.most_common()
        self._counts.setText(
            self.tr("New: {new}. Known: {known}. In conflict with ours: {conflict}.").format(
                new=f"{len(seen.new):,}",
                known=f"{len(seen.known):,}",
                conflict=f"{len(seen.conflicting):,}",
            )
            + " "
            + self._what_counts(len(seen.confirmed), len(seen.reported))
        )
        self._left_out.setText(
            self.tr("Left out – {reasons}.").format(
                reasons="; ".join(f"{why}: {n:,}" for why, n in left)
            )
        )
        if found.fetched is not None:
            self._empty.say(self.tr("Nothing new"), self.tr("Its collection has nothing to add."))
            return
        self._empty.say(
            self.tr("Nothing in it is of use"),
            self.tr("No domain name was found in the file; what was left out stands above."),
        )

    def _what_counts(self, confirmed: int, reported: int) -> str:
        if confirmed:
            return self.tr("Would count as confirmed, in the partner's name: {n}.").format(
                n=f"{confirmed:,}"
            )
        if reported:
            return self.tr("Would become reports to assess: {n}.").format(n=f"{reported:,}")
        return self.tr("Nothing of it counts as ours: no verdict, figure or draft changes.")

    def _selected_names(self) -> str:
        rows = self.table.selectionModel().selectedRows()
        return "\n".join(self.model.name_at(index.row()) for index in rows)

    # -- keeping it

    def take(self) -> None:
        """Keep what the file says, as it was looked at."""
        found = self._found
        if found is None or self._busy:
            return
        self._busy = True
        self._say()
        context, partner = self._desk.context, self._partner

        self._desk.write(
            lambda case: keep(context, case, partner, found), self._on_kept, self._on_not_kept
        )

    def _on_kept(self, kept: Received) -> None:
        self.clear()
        self._desk.messages.news(
            self.tr("Kept from {name}: {records} records; reports of ours: {reports}.").format(
                name=self._partner, records=f"{kept.records:,}", reports=f"{kept.reports:,}"
            )
        )
        self._desk.changed.emit(Changed.REPORTS | Changed.QUEUE)
        if kept.reports:
            self._desk.look_up()

    def _on_not_kept(self) -> None:
        self._busy = False
        self._say()

    # -- dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a file."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped; one file at a time."""
        event.acceptProposedAction()
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.open(paths[0])

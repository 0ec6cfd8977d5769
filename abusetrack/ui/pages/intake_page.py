"""Take lists of reports in: paste, drop, open, look at the preview, then import."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QMimeData, Qt, Slot
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from abusetrack.records import Arrival
from abusetrack.ui import theme
from abusetrack.ui.desk import Changed, Desk
from abusetrack.ui.models.preview_table import (
    BARE,
    DETAIL_COLUMN,
    LINE_COLUMN,
    NAME_COLUMN,
    ORIGIN_COLUMN,
    STATUS_COLUMN,
    PreviewTable,
)
from abusetrack.ui.taking_in import Reading, Source, Stored, read, store, what_is_left_out
from abusetrack.ui.widgets.file_dialog import FileDialog
from abusetrack.ui.widgets.group_filter import GroupFilter
from abusetrack.ui.widgets.origin_fields import OriginFields
from abusetrack.ui.widgets.parts import EmptyPlace, button, copy_action, heading, label, open_once
from abusetrack.ui.widgets.report_entry import ReportEntry
from abusetrack.ui.widgets.tables import table

_WIDTHS = {STATUS_COLUMN: 120, LINE_COLUMN: 56, NAME_COLUMN: 340, DETAIL_COLUMN: 420}


class IntakePage(QWidget):
    """Collects lists until they are imported or cleared."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._sources: list[Source] = []
        self._reading: Reading | None = None
        self._generation = 0
        self._busy = False
        self.model = PreviewTable(self)
        self.setAcceptDrops(True)
        self._build()
        self.model.ticked.connect(lambda _count: self._say())
        paste = QAction(self.tr("Paste reports"), self)
        paste.setShortcut(QKeySequence(QKeySequence.StandardKey.Paste))
        paste.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        paste.triggered.connect(self.paste)
        self.addAction(paste)
        self._show_reading(None)

    # -- building

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(heading(self.tr("Intake")))
        layout.addLayout(self._entry())
        context = self._desk.context
        self.origin = OriginFields(context.clock, context.settings.sources)
        self.origin.changed.connect(self._read_again)
        layout.addWidget(self.origin)
        self.groups = GroupFilter(self.model.show_group)
        groups = QHBoxLayout()
        groups.addWidget(self.groups)
        groups.addStretch()
        layout.addLayout(groups)
        self._left_out = label(muted=True, wrap=True)
        layout.addWidget(self._left_out)
        self.table = self._make_table()
        empty = EmptyPlace(
            self.tr("Nothing to preview"),
            self.tr(
                "Paste a list (Ctrl+V), open a file (Ctrl+O), or drop one here: text, CSV, XLSX or "
                "mail. You see what would become of every row before anything is stored. "
                "Images and other media are never taken in."
            ),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(self.table)
        layout.addWidget(self._stack, 1)
        layout.addLayout(self._footer())

    def _entry(self) -> QHBoxLayout:
        self.entry = ReportEntry()
        self.entry.setFixedHeight(3 * theme.ROW_HEIGHT)
        self.entry.pasted.connect(self.take_mime)
        self.entry.entered.connect(self.take_typed)
        buttons = QVBoxLayout()
        buttons.setSpacing(theme.TIGHT)
        self.paste_button = button(
            self.tr("Paste"),
            self.paste,
            tip=self.tr("Take the clipboard's text (Ctrl+V)"),
            icon="clipboard-paste",
        )
        self.open_button = button(
            self.tr("Open…"),
            self.open_files,
            tip=self.tr("Choose files (Ctrl+O)"),
            icon="folder-open",
        )
        self.typed_button = button(
            self.tr("Preview typed text"),
            self.take_typed,
            tip=self.tr("Take what was typed (Ctrl+Return)"),
        )
        for item in (self.paste_button, self.open_button, self.typed_button):
            buttons.addWidget(item)
        row = QHBoxLayout()
        row.setSpacing(theme.MEDIUM)
        row.addWidget(self.entry, 1)
        row.addLayout(buttons)
        return row

    def _make_table(self) -> QTableView:
        name = self.tr("Preview: what becomes of every row")
        made = table(self.model, name, middle=NAME_COLUMN)
        for column, width in _WIDTHS.items():
            made.setColumnWidth(column, width)
        made.horizontalHeader().setSectionResizeMode(ORIGIN_COLUMN, QHeaderView.ResizeMode.Stretch)
        copy_action(made, self._selected_names)
        return made

    def _footer(self) -> QHBoxLayout:
        self._summary = label(muted=True, wrap=True)
        self.tick_button = button(
            self.tr("Tick all bare names"),
            self._toggle_ticks,
            tip=self.tr("Bare names found in running text are taken only when ticked (Space)"),
        )
        self.clear_button = button(
            self.tr("Clear"), self.clear, tip=self.tr("Forget the lists; nothing is stored")
        )
        self.import_button = button(
            self.tr("Import"),
            self.import_,
            shortcut="Ctrl+I",
            tip=self.tr("Store the reports and queue new names for lookup"),
            leading=True,
        )
        row = QHBoxLayout()
        row.setSpacing(theme.SMALL)
        row.addWidget(self._summary, 1)
        for item in (self.tick_button, self.clear_button, self.import_button):
            row.addWidget(item)
        return row

    # -- taking lists

    def show_page(self) -> None:
        """Take the keyboard."""
        self.entry.setFocus()

    def paste(self) -> None:
        """Take what is on the clipboard."""
        self.take_mime(QApplication.clipboard().mimeData())

    def take_typed(self) -> None:
        """Take what was typed."""
        if text := self.entry.toPlainText().strip():
            self.entry.clear()
            self.add([Source(self.tr("typed"), text)])

    @Slot(object)
    def take_mime(self, data: QMimeData) -> None:
        """Take files or text; anything else is left alone."""
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if paths:
            self.open_paths(paths)
        elif data.hasText() and data.text().strip():
            self.add([Source(self.tr("pasted"), data.text())])
        elif data.hasImage():
            self._desk.messages.care(self.tr("Images are never taken in; paste text instead."))
        else:
            self._desk.messages.care(self.tr("There is no text to take in; copy some first."))

    def open_files(self) -> None:
        """Choose files in a dialog."""
        dialog = FileDialog(self, self.tr("Open lists of reports"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(
            [self.tr("Lists (*.txt *.csv *.tsv *.xlsx *.eml)"), self.tr("All files (*)")]
        )
        dialog.filesSelected.connect(lambda names: self.open_paths([Path(name) for name in names]))
        open_once(dialog)

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Take files."""
        self.add([Source(path.name, path) for path in paths])

    def add(self, sources: Sequence[Source]) -> None:
        """Put lists beside those that are in the preview already."""
        self._sources += sources
        self._read_again()

    def clear(self) -> None:
        """Forget the lists."""
        self._sources.clear()
        self._generation += 1
        self._busy = False
        self._show_reading(None)

    def set_revealed(self, revealed: bool) -> None:
        """Show names, or mask them."""
        self.model.set_revealed(revealed)

    def set_calm(self, calm: bool) -> None:
        """Change nothing: who takes in a list has to see what becomes of its rows."""

    def _read_again(self) -> None:
        if not self._sources:
            return
        self._generation += 1
        self._busy = True
        self._say()
        context, sources, origin = self._desk.context, tuple(self._sources), self.origin.origin()
        self._desk.study(
            lambda case: read(context, case, sources, origin),
            partial(self._on_read, self._generation),
            partial(self._on_unread, self._generation),
        )

    def _on_read(self, generation: int, reading: Reading) -> None:
        if generation != self._generation:
            return
        self._busy = False
        self._sources = list(reading.sources)
        for complaint in reading.complaints:
            self._desk.messages.care(complaint)
        self._show_reading(reading if reading.sources else None)

    def _on_unread(self, generation: int) -> None:
        if generation == self._generation:
            self.clear()

    # -- the preview

    def _show_reading(self, reading: Reading | None) -> None:
        self._reading = reading
        self.model.set_rows(reading.rows if reading else ())
        self.groups.count(self.model)
        counts = self.model.counts()
        self._stack.setCurrentIndex(1 if counts.total() else 0)
        self._left_out.setText(" ".join(what_is_left_out(reading)) if reading else "")
        if reading and counts.total():
            # Not selectRow(): it toggles while Ctrl of Ctrl+V is still held.
            flags = QItemSelectionModel.SelectionFlag
            self.table.selectionModel().setCurrentIndex(
                self.model.index(0, 0), flags.ClearAndSelect | flags.Rows
            )
        self._say()

    def _say(self) -> None:
        counts = self.model.counts()
        bare, ticked = counts[BARE], len(self.model.ticked_reports())
        stores = counts[Arrival.NEW] + counts[Arrival.REPEATED] + ticked
        if self._busy:
            text = self.tr("Reading…")
        elif self._reading is None:
            text = ""
        elif bare:
            text = self.tr("{bare} bare names in running text, {ticked} ticked.").format(
                bare=bare, ticked=ticked
            )
        else:
            text = self.tr("Nothing is stored until you import.")
        self._summary.setText(text)
        self.import_button.setText(
            self.tr("Import {n}").format(n=f"{stores:,}") if stores else self.tr("Import")
        )
        self.import_button.setEnabled(self._reading is not None and not self._busy)
        self.clear_button.setEnabled(bool(self._sources))
        self.tick_button.setVisible(bare > 0)
        self.tick_button.setText(
            self.tr("Untick all") if ticked == bare else self.tr("Tick all bare names")
        )

    def _toggle_ticks(self) -> None:
        everything = len(self.model.ticked_reports()) == self.model.counts()[BARE]
        self.model.tick_all(not everything)

    def _selected_names(self) -> str:
        rows = self.table.selectionModel().selectedRows()
        return "\n".join(self.model.name_at(index.row()) for index in rows)

    # -- storing

    def import_(self) -> None:
        """Store what the preview shows, then look up what is new."""
        reading = self._reading
        if reading is None or self._busy:
            return
        context, ticked = self._desk.context, self.model.ticked_reports()
        self._busy = True
        self._say()
        self._desk.write(
            lambda case: store(context, case, reading, ticked), self._on_stored, self._on_failed
        )

    def _on_stored(self, stored: Stored) -> None:
        self.clear()
        self.origin.reset()
        self._desk.messages.news(
            self.tr(
                "Taken in: {new} new, {repeated} repeated, {duplicate} duplicate, {rejected} "
                "rejected. Names queued for lookup: {queued}."
            ).format(
                new=stored.new,
                repeated=stored.repeated,
                duplicate=stored.duplicate,
                rejected=stored.rejected,
                queued=stored.queued,
            )
        )
        self._desk.changed.emit(Changed.REPORTS | Changed.QUEUE)
        if stored.queued:
            self._desk.look_up()

    def _on_failed(self) -> None:
        self._busy = False
        self._say()

    # -- dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take text and files."""
        if event.mimeData().hasText() or event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped."""
        event.acceptProposedAction()
        self.take_mime(event.mimeData())

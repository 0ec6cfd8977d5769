"""The button that writes the filtered list into a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from abusetrack.casefile.filters import ListQuery
from abusetrack.triage import exporting
from abusetrack.triage.exporting import COLUMNS, Exported, Share
from abusetrack.ui.desk import Desk
from abusetrack.ui.widgets.file_dialog import FileDialog
from abusetrack.ui.widgets.parts import button, open_once

_ENDINGS = ("CSV (*.csv)", "Excel (*.xlsx)", "JSON lines (*.jsonl)")


class ListExport(QMenu):
    """Chooses for whom, and how; ``query`` and ``columns`` say what the page shows."""

    def __init__(
        self,
        desk: Desk,
        query: Callable[[], ListQuery],
        columns: Callable[[], list[str]],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._query = query
        self._columns = columns
        for share, text in (
            (Share.FULL, self.tr("For our own house…")),
            (Share.PARTNER, self.tr("For a partner: confirmed, nothing of who reported…")),
            (Share.PUBLIC, self.tr("For anyone: no names…")),
        ):
            self.addAction(text, partial(self.ask_file, share))
        self.addSeparator()
        self.shown_only = self.addAction(self.tr("Only the columns shown"))
        self.exact = self.addAction(self.tr("Names as they are, not defanged"))
        for action in (self.shown_only, self.exact):
            action.setCheckable(True)

    def make_button(self) -> QPushButton:
        """Return the button that opens the menu."""
        made = button(
            self.tr("Export"),
            lambda: None,
            tip=self.tr("Write the list as it is filtered into a file"),
            icon="download",
        )
        made.setMenu(self)
        return made

    def ask_file(self, share: Share) -> None:
        """Ask where the list is to be written."""
        dialog = FileDialog(self.parentWidget(), self.tr("Export the list"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # One that stands there is refused by the export itself, with a sentence.
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setNameFilters(list(_ENDINGS))
        dialog.setDefaultSuffix("csv")
        dialog.filterSelected.connect(
            lambda chosen: dialog.setDefaultSuffix(chosen.split("*.")[1].rstrip(")"))
        )
        dialog.fileSelected.connect(lambda path: self.write(Path(path), share))
        open_once(dialog)

    def write(self, path: Path, share: Share) -> None:
        """Write the list for one circle."""
        context, query = self._desk.context, self._query()
        columns = [name for name in self._columns() if share >= COLUMNS.get(name, Share.FULL + 1)]
        chosen = columns if self.shown_only.isChecked() else []
        exact = self.exact.isChecked()
        self._desk.write(
            lambda case: exporting.export(
                context, case, path, query, columns=chosen, share=share, exact=exact
            ),
            self._on_written,
        )

    def _on_written(self, done: Exported) -> None:
        self._desk.messages.news(self.tr("Domains written: {n}.").format(n=f"{done.rows:,}"))

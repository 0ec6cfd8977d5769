"""The button that writes the report of what the dashboards count."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QPushButton

from abusetrack.casefile import CaseFile
from abusetrack.metrics.filters import Filters
from abusetrack.triage import reporting
from abusetrack.ui.desk import Desk
from abusetrack.ui.widgets.file_dialog import FileDialog
from abusetrack.ui.widgets.parts import button, open_once


def report_button(desk: Desk, counted: Callable[[], Filters]) -> QPushButton:
    """Return a button that asks for a file and writes the report of ``counted`` into it."""
    made = button(
        _tr("Report…"),
        lambda: _ask(desk, made, counted()),
        tip=_tr("Write all figures of this period as PDF or HTML; it holds no domain names"),
    )
    return made


def _ask(desk: Desk, parent: QPushButton, filters: Filters) -> None:
    dialog = FileDialog(parent, _tr("Write the report"))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters([_tr("PDF (*.pdf)"), _tr("HTML (*.html)")])
    dialog.setDefaultSuffix("pdf")
    name = reporting.period_of(filters).replace(" ", "-")
    dialog.selectFile(f"report-{name}.pdf")
    dialog.fileSelected.connect(lambda path: write(desk, filters, Path(path)))
    open_once(dialog)


def write(desk: Desk, filters: Filters, path: Path) -> None:
    """Write the report off the GUI thread, and say where it is."""

    def work(case: CaseFile) -> None:
        reporting.write_report(desk.context, case, filters, path)

    said = _tr("Report written: {path}. It holds no domain names.").format(path=path)
    desk.study(work, lambda _none: desk.messages.news(said))


def _tr(text: str) -> str:
    return QCoreApplication.translate("report_button", text)

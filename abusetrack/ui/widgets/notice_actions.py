"""What a person can say of an exported notice: what became of it, and the answer to it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QWidget

from abusetrack.casefile.notices import StoredNotice
from abusetrack.intake.answers import AnswerText
from abusetrack.records import NoticeStatus
from abusetrack.triage import ledger
from abusetrack.ui import theme
from abusetrack.ui.desk import Changed, Desk
from abusetrack.ui.widgets.parts import button, label

_MARKS = (
    NoticeStatus.SENT,
    NoticeStatus.ACKNOWLEDGED,
    NoticeStatus.ACTIONED,
    NoticeStatus.REFUSED,
    NoticeStatus.BOUNCED,
    NoticeStatus.NO_ANSWER,
    NoticeStatus.DISPUTED,
)


class NoticeActions(QWidget):
    """Marks the notice that is shown, and files answers that are chosen or dropped here."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._notice: StoredNotice | None = None
        self.setAcceptDrops(True)
        self.marks = QMenu(self)
        for status in _MARKS:
            self.marks.addAction(status.value, lambda chosen=status: self.mark(chosen))
        self.mark_button = button(
            self.tr("Mark as"), lambda: None, tip=self.tr("Say what became of this notice")
        )
        self.mark_button.setMenu(self.marks)
        self.answer_button = button(
            self.tr("File answer…"),
            self.ask_answer,
            tip=self.tr("Keep an answer (.eml or .txt) as text; attachments are thrown away"),
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SMALL)
        hint = label(self.tr("Answers can be dropped here."), muted=True, wrap=True)
        row.addWidget(hint, 1)
        row.addWidget(self.answer_button)
        row.addWidget(self.mark_button)
        self.show_notice(None)

    def show_notice(self, notice: StoredNotice | None) -> None:
        """Offer what can be said of ``notice``; of none, nothing is offered."""
        self._notice = notice
        self.setVisible(notice is not None)
        withdrawn = notice is not None and notice.status is NoticeStatus.WITHDRAWN
        self.mark_button.setEnabled(not withdrawn)

    def mark(self, status: NoticeStatus) -> None:
        """Record what became of the notice, as of now."""
        if self._notice is None:
            return
        context, reference = self._desk.context, self._notice.reference
        self._desk.write(
            lambda case: ledger.mark(context, case, [reference], status),
            lambda _none: self._done(
                self.tr("{reference} marked {status}.").format(
                    reference=reference, status=status.value
                )
            ),
        )

    def ask_answer(self) -> None:
        """Ask for the file of an answer."""
        dialog = QFileDialog(self, self.tr("File an answer"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Mails and texts (*.eml *.txt)"))
        dialog.fileSelected.connect(self.file_answer)
        dialog.open()

    def file_answer(self, path: str) -> None:
        """File a mail or text onto the notice, as text."""
        if self._notice is None:
            return
        context, reference = self._desk.context, self._notice.reference
        self._desk.write(
            lambda case: ledger.file_answer(context, case, reference, Path(path)),
            lambda answer: self._on_filed(reference, answer),
        )

    def _on_filed(self, reference: str, answer: AnswerText) -> None:
        dropped = sum(answer.discarded.values())
        text = self.tr("Answer filed onto {reference} as text; parts thrown away: {n}.").format(
            reference=reference, n=dropped
        )
        if not answer.body.strip():
            text += self.tr(" It has no plain text: copy what it says into a .txt file.")
        self._done(text)

    def _done(self, text: str) -> None:
        self._desk.messages.news(text)
        self._desk.changed.emit(Changed.NOTICES | Changed.FINDINGS)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """File what was dropped."""
        event.acceptProposedAction()
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self.file_answer(url.toLocalFile())

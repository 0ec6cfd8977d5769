"""What a person can say of an exported notice: what became of it, and the answer to it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QGridLayout, QLineEdit, QWidget

from abusetrack.casefile import replies
from abusetrack.casefile.notices import StoredNotice
from abusetrack.intake.answers import AnswerText
from abusetrack.records import NoticeStatus, Quality
from abusetrack.triage import ledger
from abusetrack.ui import theme
from abusetrack.ui.desk import Changed, Desk
from abusetrack.ui.widgets.file_dialog import FileDialog
from abusetrack.ui.widgets.moment_field import MomentField
from abusetrack.ui.widgets.parts import button, label, open_once
from abusetrack.ui.words import word

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
        self._build()
        self.show_notice(None)

    def _build(self) -> None:
        self.status = QComboBox()
        for status in _MARKS:
            self.status.addItem(word(status), status)
        self.at = MomentField(self._desk.context.clock, self.tr("When, in UTC"))
        self.channel = QComboBox()
        self.channel.setEditable(True)
        self.channel.addItems(["", self.tr("mail"), self.tr("web form"), self.tr("telephone")])
        self.theirs, self.note = QLineEdit(), QLineEdit()
        self.quality = QComboBox()
        self.quality.addItem(self.tr("not said"), None)
        for quality in Quality:
            self.quality.addItem(word(quality), quality)
        self.mark_button = button(
            self.tr("&Mark"), self.mark, tip=self.tr("Record what became of this notice")
        )
        self.quality_button = button(
            self.tr("&Note it"), self.rate, tip=self.tr("Record what they said of the notice")
        )
        self.answer_button = button(
            self.tr("File &answer…"),
            self.ask_answer,
            tip=self.tr("Keep an answer (.eml or .txt) as text; attachments are thrown away"),
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.SMALL)
        grid.setVerticalSpacing(theme.SMALL)
        hint = label(self.tr("Drop an answer here, or"), muted=True)
        for row, fields in enumerate(
            (
                ((self.tr("It was"), self.status), (self.tr("When (UTC)"), self.at)),
                ((self.tr("By"), self.channel), (self.tr("Their reference"), self.theirs)),
                ((self.tr("Note"), self.note),),
                ((self.tr("They called it"), self.quality),),
            )
        ):
            for place, (title, field) in enumerate(fields):
                named = label(title, muted=True)
                named.setBuddy(field)
                if not field.accessibleName():
                    field.setAccessibleName(title)
                grid.addWidget(named, row, 2 * place)
                grid.addWidget(field, row, 2 * place + 1, 1, 3 if field is self.note else 1)
        grid.addWidget(self.mark_button, 2, 4)
        grid.addWidget(self.quality_button, 3, 2)
        grid.addWidget(hint, 3, 3, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self.answer_button, 3, 4)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)

    def show_notice(self, notice: StoredNotice | None) -> None:
        """Offer what can be said of ``notice``; of none, nothing is offered."""
        if notice is None or self._notice is None or notice.reference != self._notice.reference:
            self._clear()
        self._notice = notice
        self.setVisible(notice is not None)
        withdrawn = notice is not None and notice.status is NoticeStatus.WITHDRAWN
        self.mark_button.setEnabled(not withdrawn)

    def _clear(self) -> None:
        self.at.reset()
        self.channel.setCurrentText("")
        self.theirs.clear()
        self.note.clear()
        self.quality.setCurrentIndex(0)

    def mark(self) -> None:
        """Record what became of the notice, as of the time that is given, else now."""
        if self._notice is None:
            return
        context, reference = self._desk.context, self._notice.reference
        status, at = NoticeStatus(self.status.currentData()), self.at.moment()
        if at is not None and at > context.clock.now():
            self._desk.messages.care(self.tr("That time is in the future; say when it happened."))
            return
        said = {
            "channel": self.channel.currentText().strip(),
            "their_reference": self.theirs.text().strip(),
            "note": self.note.text().strip(),
        }
        self._desk.write(
            lambda case: ledger.mark(context, case, [reference], status, at=at, **said),
            lambda _none: self._done(
                self.tr("{reference} marked {status}.").format(
                    reference=reference, status=word(status)
                )
            ),
        )

    def rate(self) -> None:
        """Record what the receiver said of the notice's quality."""
        quality = self.quality.currentData()
        if self._notice is None or quality is None:
            return
        reference = self._notice.reference
        note = self.note.text().strip()
        self._desk.write(
            lambda case: replies.rate(case, reference, Quality(quality), note=note),
            lambda _none: self._done(
                self.tr("{reference}: they called it {quality}.").format(
                    reference=reference, quality=word(Quality(quality))
                )
            ),
        )

    def ask_answer(self) -> None:
        """Ask for the file of an answer."""
        dialog = FileDialog(self, self.tr("File an answer"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Mails and texts (*.eml *.txt)"))
        dialog.fileSelected.connect(self.file_answer)
        open_once(dialog)

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
        self._clear()
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

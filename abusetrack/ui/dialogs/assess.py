"""Record what an analyst found, for one or many domains at once."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from abusetrack.records import Assessment, AssessmentOutcome, SiteKind
from abusetrack.triage.context import Context
from abusetrack.ui import theme
from abusetrack.ui.widgets.parts import label
from abusetrack.ui.words import word

_NO_SEVERITY, _MOST_SEVERE = -1, 99
_NEEDS_LAW = AssessmentOutcome.CONFIRMED


class AssessDialog(QDialog):
    """Asks for outcome, kind, law and the rest; ``on_accept`` gets the assessment."""

    def __init__(
        self,
        context: Context,
        domains: int,
        on_accept: Callable[[Assessment], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._on_accept = on_accept
        self.setWindowTitle(self.tr("Assess"))
        self.setMinimumWidth(460)
        self.outcome = self._choices(self.tr("Outcome"), AssessmentOutcome)
        self.kind = self._choices(self.tr("Kind of site"), SiteKind)
        self.outcome.setPlaceholderText(self.tr("choose"))
        self.outcome.setCurrentIndex(-1)  # nothing is guessed
        self.kind.setCurrentIndex(self.kind.findData(SiteKind.UNKNOWN.value))
        self.category = self._line(self.tr("Legal category"), self.tr("from your own table"))
        self.law = self._line(self.tr("Law"), self.tr("the provision it falls under"))
        self.severity = QSpinBox()
        self.severity.setAccessibleName(self.tr("Severity"))
        self.severity.setRange(_NO_SEVERITY, _MOST_SEVERE)
        self.severity.setValue(_NO_SEVERITY)
        self.severity.setSpecialValueText(self.tr("not stated"))
        self.severity.setToolTip(self.tr("As your organisation's own table counts"))
        self.commercial = self._maybe(self.tr("Commercial"))
        self.disguised = self._maybe(self.tr("Disguised"))
        self.access_note = self._line(
            self.tr("Access note"), self.tr("how it is reached; never what is shown")
        )
        form = QFormLayout()
        form.setHorizontalSpacing(theme.LARGE)
        form.setVerticalSpacing(theme.SMALL)
        for field in (
            self.outcome,
            self.kind,
            self.category,
            self.law,
            self.severity,
            self.commercial,
            self.disguised,
            self.access_note,
        ):
            form.addRow(label(field.accessibleName()), field)
        self._hint = label(muted=True, wrap=True)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText(self.tr("Record finding"))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(
            label(
                self.tr(
                    "The finding is recorded for every report of the domains selected: {n}. "
                    "An earlier finding stays in the history."
                ).format(n=domains),
                wrap=True,
            )
        )
        layout.addLayout(form)
        layout.addWidget(self._hint)
        layout.addWidget(self.buttons)
        self.outcome.currentIndexChanged.connect(self._say_hint)
        for field in (self.category, self.law):
            field.textChanged.connect(self._say_hint)
        self._say_hint()

    def accept(self) -> None:
        """Hand the finding over."""
        super().accept()
        self._on_accept(self.assessment())

    def assessment(self) -> Assessment:
        """Return the finding as filled in."""
        return Assessment(
            outcome=AssessmentOutcome(self.outcome.currentData()),
            assessed_at=self._context.clock.now(),
            assessed_by=self._context.actor,
            kind=SiteKind(self.kind.currentData()),
            legal_category=self.category.text().strip() or None,
            law=self.law.text().strip() or None,
            severity=self.severity.value() if self.severity.value() > _NO_SEVERITY else None,
            commercial=self.commercial.currentData(),
            disguised=self.disguised.currentData(),
            access_note=self.access_note.text().strip() or None,
        )

    def _say_hint(self) -> None:
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setEnabled(self.outcome.currentIndex() >= 0)
        confirmed = self.outcome.currentData() == _NEEDS_LAW.value
        complete = self.category.text().strip() and self.law.text().strip()
        self._hint.setText(
            self.tr("A registrar is written to only where legal category and law are named.")
            if confirmed and not complete
            else ""
        )

    def _choices(self, name: str, kinds: type[StrEnum]) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        for item in kinds:
            box.addItem(word(item), item.value)
        return box

    def _maybe(self, name: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        for text, value in (
            (self.tr("not stated"), None),
            (self.tr("yes"), True),
            (self.tr("no"), False),
        ):
            box.addItem(text, value)
        return box

    def _line(self, name: str, hint: str) -> QLineEdit:
        line = QLineEdit()
        line.setAccessibleName(name)
        line.setPlaceholderText(hint)
        return line

"""The first start: who you are, where the case file stands, which resolver; or practice first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from abusetrack import settings as settings_module
from abusetrack.errors import AbusetrackError
from abusetrack.records import Clock
from abusetrack.settings import Settings
from abusetrack.ui import setting_values, theme
from abusetrack.ui.dialogs.settings import SettingField
from abusetrack.ui.settings_table import chapters
from abusetrack.ui.widgets.parts import button, heading, label
from abusetrack.ui.widgets.resolver_test import ResolverTest

_SIZE = (680, 620)
_ORGANISATION = (
    "organisation.name",
    "organisation.email",
    "organisation.jurisdiction",
    "organisation.verification_url",
    "organisation.dispute_email",
)
_RESOLVERS = "resolver.nameservers"
_FILE = "case.file"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen: the practice internet, or settings that were saved and a case file."""

    practice: bool
    settings: Settings
    case_path: Path
    passphrase: str | None


class FirstRun(QDialog):
    """Asks for what is needed to begin, nothing twice; everything can be changed later.

    After it was accepted, ``chosen`` says what. (Qt's own wizard takes its header down while
    the application changes its style, and crashes.)
    """

    def __init__(
        self,
        config_path: Path,
        settings: Settings,
        case_path: Path,
        clock: Clock,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._config_path = config_path
        self._settings = settings
        self._case_path = case_path
        self.chosen: Chosen | None = None
        self.setWindowTitle("abusetrack")
        self.resize(*_SIZE)
        self.fields: dict[str, SettingField] = {}
        self.welcome = _Welcome()
        self.organisation = _Fields(
            self.tr("Who writes the notices"),
            self.tr("Nothing is exported while one of these is empty; all can be filled in later."),
            self._made(_ORGANISATION),
        )
        self.case = _CasePage(case_path)
        self.resolver = _Fields(
            self.tr("Which resolver is asked"),
            self.tr("Without one nothing is looked up, and reports stay queued."),
            self._made((_RESOLVERS,)),
            ResolverTest(self._with_resolvers, clock),
        )
        self._pages = QStackedWidget()
        for page in (self.welcome, self.organisation, self.case, self.resolver):
            page.changed.connect(self._show_buttons)
            self._pages.addWidget(page)
        self.back = button(self.tr("Back"), self._go_back)
        self.next = button(self.tr("Next"), self._go_on, leading=True)
        self.next.setDefault(True)
        self.quit = button(self.tr("Quit"), self.reject)
        row = QHBoxLayout()
        row.addWidget(self.quit)
        row.addStretch()
        row.addWidget(self.back)
        row.addWidget(self.next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.HUGE, theme.HUGE, theme.HUGE, theme.LARGE)
        layout.setSpacing(theme.LARGE)
        layout.addWidget(self._pages, 1)
        layout.addLayout(row)
        self._show_buttons()

    def page(self) -> _Page:
        """Return the page that is shown."""
        return self._pages.currentWidget()  # type: ignore[return-value]  # it holds nothing else

    def _go_on(self) -> None:
        if self._is_last():
            self.accept()
            return
        self._pages.setCurrentIndex(self._pages.currentIndex() + 1)
        self._show_buttons()

    def _go_back(self) -> None:
        self._pages.setCurrentIndex(self._pages.currentIndex() - 1)
        self._show_buttons()

    def _is_last(self) -> bool:
        """Whether nothing comes after this page, as for practice nothing does."""
        number = self._pages.currentIndex()
        return number == self._pages.count() - 1 or self.welcome.practice.isChecked()

    @Slot()
    def _show_buttons(self) -> None:
        self.back.setEnabled(self._pages.currentIndex() > 0)
        self.next.setEnabled(self.page().complete())
        self.next.setText(self.tr("Begin") if self._is_last() else self.tr("Next"))

    def accept(self) -> None:
        """Write the settings; the wizard stays where that cannot be."""
        if self.welcome.practice.isChecked():
            self.chosen = Chosen(True, self._settings, self._case_path, None)
            super().accept()
            return
        changes: dict[str, Any] = {
            key: field.value() for key, field in self.fields.items() if field.changed
        }
        case_path = self.case.path()
        if case_path != self._case_path:
            changes[_FILE] = str(case_path)
        try:
            saved = settings_module.save(self._config_path, changes)
        except AbusetrackError as error:
            self.resolver.say(str(error))
            return
        self.chosen = Chosen(False, saved, case_path, self.case.passphrase())
        super().accept()

    def _made(self, keys: Iterable[str]) -> list[SettingField]:
        known = setting_values.options()
        lines = {key: (title, help_) for _, part in chapters() for key, title, help_ in part}
        for key in keys:
            value = setting_values.of(self._settings, key)
            self.fields[key] = SettingField(known[key], *lines[key], value)
        return [self.fields[key] for key in keys]

    def _with_resolvers(self) -> Settings:
        values = {_RESOLVERS: self.fields[_RESOLVERS].value() or []}
        return settings_module.changed(self._settings, values)


class _Page(QWidget):
    """One page: title, what it is about, and what is asked.

    Signals:
        changed(): something else was typed or chosen.
    """

    changed = Signal()

    def __init__(self, title: str, about: str) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(theme.SMALL)
        self.column.addWidget(heading(title))
        self.column.addWidget(label(about, wrap=True))
        self.column.addSpacing(theme.SMALL)

    def complete(self) -> bool:
        """Whether nothing stands in the way of going on."""
        return True


class _Welcome(_Page):
    def __init__(self) -> None:
        super().__init__(
            self.tr("Welcome"),
            self.tr(
                "abusetrack looks up who registered and hosts reported names, keeps the facts in"
                " one file on this computer, and drafts notices. It never opens a reported page"
                " and never sends anything."
            ),
        )
        self.practice = QRadioButton(self.tr("Try it with the practice internet first"))
        self.real = QRadioButton(self.tr("Set it up for work"))
        self.real.setChecked(True)
        group = QButtonGroup(self)
        for choice, about in (
            (self.practice, self.tr("Invented names on this computer alone; nothing is kept.")),
            (self.real, self.tr("Three short pages: who you are, the case file, the resolver.")),
        ):
            choice.setAccessibleName(choice.text())
            group.addButton(choice)
            self.column.addWidget(choice)
            self.column.addWidget(label(about, muted=True, wrap=True))
        self.column.addStretch()
        self.practice.toggled.connect(lambda _on: self.changed.emit())


class _Fields(_Page):
    """Settings of one kind; complete where none of them is wrong."""

    def __init__(
        self, title: str, about: str, fields: list[SettingField], below: QWidget | None = None
    ) -> None:
        super().__init__(title, about)
        self._fields = fields
        self._wrong = label(wrap=True)
        self._wrong.setObjectName("badge")
        self._wrong.hide()
        self.column.setSpacing(theme.TIGHT)
        for field in fields:
            field.edited.connect(self.changed)
            self.column.addWidget(field)
        if below is not None:
            self.column.addWidget(below)
        self.column.addWidget(self._wrong)
        self.column.addStretch()

    def complete(self) -> bool:
        """Whether nothing typed is wrong."""
        return not any(field.changed and field.complaint() for field in self._fields)

    def say(self, text: str) -> None:
        """Say why the settings were not written."""
        self._wrong.setText(text)
        self._wrong.show()


class _CasePage(_Page):
    def __init__(self, path: Path) -> None:
        super().__init__(
            self.tr("The case file"),
            self.tr(
                "Everything reported stands in this one file and nowhere else. With a passphrase"
                " it is encrypted; a lost passphrase cannot be replaced by anybody."
            ),
        )
        self.place = self._line(self.tr("Place"), str(path))
        self.first = self._line(self.tr("Passphrase"), secret=True)
        self.second = self._line(self.tr("Passphrase again"), secret=True)
        self._hint = label(muted=True, wrap=True)
        for line in (self.place, self.first, self.second):
            named = label(line.accessibleName())
            named.setBuddy(line)
            self.column.addWidget(named)
            self.column.addWidget(line)
            line.textChanged.connect(self._on_typed)
        self.column.addWidget(self._hint)
        self.column.addStretch()
        self._on_typed()

    def path(self) -> Path:
        """Return where the case file is to stand."""
        return Path(self.place.text().strip()).expanduser().absolute()

    def passphrase(self) -> str | None:
        """Return the passphrase; None where the file is to stay in the clear."""
        return self.first.text() or None

    def complete(self) -> bool:
        """Whether there is a place, and the passphrase was typed twice alike."""
        return bool(self.place.text().strip()) and self.first.text() == self.second.text()

    def _on_typed(self) -> None:
        if self.first.text() != self.second.text():
            hint = self.tr("Type the same passphrase twice.")
        elif not self.first.text():
            hint = self.tr("Without a passphrase, who gets the file can read it.")
        else:
            hint = self.tr("Write it down and keep it where the file is not.")
        self._hint.setText(hint)
        self.changed.emit()

    def _line(self, name: str, text: str = "", *, secret: bool = False) -> QLineEdit:
        line = QLineEdit(text)
        line.setAccessibleName(name)
        if secret:
            line.setEchoMode(QLineEdit.EchoMode.Password)
        return line

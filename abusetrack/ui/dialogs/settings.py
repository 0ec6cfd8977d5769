"""Every setting with its default and help, checked as it is typed; the file stays the user's."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from abusetrack import settings as settings_module
from abusetrack.errors import AbusetrackError
from abusetrack.records import Clock
from abusetrack.settings import Settings
from abusetrack.ui import setting_values, theme
from abusetrack.ui.setting_values import MANY_LINES, Kind, Option
from abusetrack.ui.settings_table import Line, chapters
from abusetrack.ui.widgets.delegates import RowDelegate
from abusetrack.ui.widgets.parts import label
from abusetrack.ui.widgets.resolver_test import ResolverTest

_LINES_HEIGHT = 76
_LIST_WIDTH = 190
_SIZE = (820, 620)
_RESOLVERS = "resolver.nameservers"


class SettingField(QWidget):
    """One option: title, field, help with the default, and what is wrong with what is typed.

    Signals:
        edited(): the text is another one.
    """

    edited = Signal()

    def __init__(self, option: Option, title: str, help_: str, value: Any) -> None:
        super().__init__()
        self.option = option
        self._title = title
        self._words = f"{title} {help_} {option.key}".casefold()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._before = setting_values.written(option, value)
        self.field = _field(option, self._before)
        self.field.setAccessibleName(title)
        default = setting_values.written(option, option.default).replace("\n", ", ")
        if isinstance(self.field, QComboBox):
            default = self.field.itemText(self.field.findData(default))
        shown = self.tr("Default: {value}").format(value=default or self.tr("empty"))
        self.field.setAccessibleDescription(f"{help_} {shown}".strip())
        named = label(title)
        named.setFont(theme.strong(named.font()))
        named.setBuddy(self.field)
        self._wrong = label(wrap=True)
        self._wrong.setObjectName("badge")
        self._wrong.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, theme.MEDIUM)
        layout.setSpacing(theme.TIGHT)
        layout.addWidget(named)
        layout.addWidget(self.field)
        layout.addWidget(self._wrong)
        layout.addWidget(label(f"{help_} {shown}".strip(), muted=True, wrap=True))
        _on_edit(self.field, self._check)

    def text(self) -> str:
        """Return what stands in the field."""
        if isinstance(self.field, QComboBox):
            return str(self.field.currentData())
        if isinstance(self.field, QPlainTextEdit):
            return self.field.toPlainText().strip()
        return self.field.text().strip()

    def has(self, words: Iterable[str]) -> bool:
        """Whether title, help or key have all these words."""
        return all(word in self._words for word in words)

    def set_text(self, text: str) -> None:
        """Write something else into the field."""
        if isinstance(self.field, QComboBox):
            self.field.setCurrentIndex(self.field.findData(text))
        elif isinstance(self.field, QPlainTextEdit):
            self.field.setPlainText(text)
        else:
            self.field.setText(text)

    @property
    def changed(self) -> bool:
        """Whether it is not as the file has it."""
        return self.text() != self._before

    def value(self) -> Any:
        """Return what goes into the file; None where that is the default.

        Raises:
            ValueError: what is typed cannot be read.
        """
        text = self.text()
        if text == setting_values.written(self.option, self.option.default):
            return None
        return setting_values.read(self.option, text)

    def complaint(self) -> str:
        """Return what is wrong with what is typed; empty where nothing is."""
        try:
            value = self.value()
        except ValueError as error:
            return str(error)
        if value is None:
            return ""
        return settings_module.complaint(self.option.key, value, title=self._title)

    def _check(self) -> None:
        wrong = self.complaint() if self.changed else ""
        self._wrong.setText(wrong)
        self._wrong.setVisible(bool(wrong))
        self.edited.emit()


class SettingsDialog(QDialog):
    """Edits the settings file; nothing is written that is not valid.

    Signals:
        saved(Settings): the file was written.
    """

    saved = Signal(object)

    def __init__(
        self, path: Path, settings: Settings, clock: Clock, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._path = path
        self._settings = settings
        self.setWindowTitle(self.tr("Settings"))
        self.resize(*_SIZE)
        self.fields: dict[str, SettingField] = {}
        self.resolver_test = ResolverTest(self._with_resolvers, clock)
        self.search = QLineEdit()
        self.search.setAccessibleName(self.tr("Find a setting"))
        self.search.setPlaceholderText(self.tr("Find a setting"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._find)
        self._none = label(self.tr("No setting has these words."), muted=True)
        self._none.hide()
        self.chapters = QListWidget()
        self.chapters.setAccessibleName(self.tr("Chapters of the settings"))
        self.chapters.setFixedWidth(_LIST_WIDTH)
        self.chapters.setItemDelegate(RowDelegate(self.chapters))
        self._pages = QStackedWidget()
        known = setting_values.options()
        for title, lines in chapters():
            self.chapters.addItem(title)
            self._pages.addWidget(self._page(lines, known))
        self.chapters.currentRowChanged.connect(self._pages.setCurrentIndex)
        self.chapters.setCurrentRow(0)
        self._wrong = label(wrap=True)
        self._wrong.setObjectName("badge")
        self._wrong.hide()
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._build()
        self._on_edited()

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.MEDIUM)
        row.addWidget(self.chapters)
        row.addWidget(self._pages, 1)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.MEDIUM)
        where = self.tr("Kept in {path}; comments there survive.").format(path=self._path)
        layout.addWidget(label(where, muted=True, wrap=True))
        layout.addWidget(self.search)
        layout.addWidget(self._none)
        layout.addLayout(row, 1)
        layout.addWidget(self._wrong)
        layout.addWidget(self.buttons)

    def _page(self, lines: tuple[Line, ...], known: dict[str, Option]) -> QWidget:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.MEDIUM, theme.SMALL)
        for key, title, help_ in lines:
            made = SettingField(known[key], title, help_, setting_values.of(self._settings, key))
            made.edited.connect(self._on_edited)
            self.fields[key] = made
            column.addWidget(made)
            if key == _RESOLVERS:
                column.addWidget(self.resolver_test)
        column.addStretch()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setProperty("flat", True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        return area

    def show_option(self, key: str) -> None:
        """Put the cursor into the field of an option."""
        for number, (_title, lines) in enumerate(chapters()):
            if any(line[0] == key for line in lines):
                self.chapters.setCurrentRow(number)
                self.fields[key].field.setFocus()

    @Slot(str)
    def _find(self, text: str) -> None:
        """Leave the fields that have these words, and the chapters that have such fields."""
        words = text.casefold().split()
        left = []
        for number, (_title, lines) in enumerate(chapters()):
            found = [key for key, *_ in lines if self.fields[key].has(words)]
            for key, *_ in lines:
                self.fields[key].setVisible(key in found)
            self.chapters.setRowHidden(number, not found)
            left += [number] if found else []
        self.resolver_test.setVisible(not self.fields[_RESOLVERS].isHidden())
        self._none.setVisible(not left)
        self._pages.setVisible(bool(left))
        if left and self.chapters.currentRow() not in left:
            self.chapters.setCurrentRow(left[0])

    def accept(self) -> None:
        """Write what was changed; the dialog stays where that cannot be."""
        changed = {key: field.value() for key, field in self.fields.items() if field.changed}
        try:
            settings = settings_module.save(self._path, changed) if changed else None
        except AbusetrackError as error:
            self._wrong.setText(str(error))
            self._wrong.show()
            return
        super().accept()
        if settings is not None:
            self.saved.emit(settings)

    def _on_edited(self) -> None:
        self._wrong.hide()
        wrong = any(field.changed and field.complaint() for field in self.fields.values())
        self.buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(not wrong)

    def _with_resolvers(self) -> Settings:
        """Return the settings with the resolvers as they are typed."""
        return settings_module.changed(
            self._settings, {_RESOLVERS: self.fields[_RESOLVERS].value() or []}
        )


def _field(option: Option, text: str) -> QComboBox | QLineEdit | QPlainTextEdit:
    if option.kind is Kind.YES_NO or option.choices:
        box = QComboBox()
        shown = {"true": box.tr("yes"), "false": box.tr("no")}
        for value in option.choices or ("false", "true"):
            box.addItem(shown.get(value, value), value)
        box.setCurrentIndex(box.findData(text))
        return box
    if option.kind in MANY_LINES:
        area = QPlainTextEdit(text)
        area.setTabChangesFocus(True)
        area.setFixedHeight(_LINES_HEIGHT)
        return area
    return QLineEdit(text)


def _on_edit(field: QComboBox | QLineEdit | QPlainTextEdit, act: Any) -> None:
    if isinstance(field, QComboBox):
        field.currentIndexChanged.connect(act)
    else:
        field.textChanged.connect(act)

"""A form made from a table of fields; what is typed is read by each field's own rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QPlainTextEdit, QWidget

from abusetrack.errors import InputError
from abusetrack.ui import theme
from abusetrack.ui.widgets.parts import label

_LONG_HEIGHT = 72


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form: chosen where there are ``choices``, else typed.

    ``read`` raises ValueError, with a sentence, for what is no value.
    """

    key: str
    title: str
    choices: tuple[tuple[str, Any], ...] = ()
    hint: str = ""
    long: bool = False
    read: Callable[[str], Any] | None = None


class Form(QWidget):
    """Shows fields and returns what was filled in."""

    def __init__(self, fields: Sequence[Field], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields = tuple(fields)
        self.editors: dict[str, QComboBox | QLineEdit | QPlainTextEdit] = {}
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(theme.LARGE)
        layout.setVerticalSpacing(theme.SMALL)
        for field in self._fields:
            editor = _editor(field)
            editor.setAccessibleName(field.title)
            self.editors[field.key] = editor
            named = label(field.title)
            named.setBuddy(editor)
            layout.addRow(named, editor)

    def values(self) -> dict[str, Any]:
        """Return what was filled in, by key; what is empty or not chosen is left out.

        Raises:
            InputError: something typed is no value of its field.
        """
        found: dict[str, Any] = {}
        for field in self._fields:
            editor = self.editors[field.key]
            if isinstance(editor, QComboBox):
                if editor.currentData() is not None:
                    found[field.key] = editor.currentData()[0]
                continue
            text = editor.text() if isinstance(editor, QLineEdit) else editor.toPlainText()
            if not text.strip():
                continue
            try:
                found[field.key] = field.read(text.strip()) if field.read else text.strip()
            except ValueError as error:
                raise InputError(f"{field.title}: {error}") from None
        return found

    def focus_first(self) -> None:
        """Put the cursor into the first field."""
        next(iter(self.editors.values())).setFocus()


def _editor(field: Field) -> QComboBox | QLineEdit | QPlainTextEdit:
    if field.choices:
        box = QComboBox()
        for text, value in field.choices:
            # In a tuple, so that a choice of None differs from no choice.
            box.addItem(text, (value,))
        box.setPlaceholderText(field.hint)
        box.setCurrentIndex(-1)  # nothing is guessed
        return box
    if field.long:
        text_edit = QPlainTextEdit()
        text_edit.setPlaceholderText(field.hint)
        text_edit.setTabChangesFocus(True)
        text_edit.setFixedHeight(_LONG_HEIGHT)
        return text_edit
    line = QLineEdit()
    line.setPlaceholderText(field.hint)
    return line

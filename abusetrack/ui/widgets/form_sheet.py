"""What is typed into a party's web form, field by field, each with a button that copies it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from abusetrack.ui import clipboard, theme
from abusetrack.ui.text import one_line
from abusetrack.ui.widgets.parts import button, label

_SHOWN = 160  # characters of a value


class FormSheet(QScrollArea):
    """Shows the sheet of an exported notice; what is copied is exact, as the form needs it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Form sheet"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.viewport().setAutoFillBackground(False)
        self.copy_buttons: dict[str, QWidget] = {}

    def show_sheet(self, body: bytes, *, revealed: bool) -> None:
        """Show a sheet from its JSON (:mod:`abusetrack.notices.formats.form`)."""
        sheet: Mapping[str, Any] = json.loads(body)
        self.copy_buttons = {}
        inner = QWidget()
        inner.setAutoFillBackground(False)
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, theme.SMALL, theme.SMALL, 0)
        grid.setHorizontalSpacing(theme.MEDIUM)
        grid.setColumnStretch(1, 1)
        grid.addWidget(label(self.tr("Do not open any address on this sheet.")), 0, 0, 1, 3)
        parts = sheet["submissions"]
        for number, part in enumerate(parts, start=1):
            if len(parts) > 1:
                told = self.tr("Fill the form in {n} times; this is time {number}.").format(
                    n=len(parts), number=number
                )
                named = label(told, wrap=True)
                named.setFont(theme.strong(named.font()))
                grid.addWidget(named, grid.rowCount(), 0, 1, 3)
            for field in part["fields"]:
                self._line(grid, field["field"], field["value"], number, revealed=revealed)
            if part["no_field"]:
                self._say(grid, self.tr("No field of the form is known for these:"))
            for item in part["no_field"]:
                self._line(grid, item["what"], item["value"], number, revealed=revealed)
            if part["fill_in_yourself"]:
                names = ", ".join(part["fill_in_yourself"])
                self._say(grid, self.tr("Fill in yourself: {names}").format(names=names))
        grid.setRowStretch(grid.rowCount(), 1)
        self.setWidget(inner)
        inner.setAutoFillBackground(False)

    def _say(self, grid: QGridLayout, text: str) -> None:
        grid.addWidget(label(text, muted=True, wrap=True), grid.rowCount(), 0, 1, 3)

    def _line(
        self, grid: QGridLayout, name: str, value: str, number: int, *, revealed: bool
    ) -> None:
        row = grid.rowCount()
        copy = button(
            self.tr("Copy"),
            lambda: clipboard.put(value),
            tip=self.tr(
                "The exact text, for the form; it leaves the clipboard when the window locks"
            ),
        )
        copy.setAccessibleName(self.tr("Copy {name}").format(name=name))
        self.copy_buttons[f"{number}:{name}"] = copy
        grid.addWidget(label(one_line(name, 80), wrap=True), row, 0)
        shown = one_line(value, _SHOWN) if revealed else self.tr("hidden while names are masked")
        told = self.tr("{text} ({n} characters)").format(text=shown, n=f"{len(value):,}")
        grid.addWidget(label(told, muted=True, wrap=True), row, 1)
        grid.addWidget(copy, row, 2)

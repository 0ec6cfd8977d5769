"""One button per group of the preview, with its count; pressing one shows only that group."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from abusetrack.records import Arrival
from abusetrack.ui import theme
from abusetrack.ui.models.preview_table import BARE, Group, PreviewTable
from abusetrack.ui.widgets.parts import button


class GroupFilter(QWidget):
    """Shows counts of a preview and chooses what of it is shown."""

    def __init__(self, show: Callable[[Group | None], None]) -> None:
        super().__init__()
        self._buttons: dict[Group | None, QPushButton] = {}
        self._show = show
        group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SMALL)
        for key in (None, *Arrival, BARE):
            made = button("", partial(show, key))
            made.setCheckable(True)
            group.addButton(made)
            self._buttons[key] = made
            row.addWidget(made)

    def press(self, group: Group | None) -> None:
        """Show one group, or all."""
        self._buttons[group].setChecked(True)
        self._show(group)

    def count(self, model: PreviewTable) -> None:
        """Write the counts of a preview on the buttons, and show all of it."""
        counts = model.counts()
        titles: dict[Group | None, str] = {
            None: self.tr("All {n}"),
            Arrival.NEW: self.tr("New {n}"),
            Arrival.REPEATED: self.tr("Repeated {n}"),
            Arrival.DUPLICATE: self.tr("Duplicate {n}"),
            Arrival.REJECTED: self.tr("Rejected {n}"),
            BARE: self.tr("Bare names {n}"),
        }
        for key, made in self._buttons.items():
            number = counts.total() if key is None else counts[key]
            made.setText(titles[key].format(n=f"{number:,}"))
            made.setEnabled(number > 0)
        self.setVisible(counts.total() > 0)
        self.press(None)

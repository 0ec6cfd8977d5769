"""Tables over a model, all in the same look."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QAbstractItemModel
from PySide6.QtWidgets import QAbstractItemView, QTableView

from abusetrack.ui import theme
from abusetrack.ui.widgets.delegates import ChipDelegate


def table(
    model: QAbstractItemModel, name: str, *, middle: int, toned: Collection[int] | None = None
) -> QTableView:
    """Return a table of whole rows; names in the column ``middle`` lose their middle first."""
    made = QTableView()
    made.setAccessibleName(name)
    made.setModel(model)
    made.setItemDelegate(ChipDelegate(made, middle=middle, toned=toned))
    made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    made.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    made.setWordWrap(False)
    made.setShowGrid(False)
    made.setAlternatingRowColors(True)
    made.setTabKeyNavigation(False)
    made.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    made.verticalHeader().hide()
    made.verticalHeader().setDefaultSectionSize(theme.ROW_HEIGHT)
    made.horizontalHeader().setHighlightSections(False)
    return made

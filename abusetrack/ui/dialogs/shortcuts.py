"""The sheet of keys: every command that has one."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QMainWindow,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from abusetrack.ui import commands, theme
from abusetrack.ui.widgets.delegates import RowDelegate


class ShortcutsDialog(QDialog):
    """Lists keys and what they do."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Keys"))
        self.resize(460, 560)
        self.list = QTreeWidget()
        self.list.setAccessibleName(self.tr("Keys and what they do"))
        self.list.setHeaderLabels([self.tr("What"), self.tr("Key")])
        self.list.setRootIsDecorated(False)
        self.list.setItemDelegate(RowDelegate(self.list))
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setStretchLastSection(False)
        found = [*commands.of_menus(window), *commands.of_pages(window)]
        for command in found:
            if command.keys:
                self.list.addTopLevelItem(QTreeWidgetItem([command.text, command.keys]))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(self.list, 1)
        layout.addWidget(buttons)

    def keys(self) -> dict[str, str]:
        """Return what each key does."""
        items = map(self.list.topLevelItem, range(self.list.topLevelItemCount()))
        return {item.text(1): item.text(0) for item in items if item is not None}

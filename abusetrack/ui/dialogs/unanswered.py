"""The names that lookups had no full answer for, with the reason, to be retried."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from abusetrack.triage.batch import Failure
from abusetrack.ui import theme
from abusetrack.ui.text import Masker, mask_name, one_line
from abusetrack.ui.widgets.group_tree import Group, GroupTree, Row
from abusetrack.ui.widgets.parts import label

_SHOWN = 500


class UnansweredDialog(QDialog):
    """Lists failures by reason.

    Signals:
        retry_wanted(list[str]): these hosts are to be looked up again.
    """

    retry_wanted = Signal(object)

    def __init__(
        self, failures: Sequence[Failure], parent: QWidget | None = None, *, revealed: bool
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Without an answer"))
        self.resize(720, 460)
        self._hosts = list(dict.fromkeys(item.host for item in failures))
        self.tree = GroupTree(self.windowTitle(), [self.tr("Name"), self.tr("Why")], [300])
        self.tree.show_groups(
            [
                Group(
                    self.tr("Not fully answered"),
                    tuple(_row(item, revealed=revealed) for item in failures[:_SHOWN]),
                    len(failures),
                )
            ]
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.retry = buttons.addButton(
            self.tr("&Retry these"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(
            label(
                self.tr(
                    "What was answered is kept. They are asked again by themselves later, or now."
                ),
                muted=True,
                wrap=True,
            )
        )
        layout.addWidget(self.tree, 1)
        layout.addWidget(buttons)

    def accept(self) -> None:
        """Retry them."""
        self.retry_wanted.emit(self._hosts)
        super().accept()


def _row(failure: Failure, *, revealed: bool) -> Row:
    masker = Masker.of([failure.host], keep=1, revealed=revealed)
    name = one_line(failure.host)
    shown = name if revealed else mask_name(name)
    return Row((shown, masker(failure.reason)), ("host", failure.host), failure.host)

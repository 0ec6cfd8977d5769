"""What the status bar always says of this window: practice, offline, not encrypted."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel

from abusetrack.ui.desk import Desk
from abusetrack.ui.widgets.parts import label

_tr = partial(QCoreApplication.translate, "status")


def badges(desk: Desk) -> Iterator[QLabel]:
    """Yield those that stand before everything else."""
    if desk.context.settings.practice:
        yield _badge(_tr("Practice: nothing is real"))
    if not desk.can_look_up:
        tip = _tr("Set resolver.nameservers in the settings (Ctrl+,)")
        yield _badge(_tr("Offline: no resolver set"), tip)


def not_encrypted() -> QLabel:
    """Return what stands in the place of the lock where there is nothing to lock."""
    made = label(_tr("Not encrypted"), muted=True)
    made.setToolTip(_tr("A case file without a passphrase cannot be locked"))
    return made


def _badge(text: str, tip: str = "") -> QLabel:
    made = label(text)
    made.setObjectName("badge")
    made.setToolTip(tip)
    return made

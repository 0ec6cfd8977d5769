"""Who gave a list and when it was received, where the list itself does not say."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from abusetrack.records import Clock
from abusetrack.ui import theme
from abusetrack.ui.taking_in import Origin
from abusetrack.ui.widgets.moment_field import MomentField
from abusetrack.ui.widgets.parts import label

_SOURCES = ("public", "partner", "proactive")


class OriginFields(QWidget):
    """Source, profile and time.

    Signals:
        changed(): one of them was changed by the analyst.
    """

    changed = Signal()

    def __init__(self, clock: Clock, profiles: Iterable[str]) -> None:
        super().__init__()
        self.source = QComboBox()
        self.source.setEditable(True)
        self.source.addItems(_SOURCES)
        self.source.setAccessibleName(self.tr("Source: who gave the list"))
        self.source.setMinimumContentsLength(16)
        self.profile = QComboBox()
        self.profile.setAccessibleName(self.tr("Source profile"))
        self.profile.addItem(self.tr("none"), "")
        for name in sorted(profiles):
            self.profile.addItem(name, name)
        self.profile.setEnabled(self.profile.count() > 1)
        title = self.tr("Received, in UTC, where the list does not say")
        self.received = MomentField(clock, title)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SMALL)
        for text, field in (
            (self.tr("&Source"), self.source),
            (self.tr("&Profile"), self.profile),
            (self.tr("&Received (UTC)"), self.received),
        ):
            named = label(text)
            named.setBuddy(field)
            row.addWidget(named)
            row.addWidget(field)
            row.addSpacing(theme.MEDIUM)
        row.addStretch()
        self.source.currentTextChanged.connect(self.changed)
        self.profile.currentIndexChanged.connect(self.changed)
        self.received.dateTimeChanged.connect(self.changed)

    def origin(self) -> Origin:
        """Return what is chosen."""
        profile = self.profile.currentData() or ""
        return Origin(self.source.currentText().strip(), profile, self.received.moment())

    def reset(self) -> None:
        """Go back to now."""
        self.received.reset()

"""Who gave a list and when it was received, where the list itself does not say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from PySide6.QtCore import QDateTime, QTimeZone, Signal
from PySide6.QtWidgets import QComboBox, QDateTimeEdit, QHBoxLayout, QWidget

from abusetrack.records import Clock
from abusetrack.ui import theme
from abusetrack.ui.taking_in import Origin
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
        self._clock = clock
        self._chosen = False  # a time other than now
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
        self.received = QDateTimeEdit()
        self.received.setAccessibleName(self.tr("Received, in UTC, where the list does not say"))
        self.received.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.received.setCalendarPopup(True)
        self.received.setTimeZone(QTimeZone.utc())
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
        self.reset()
        self.source.currentTextChanged.connect(self.changed)
        self.profile.currentIndexChanged.connect(self.changed)
        self.received.dateTimeChanged.connect(self._on_received)

    def origin(self) -> Origin:
        """Return what is chosen."""
        moment = None
        if self._chosen:
            moment = datetime.fromtimestamp(self.received.dateTime().toSecsSinceEpoch(), UTC)
        return Origin(self.source.currentText().strip(), self.profile.currentData() or "", moment)

    def reset(self) -> None:
        """Go back to now."""
        seconds = int(self._clock.now().timestamp())
        blocked = self.received.blockSignals(True)
        self.received.setDateTime(QDateTime.fromSecsSinceEpoch(seconds, QTimeZone.utc()))
        self.received.blockSignals(blocked)
        self._chosen = False

    def _on_received(self) -> None:
        self._chosen = True
        self.changed.emit()

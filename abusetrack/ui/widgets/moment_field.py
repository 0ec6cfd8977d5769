"""A time in UTC: now, until somebody says another."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QDateTime, QTimeZone
from PySide6.QtWidgets import QDateTimeEdit, QWidget

from abusetrack.records import Clock


class MomentField(QDateTimeEdit):
    """Shows a time to the minute; what nobody changed means now."""

    def __init__(self, clock: Clock, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._chosen = False
        self.setAccessibleName(name)
        self.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.setCalendarPopup(True)
        self.setTimeZone(QTimeZone.utc())
        self.dateTimeChanged.connect(self._on_changed)
        self.reset()

    def moment(self) -> datetime | None:
        """Return the time that was chosen; None where nobody chose one."""
        if not self._chosen:
            return None
        return datetime.fromtimestamp(self.dateTime().toSecsSinceEpoch(), UTC)

    def reset(self) -> None:
        """Go back to now."""
        seconds = int(self._clock.now().timestamp())
        blocked = self.blockSignals(True)
        self.setDateTime(QDateTime.fromSecsSinceEpoch(seconds, QTimeZone.utc()))
        self.blockSignals(blocked)
        self._chosen = False

    def _on_changed(self) -> None:
        self._chosen = True

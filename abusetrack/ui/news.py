"""News of the case file, gathered: many changes at once refresh a page once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget

from abusetrack.ui.desk import Changed, Desk

_GATHERED_MS = 1000  # while lookups bring news
ANY = ~Changed(0)


class News(QTimer):
    """Calls ``refresh`` some time after the first change of one of ``kinds``.

    With ``only_shown`` a page that nobody sees is left alone: it refreshes when shown.
    """

    def __init__(
        self,
        desk: Desk,
        page: QWidget,
        refresh: Callable[[], None],
        kinds: Changed = ANY,
        *,
        only_shown: bool = False,
        milliseconds: int = _GATHERED_MS,
    ) -> None:
        super().__init__(page)
        self._page = page
        self._kinds = kinds
        self._only_shown = only_shown
        self.setSingleShot(True)
        self.setInterval(milliseconds)
        self.timeout.connect(refresh)
        desk.changed.connect(self._on_changed)

    @Slot(object)
    def _on_changed(self, changed: Changed) -> None:
        if self._only_shown and not self._page.isVisible():
            return
        if changed & self._kinds and not self.isActive():
            self.start()

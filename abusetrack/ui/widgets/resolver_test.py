"""A button that tries resolvers before they are used, and what was found out about them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from abusetrack.errors import AbusetrackError
from abusetrack.records import Clock
from abusetrack.settings import Settings
from abusetrack.triage import resolving, running
from abusetrack.triage.context import make_context
from abusetrack.ui.widgets.parts import button, label

_LOG = logging.getLogger(__name__)


class ResolverTest(QWidget):
    """Tries what ``settings`` returns, in a thread of its own.

    Signals:
        tested(bool): the answer is on the screen; whether nothing wrong was found.
    """

    tested = Signal(bool)
    _arrived = Signal(object)

    def __init__(
        self, settings: Callable[[], Settings], clock: Clock, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._clock = clock
        self.button = button(
            self.tr("Test the resolvers"),
            self.test,
            tip=self.tr("Asks for the root zone and a name that cannot exist; nothing reported"),
        )
        self.answer = label(muted=True, wrap=True)
        self.answer.setAccessibleDescription(self.tr("What the test found"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.answer)
        self._arrived.connect(self._on_arrived)

    def test(self) -> None:
        """Try the resolvers, or say why that cannot be."""
        try:
            settings = self._settings()
            if not settings.resolver.nameservers:
                self.answer.setText(self.tr("Name a resolver first."))
                return
            context = make_context(settings, self._clock)
        except AbusetrackError as error:
            self.answer.setText(str(error))
            return
        self.button.setEnabled(False)
        self.answer.setText(self.tr("Asking…"))

        def ask() -> None:
            try:
                found: object = running.run(resolving.check_resolvers(context))
            except Exception as error:  # noqa: BLE001  (thread border: it travels to the window)
                found = error
            with suppress(RuntimeError):  # the window was closed in the meantime
                self._arrived.emit(found)

        threading.Thread(target=ask, name="check", daemon=True).start()

    def _on_arrived(self, found: Sequence[Any] | BaseException) -> None:
        self.button.setEnabled(True)
        if isinstance(found, AbusetrackError):
            self.answer.setText(str(found))
            self.tested.emit(False)
        elif isinstance(found, BaseException):
            raise found  # a bug: on to the crash hook
        else:
            self.answer.setText("\n".join(self._lines(found)))
            self.tested.emit(not any(check.findings for check in found))

    def _lines(self, found: Iterable[Any]) -> Iterator[str]:
        for check in found:
            if not check.findings:
                yield self.tr("{resolver}: nothing wrong found").format(resolver=check.resolver)
            for finding in check.findings:
                yield f"{check.resolver}: {finding.text}"

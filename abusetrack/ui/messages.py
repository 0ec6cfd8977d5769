"""The one way in which the window says something to the analyst."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Signal

_LOG = logging.getLogger(__name__)
_KEPT = 100


class Weight(Enum):
    """How long a message stays."""

    NEWS = "news"  # fades
    CARE = "care"  # stays until put away


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence to the analyst; never holds a reported name."""

    weight: Weight
    text: str


class Messages(QObject):
    """Says, remembers, and logs that something was said.

    Signals:
        said(Message): something is to be shown.
    """

    said = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history: deque[Message] = deque(maxlen=_KEPT)

    @property
    def last(self) -> Message | None:
        """The newest message."""
        return self.history[-1] if self.history else None

    def news(self, text: str) -> None:
        """Say what was done."""
        self._say(Message(Weight.NEWS, text))

    def care(self, text: str) -> None:
        """Say what needs the analyst's care."""
        self._say(Message(Weight.CARE, text))

    def _say(self, message: Message) -> None:
        # Not the text: it may quote the name of a file or folder, which a person chose.
        _LOG.info("a message was shown (%s)", message.weight.value)
        self.history.append(message)
        self.said.emit(message)

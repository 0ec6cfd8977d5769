"""The only way in which the window puts text on the clipboard, so that a lock can take it away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

_ours = ""


def put(text: str) -> None:
    """Put text on the clipboard."""
    QApplication.clipboard().setText(ours(text))


def ours(text: str) -> str:
    """Return text that Qt puts on the clipboard for us, to be taken away with the rest."""
    global _ours
    _ours = text
    return text


def plain_wanted() -> bool:
    """Whether Shift is held: what is copied is then not defanged."""
    return bool(QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)


def forget() -> None:
    """Clear the clipboard if what we put there last is still on it."""
    global _ours
    if _ours and QApplication.clipboard().text() == _ours:
        QApplication.clipboard().clear()
    _ours = ""

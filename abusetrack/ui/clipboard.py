"""The only way in which the window puts text on the clipboard, so that a lock can take it away."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

_ours = ""


def put(text: str) -> None:
    """Put text on the clipboard."""
    global _ours
    _ours = text
    QApplication.clipboard().setText(text)


def forget() -> None:
    """Clear the clipboard if what we put there last is still on it."""
    global _ours
    if _ours and QApplication.clipboard().text() == _ours:
        QApplication.clipboard().clear()
    _ours = ""

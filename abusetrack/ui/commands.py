"""Which commands the window has, with their keys: gathered from what is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

_NATIVE = QKeySequence.SequenceFormat.NativeText


@dataclass(frozen=True, slots=True)
class Command:
    """One command; ``place`` is the menu it stands in."""

    place: str
    text: str
    keys: str
    action: QAction


def of_menus(window: QMainWindow) -> Iterator[Command]:
    """Yield the commands of the menu bar, in order."""
    for top in window.menuBar().actions():
        menu = top.menu()
        if isinstance(menu, QMenu):
            yield from _of(menu, _plain(top.text()))


def of_pages(window: QMainWindow) -> Iterator[Command]:
    """Yield what buttons and lists do by keys of their own, each once."""
    seen = {command.keys for command in of_menus(window)}
    for action in window.findChildren(QAction):
        keys = _keys(action)
        owner = action.parent()
        text = action.text() or (owner.accessibleName() if isinstance(owner, QWidget) else "")
        if keys and text and keys not in seen:
            seen.add(keys)
            yield Command("", _plain(text), keys, action)


def _of(menu: QMenu, place: str) -> Iterator[Command]:
    for action in menu.actions():
        if not action.isSeparator() and action.menu() is None:
            yield Command(place, _plain(action.text()), _keys(action), action)


def _keys(action: QAction) -> str:
    return action.shortcut().toString(_NATIVE)


def _plain(text: str) -> str:
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…")

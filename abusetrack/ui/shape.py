"""The shape that the window was left in: size, columns and dividers, in a file of its own.

Nothing in it can hold a name; what can is kept inside the case file (casefile/left.py).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QHeaderView, QMainWindow, QSplitter, QTableView, QTreeView, QWidget

_LOG = logging.getLogger(__name__)
_WINDOW = "window"

Shape = Mapping[str, object]


def read(path: Path) -> Shape:
    """Read a shape; an empty one where there is none, or it cannot be read."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        _LOG.warning("the shape of the window cannot be read", exc_info=error)
        return {}
    return found if isinstance(found, dict) else {}


def write(path: Path, shape: Shape) -> None:
    """Write a shape; where that cannot be, the window comes as it always does."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(shape), "utf-8")
    except OSError as error:
        _LOG.warning("the shape of the window cannot be kept", exc_info=error)


def of_window(window: QMainWindow) -> Shape:
    """Return the shape of a window alone."""
    return {_WINDOW: bytes(window.saveGeometry().toBase64().data()).decode("ascii")}


def of(page: QWidget) -> Shape:
    """Return the shape of a page."""
    return {
        "dividers": [split.sizes() for split in page.findChildren(QSplitter)],
        "columns": [_columns(header) for header in _headers(page)],
    }


def give_window(window: QMainWindow, shape: Shape) -> None:
    """Give a window its place and size back."""
    geometry = shape.get(_WINDOW)
    if isinstance(geometry, str):
        window.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii", "ignore")))


def give(page: QWidget, shape: object) -> None:
    """Give a page its shape back, as far as there is one that fits it."""
    if not isinstance(shape, dict):
        return
    for split, sizes in zip(page.findChildren(QSplitter), shape.get("dividers", ()), strict=False):
        if len(sizes) == split.count() and any(sizes):
            split.setSizes([int(size) for size in sizes])
    for header, columns in zip(_headers(page), shape.get("columns", ()), strict=False):
        if sorted(at for at, _ in columns) == list(range(header.count())):
            _arrange(header, columns)


def _headers(page: QWidget) -> list[QHeaderView]:
    tables = [view.horizontalHeader() for view in page.findChildren(QTableView)]
    return tables + [view.header() for view in page.findChildren(QTreeView)]


def _columns(header: QHeaderView) -> list[tuple[int, int]]:
    """Return (number, width) of each column from the first to the last; 0: it was hidden."""
    numbers = [header.logicalIndex(place) for place in range(header.count())]
    return [(number, header.sectionSize(number)) for number in numbers]


def _arrange(header: QHeaderView, columns: list[tuple[int, int]]) -> None:
    for place, (number, width) in enumerate(columns):
        header.moveSection(header.visualIndex(number), place)
        if width and header.sectionResizeMode(number) is QHeaderView.ResizeMode.Interactive:
            header.resizeSection(number, width)

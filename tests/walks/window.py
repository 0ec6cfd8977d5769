"""The program itself, with somebody who says what stands where on the screen.

    python window.py ARGUMENT...

Runs abusetrack with these arguments. Each line of JSON on standard input asks what can be
seen; one line of JSON on standard output answers. Nothing is pressed or changed from here.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import traceback

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QObject,
    QPoint,
    QRect,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
)


class Probe(QObject):
    asked = Signal(str)

    def __init__(self):
        super().__init__()
        self.asked.connect(self._on_asked, Qt.ConnectionType.QueuedConnection)

    @Slot(str)
    def _on_asked(self, line):
        question = json.loads(line)
        try:
            found = getattr(self, question.pop("what"))(**question)
        except Exception:  # noqa: BLE001  (an answer is waited for)
            found = {"error": traceback.format_exc()}
        print(json.dumps(found), file=_ANSWERS, flush=True)

    def front(self):
        """The window that has the keyboard: the topmost dialog, else the main one."""
        window = QApplication.activeModalWidget()
        if window is None:
            tops = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w.isWindow()]
            tops = [
                w for w in tops if w.windowType() in (Qt.WindowType.Window, Qt.WindowType.Dialog)
            ]
            dialogs = [w for w in tops if w.windowType() is Qt.WindowType.Dialog]
            window = (dialogs or tops or [None])[-1]
        return None if window is None else {"id": int(window.winId()), "class": _class(window)}

    def widgets(self):
        """Every widget that can be seen and has a name or a text."""
        front = QApplication.activeModalWidget()
        return [
            _said(widget)
            for widget in QApplication.allWidgets()
            if widget.isVisible() and not widget.visibleRegion().isEmpty() and _name(widget)
            and (front is None or front is widget.window())
        ]  # fmt: skip

    def focus(self):
        widget = QApplication.focusWidget()
        return None if widget is None else _said(widget)

    def cells(self, name):
        """Every cell that can be seen of the list of that name."""
        for view in QApplication.allWidgets():
            if isinstance(view, QAbstractItemView) and view.isVisible() and _name(view) == name:
                return _cells(view)
        return None

    def menu(self):
        """Every command of the menus that are open."""
        return [
            {
                "name": action.text().replace("&", ""),
                **_place(menu, menu.actionGeometry(action)),
            }
            for menu in QApplication.allWidgets()
            if isinstance(menu, QMenu) and menu.isVisible()
            for action in menu.actions()
            if not action.isSeparator()
        ]

    def vivid(self):
        """The share of the window's points that are of a strong colour, in thousandths."""
        picture = QApplication.activeWindow().grab().toImage()
        points = [
            picture.pixelColor(x, y)
            for x in range(0, picture.width(), 3)
            for y in range(0, picture.height(), 3)
        ]
        vivid = sum(max(p.getRgb()[:3]) - min(p.getRgb()[:3]) > 90 for p in points)
        return {"share": round(1000 * vivid / len(points), 1)}

    def tabs(self):
        return [
            {"name": bar.tabText(at).replace("&", ""), **_place(bar, bar.tabRect(at))}
            for bar in QApplication.allWidgets()
            if isinstance(bar, QTabBar) and bar.isVisible()
            for at in range(bar.count())
        ]


def _class(widget):
    return type(widget).__name__


def _name(widget):
    text = widget.text() if isinstance(widget, QAbstractButton | QLabel) else ""
    return widget.accessibleName() or text.replace("&", "")


def _said(widget):
    said = {"name": _name(widget), "class": _class(widget), "enabled": widget.isEnabled()}
    if isinstance(widget, QAbstractButton):
        said["checked"] = widget.isChecked()
    if isinstance(widget, QLineEdit | QLabel | QAbstractButton):
        said["text"] = widget.text()
    if isinstance(widget, QPlainTextEdit):
        said["text"] = widget.toPlainText()
    if isinstance(widget, QComboBox):
        said["text"] = widget.currentText()
        said["choices"] = [widget.itemText(at) for at in range(widget.count())]
    return said | _place(widget, widget.rect())


def _place(widget, rect: QRect):
    middle = widget.mapToGlobal(rect.center())
    if isinstance(widget, QAbstractButton) and rect.width() > 300:  # the words, not the space
        middle = widget.mapToGlobal(QPoint(rect.left() + 20, rect.center().y()))
    return {"x": middle.x(), "y": middle.y(), "width": rect.width(), "height": rect.height()}


def _cells(view):
    model, found = view.model(), []
    plain = isinstance(model, QAbstractListModel)  # of one column, and it hides how many

    def walk(parent):
        for row in range(model.rowCount(parent)):
            first = model.index(row, 0, parent)
            texts = [
                str(model.index(row, column, parent).data() or "")
                for column in range(1 if plain else model.columnCount(parent))
            ]
            rect = view.visualRect(first)
            seen = rect.isValid() and view.viewport().rect().intersects(rect)
            found.append({"texts": texts, "seen": seen, **_place(view.viewport(), rect)})
            walk(first)

    walk(view.rootIndex())
    return found


_ANSWERS = os.fdopen(os.dup(1), "w")


def _listen():
    while (app := QCoreApplication.instance()) is None or not app.property("begun"):
        if app is not None and QApplication.topLevelWidgets():
            break
        time.sleep(0.02)
    probe = Probe()
    probe.moveToThread(QCoreApplication.instance().thread())
    for line in sys.stdin:
        probe.asked.emit(line)


if __name__ == "__main__":
    os.dup2(2, 1)  # what the program prints is no answer
    threading.Thread(target=_listen, daemon=True).start()
    from abusetrack.__main__ import start

    start()

"""What is measured, each in a process of its own; prints one line of JSON.

python -m windowbench.inside bare ROWS | start CASE CONFIG | lookups CASE CONFIG NAMES | scroll CASE
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"
_HEARTBEAT_MS = 1
_LOOK_SECONDS = 0.02
_LONGEST_SECONDS = 600


def bare(rows: str) -> None:
    """Show a plain Qt window with a table of so many rows; say when it was painted."""
    from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
    from PySide6.QtWidgets import QApplication, QMainWindow, QTableView

    class Model(QAbstractTableModel):
        def rowCount(self, parent: Any = QModelIndex()) -> int:
            return 0 if parent.isValid() else int(rows)

        def columnCount(self, parent: Any = QModelIndex()) -> int:
            return 0 if parent.isValid() else 8

        def data(self, index: Any, role: int = 0) -> str | None:
            return f"{index.row()}" if role == Qt.ItemDataRole.DisplayRole else None

    app = QApplication([])
    window = QMainWindow()
    table = QTableView()
    model = Model()
    table.setModel(model)
    window.setCentralWidget(table)
    window.resize(1280, 800)
    _say_when_painted(QMainWindow, window)
    window.show()
    app.exec()


def start(case: str, config: str) -> None:
    """Start the program as it is installed; say when its window was painted."""
    from abusetrack.__main__ import start as begin

    sys.argv = ["abusetrack", "--case", case, "--config", config]
    _watch_main_window()
    begin()


def _watch_main_window() -> None:
    """Look out for the window without loading anything sooner than the program does."""
    import importlib.abc
    import importlib.machinery

    class Finder(importlib.abc.MetaPathFinder):
        def find_spec(self, name: str, path: Any, _target: Any = None) -> Any:
            if name != "abusetrack.ui.main_window":
                return None
            sys.meta_path.remove(self)
            spec = importlib.machinery.PathFinder.find_spec(name, path)
            if spec is None or spec.loader is None:
                return spec
            run = spec.loader.exec_module

            def exec_module(module: Any) -> None:
                run(module)
                _say_when_painted(module.MainWindow, None)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
            return spec

    sys.meta_path.insert(0, Finder())


def _say_when_painted(kind: Any, window: Any) -> None:
    """Print the time once a window of this kind was painted, and end."""
    from PySide6.QtCore import QEvent, QTimer
    from PySide6.QtWidgets import QApplication

    plain = kind.event
    said = []

    def event(self: Any, what: Any) -> bool:
        done = bool(plain(self, what))
        if what.type() == QEvent.Type.UpdateRequest and not said:  # all its widgets are painted
            said.append(time.monotonic())
            print(json.dumps({"painted": said[0]}), flush=True)
            QTimer.singleShot(0, self.close)
            if window is not None:
                QTimer.singleShot(0, QApplication.quit)
        return done

    if window is None:
        kind.event = event
    else:
        window.__class__ = type("Shown", (kind,), {"event": event})


def _window(case: str, config: str | None) -> tuple[Any, Any]:
    from PySide6.QtWidgets import QApplication

    from abusetrack import app as app_module
    from abusetrack import settings
    from abusetrack.casefile import open_case_file
    from abusetrack.records import SystemClock
    from abusetrack.triage.context import make_context
    from abusetrack.ui import theme
    from abusetrack.ui.desk import Desk
    from abusetrack.ui.main_window import MainWindow
    from abusetrack.ui.messages import Messages

    sys.setswitchinterval(app_module.SWITCH_SECONDS)
    gc.set_threshold(50_000, 20, 100)  # as the program does
    app = QApplication(["abusetrack"])
    theme.apply(app, dark=False)
    found = settings.load(Path(config)) if config else settings.Settings()
    context = make_context(found, SystemClock())
    with open_case_file(Path(case), clock=context.clock, actor="bench") as opened:
        desk = Desk(context, opened, Messages())
    window = MainWindow(desk)
    window.resize(1280, 800)
    window.show()
    return app, window


class Watch(threading.Thread):
    """Looks, while the event loop is held up, at what it does; keeps what it saw the longest."""

    def __init__(self) -> None:
        super().__init__(name="watch", daemon=True)
        self.beat = time.perf_counter()
        self.seen: list[tuple[float, str]] = []  # (ms held up so far, lines of code)
        self._main = threading.main_thread().ident
        self._over = threading.Event()

    def run(self) -> None:
        """Look until stopped."""
        while not self._over.wait(_LOOK_SECONDS):
            late = time.perf_counter() - self.beat
            if late > _LOOK_SECONDS:
                frame = sys._current_frames()[self._main or 0]  # noqa: SLF001
                lines = [f"{Path(f.f_code.co_filename).stem}:{f.f_lineno}" for f in _up(frame)]
                self.seen.append((1000 * late, " < ".join(lines[:4])))

    def stop(self) -> list[tuple[float, str]]:
        """Return the three longest."""
        self._over.set()
        self.join()
        return sorted(self.seen, reverse=True)[:3]


def _up(frame: Any) -> Any:
    while frame is not None:
        yield frame
        frame = frame.f_back


def lookups(case: str, config: str, names: str) -> None:
    """Look up names with the list of domains shown; say how long the loop was held up."""
    from PySide6.QtCore import QEventLoop, Qt, QTimer

    from abusetrack import intake
    from abusetrack.triage import taking

    _app, window = _window(case, config)
    wanted = json.loads(Path(names).read_text("utf-8"))
    context = window.desk.context
    with window.desk.open_beside() as opened:
        text = "\n".join(f"https://{name}/" for name in wanted)
        found = intake.read(
            text, filename="list.txt", context=taking.reading(context, source="public")
        )
        taking.take(context, opened, found, label="bench")
    window.pages.show_page(window.pages.domains)
    loop = QEventLoop()
    QTimer.singleShot(1500, loop.quit)
    loop.exec()
    gaps: list[float] = []
    watch = Watch()
    before = [time.perf_counter()]

    def beat() -> None:
        now = time.perf_counter()
        gaps.append(max(0.0, 1000 * (now - before[0]) - _HEARTBEAT_MS))
        before[0] = watch.beat = now

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(beat)
    window.desk.worker.ended.connect(lambda *_: loop.quit())
    QTimer.singleShot(1000 * _LONGEST_SECONDS, loop.quit)
    begun = before[0] = time.perf_counter()
    timer.start(_HEARTBEAT_MS)
    watch.beat = begun
    watch.start()
    window.desk.look_up()
    loop.exec()
    timer.stop()
    took = time.perf_counter() - begun
    seen = watch.stop()
    window.close()
    for late, where in seen:
        print(f"held up for {late:.0f} ms: {where}", file=sys.stderr)
    print(json.dumps({"stalls": gaps, "seconds": took, "names": len(wanted)}))


def scroll(case: str) -> None:
    """Go through the list of domains as people do; say how long each step took, and memory."""
    from PySide6.QtCore import QPoint, QPointF, Qt
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtTest import QTest

    app, window = _window(case, None)
    window.pages.show_page(window.pages.domains)
    page = window.pages.domains
    end = time.monotonic() + 60
    while page.model.rowCount() == 0 and time.monotonic() < end:
        app.processEvents()
    steps: list[float] = []
    table = page.table
    bar = table.verticalScrollBar()

    def timed(act: Any) -> None:
        begun = time.perf_counter()
        act()
        app.processEvents()
        steps.append(1000 * (time.perf_counter() - begun))

    def wheel() -> None:
        middle = QPointF(table.viewport().rect().center())
        app.sendEvent(
            table.viewport(),
            QWheelEvent(
                middle, table.viewport().mapToGlobal(middle), QPoint(0, -120), QPoint(0, -120),
                Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase, False,
            ),
        )  # fmt: skip

    for _ in range(200):
        timed(wheel)
    for key in (Qt.Key.Key_PageDown, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_Home):
        for _ in range(50):
            timed(lambda pressed=key: QTest.keyClick(table, pressed))
    for part in range(300):  # dragged from end to end and back
        timed(lambda at=part: bar.setValue(int(bar.maximum() * abs(150 - at) / 150)))
    rows = page.model.rowCount()
    status = Path("/proc/self/status").read_text("ascii")
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    window.close()
    print(json.dumps({"steps": steps, "rows": rows, "memory": int(resident.split()[1]) / 1024}))


if __name__ == "__main__":
    {"bare": bare, "start": start, "lookups": lookups, "scroll": scroll}[sys.argv[1]](*sys.argv[2:])

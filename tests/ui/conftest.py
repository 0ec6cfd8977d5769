"""The window over real case files; what it leaves behind is looked for after each test."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from abusetrack import intake, practice, settings
from abusetrack.casefile import CaseFile, open_case_file, projection
from abusetrack.records import Assessment, AssessmentOutcome, SiteKind
from abusetrack.settings import NamesSettings, Settings
from abusetrack.triage import taking
from abusetrack.triage.context import Context, make_context
from abusetrack.ui import theme
from abusetrack.ui.desk import Desk
from abusetrack.ui.main_window import MainWindow
from abusetrack.ui.messages import Messages
from abusetrack.ui.places import first_place

_OURS = {"lookup", "db", "reader", "study", "list"}

SUFFIXES = """\
// ===BEGIN ICANN DOMAINS===
test
co.test
example
invalid
// ===END ICANN DOMAINS===
"""
REPORTS = """\
hxxps://amber.test/a?id=1
hxxps://amber.test/b
hxxp://birch.example/c
hxxps://cedar.test/d
hxxp://192.0.2.7/e
"""


@pytest.hookimpl(hookwrapper=True, trylast=True)
def pytest_runtest_teardown():
    """Delete what asked for it: nobody else does so between tests."""
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def no_thread_left():
    """No thread of the window outlives its test."""
    yield
    left = {thread.name for thread in threading.enumerate()} & _OURS
    assert not left, f"still running: {left}"


@pytest.fixture(autouse=True)
def dressed(qapp, no_thread_left):
    """The style sheet as the app applies it: a mistake in it is a warning, and fails."""
    theme.apply(qapp, dark=False, contrast=False)
    theme.set_calm(qapp, False)
    return qapp


class Bench:
    """One case file, opened as the window opens it, and beside it as a test looks at it."""

    def __init__(self, qtbot, path: Path, context: Context) -> None:
        self.qtbot = qtbot
        self.path = path
        self.context = context
        self._open: list[Desk | MainWindow] = []

    def case(self) -> CaseFile:
        """Open the case file beside the window."""
        return open_case_file(self.path, clock=self.context.clock, actor=self.context.actor)

    def take(self, text: str = REPORTS, *, filename: str = "list.txt") -> None:
        """Store a list of reports without the window."""
        with self.case() as case:
            read = intake.read(text, filename=filename, context=taking.reading(self.context))
            taking.take(self.context, case, read, label=filename)

    def desk(self) -> Desk:
        """Open a desk without a window."""
        with self.case() as case:
            desk = Desk(self.context, case, Messages())
        self._open.append(desk)
        return desk

    def window(self, *, start: bool = False, shape_path: Path | None = None) -> MainWindow:
        """Open the window, as large as it comes."""
        desk = self.desk()
        self._open.remove(desk)
        with self.case() as case:
            place = first_place(case) if start else "intake"
        window = MainWindow(desk, shape_path=shape_path, place=place)
        desk.setParent(window)
        self._open.append(window)
        self.qtbot.addWidget(window)
        with self.qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        if start:
            window.start()
        return window

    def rows(self):
        """Return every row of the projection, from the file."""
        with self.case() as case:
            return projection.rows(case, projection.ids(case, projection.ListQuery()))

    def value(self, sql: str, *params):
        """Return one value from the file."""
        with self.case() as case:
            return case.value(sql, params)

    def close(self) -> None:
        for item in self._open:
            item.close()


@pytest.fixture
def bench_of(qtbot, tmp_path):
    """Make benches over a case file of this test."""
    made = []

    def make(context: Context) -> Bench:
        made.append(Bench(qtbot, tmp_path / "case.abusetrack", context))
        return made[-1]

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def context(clock, tmp_path):
    """Default settings: no resolver, no organisation; the reserved endings are ordinary ones."""
    path = tmp_path / "suffixes.dat"
    path.write_text(SUFFIXES, encoding="utf-8")
    return make_context(Settings(names=NamesSettings(extra_suffixes=path)), clock)


@pytest.fixture
def bench(bench_of, context):
    """An empty case file under default settings."""
    return bench_of(context)


@pytest.fixture
def filled(bench):
    """A case file with five reports of four names."""
    bench.take()
    return bench


@pytest.fixture
def finding(clock):
    """A complete finding."""
    return Assessment(
        outcome=AssessmentOutcome.CONFIRMED,
        assessed_at=clock.now(),
        assessed_by="test",
        kind=SiteKind.DEDICATED,
        legal_category="category one",
        law="law one",
    )


@pytest.fixture(scope="session")
def world():
    return practice.build(1)


@pytest.fixture
def practice_bench(world, tmp_path, clock, bench_of):
    """Start the practice internet and give a bench that uses it; stopped after the test."""
    running = []

    def start(latency: float = 0.0) -> Bench:
        served = practice.PracticeThread(world, tmp_path / "practice", latency=latency)
        running.append(served.__enter__())
        return bench_of(make_context(settings.load(served.config_path), clock))

    yield start
    for served in running:
        served.__exit__(None, None, None)

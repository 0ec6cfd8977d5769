"""A small desk: case file, context and, where needed, the practice internet."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from abusetrack import intake, practice, settings
from abusetrack.casefile import open_case_file
from abusetrack.records import SystemClock
from abusetrack.settings import Settings
from abusetrack.triage import taking
from abusetrack.triage.context import make_context

CONFIRMED = "outcome,kind,legal category,law\n"


@pytest.fixture
def context(clock):
    """Default settings under the standing clock."""
    return make_context(Settings(), clock)


@pytest.fixture
def case(tmp_path, clock):
    with open_case_file(tmp_path / "case", clock=clock, actor="test") as opened:
        yield opened


@pytest.fixture
def take(context, case):
    """Take text or a CSV in."""

    def run(text, *, filename="list.txt", ticked=()):
        read = intake.read(text, filename=filename, context=taking.reading(context))
        return taking.take(context, case, read, label=filename, ticked=ticked)

    return run


@pytest.fixture(scope="session")
def world():
    start = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return practice.build(start=start)


@pytest.fixture
def practising(world, tmp_path):
    """The practice internet in a thread; its settings and servers."""
    with practice.PracticeThread(world, tmp_path / "practice") as served:
        yield served


@pytest.fixture
def practice_context(practising):
    return make_context(settings.load(practising.config_path), SystemClock())

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys

import pytest

from abusetrack.triage import running


def test_work_is_run_to_its_end_and_its_loop_closed():
    async def work():
        await asyncio.sleep(0)
        return asyncio.get_running_loop()

    assert running.run(work()).is_closed()


@pytest.fixture
def ordinary_collector():
    """A command run in this process before may have set it."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_the_collector_is_left_as_it_was_found(ordinary_collector):
    before = gc.get_threshold(), gc.get_freeze_count()
    with running.collecting_seldom():
        assert gc.get_threshold()[0] > before[0][0]
        assert gc.get_freeze_count() > before[1]
    assert (gc.get_threshold(), gc.get_freeze_count()) == before


@pytest.mark.parametrize("there", [True, False])
def test_the_loop_is_uvloops_where_there_is_one(monkeypatch, there):
    monkeypatch.delitem(sys.modules, "uvloop")
    expected = pytest.importorskip("uvloop").Loop if there else asyncio.SelectorEventLoop
    if not there:
        monkeypatch.setitem(sys.modules, "uvloop", None)
    with running.runner() as runner:
        assert isinstance(runner.get_loop(), expected)


def test_a_command_imports_what_it_needs_and_no_more():
    code = (
        "import sys; from abusetrack.cli import main\n"
        "try: main(['resolve', '--help'])\n"
        "finally: print(sorted({'jinja2', 'rich', 'openpyxl', 'python_socks', 'PySide6',"
        " 'abusetrack.practice', 'abusetrack.notices'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "[]"

from __future__ import annotations

import threading
from unittest.mock import ANY

import pytest
from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from abusetrack.casefile import queue
from abusetrack.errors import SettingsError
from abusetrack.ui.worker import Advance, Ended

NAMES = 30


def reports_of(world, count=NAMES):
    names = [name for name, record in sorted(world.domains.items()) if record.registry]
    return "\n".join(f"https://{name}/x" for name in names[:count])


class Counter(QObject):
    """Counts what arrives, and in which thread."""

    arrived = Signal(object)

    def __init__(self):
        super().__init__()
        self.items = []
        self.threads = set()
        self.arrived.connect(self._take)

    @Slot(object)
    def _take(self, item):
        self.items.append(item)
        self.threads.add(QThread.currentThread())


@pytest.mark.parametrize("value", [True, None, 4294967295])
def test_5000_signals_from_another_thread_all_arrive(qtbot, qapp, value):
    """Some releases of PySide6 abort after some 600 (PYSIDE-3474)."""
    counter = Counter()
    thread = threading.Thread(
        target=lambda: [counter.arrived.emit((number, value)) for number in range(5000)]
    )
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(counter.items) == 5000)
    assert counter.items == [(number, value) for number in range(5000)]
    assert counter.threads == {qapp.thread()}


def test_what_is_queued_is_looked_up_and_told_in_few_deliveries(practice_bench, world, qtbot):
    bench = practice_bench()
    bench.take(reports_of(world))
    desk = bench.desk()
    told: list[Advance] = []
    desk.worker.advanced.connect(told.append, Qt.ConnectionType.QueuedConnection)
    with qtbot.waitSignal(desk.worker.ended, timeout=60000) as ended:
        desk.worker.start()
    result = ended.args[0]
    assert result.error is None
    assert result.result.done == NAMES
    assert {domain for advance in told for domain in advance.domains} == {
        row.domain for row in bench.rows()
    }
    assert told[-1].progress.done == NAMES
    assert all(row.findings.looked_up_at is not None for row in bench.rows())


def test_a_second_start_while_a_batch_runs_takes_what_came_since(practice_bench, world, qtbot):
    bench = practice_bench()
    bench.take(reports_of(world, 10))
    desk = bench.desk()
    ends = []
    desk.worker.ended.connect(ends.append)
    desk.worker.start()
    bench.take(reports_of(world, 20))
    desk.worker.start()
    qtbot.waitUntil(lambda: bool(ends), timeout=60000)
    assert all(row.findings.looked_up_at is not None for row in bench.rows())
    assert len(bench.rows()) == 20


def test_looking_up_again_asks_registries_again_and_a_plain_start_does_not(
    practice_bench, world, qtbot
):
    bench = practice_bench()
    bench.take(reports_of(world, 1))
    desk = bench.desk()

    def answers(begin):
        with qtbot.waitSignal(desk.worker.ended, timeout=60000):
            begin()
        return bench.value("SELECT count(*) FROM observation WHERE question = 'registry RDAP'")

    def due_again():
        with bench.case() as case:
            queue.enqueue(case)
        desk.worker.start()

    assert answers(desk.worker.start) == 1
    assert answers(due_again) == 1
    assert answers(lambda: desk.look_up_again([bench.rows()[0].domain])) == 2
    assert answers(due_again) == 2


def test_a_cancelled_batch_leaves_the_rest_queued(practice_bench, world, qtbot):
    bench = practice_bench(latency=0.1)
    bench.take(reports_of(world, 200))
    desk = bench.desk()
    with qtbot.waitSignal(desk.worker.advanced, timeout=60000):
        desk.worker.start()
    with qtbot.waitSignal(desk.worker.ended, timeout=60000) as ended:
        desk.worker.cancel()
    assert ended.args[0] == Ended(None, None)
    assert bench.value("SELECT count(*) FROM queue WHERE due_at IS NOT NULL") > 0
    assert bench.value("SELECT count(*) FROM queue WHERE lease_owner IS NOT NULL") == 0


def test_an_error_ends_the_batch_and_is_told(bench, qtbot):
    bench.take()
    desk = bench.desk()
    with qtbot.waitSignal(desk.worker.ended) as ended:
        desk.worker.start()
    assert ended.args[0] == Ended(None, ANY)
    assert isinstance(ended.args[0].error, SettingsError)


def test_closing_twice_is_harmless_and_starting_after_it_does_nothing(practice_bench):
    worker = practice_bench().desk().worker
    worker.start()
    worker.close()
    worker.close()
    worker.start()
    worker.cancel()
    assert "lookup" not in {thread.name for thread in threading.enumerate()}


def test_closing_a_worker_that_never_ran_is_harmless(bench):
    bench.desk().worker.close()

from __future__ import annotations

import threading
from functools import partial

import pytest

from abusetrack.casefile import CaseFileThread, QueryStoppedError, open_case_file, queue
from abusetrack.errors import CaseFileError

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


@pytest.fixture
def opener(path, clock):
    return partial(open_case_file, path, clock=clock, actor="Ann")


def test_everything_runs_in_one_thread_in_order(opener):
    seen = []
    with CaseFileThread(opener) as db:
        futures = [
            db.submit(lambda _case, i=i: seen.append((i, threading.current_thread().name)))
            for i in range(20)
        ]
        for future in futures:
            future.result()
        assert db.submit(queue.pending).result() == 0
    assert seen == [(i, "db") for i in range(20)]
    assert "db" not in {thread.name for thread in threading.enumerate()}


def test_exceptions_travel_in_the_future_and_the_thread_goes_on(opener):
    with CaseFileThread(opener) as db:
        failed = db.submit(lambda _case: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            failed.result()
        assert db.submit(lambda case: case.value("SELECT 7")).result() == 7


def test_what_cannot_be_opened_is_said_at_once(opener):
    with pytest.raises(CaseFileError, match="There is no case file"):
        CaseFileThread(partial(opener, create=False))


def test_closing_finishes_what_was_submitted(opener):
    db = CaseFileThread(opener)
    gate = threading.Event()
    db.submit(lambda _case: gate.wait(10))
    late = db.submit(lambda case: case.value("SELECT 7"))
    gate.set()
    db.close()
    assert late.result(0) == 7


def test_closing_twice_is_harmless_and_submitting_after_is_refused(opener):
    db = CaseFileThread(opener)
    db.close()
    db.close()
    db.interrupt()
    with pytest.raises(RuntimeError, match="closed"):
        db.submit(lambda _case: None)


def test_a_job_may_close_the_thread(opener):
    db = CaseFileThread(opener)
    db.submit(lambda _case: db.close()).result(10)
    db.close()
    with pytest.raises(RuntimeError):
        db.submit(lambda _case: None)


def test_a_cancelled_job_is_not_run(opener):
    with CaseFileThread(opener) as db:
        gate, ran = threading.Event(), []
        db.submit(lambda _case: gate.wait(10))
        waiting = db.submit(lambda _case: ran.append(1))
        assert waiting.cancel()
        gate.set()
    assert ran == []


def test_a_long_query_can_be_stopped(opener):
    with CaseFileThread(opener, name="reader") as reader:
        started = threading.Event()

        def ask(case):
            started.set()
            return case.query(ENDLESS)

        future = reader.submit(ask)
        started.wait(10)
        while not future.done():
            reader.interrupt()
        with pytest.raises(QueryStoppedError):
            future.result()
        assert reader.submit(lambda case: case.value("SELECT 7")).result() == 7


def test_a_stopped_thread_breaks_off_what_runs_and_what_waits(opener):
    reader = CaseFileThread(opener, name="reader")
    between, stopped = threading.Event(), threading.Event()

    def ask(case):
        assert case.value("SELECT 7") == 7
        between.set()
        stopped.wait(10)
        return case.value("SELECT 8")

    running = reader.submit(ask)
    waiting = [reader.submit(read) for read in (
        lambda case: case.query("SELECT 9"),
        lambda case: list(case.each("SELECT 9")),
        lambda case: list(case.numbers("SELECT 9")),
    )]  # fmt: skip
    assert between.wait(10)
    ending = threading.Thread(target=reader.stop)
    ending.start()
    while not reader._case._stopped:
        stopped.wait(0.001)
    stopped.set()
    ending.join(10)
    assert not ending.is_alive()
    for future in (running, *waiting):
        with pytest.raises(QueryStoppedError):
            future.result(0)
    assert not reader._thread.is_alive()

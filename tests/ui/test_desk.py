from __future__ import annotations

import threading

import pytest

from abusetrack.casefile import projection
from abusetrack.errors import InputError


def _thread(_case):
    return threading.current_thread().name


@pytest.mark.parametrize(("way", "name"), [("write", "db"), ("read", "reader"), ("study", "study")])
def test_work_runs_in_its_thread_and_comes_back_to_this_one(bench, qtbot, way, name):
    came = []
    getattr(bench.desk(), way)(
        _thread, lambda ran: came.append((ran, threading.current_thread().name))
    )
    qtbot.waitUntil(lambda: bool(came))
    assert came == [(name, threading.current_thread().name)]


def test_an_error_of_ours_becomes_a_message(bench, qtbot):
    desk = bench.desk()
    told = []

    def fail(_case):
        raise InputError("Give another name.")

    desk.read(fail, told.append, lambda: told.append("otherwise"))
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["otherwise"]
    assert desk.messages.last.text == "Give another name."


def test_a_bug_reaches_the_hook(bench, qtbot):
    desk = bench.desk()
    with qtbot.capture_exceptions() as caught:
        desk.read(lambda _case: 1 // 0, lambda _result: None)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError
    assert desk.messages.last is None


@pytest.mark.parametrize("way", ["read", "study"])
def test_only_the_db_thread_can_write(filled, qtbot, way):
    desk = filled.desk()
    with qtbot.capture_exceptions() as caught:
        getattr(desk, way)(
            lambda case: case.execute("DELETE FROM queue"), lambda _count: None, lambda: None
        )
        qtbot.waitUntil(lambda: bool(caught) or desk.messages.last is not None)
    assert desk._visible.read_only
    assert filled.value("SELECT count(*) FROM queue") == 4


def test_the_gui_thread_fetches_two_hundred_rows_at_most(bench):
    bench.take("\n".join(f"https://name{number}.test/" for number in range(300)))
    with bench.case() as case:
        ids = projection.ids(case, projection.ListQuery())
    assert len(ids) == 300
    assert len(bench.desk().rows(ids)) == 200


def test_closing_twice_is_harmless_and_later_work_is_dropped(bench, qtbot):
    desk = bench.desk()
    late = []
    desk.read(lambda _case: 1, late.append)  # its answer finds the desk closed
    desk.close()
    desk.close()
    desk.write(lambda _case: 2, late.append)
    desk.study(lambda _case: 3, late.append)
    qtbot.wait(50)
    assert late == []


def test_without_a_resolver_it_says_what_to_do(filled, qtbot):
    desk = filled.desk()
    desk.look_up()
    assert "resolver.nameservers" in desk.messages.last.text
    assert filled.value("SELECT count(*) FROM queue WHERE due_at IS NOT NULL") == 4


def test_what_becomes_due_is_looked_up_while_the_window_is_open(practice_bench, clock, qtbot):
    bench = practice_bench()
    bench.take("https://amberbridge.test/")
    desk = bench.desk()
    assert desk._timer.isActive()
    with qtbot.waitSignal(desk.worker.ended, timeout=60000):
        desk.check_due()
    assert bench.value("SELECT count(*) FROM queue WHERE done_at IS NOT NULL") == 1
    before = bench.value("SELECT count(*) FROM observation")
    done = []
    desk.began.connect(lambda: done.append("began"))
    desk.check_due()
    qtbot.waitUntil(lambda: desk._planned_at == clock.now())
    desk.write(lambda _case: None, lambda _none: done.append("idle"))
    qtbot.waitUntil(lambda: "idle" in done)
    assert done == ["idle"]  # nothing was due
    assert bench.value("SELECT count(*) FROM observation") == before
    desk.close()
    assert not desk._timer.isActive()


def test_without_a_resolver_nothing_becomes_due(filled, qtbot):
    desk = filled.desk()
    assert not desk._timer.isActive()
    told = []
    desk.check_due()
    desk.write(lambda _case: None, told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert desk.messages.last is None

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest

from abusetrack.casefile import queue, reports


@pytest.fixture
def filled(case, report, discarded):
    names = ["www.a.example", "img.a.example", "b.example", "c.example"]
    reports.add(case, [report(f"https://{name}/") for name in names], [], discarded, label="x")
    return case


def lease(case, limit=10, owner="one", **fields):
    return sorted(h.name for h in queue.lease(case, limit, owner=owner, seconds=60, **fields))


EVERYTHING = ["b.example", "c.example", "img.a.example", "www.a.example"]


def test_what_is_leased_is_leased_once(filled):
    assert len(lease(filled, 3)) == 3
    assert len(lease(filled)) == 1
    assert lease(filled) == []
    assert queue.pending(filled) == 4


def test_hosts_come_whole(filled, host):
    assert queue.lease(filled, 1, owner="one", seconds=1, names=["img.a.example"]) == [
        host("img.a.example")
    ]


def test_another_owner_does_not_ask_the_same_domain(filled):
    assert lease(filled, names=["www.a.example"]) == ["www.a.example"]
    assert lease(filled, owner="two") == ["b.example", "c.example"]
    assert lease(filled) == ["img.a.example"]


def test_names_narrow_by_host_or_domain(filled):
    assert lease(filled, names=["a.example", "c.example", "z.example"]) == [
        "c.example", "img.a.example", "www.a.example",
    ]  # fmt: skip
    assert lease(filled, names=[]) == []
    assert queue.pending(filled, names=["a.example"]) == 2


def test_a_lease_that_ran_out_is_free_again(filled, clock):
    assert lease(filled) == EVERYTHING
    clock.move(seconds=59)
    assert lease(filled, owner="two") == []
    clock.move(seconds=1)
    assert lease(filled, owner="two") == EVERYTHING
    assert filled.value("SELECT max(attempts) FROM queue") == 2


def test_what_is_done_is_not_due(filled, host):
    (taken,) = queue.lease(filled, 1, owner="one", seconds=60, names=["b.example"])
    queue.complete(filled, {taken.name: None})
    assert queue.pending(filled) == 3
    assert "b.example" not in lease(filled, owner="two")
    queue.complete(filled, {"unknown.example": None})  # never reported: nothing happens


def test_what_failed_is_due_later(filled, host, clock):
    queue.complete(filled, {"b.example": clock.now() + timedelta(minutes=15)})
    assert queue.pending(filled) == 3
    clock.move(minutes=15)
    assert queue.pending(filled) == 4
    assert "b.example" in lease(filled)


def test_what_is_released_is_due_at_once(filled):
    lease(filled, 2)
    lease(filled, 2, owner="two")
    queue.release(filled, "one")
    assert len(lease(filled, owner="three")) == 2


def test_enqueueing(filled, host, clock):
    for name in EVERYTHING:
        queue.complete(filled, {name: None})
        clock.move(hours=1)
    assert queue.pending(filled) == 0
    assert queue.enqueue(filled, domains=["c.example", "unknown.example"]) == 1
    assert queue.enqueue(filled, domains=["c.example"]) == 0
    assert queue.enqueue(filled, older_than=clock.now() - timedelta(hours=1)) == 2
    assert lease(filled) == ["b.example", "c.example", "img.a.example"]
    assert queue.enqueue(filled) == 1
    assert queue.pending(filled) == 4


def test_enqueueing_takes_no_lease_away(filled):
    lease(filled)
    queue.enqueue(filled)
    assert lease(filled, owner="two") == []


TAKE = """
import sys
from abusetrack.casefile import open_case_file, queue
from abusetrack.records import SystemClock
with open_case_file(sys.argv[1], clock=SystemClock(), actor="Ann") as case:
    while taken := queue.lease(case, 7, owner=sys.argv[2], seconds=600):
        for host in taken:
            print(host.name)
            queue.complete(case, {host.name: None})
"""


def test_two_processes_never_get_the_same_name(case, report, discarded, path):
    batch = [report(f"h{i}.d{i % 40}.example") for i in range(150)]
    reports.add(case, batch, [], discarded, label="x")
    workers = [
        subprocess.Popen([sys.executable, "-c", TAKE, str(path), owner], stdout=subprocess.PIPE)
        for owner in ("one", "two")
    ]
    taken = [worker.communicate(timeout=100)[0].decode().split() for worker in workers]
    assert not set(taken[0]) & set(taken[1])
    assert sorted(taken[0] + taken[1]) == sorted({one.target.host.name for one in batch})
    assert queue.pending(case) == 0


def due(case, name):
    (found,) = [item for item in queue.checks(case, name) if item.host == name]
    return found


def test_a_plan_says_when_and_why_and_puts_nothing_off(filled, clock):
    lease(filled)
    queue.complete(filled, dict.fromkeys(EVERYTHING))
    hour, day = clock.now() + timedelta(hours=1), clock.now() + timedelta(days=1)
    queue.plan(filled, [queue.Plan("b.example", day, "daily")])
    assert due(filled, "b.example") == queue.Plan("b.example", day, "daily")
    queue.plan(filled, [queue.Plan("b.example", hour, "hourly")])
    queue.plan(filled, [queue.Plan("b.example", day, "daily")])
    assert due(filled, "b.example") == queue.Plan("b.example", hour, "hourly")
    queue.plan(filled, [queue.Plan("c.example", None, "not asked again")])
    assert due(filled, "c.example") == queue.Plan("c.example", None, "not asked again")
    assert queue.next_due(filled) == hour
    assert queue.due(filled, until=hour) == [("b.example", due(filled, "b.example"))]
    clock.move(hours=1)
    assert lease(filled) == ["b.example"]


def test_what_was_never_looked_up_stays_due(filled, clock):
    queue.plan(filled, [queue.Plan(name, None, "never") for name in EVERYTHING])
    queue.plan(filled, [queue.Plan(name, clock.now(), "now") for name in EVERYTHING])
    assert queue.pending(filled) == 4
    assert queue.due(filled, until=clock.now()) == []
    assert queue.asked_before(filled, EVERYTHING) == set()


def test_failures_wait_longer_each_time_and_an_answer_starts_anew(filled, clock):
    waits = []
    for _ in range(6):
        assert lease(filled, names=["b.example"]) == ["b.example"]
        queue.fail(filled, ["b.example"])
        found = due(filled, "b.example")
        assert found.reason == "the last lookup failed"
        waits.append((found.at - clock.now()).total_seconds() / 3600)
        clock.move(hours=waits[-1])
    assert waits == [0.25, 1, 4, 24, 24, 24]
    lease(filled, names=["b.example"])
    queue.complete(filled, {"b.example": None})
    queue.enqueue(filled, domains=["b.example"])
    lease(filled, names=["b.example"])
    queue.fail(filled, ["b.example"])
    assert due(filled, "b.example").at - clock.now() == timedelta(minutes=15)
    assert queue.asked_before(filled, EVERYTHING) == {"b.example"}

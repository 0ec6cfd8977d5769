"""Connections that are cut and processes that are killed lose nothing and double nothing."""

from __future__ import annotations

import contextlib
import os
import random
import select
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import psycopg

from abusetrack.casefile import check, open_case_file
from abusetrack.errors import ExternalError
from abusetrack.hub.server import connected, run


class Cutter:
    """Passes a connection on to the server and cuts it after so many bytes."""

    left = 0

    def pass_on(self, client: socket.socket, server: socket.socket) -> None:
        other = {client: server, server: client}
        while self.left > 0:
            for ready in select.select([client, server], [], [], 10)[0]:
                try:
                    data = ready.recv(min(4096, max(self.left, 1)))
                except ConnectionError:
                    return
                if not data:
                    return
                other[ready].sendall(data)
                self.left -= len(data)


def test_a_cut_connection_loses_and_doubles_nothing(desk, work, exchange, between, converge):
    ann, bob = desk("Ann"), desk("Bob")
    work(ann, 1, rounds=30)
    work(bob, 2, rounds=30)
    exchange(bob)
    cutter = Cutter()
    through = between(cutter.pass_on)
    cut = whole = 0
    allowed = 500
    while not whole:
        cutter.left = allowed
        try:
            exchange(ann, settings=through)
            whole += 1
        except ExternalError:
            cut += 1
        # Ever later, in steps that no protocol message has: it is cut in the middle of each.
        allowed += 977 + allowed // 5
        work(ann, 100 + cut, rounds=1)
    assert cut > 15
    converge(ann, bob)


CHILD = Path(__file__).with_name("child.py")


def test_a_killed_exchange_loses_and_doubles_nothing(
    desk, work, exchange, hub, key, converge, tmp_path, clock
):
    bob = desk("Bob")
    work(bob, 2, rounds=60)
    exchange(bob)
    path = tmp_path / "Ann"
    dice = random.Random(4)
    killed = 0
    for turn in range(8):
        with open_case_file(path, clock=clock, actor="Ann") as ann:
            work(ann, turn, rounds=8)
        process = subprocess.Popen(
            [sys.executable, CHILD, "once", path, hub.hub.server, key.text()],
            stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )  # fmt: skip
        assert process.stdout.readline() == b"ready\n"
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=dice.uniform(0.02, 0.25))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.communicate()
    assert killed > 2
    ann = desk("Ann")
    assert check.check(ann).sound
    converge(ann, bob)


def test_many_at_once_are_put_in_order(desk, work, hub, key, state_of, tmp_path, clock, exchange):
    from abusetrack.hub.sync import sync

    names = [f"desk{number}" for number in range(4)]
    for number, name in enumerate(names):
        with open_case_file(tmp_path / name, clock=clock, actor=name) as case:
            work(case, number, rounds=10)
    failed: list[Exception] = []

    def meet(name: str) -> None:
        try:
            with open_case_file(tmp_path / name, clock=clock, actor=name) as case:
                for _ in range(5):
                    with connected(hub, None) as connection:
                        sync(case, connection, key, name)
        except Exception as error:  # noqa: BLE001  (the thread's border)
            failed.append(error)

    threads = [threading.Thread(target=meet, args=[name]) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    cases = [desk(name) for name in names]
    for case in cases:
        exchange(case)
    states = [state_of(case) for case in cases]
    assert all(state == states[0] for state in states)


def test_a_transaction_that_could_not_be_put_in_order_is_tried_again(hub):
    """Two read what the other writes: one of them has to begin again, and then sees it."""
    with connected(hub, None) as first, connected(hub, None) as second:
        for connection in (first, second):
            run(connection, lambda cursor: cursor.execute("SELECT 1"))
        first.execute("CREATE TABLE abusetrack.pot(n bigint)")
        first.commit()
        tried: list[int] = []

        def work(cursor: psycopg.Cursor) -> int:
            cursor.execute("SELECT count(*) FROM abusetrack.pot")
            seen = cursor.fetchone()[0]
            tried.append(seen)
            if len(tried) == 1:
                run(second, other)
            cursor.execute("INSERT INTO abusetrack.pot VALUES (%s)", [seen])
            return seen

        def other(cursor: psycopg.Cursor) -> None:
            cursor.execute("SELECT count(*) FROM abusetrack.pot")
            cursor.execute("INSERT INTO abusetrack.pot VALUES (%s)", [cursor.fetchone()[0]])

        assert run(first, work) == 1
        assert tried == [0, 1]

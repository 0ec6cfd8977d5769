"""An exchange that ends before or after any one of its statements loses and doubles nothing."""

from __future__ import annotations

import itertools
import os
import queue
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from abusetrack.casefile import check, open_case_file
from abusetrack.errors import ExternalError

_ENCRYPTION = {80877103, 80877104}  # codes of SSLRequest and GSSENCRequest: no session begins yet
_STATEMENTS = {b"Q", b"E"}  # Query and Execute of the protocol's version 3
_ANSWERED = {b"Q", b"S"}  # what the server answers at once: Query and Sync
_WAIT = 10  # seconds
_IN_A_ROW = 3  # exchanges that came to their end: there is no later statement


class Counter:
    """Passes connections on to the server, and ends one at its n-th statement.

    ``before``: the statement does not reach the server. Otherwise it does, and the client
    never hears what became of it.
    """

    def __init__(self) -> None:
        self.last, self.before, self.seen = 0, True, 0
        self.end: Callable[[], None] = lambda: None

    def arm(self, last: int, before: bool) -> None:
        self.last, self.before, self.seen = last, before, 0

    def pass_on(self, client: socket.socket, server: socket.socket) -> None:
        waiting, started = b"", False
        while True:
            for ready in select.select([client, server], [], [])[0]:
                try:
                    data = ready.recv(65536)
                except ConnectionError:
                    return
                if not data:
                    return
                if ready is server:
                    client.sendall(data)
                    continue
                waiting += data
                while (size := _size(waiting, started)) and len(waiting) >= size:
                    message, waiting = waiting[:size], waiting[size:]
                    if not started:
                        started = int.from_bytes(message[4:8]) not in _ENCRYPTION
                    elif self._ends(message[:1], message, server):
                        self.end()
                        return
                    server.sendall(message)

    def _ends(self, kind: bytes, message: bytes, server: socket.socket) -> bool:
        if kind in _STATEMENTS:
            self.seen += 1
        if self.seen < self.last:
            return False
        if self.before or self.seen > self.last:
            return True
        if kind in _ANSWERED:
            server.sendall(message)
            select.select([server], [], [], _WAIT)
            return True
        return False


def _size(waiting: bytes, started: bool) -> int:
    """Return how many bytes the first message has; 0 where that is not known yet."""
    at = 1 if started else 0
    return at + int.from_bytes(waiting[at : at + 4]) if len(waiting) >= at + 4 else 0


@pytest.fixture
def counter():
    return Counter()


@pytest.fixture
def through(between, counter):
    """Settings that lead to the hub through the counter."""
    return between(counter.pass_on)


@pytest.mark.parametrize("before", [True, False])
def test_cut_at_every_statement_in_turn(
    desk, work, exchange, counter, through, converge, before, clock
):
    ann, bob = desk("Ann"), desk("Bob")
    work(ann, 1, rounds=4)
    work(bob, 2, rounds=4)
    exchange(bob)
    cut = whole = 0
    for turn in itertools.count(1):
        # Each time there is something to take and something to leave, of about the same size.
        exchange(ann)
        work(ann, 100 + turn, rounds=1)
        work(bob, 500 + turn, rounds=1)
        exchange(bob)
        counter.arm(turn, before)
        try:
            exchange(ann, settings=through)
            whole += 1
        except ExternalError:
            cut, whole = cut + 1, 0
        if whole == _IN_A_ROW:
            break
    assert cut > 20
    converge(ann, bob)


CHILD = Path(__file__).with_name("child.py")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked")
@pytest.mark.parametrize("before", [True, False])
def test_killed_at_every_statement_in_turn(
    desk, work, exchange, counter, through, key, converge, before, tmp_path, clock
):
    bob, path = desk("Bob"), tmp_path / "Ann"
    work(bob, 2, rounds=4)
    exchange(bob)
    running: queue.SimpleQueue[int] = queue.SimpleQueue()
    counter.end = lambda: os.kill(running.get(timeout=_WAIT), signal.SIGKILL)
    killed = whole = 0
    with subprocess.Popen(
        [sys.executable, CHILD, "each", path, through.hub.server, key.text()],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    ) as children:  # fmt: skip
        for turn in itertools.count(1):
            with open_case_file(path, clock=clock, actor="Ann") as ann:
                exchange(ann)
                work(ann, 100 + turn, rounds=1)
            work(bob, 500 + turn, rounds=1)
            exchange(bob)
            counter.arm(turn, before)
            print("go", file=children.stdin, flush=True)
            while not running.empty():  # of a child that came to its end
                running.get()
            running.put(int(children.stdout.readline()))
            status = int(children.stdout.readline())
            assert status in {0, signal.SIGKILL}
            killed, whole = (killed, whole + 1) if status == 0 else (killed + 1, 0)
            if whole == _IN_A_ROW:
                break
        children.stdin.close()
    assert killed > 20
    ann = desk("Ann")
    assert check.check(ann).sound
    converge(ann, bob)

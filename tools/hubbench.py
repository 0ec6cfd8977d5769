"""Measures what exchanges with a hub cost as it grows, on a PostgreSQL of one's own.

    python tools/hubbench.py postgresql://USER@127.0.0.1:PORT/EMPTY --facts 10000 --desks 5

One workstation brings the facts (reports, with the texts that belong to them), the others
take them; then one of them brings a hundred more, and all exchange with nothing new.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import struct
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from abusetrack.casefile import CaseFile, open_case_file, reports
from abusetrack.hub import schema
from abusetrack.hub.server import Connection, connected
from abusetrack.hub.sync import Synced, sync
from abusetrack.hub.team_key import TeamKey
from abusetrack.records import (
    Discarded,
    Domain,
    Host,
    HostKind,
    Report,
    SuffixKind,
    SystemClock,
    Target,
)
from abusetrack.settings import HubSettings, Settings

_NEW = 100
_TCP_INFO_BYTES, _BYTES_ACKED = 136, 120  # where acknowledged and received bytes stand
_IDLE = 10  # exchanges with nothing new, of which the median is shown


def main() -> None:
    """Print one row of the table in docs/measurements.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server", help="an empty database, as its owner")
    parser.add_argument("--facts", type=int, default=10_000)
    parser.add_argument("--desks", type=int, default=5)
    parser.add_argument("--takers", type=int, help="desks that take all; the rest are copies")
    given = parser.parse_args()
    settings, key = Settings(hub=HubSettings(server=given.server)), TeamKey.make()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        connection = stack.enter_context(connected(settings, None))
        schema.init(connection, key)
        empty = _size(connection)

        def desk(number: int) -> CaseFile:
            path = folder / str(number)
            opened = open_case_file(path, clock=SystemClock(), actor=f"desk {number}")
            return stack.enter_context(opened)

        takers = given.desks - 1 if given.takers is None else given.takers
        desks = [desk(number) for number in range(takers + 1)]
        first = desks[0]

        def meet(case: CaseFile) -> Synced:
            return sync(case, connection, key, case.actor)

        _fill(first, 0, given.facts)
        facts = first.value("SELECT count(*) FROM fact")
        sent, got = _wire(connection)
        up = _timed(lambda: meet(first))
        between, _ = _wire(connection)
        down = [_timed(lambda case=case: meet(case)) for case in desks[1:]]
        _, taken = _wire(connection)
        wire_up = (between - sent) / facts
        wire_down = f"{(taken - got) / facts / len(down):,.0f}" if down else "-"
        disk = _size(connection) - empty
        for number in range(len(desks), given.desks):  # which is not measured
            first.copy_to(folder / str(number))
            desks.append(desk(number))
            with desks[-1].transaction():
                desks[-1].start_origin(os.urandom(16))
            meet(desks[-1])
        last = desks[-1]
        _fill(first, given.facts, _NEW)
        new_up = _timed(lambda: meet(first))
        new_down = _timed(lambda: meet(last))
        for case in desks:
            meet(case)
        before = sum(_wire(connection))
        idle = sorted(_timed(lambda: meet(last)) for _ in range(_IDLE))[_IDLE // 2]
        wire_idle = (sum(_wire(connection)) - before) / _IDLE
        down_rate = f"{facts / (sum(down) / len(down)):,.0f}" if down else "-"
        print(
            f"| {facts:,} | {given.desks} | {facts / up:,.0f} | {down_rate} | {disk / facts:,.0f} "
            f"| {wire_up:,.0f} | {wire_down} | {wire_idle:,.0f} "
            f"| {new_up * 1000:,.0f} | {new_down * 1000:,.0f} | {idle * 1000:,.1f} |"
        )


def _fill(case: CaseFile, start: int, count: int) -> None:
    for at in range(start, start + count, 1_000):
        listed = [_report(case, number) for number in range(at, min(at + 1_000, start + count))]
        reports.add(case, listed, [], Discarded(), label="list.csv")


def _report(case: CaseFile, number: int) -> Report:
    name = f"site{number // 3}.example"
    url = f"https://{name}/gallery/{number}?page=1"
    host = Host(name, name, HostKind.NAME, Domain(name, name, "example", SuffixKind.ICANN))
    return Report(
        Target(url, url, host),
        reference=f"R{number}",
        received_at=case.clock.now(),
        source="public",
    )


def _size(connection: Connection) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        row = cursor.fetchone()
    connection.rollback()
    return int(str(row[0])) if row else 0


def _wire(connection: Connection) -> tuple[int, int]:
    """Return how many bytes were sent and received, by the kernel's count (Linux, tcp_info)."""
    with socket.socket(fileno=os.dup(connection.pgconn.socket)) as line:
        told = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
    return struct.unpack_from("=QQ", told, _BYTES_ACKED)


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()

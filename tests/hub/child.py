"""Exchanges in a process of its own, which a test kills: once, or once for each line that comes in.

    python child.py once|each CASE SERVER KEY

``once`` says "ready" and "done" around it. ``each`` loads everything once, and lets a forked
child answer each line; it says the child's number, and then how it ended.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from abusetrack.casefile import open_case_file
from abusetrack.hub.server import connected
from abusetrack.hub.sync import sync
from abusetrack.hub.team_key import TeamKey
from abusetrack.records import SystemClock
from abusetrack.settings import HubSettings, Settings


def exchange(path: str, server: str, key: str) -> None:
    settings = Settings(hub=HubSettings(server=server))
    with (
        open_case_file(Path(path), clock=SystemClock(), actor="Ann") as case,
        connected(settings, None) as connection,
    ):
        sync(case, connection, TeamKey.parse(key), "Ann")


def say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> None:
    how, *where = sys.argv[1:]
    if how == "once":
        say("ready")
        exchange(*where)
        say("done")
        return
    for _ in iter(sys.stdin.readline, ""):
        child = os.fork()
        if child == 0:
            exchange(*where)
            os._exit(0)
        say(child)
        say(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main()

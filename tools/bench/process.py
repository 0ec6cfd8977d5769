"""Run one client in a process of its own and measure it; standard library only.

The measuring process must stay small: a child starts with its parent's peak memory.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_KIB = 1 if sys.platform == "darwin" else 1024  # the unit of ru_maxrss, in bytes


@dataclass(frozen=True, slots=True)
class Run:
    """What one process cost, its children included; ``output`` is what it printed."""

    wall: float  # seconds
    cpu: float  # seconds, user and system
    peak: int  # bytes
    output: str


def cores() -> tuple[int | None, int | None]:
    """Return a core for the servers and one for the clients; None where none can be chosen."""
    if not hasattr(os, "sched_getaffinity"):
        return None, None
    usable = sorted(os.sched_getaffinity(0))
    return (usable[0], usable[1]) if len(usable) > 1 else (None, None)


def pin(core: int | None) -> None:
    """Keep this process, and what it starts, on one core."""
    if core is not None:
        os.sched_setaffinity(0, {core})


def run(
    words: Sequence[str],
    *,
    allowed: frozenset[int] = frozenset({0}),
    environment: Mapping[str, str] | None = None,
) -> Run:
    """Run ``words`` to their end, in this environment or ours.

    Raises:
        SystemExit: it ended with another exit code than the allowed ones.
    """
    started = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    output = process.stdout.read()
    _pid, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        sys.exit(f"{' '.join(words[:4])} ... ended with exit code {process.returncode}")
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * _KIB, output)


def module(name: str, *words: object) -> list[str]:
    """Return the command line of one of our scripts."""
    return [sys.executable, "-m", f"bench.{name}", *map(str, words)]


def abusetrack(config: Path, case: Path, *words: object) -> list[str]:
    """Return a command line of the product."""
    start = [sys.executable, "-m", "abusetrack", "--config", str(config), "--case", str(case)]
    return [*start, *map(str, words)]

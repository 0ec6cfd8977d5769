"""Measure the window: ``make bench-window``.

    python -m windowbench [--names 100000] [--many 1000000] [--lookups 1000] [--folder F]

Offscreen, each measurement in a process of its own. Exit code 1 where a limit is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.serving import Servers

START_RATIO = 2.5  # of a bare window with a table
STALL_99, STALL_MOST = 16.0, 100.0  # ms
STEP_MOST = 100.0  # ms: a step of scrolling that took longer has waited for something
MEMORY_MOST = 300.0  # MiB
_ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure, and what it may be at most."""

    what: str
    value: float
    limit: float | None
    unit: str

    @property
    def missed(self) -> bool:
        """Whether it is over its limit."""
        return self.limit is not None and self.value > self.limit


def main() -> int:
    """Print a table for docs/measurements.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=100_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--lookups", type=int, default=1_000)
    parser.add_argument("--folder", type=Path, help="where case files are kept, and used again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.environ |= {f"XDG_{kind}_HOME": name for kind in ("CACHE", "CONFIG", "DATA", "STATE")}
        # As installed programs have it: modules are compiled once, before the first round.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(name) / "compiled")
        folder = options.folder or Path(name)
        found = [
            *_start(_case(folder, options.names), options.names, Path(name)),
            *_lookups(options.lookups, Path(name)),
            *_scroll(_case(folder, options.many)),
        ]
    return report(found)


def report(found: list[Measured]) -> int:
    """Print what was measured; return 1 where a limit is missed."""
    print("| what | measured | at most |\n|---|---:|---:|")
    for one in found:
        limit = "" if one.limit is None else f"{one.limit:,.1f} {one.unit}"
        missed = " **missed**" if one.missed else ""
        print(f"| {one.what} | {one.value:,.1f} {one.unit} | {limit}{missed} |")
    return int(any(one.missed for one in found))


def _case(folder: Path, names: int) -> Path:
    """Return a case file of so many domains with five lookups each, made if it is not there."""
    path = folder / f"{names}.case"
    if not path.exists():
        tool = Path(__file__).parent.parent / "bench_metrics.py"
        words = [sys.executable, tool, "--names", names, "--file", path, "--only-fill"]
        subprocess.run([str(word) for word in words], check=True)
    return path


def _inside(*words: object) -> tuple[float, dict[str, Any]]:
    """Run one measurement; return when it was started and what it said."""
    command = [sys.executable, "-m", "windowbench.inside", *(str(word) for word in words)]
    begun = time.monotonic()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return begun, said


def _start(case: Path, names: int, folder: Path) -> list[Measured]:
    config = folder / "config.toml"
    config.write_text("", "utf-8")
    taken: dict[str, list[float]] = {"bare": [], "start": []}
    for number in range(1 + _ROUNDS):  # in turn, so that both meet the same machine
        for what, words in (("bare", [names]), ("start", [case, config])):
            begun, said = _inside(what, *words)
            if number:  # the first compiles
                taken[what].append(1000 * (said["painted"] - begun))
    bare, ours = (statistics.median(taken[what]) for what in ("bare", "start"))
    return [
        Measured(f"a bare window with a table of {names:,} rows is painted", bare, None, "ms"),
        Measured(f"the main window over {names:,} domains is painted", ours, None, "ms"),
        Measured("ratio of the two", ours / bare, START_RATIO, "x"),
    ]


def _lookups(number: int, folder: Path) -> list[Measured]:
    served = folder / "served"
    served.mkdir()
    with Servers(served, number, None) as servers:
        places = json.loads(servers.endpoints_path.read_text("utf-8"))
        names = served / "names.json"
        names.write_text(json.dumps(places["names"]))
        _, said = _inside("lookups", served / "case", places["config"], names)
    stalls = sorted(said["stalls"])
    worst = stalls[-1]
    return [
        Measured(f"{said['names']:,} lookups in the window", said["seconds"], None, "s"),
        Measured("event loop held up, median", statistics.median(stalls), None, "ms"),
        Measured("event loop held up, 99 %", stalls[int(0.99 * len(stalls))], STALL_99, "ms"),
        Measured("event loop held up, worst", worst, STALL_MOST, "ms"),
    ]


def _scroll(case: Path) -> list[Measured]:
    _, said = _inside("scroll", case)
    steps = sorted(said["steps"])
    return [
        Measured(
            f"a step through {said['rows']:,} rows, median", statistics.median(steps), None, "ms"
        ),
        Measured("a step, 99 %", steps[int(0.99 * len(steps))], None, "ms"),
        Measured("a step, worst", steps[-1], STEP_MOST, "ms"),
        Measured("memory after it", said["memory"], MEMORY_MOST, "MiB"),
    ]


if __name__ == "__main__":
    sys.exit(main())

"""Measure the case file at several sizes, plain and encrypted: ``make bench-casefile``.

Prints tables for ``docs/measurements.md``. Every figure stands beside a floor that was
measured in the same run, because no two machines, and no two hours of one, are alike.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench import process

from casebench.generate import write_list

_MIB = 2**20
_PASSPHRASE = "bench"
FIRST_PAGE_MS, OPEN_MS, IMPORT_RATIO, ENCRYPTED = 200.0, 100.0, 5.0, 1.5
_LEAST_MS = 150.0  # for lists of up to 100,000


def main() -> int:
    """Return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--observations", type=int, default=5, help="for each name")
    parser.add_argument("--list", type=int, default=100_000, dest="lines")
    parser.add_argument("--encrypted", action="store_true", help="measure encrypted files as well")
    parser.add_argument("--folder", type=Path, help="keep the files there; those there are used")
    options = parser.parse_args()
    print(
        f"`make bench-casefile`, {datetime.now(UTC).date()}, {os.cpu_count()} cores, load"
        f" {os.getloadavg()[0]:.1f}, Python {platform.python_version()}\n"
    )
    missed = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        missed += _imports(folder, options.lines)
        for count in options.names:
            for passphrase in ["", _PASSPHRASE] if options.encrypted else [""]:
                path = folder / f"{count}{'-encrypted' if passphrase else ''}.abusetrack"
                if not path.exists():
                    _tell(f"making {path.name}")
                    words = [path, count, options.observations, passphrase]
                    process.run(_module("generate", *words))
                missed += _sizes(path, passphrase, count)
    for line in missed:
        print(f"- MISSED: {line}")
    print("- every target is met" if not missed else "")
    return 1 if missed else 0


def _imports(folder: Path, lines: int) -> list[str]:
    """Take a list in, and let sqlite-utils insert the same; alternating, the best of each."""
    listed, config = folder / "list.csv", folder / "config.toml"
    write_list(listed, lines)
    config.write_text("", encoding="utf-8")
    ours, theirs = [], []
    # An installed program is compiled once: neither side pays for that here.
    warm = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    warm.pop("PYTHONDONTWRITEBYTECODE", None)
    for turn in range(-1, 3):
        _tell(f"taking {lines} lines in, {turn + 1} of 3 (0: to warm up)")
        other, case = folder / f"other-{turn}.db", folder / f"list-{turn}.abusetrack"
        words = [sys.executable, "-m", "sqlite_utils", "insert", other, "t", listed, "--csv"]
        them = process.run([str(word) for word in words], environment=warm)
        us = process.run(process.abusetrack(config, case, "import", listed), environment=warm)
        if turn >= 0:
            theirs.append(them)
            ours.append(us)
        for path in (other, case):
            path.unlink()
    us, them = (min(runs, key=lambda run: run.cpu) for runs in (ours, theirs))
    ratio = min(run.wall for run in ours) / min(run.wall for run in theirs)
    print(f"| {lines:,} lines of CSV | wall s | CPU s | peak MiB |\n|---|---:|---:|---:|")
    for name, run in (("sqlite-utils insert --csv", them), ("abusetrack import", us)):
        print(f"| {name} | {run.wall:.1f} | {run.cpu:.1f} | {run.peak / _MIB:.0f} |")
    print(f"\nRatio: {ratio:.1f} by wall, {us.cpu / them.cpu:.1f} by CPU.\n")
    best = min(ratio, us.cpu / them.cpu)
    return [] if best <= IMPORT_RATIO else [f"import {best:.1f} x sqlite-utils (at most 5)"]


def _sizes(path: Path, passphrase: str, count: int) -> list[str]:
    limit = max(_LEAST_MS, count / 1e6 * 1000) * (ENCRYPTED if passphrase else 1)
    limits = {"lists": limit, "searches": FIRST_PAGE_MS, "opening": OPEN_MS}
    missed = []
    for what in ("bytes", "opening", "lists", "searches", "writing"):
        _tell(f"{path.name}: {what}")
        run = process.run(_module("measure", what, path, passphrase))
        print(f"| {path.stem}: {what} (peak {run.peak / _MIB:.0f} MiB) | |\n|---|---:|")
        for name, value in json.loads(run.output).items():
            print(f"| {name} | {value:,.2f} |" if value < 10 else f"| {name} | {value:,.0f} |")
            bound = limits.get(what)
            if name.startswith("all of them"):
                bound = limit
            if bound and value > bound and not name.startswith("floor"):
                missed.append(f"{path.stem}, {name}: {value:.0f} ms (at most {bound:.0f})")
        print()
    return missed


def _module(name: str, *words: object) -> list[str]:
    return [sys.executable, "-m", f"casebench.{name}", *map(str, words)]


def _tell(what: str) -> None:
    print(f"{what} ...", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""Run the benchmark and print its table; ``python -m bench [--names N] [--many N]``.

Exit code 1 where a target is missed or a run came too near the servers' ceiling.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench import process
from bench.serving import Servers, Used

LATENCIES = (0.0, 0.04)  # seconds
SAMPLE = 50  # names that the script asks for in turn where every answer takes its time
THREADS = 32
ADDRESSES = 16  # whose networks the script asks for, as abusetrack does
CEILING = 0.7  # of what the servers can do; nearer to it a ratio says nothing
LOAD_SECONDS = 3.0

SLOW_RATIO, FAST_RATIO = 40, 3  # against the script in turn at 40 ms, and in threads at 0 ms
CPU_LIMIT = 6.0  # ms for each name
MEMORY_RATIO = 1.2
_MIB = 2**20

IN_TURN = "today's script"
IN_THREADS = f"today's script, {THREADS} threads"
FIRST_ONLY = f"today's script, {THREADS} threads, first address only"
IMPORT, RESOLVE = "abusetrack import", "abusetrack resolve"


@dataclass(frozen=True, slots=True)
class Row:
    """One measured run."""

    what: str
    latency: float
    names: int
    run: process.Run
    servers: Used

    @property
    def wall(self) -> float:
        """Milliseconds for each name."""
        return self.run.wall / self.names * 1000

    @property
    def cpu(self) -> float:
        """Milliseconds for each name."""
        return self.run.cpu / self.names * 1000

    def load(self, ceilings: dict[str, float]) -> float:
        """Return the part of the servers' time that was needed, by CPU or by count."""
        asked = sum(n / ceilings[kind] for kind, n in self.servers.questions.items())
        return max(self.servers.cpu, asked) / self.run.wall


@dataclass(slots=True)
class Bench:
    """The servers and where things are kept."""

    servers: Servers
    folder: Path
    config: Path
    names: list[str]

    def script(self, name: str, latency: float, count: int, threads: int, most: int) -> Row:
        """Measure today's script, that asks for the networks of so many addresses at most."""
        words = process.module("todays_script", self.servers.endpoints_path, count, threads, most)
        return self.measure(name, words, latency, count)

    def library(self, latency: float, library: str) -> Row:
        """Measure a library that asks for registrations in bulk."""
        count = len(self.names)
        words = process.module("bulk_registration", self.servers.endpoints_path, count, library)
        return self.measure(f"{library}, registration only", words, latency, count)

    def product(self, latency: float, count: int) -> tuple[Row, Row]:
        """Measure abusetrack on a fresh case file: taking the list in, and looking it up."""
        case = self.folder / f"{latency}-{count}.abusetrack"
        listed = self.folder / "names.txt"
        listed.write_text("".join(f"{name}\n" for name in self.names[:count]), encoding="utf-8")
        words = process.abusetrack(self.config, case, "import", listed)
        taken = self.measure(IMPORT, words, latency, count)
        words = process.abusetrack(self.config, case, "resolve", "--json")
        row = self.measure(RESOLVE, words, latency, count)
        if json.loads(row.run.output)["done"] != count:
            sys.exit("abusetrack did not look all names up.")
        return taken, row

    def measure(self, what: str, words: Sequence[str], latency: float, count: int) -> Row:
        """Run a client; nothing else uses the servers meanwhile."""
        before = self.servers.used(latency)
        print(f"{what}, {count} names, {latency * 1000:.0f} ms ...", file=sys.stderr, flush=True)
        # abusetrack says with 1 that something could not be learnt of some names.
        run = process.run(words, allowed=frozenset({0, 1}))
        return Row(what, latency, count, run, self.servers.used().since(before))


def main() -> int:
    """Return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=1000)
    parser.add_argument("--many", type=int, default=10000, help="names for the memory's growth")
    options = parser.parse_args()
    serving, asking = process.cores()
    process.pin(asking)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # The product keeps what it fetches, and its log, where these say.
        os.environ |= {f"XDG_{kind}_HOME": name for kind in ("CACHE", "CONFIG", "DATA", "STATE")}
        with Servers(folder, options.names, serving) as servers:
            bench = _bench(servers, folder)
            words = process.module("raw_load", servers.endpoints_path, LOAD_SECONDS)
            load = bench.measure("raw load", words, 0.0, 1)
            ceilings: dict[str, float] = json.loads(load.run.output)
            rows = [row for latency in LATENCIES for row in _compare(bench, latency)]
        many = folder / "many"
        many.mkdir()
        with Servers(many, options.many, serving) as servers:
            rows += _bench(servers, many).product(0.0, options.many)
    _print(rows, ceilings, load.servers.cpu / load.run.wall, pinned=asking is not None)
    return _verdict(rows, ceilings)


def _bench(servers: Servers, folder: Path) -> Bench:
    places = json.loads(servers.endpoints_path.read_text(encoding="utf-8"))
    return Bench(servers, folder, Path(places["config"]), places["names"])


def _compare(bench: Bench, latency: float) -> list[Row]:
    count = len(bench.names)
    return [
        bench.script(IN_TURN, latency, min(SAMPLE, count) if latency else count, 1, ADDRESSES),
        bench.script(IN_THREADS, latency, count, THREADS, ADDRESSES),
        bench.script(FIRST_ONLY, latency, count, THREADS, 1),
        bench.library(latency, "whoisit"),
        bench.library(latency, "asyncwhois"),
        *bench.product(latency, count),
    ]


def _print(rows: list[Row], ceilings: dict[str, float], busy: float, *, pinned: bool) -> None:
    today = datetime.now(UTC).date()
    cores = "servers and clients pinned to a core each" if pinned else "not pinned to cores"
    print(
        f"`make bench`, {today}, {os.cpu_count()} cores ({cores}), Python"
        f" {platform.python_version()}; practice internet, pacing off, one resolver.\n"
        f"The servers' ceiling by raw load: {ceilings['dns']:,.0f} DNS, {ceilings['rdap']:,.0f}"
        f" RDAP and {ceilings['whois']:,.0f} WHOIS answers a second, at {busy:.0%} of their core.\n"
    )
    head = ["client", "latency", "names", "wall s", "wall ms/name", "CPU ms/name", "peak MiB"]
    head += ["servers' load", "against the script"]
    print(f"| {' | '.join(head)} |\n|---|{'---:|' * (len(head) - 1)}")
    for row in rows:
        cells = [
            row.what,
            f"{row.latency * 1000:.0f} ms",
            f"{row.names:,}",
            f"{row.run.wall:.1f}",
            f"{row.wall:.2f}",
            f"{row.cpu:.2f}",
            f"{row.run.peak / _MIB:.0f}",
            f"{row.load(ceilings):.0%}",
            _ratio(rows, row, ceilings),
        ]
        print(f"| {' | '.join(cells)} |")
    print(
        f"\nLoad of the machine at the end: {_load()}; where others use it too, what each used of"
        " the CPU says more than the time that it took."
        f" At {LATENCIES[1] * 1000:.0f} ms the script in turn asks for {SAMPLE} names only; its"
        " time for each name is compared. It asks for the networks of all addresses of a name"
        f" (at most {ADDRESSES}), as abusetrack does. CPU is user and system time of the"
        " whole process, its start and storing included."
    )


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "not known"


def _ratio(rows: list[Row], row: Row, ceilings: dict[str, float]) -> str:
    alone, threads = (
        next((r for r in rows if r.latency == row.latency and r.what == what), row)
        for what in (IN_TURN, IN_THREADS)
    )
    if row.names != threads.names or row.what == IMPORT:
        return ""
    if max(row.load(ceilings), threads.load(ceilings)) > CEILING:
        return "servers too busy"
    return (
        f"{alone.wall / row.wall:.1f} x in turn, {threads.wall / row.wall:.1f} x in threads"
        f" ({threads.cpu / row.cpu:.1f} x by CPU)"
    )


def _verdict(rows: list[Row], ceilings: dict[str, float]) -> int:
    """Say of each target whether it is met."""
    ours = [row for row in rows if row.what == RESOLVE]
    fast, slow, many = ours
    script = {(row.what, row.latency): row for row in rows}
    turn, threads = script[IN_TURN, slow.latency], script[IN_THREADS, fast.latency]
    growth = many.run.peak / fast.run.peak
    load = max(row.load(ceilings) for row in (fast, slow, turn, threads))
    targets = [
        (f"{turn.wall / slow.wall:.1f} x the script in turn at 40 ms (at least {SLOW_RATIO})",
         turn.wall / slow.wall >= SLOW_RATIO),
        (f"{threads.wall / fast.wall:.1f} x the script in threads at 0 ms (at least {FAST_RATIO})",
         threads.wall / fast.wall >= FAST_RATIO),
        (f"{max(row.cpu for row in ours):.1f} ms CPU for each name (at most {CPU_LIMIT:.0f})",
         max(row.cpu for row in ours) <= CPU_LIMIT),
        (f"{growth:.2f} x the memory for {many.names:,} names (at most {MEMORY_RATIO})",
         growth <= MEMORY_RATIO),
        (f"{load:.0%} of the servers' ceiling at most (below {CEILING:.0%})", load < CEILING),
    ]  # fmt: skip
    print()
    for text, met in targets:
        print(f"- {'met' if met else 'MISSED'}: {text}")
    return 0 if all(met for _text, met in targets) else 1


if __name__ == "__main__":
    sys.exit(main())

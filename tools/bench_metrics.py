"""Measure how soon every panel of the dashboards is there: ``make bench-metrics``.

    python tools/bench_metrics.py [--names 100000] [--looks 5]

Beside each panel stands the time of its own SQL, run by Python's sqlite3 without us.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from abusetrack.casefile import CaseFile, open_case_file, reports, sightings
from abusetrack.casefile.sightings import Sighting
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.panels import PANELS, PanelKind, Surroundings
from abusetrack.names import Names
from abusetrack.records import (
    Assessment,
    AssessmentOutcome,
    Discarded,
    HostingAgreement,
    Report,
    SiteKind,
    State,
)

NOW = datetime(2026, 11, 1, tzinfo=UTC)
_AT_A_TIME = 5_000
_COUNTRIES = ("US", "NL", "DE", "FR", "RU", "SG", "GB", "CA")
_DAYS = 300
_TABLES: set[str] = set()  # temporary ones that panels share


class _Clock:
    def now(self) -> datetime:
        return NOW


def main() -> int:
    """Print a table for docs/measurements.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=100_000)
    parser.add_argument("--looks", type=int, default=5, help="lookups of each name")
    parser.add_argument("--file", type=Path, help="keep the case file there; one there is used")
    options = parser.parse_args()
    gc.set_threshold(20_000, 20, 50)  # as abusetrack.__main__ does
    with tempfile.TemporaryDirectory() as folder:
        path = options.file or Path(folder) / "case"
        if not path.exists():
            with open_case_file(path, clock=_Clock(), actor="bench") as case:
                _fill(case, options.names, options.looks)
        print(f"{options.names:,} domains, {options.names * options.looks:,} lookups, load"
              f" {os.getloadavg()[0]:.1f}\n")  # fmt: skip
        for name, filters in (
            ("all time", Filters()),
            ("a month", Filters(since=NOW - timedelta(days=61), until=NOW - timedelta(days=31))),
        ):
            _measure(path, name, filters)
    return 0


def _fill(case: CaseFile, count: int, looks: int) -> None:
    source, names = random.Random(1), Names()
    for start in range(0, count, _AT_A_TIME):
        given, seen = [], []
        for number in range(start, min(count, start + _AT_A_TIME)):
            name = f"name{number}.example"
            received = NOW - timedelta(days=source.uniform(1, _DAYS))
            finding = Assessment(
                AssessmentOutcome.CONFIRMED, received, "bench", source.choice(list(SiteKind)),
                commercial=source.choice([True, False, None]), legal_category="A",
            )  # fmt: skip
            target = names.target(f"https://{name}/{number}")
            given.append(Report(target, received_at=received, source="public", assessment=finding))
            seen += _looks(source, name, received, looks)
        reports.add(case, given, (), Discarded(), label="bench")
        sightings.write(case, seen)
        print(f"\r{start + len(given):,}", end="", file=sys.stderr)


def _looks(source: random.Random, name: str, received: datetime, looks: int) -> list[Sighting]:
    key = min(int(source.expovariate(0.05)), 400)
    country = source.choice(_COUNTRIES)
    gone = source.expovariate(0.05)
    found = []
    for number in range(looks):
        at = received + timedelta(days=7 * number + source.uniform(0.1, 0.9))
        agreement = source.choice([HostingAgreement.UNANIMOUS] * 4 + [HostingAgreement.CDN])
        known = agreement is HostingAgreement.UNANIMOUS
        found.append(
            Sighting(
                domain=name, at=at,
                state=State.HELD_BY_REGISTRAR if 7 * number > gone else State.ACTIVE,
                registration_at=at, registrar_key=f"gtld:registrar-{key}",
                registrar=f"Registrar {key}",
                expires=None, hosting_at=at, hosting_country=country if known else None,
                hosting_verdict=agreement, asn=64_500 + key % 12, as_name="NET",
                cdn=None if known else "Example CDN",
            )
        )  # fmt: skip
    return found


def _measure(path: Path, name: str, filters: Filters) -> None:
    around = Surroundings(now=NOW, home="NL")
    print(f"| {name} | panel ms | its SQL alone ms |\n|---|---:|---:|")
    total = floor = 0.0
    _TABLES.clear()
    with open_case_file(path, clock=_Clock(), actor="bench", read_only=True) as case:
        bare = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        bare.execute("PRAGMA temp_store = MEMORY")
        importlib.import_module("scipy.stats")  # the window has it from the first figure on
        PANELS[0].build(case, Filters(until=NOW - timedelta(days=299)), around)
        for kind in PANELS:
            asked: list[tuple[str, Any]] = []
            ours = _timed(lambda kind=kind, asked=asked: _build(kind, case, filters, around, asked))
            alone = _timed(lambda asked=asked: _bare(bare, asked))
            total, floor = total + ours, floor + alone
            print(f"| {kind.key} | {1000 * ours:,.0f} | {1000 * alone:,.0f} |", flush=True)
    ratio = total / floor
    print(f"| all | {1000 * total:,.0f} | {1000 * floor:,.0f} (ratio {ratio:.1f}) |\n")


def _build(
    kind: PanelKind, case: CaseFile, filters: Filters, around: Surroundings, asked: list[Any]
) -> None:
    """Build a panel, noting what it asks."""
    kept = {name: getattr(CaseFile, name) for name in ("rows", "each", "value", "query")}
    table = CaseFile.kept_table

    def noting(method: Callable[..., Any]) -> Callable[..., Any]:
        def run(self: CaseFile, sql: str, params: Any = ()) -> Any:
            asked.append((sql, params))
            return method(self, sql, params)

        return run

    def keeping(self: CaseFile, sql: str, params: Any, columns: str) -> str:
        name = table(self, sql, params, columns)
        if name not in _TABLES:
            _TABLES.add(name)
            asked.append((f"CREATE TEMP TABLE {name.removeprefix('temp.')}({columns})", ()))
            asked.append((f"INSERT INTO {name} {sql}", params))
        return name

    for name, method in kept.items():
        setattr(CaseFile, name, noting(method))
    setattr(CaseFile, "kept_table", keeping)  # noqa: B010  (as above)
    try:
        kind.build(case, filters, around)
    finally:
        for name, method in kept.items():
            setattr(CaseFile, name, method)
        setattr(CaseFile, "kept_table", table)  # noqa: B010


def _bare(connection: sqlite3.Connection, asked: list[tuple[str, Any]]) -> None:
    for sql, params in asked:
        connection.execute(sql, params).fetchall()


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())

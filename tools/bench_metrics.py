"""Measure how soon every panel of the dashboards is there: ``make bench-metrics``.

    python tools/bench_metrics.py [--names 100000] [--looks 5]

At first what all figures rest on is read, once while the file stays as it is: beside it
stands the time of its SQL run by Python's sqlite3 without us. Then come all panels after
each of several changes of the filters. In milliseconds.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from abusetrack.casefile import CaseFile, changes, notices, open_case_file, reports, sightings
from abusetrack.casefile.sightings import Sighting
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.panels import PANELS, Surroundings
from abusetrack.names import Names
from abusetrack.records import (
    Assessment,
    AssessmentOutcome,
    Change,
    ChangeKind,
    Contact,
    ContactOrigin,
    Discarded,
    Draft,
    HostingAgreement,
    NoticeRow,
    NoticeStatus,
    Report,
    Role,
    SiteKind,
    State,
)

NOW = datetime(2026, 11, 1, tzinfo=UTC)
_AT_A_TIME = 5_000
_COUNTRIES = ("US", "NL", "DE", "FR", "RU", "SG", "GB", "CA")
_DAYS = 300


class _Clock:
    def now(self) -> datetime:
        return NOW


def main() -> int:
    """Print a table for docs/measurements.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=100_000)
    parser.add_argument("--looks", type=int, default=5, help="lookups of each name")
    parser.add_argument("--file", type=Path, help="keep the case file there; one there is used")
    parser.add_argument("--only-fill", action="store_true", help="make the file and end")
    options = parser.parse_args()
    gc.set_threshold(20_000, 20, 50)  # as abusetrack.__main__ does
    with tempfile.TemporaryDirectory() as folder:
        path = options.file or Path(folder) / "case"
        if not path.exists():
            with open_case_file(path, clock=_Clock(), actor="bench") as case:
                _fill(case, options.names, options.looks)
        if options.only_fill:
            return 0
        print(f"{options.names:,} domains, {options.names * options.looks:,} lookups, load"
              f" {os.getloadavg()[0]:.1f}\n")  # fmt: skip
        _measure(path)
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
        changes.write(case, _holds(seen))
        _tell(case, seen)
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


def _holds(seen: list[Sighting]) -> dict[str, list[Change]]:
    """Return the hold of each domain that has one, between the two lookups around it."""
    found: dict[str, list[Change]] = {}
    for before, after in pairwise(seen):
        if after.domain == before.domain and after.state is not before.state:
            hold = Change(
                ChangeKind.HOLD_SET, after.domain, "active", "held", before.at, after.at, after.at
            )
            found[after.domain] = [hold]
    return found


def _tell(case: CaseFile, seen: list[Sighting]) -> None:
    """Send the registrars of every twentieth domain a notice, two days after its first lookup."""
    told = list({one.domain: one for one in reversed(seen)}.values())[::20]
    by_party = groupby(sorted(told, key=_party), key=_party)
    for (key, name), group in by_party:
        rows = list(group)
        contact = Contact(
            key, name, Role.REGISTRAR, "abuse@registrar.example", None, None,
            ContactOrigin.MANUAL, "bench", NOW, confirmed_by="bench", confirmed_at=NOW,
        )  # fmt: skip
        reference = notices.next_reference(case, "B")
        lines = tuple(_row(one.domain) for one in rows)
        draft = Draft(reference, Role.REGISTRAR, contact, "s", "b", lines, NOW, "t 1", False)
        notices.record_export(case, draft, [])
        sent = max(one.at for one in rows) + timedelta(days=2)
        notices.mark(case, reference, NoticeStatus.SENT, at=sent)


def _party(one: Sighting) -> tuple[str, str]:
    return str(one.registrar_key), str(one.registrar)


def _row(domain: str) -> NoticeRow:
    return NoticeRow(
        domain=domain, unicode=domain, hosts=(domain,), registrar="", iana_id=1,
        statuses=("ok",), registration_source="bench", registration_asked_at=NOW,
        evidence_sha256="", kind=SiteKind.DEDICATED, confirmed_urls=1, first_confirmed=NOW,
        last_confirmed=NOW, legal_category="A", law="Act", reference="B",
    )  # fmt: skip


def _measure(path: Path) -> None:
    around = Surroundings(now=NOW, home="NL")
    importlib.import_module("scipy.stats")  # the window has it from the first figure on
    taken: dict[str, list[float]] = {}
    with open_case_file(path, clock=_Clock(), actor="bench", read_only=True) as case:
        asked: list[tuple[str, Any]] = []
        with _noting(asked):
            for name, filters in _FILTERS.items():
                taken[name] = [
                    _timed(lambda f=filters, k=kind: k.build(case, f, around)) for kind in PANELS
                ]
                if name == _FIRST:
                    floor = _timed(lambda: _bare(path, asked))
    print(f"| panel | {' | '.join(taken)} |\n|---|{'---:|' * len(taken)}")
    for number, kind in enumerate(PANELS):
        times = (f"{1000 * column[number]:,.0f}" for column in taken.values())
        print(f"| {kind.key} | {' | '.join(times)} |")
    print(f"| all | {' | '.join(f'{1000 * sum(column):,.0f}' for column in taken.values())} |")
    first = sum(taken[_FIRST])
    print(f"\nThe SQL of the first alone: {1000 * floor:,.0f} ms (ratio {first / floor:.1f})")
    usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"Most memory: {usage:,.0f} MiB")


_FIRST = "first"
_MONTH = {"since": NOW - timedelta(days=61), "until": NOW - timedelta(days=31)}
_FILTERS = {
    _FIRST: Filters(),
    "a month": Filters(**_MONTH),
    "commercial": Filters(commercial=True),
    "one registrar": Filters(registrar="gtld:registrar-3"),
    "one country": Filters(country="NL"),
    "known now": Filters(at_the_time=False),
    "all time": Filters(),
}


@contextmanager
def _noting(asked: list[tuple[str, Any]]) -> Iterator[None]:
    """Note what the case file is asked."""
    kept = {name: getattr(CaseFile, name) for name in ("rows", "each")}

    def noting(method: Callable[..., Any]) -> Callable[..., Any]:
        def run(self: CaseFile, sql: str, params: Any = ()) -> Any:
            asked.append((sql, params))
            return method(self, sql, params)

        return run

    for name, method in kept.items():
        setattr(CaseFile, name, noting(method))
    try:
        yield
    finally:
        for name, method in kept.items():
            setattr(CaseFile, name, method)


def _bare(path: Path, asked: list[tuple[str, Any]]) -> None:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    for sql, given in asked:
        connection.execute(sql, given).fetchall()


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())

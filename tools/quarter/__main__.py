"""Play a quarter, and print the world's figures beside those of the case file.

PYTHONPATH=tools python -m quarter [--days N] [--first-day N] [--size N] [--seed N]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

from abusetrack import practice
from abusetrack.casefile import check, folding
from quarter import truth
from quarter.desk import Desk
from quarter.play import Quarter

_START = datetime(2026, 3, 1, tzinfo=UTC)
_WORLD = 250  # domains of which the slice is taken
_OPENS = timedelta(hours=9)


def main() -> int:
    """Return 1 where a figure is not the world's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--first-day", type=int, default=0, help="of the world's own ninety")
    parser.add_argument("--size", type=int, default=40, help="domains reported, and what appears")
    parser.add_argument("--seed", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        true, counted, problems = play(
            Path(folder),
            days=options.days,
            first_day=options.first_day,
            size=options.size,
            seed=options.seed,
        )
    for field in fields(true):
        value = getattr(true, field.name)
        print(f"{field.name:<28} {value if isinstance(value, int) else _size(value)}")
    for problem in (*true.differences(counted), *problems):
        print(f"WRONG {problem}")
    return int(bool(true.differences(counted) or problems))


def _size(value: object) -> int:
    return sum(value.values()) if isinstance(value, dict) else len(value)  # type: ignore[arg-type]


def play(
    folder: Path, *, days: int, first_day: int, size: int, seed: int
) -> tuple[truth.Figures, truth.Figures, list[str]]:
    """Return the world's figures, the case file's, and what is wrong with the file itself."""
    world = practice.build(seed, size=_WORLD, start=_START)
    opening = _START + first_day * timedelta(days=1) + _OPENS
    quarter = Quarter(world, opening, days, size)
    with practice.PracticeThread(world, folder / "practice") as served:
        desk = Desk(served, folder, opening)
        try:
            quarter.play(desk)
        finally:
            desk.close()
        with desk.opener() as case:
            true = truth.true(quarter, desk.diary, desk.clock.now())
            counted = truth.counted(quarter, desk, case)
            problems = list(check.check(case).problems)
            problems += [f"{one.rows} rows of {one.table}" for one in folding.rebuild(case)]
    return true, counted, problems


if __name__ == "__main__":
    sys.exit(main())

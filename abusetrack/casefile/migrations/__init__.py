"""The schema, as numbered migrations; every table is described in ``docs/casefile.md``.

A migration is a module of SQL statements, which run one by one inside one transaction.
It is never edited once released and imports nothing of the room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from abusetrack.casefile import driver
from abusetrack.casefile.migrations import (
    m0001_first,
    m0002_history,
    m0003_search,
    m0004_erasure,
    m0005_judgement,
    m0006_directory,
    m0007_drafts,
    m0008_sightings,
    m0010_dictionary,
    m0012_dashboards,
    m0020_team,
    m0021_visits,
    m0022_category,
    m0023_pages,
    m0024_left,
    m0025_exchange,
    m0026_taxii,
    m0027_hashes,
    m0028_disputes,
    m0029_taxii_pages,
    m0030_growth,
    m0031_taxii_sent,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlite_utils import Database, Migrations


class Step(Protocol):
    """A migration: a module named after what it brings."""

    __name__: str

    @property
    def STATEMENTS(self) -> Iterable[str]:  # noqa: N802  (as the modules have it)
        """What runs, one by one."""


STEPS: list[Step] = [
    m0001_first,
    m0002_history,
    m0003_search,
    m0004_erasure,
    m0005_judgement,
    m0006_directory,
    m0007_drafts,
    m0008_sightings,
    m0010_dictionary,
    m0012_dashboards,
    m0020_team,
    m0021_visits,
    m0022_category,
    m0023_pages,
    m0024_left,
    m0025_exchange,
    m0026_taxii,
    m0027_hashes,
    m0028_disputes,
    m0029_taxii_pages,
    m0030_growth,
    m0031_taxii_sent,
]


def schema_version() -> int:
    """Return the version that a file has when every migration is applied: how many there are."""
    return len(STEPS)


def apply(connection: driver.Connection, *, stop_before: str | None = None) -> None:
    """Apply what is pending, up to a step where one is named."""
    known = driver.migrations("abusetrack")
    for step in STEPS:
        _register(known, step)
    known.apply(driver.database(connection), stop_before=stop_before)


def _register(known: Migrations, step: Step) -> None:
    @known(name=step.__name__.rpartition(".")[2])
    def run(db: Database) -> None:
        for statement in step.STATEMENTS:
            db.execute(statement)

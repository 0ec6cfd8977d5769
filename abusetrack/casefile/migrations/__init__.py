"""The schema, as numbered migrations; every table is described in ``docs/casefile.md``.

A migration is a module of SQL statements, which run one by one inside one transaction.
It is never edited once released and imports nothing of the room.
"""

from __future__ import annotations

from types import ModuleType

from abusetrack.casefile.driver import Database, Migrations
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

MIGRATIONS = Migrations("abusetrack")

_STEPS = (
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


def _register(step: ModuleType) -> None:
    @MIGRATIONS(name=step.__name__.rpartition(".")[2])
    def apply(db: Database) -> None:
        for statement in step.STATEMENTS:
            db.execute(statement)


for _step in _STEPS:
    _register(_step)


def schema_version() -> int:
    """Return the version that a file has when every migration is applied: how many there are."""
    return len(MIGRATIONS._migrations)  # noqa: SLF001  (sqlite-utils tells it nowhere else)

"""How much a case file holds, in numbers that name nobody."""

from __future__ import annotations

from collections.abc import Mapping

from abusetrack.casefile.connection import CaseFile

Sizes = Mapping[str, int]

_COUNTED = ("fact", "report", "domain_now", "observation", "evidence", "notice", "queue", "audit")


def sizes(case: CaseFile) -> Sizes:
    """Return the schema's version, the rows of the large tables and the bytes of the file."""
    rows = {table: case.value(f"SELECT count(*) FROM {table}") for table in _COUNTED}
    return {
        "schema version": case.value("PRAGMA user_version"),
        **{f"rows of {table}": count for table, count in rows.items()},
        "bytes": case.path.stat().st_size,
    }

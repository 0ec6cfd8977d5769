"""Filters of the dashboards, saved under names."""

from __future__ import annotations

STATEMENTS = (
    """CREATE TABLE saved_figures(
        name TEXT PRIMARY KEY,
        filters TEXT NOT NULL,
        saved_at TEXT NOT NULL,
        saved_by TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
)

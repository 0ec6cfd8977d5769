"""How far a partner's TAXII collection was read."""

from __future__ import annotations

STATEMENTS = (
    """CREATE TABLE taxii(
        partner TEXT PRIMARY KEY,
        added_after TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
)

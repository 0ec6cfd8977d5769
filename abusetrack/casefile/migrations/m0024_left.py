"""How each person left the pages of the window."""

from __future__ import annotations

STATEMENTS = (
    """CREATE TABLE left_as(
        actor TEXT NOT NULL,
        page TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (actor, page)
    ) STRICT, WITHOUT ROWID""",
)

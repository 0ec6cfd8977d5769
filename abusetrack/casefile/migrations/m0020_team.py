"""Who of the team works on what, and how the last exchange with the hub went."""

from __future__ import annotations

STATEMENTS = (
    """CREATE TABLE claim(
        domain TEXT PRIMARY KEY,
        who TEXT NOT NULL,
        origin BLOB NOT NULL,
        expires_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE sync(
        team TEXT PRIMARY KEY,
        at TEXT NOT NULL,
        sent INTEGER NOT NULL,
        came INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
)

"""What was erased for ever, so that no merge and no backup brings it back."""

from __future__ import annotations

STATEMENTS = (
    """CREATE TABLE tombstone(
        target BLOB NOT NULL CHECK (length(target) IN (16, 32)),
        field TEXT NOT NULL,
        token BLOB CHECK (length(token) = 16),
        PRIMARY KEY (target, field)
    ) STRICT, WITHOUT ROWID""",
)

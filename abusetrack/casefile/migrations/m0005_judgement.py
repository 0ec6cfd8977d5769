"""Gates, protected names, approvals, and what domains were seen with."""

from __future__ import annotations

STATEMENTS = (
    """CREATE TABLE gate(
        domain TEXT NOT NULL,
        country TEXT NOT NULL,
        status TEXT NOT NULL,
        at TEXT NOT NULL,
        expires_at TEXT,
        fact INTEGER NOT NULL REFERENCES fact(n),
        PRIMARY KEY (domain, country)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE protected(
        name TEXT PRIMARY KEY,
        category TEXT NOT NULL,
        party TEXT NOT NULL,
        fact INTEGER NOT NULL REFERENCES fact(n)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE approval(
        draft BLOB NOT NULL CHECK (length(draft) = 32),
        actor TEXT NOT NULL,
        at TEXT NOT NULL,
        fact INTEGER NOT NULL REFERENCES fact(n),
        PRIMARY KEY (draft, actor)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE trait(
        subject INTEGER NOT NULL REFERENCES subject(id),
        kind TEXT NOT NULL,
        value TEXT NOT NULL,
        first_seen TEXT NOT NULL,
        last_seen TEXT NOT NULL,
        fact INTEGER NOT NULL REFERENCES observation(fact),
        PRIMARY KEY (subject, kind, value)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX trait_value ON trait(kind, value, subject)",
)

"""Which pages of a domain a notice no longer stands for, where it still does for others."""

from __future__ import annotations

STATEMENTS = (
    """CREATE TABLE page_withdrawal(
        notice INTEGER NOT NULL REFERENCES notice(fact),
        domain TEXT NOT NULL,
        page INTEGER NOT NULL,
        at TEXT NOT NULL,
        fact INTEGER NOT NULL REFERENCES fact(n),
        PRIMARY KEY (notice, domain, page)
    ) STRICT, WITHOUT ROWID""",
)

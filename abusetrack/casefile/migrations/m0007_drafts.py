"""Which step of the ladder a notice is, and which of its domains were withdrawn."""

from __future__ import annotations

STATEMENTS = (
    "ALTER TABLE notice ADD COLUMN rung TEXT NOT NULL DEFAULT 'first'",
    """CREATE TABLE notice_withdrawal(
        notice INTEGER NOT NULL REFERENCES notice(fact),
        domain TEXT NOT NULL,
        at TEXT NOT NULL,
        fact INTEGER NOT NULL REFERENCES fact(n),
        PRIMARY KEY (notice, domain)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX notice_withdrawal_domain ON notice_withdrawal(domain)",
)

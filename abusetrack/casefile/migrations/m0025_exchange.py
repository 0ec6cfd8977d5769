"""What partners were given, and what they said of domains."""

from __future__ import annotations

STATEMENTS = (
    """CREATE TABLE shared(
        partner TEXT NOT NULL,
        domain TEXT NOT NULL,
        since TEXT NOT NULL,
        last_at TEXT NOT NULL,
        fact INTEGER NOT NULL REFERENCES fact(n),
        PRIMARY KEY (partner, domain)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE partner_record(
        fact INTEGER NOT NULL REFERENCES fact(n),
        number INTEGER NOT NULL,
        partner TEXT NOT NULL,
        domain TEXT NOT NULL,
        what TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (fact, number)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX partner_record_domain ON partner_record(domain)",
)

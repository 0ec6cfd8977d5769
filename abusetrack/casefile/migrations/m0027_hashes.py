"""Which hashes of material are attached to reports, by a digest that means something here only."""

from __future__ import annotations

STATEMENTS = (
    """CREATE TABLE hash_reference(
        fact INTEGER NOT NULL REFERENCES fact(n),
        kind TEXT NOT NULL,
        token BLOB NOT NULL,
        domain INTEGER NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (fact, kind)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX hash_reference_token ON hash_reference(token, domain)",
    "CREATE INDEX hash_reference_domain ON hash_reference(domain)",
)

"""Pages of a partner's collection that was not read to its end yet, and which collection it was."""

from __future__ import annotations

STATEMENTS = (
    "ALTER TABLE taxii ADD COLUMN collection TEXT NOT NULL DEFAULT ''",
    """CREATE TABLE taxii_page(
        partner TEXT NOT NULL,
        collection TEXT NOT NULL,
        number INTEGER NOT NULL,
        until TEXT,
        objects TEXT NOT NULL,
        PRIMARY KEY (partner, collection, number)
    ) STRICT""",
)

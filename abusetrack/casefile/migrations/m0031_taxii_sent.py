"""What a collection that cannot be read was sent: keyed hashes, and whether it was answered."""

from __future__ import annotations

STATEMENTS = (
    """CREATE TABLE taxii_sent(
        partner TEXT NOT NULL,
        collection TEXT NOT NULL,
        token BLOB NOT NULL,
        taken INTEGER NOT NULL,
        PRIMARY KEY (partner, collection, token)
    ) STRICT""",
)

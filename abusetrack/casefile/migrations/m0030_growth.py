"""How far each audit chain was verified, and what keeps a merge from reading all that is there."""

from __future__ import annotations

STATEMENTS = (
    """CREATE TABLE chain_verified(
        origin INTEGER PRIMARY KEY REFERENCES origin(n),
        seq INTEGER NOT NULL,
        sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
        again INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX prefix_now_fact ON prefix_now(fact)",
    # The kinds that are folded anew, all in their order, when one more comes.
    """CREATE INDEX fact_in_order ON fact(kind, id) WHERE kind IN ('party note', 'no-send',
        'replacement', 'gate', 'protected name', 'approval', 'notice withdrawal', 'share')""",
)

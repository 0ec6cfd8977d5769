"""Notes on parties, how contacts fared, whom never to write to, and answers to notices."""

from __future__ import annotations

STATEMENTS = (
    """CREATE TABLE party_note(
        party_key TEXT NOT NULL,
        field TEXT NOT NULL,
        origin TEXT NOT NULL,
        value TEXT,
        source TEXT NOT NULL,
        as_of TEXT NOT NULL,
        fact INTEGER NOT NULL REFERENCES fact(n),
        PRIMARY KEY (party_key, field, origin)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE contact_outcome(
        fact INTEGER PRIMARY KEY REFERENCES fact(n),
        party_key TEXT NOT NULL,
        role TEXT NOT NULL,
        address TEXT NOT NULL,
        outcome TEXT NOT NULL,
        at TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX contact_outcome_party ON contact_outcome(party_key, role, at)",
    """CREATE TABLE no_send(
        pattern TEXT PRIMARY KEY,
        fact INTEGER NOT NULL REFERENCES fact(n)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE replacement(
        wrong TEXT PRIMARY KEY,
        rights TEXT NOT NULL,
        fact INTEGER NOT NULL REFERENCES fact(n)
    ) STRICT, WITHOUT ROWID""",
    "ALTER TABLE notice ADD COLUMN reply_by TEXT",
    "CREATE INDEX notice_party ON notice(party_key, role)",
    """CREATE TABLE notice_answer(
        fact INTEGER PRIMARY KEY REFERENCES fact(n),
        notice INTEGER NOT NULL REFERENCES notice(fact),
        received_at TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX notice_answer_notice ON notice_answer(notice)",
    """CREATE TABLE notice_quality(
        fact INTEGER PRIMARY KEY REFERENCES fact(n),
        notice INTEGER NOT NULL REFERENCES notice(fact),
        quality TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX notice_quality_notice ON notice_quality(notice)",
)

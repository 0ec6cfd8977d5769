"""What every lookup came to, for figures over time."""

from __future__ import annotations

STATEMENTS = (
    """CREATE TABLE sighting(
        domain INTEGER NOT NULL REFERENCES domain_now(id),
        at TEXT NOT NULL,
        state TEXT NOT NULL,
        registration_at TEXT,
        registrar_key TEXT,
        registrar TEXT,
        expires TEXT,
        hosting_at TEXT,
        hosting_country TEXT,
        hosting_verdict TEXT NOT NULL,
        asn INTEGER,
        as_name TEXT,
        cdn TEXT,
        PRIMARY KEY (domain, at)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX report_confirmed ON report(received_at) WHERE outcome = 'confirmed'",
)

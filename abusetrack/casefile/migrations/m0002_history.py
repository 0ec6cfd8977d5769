"""Findings and what replaced them, content statuses, notes, changes, visits; why a check is due."""

from __future__ import annotations

STATEMENTS = (
    """CREATE TABLE finding(
        fact INTEGER PRIMARY KEY REFERENCES fact(n),
        report INTEGER NOT NULL REFERENCES fact(n),
        replaced_by INTEGER REFERENCES fact(n)
    ) STRICT""",
    "CREATE INDEX finding_report ON finding(report)",
    """INSERT INTO finding(fact, report, replaced_by)
        SELECT finding.n, report.n,
            (SELECT min(later.n) FROM fact AS later WHERE later.supersedes = finding.id)
        FROM fact AS finding JOIN fact AS report
            ON report.id = unhex(replace(json_extract(finding.content, '$.report'), '-', ''))
        WHERE finding.kind = 'assessment'""",
    """CREATE TABLE content_status(
        fact INTEGER PRIMARY KEY REFERENCES fact(n),
        url INTEGER NOT NULL REFERENCES url(id),
        state TEXT NOT NULL,
        at TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX content_status_url ON content_status(url, at)",
    """CREATE TABLE note(
        fact INTEGER PRIMARY KEY REFERENCES fact(n),
        domain INTEGER NOT NULL REFERENCES domain_now(id),
        replaced_by INTEGER REFERENCES fact(n)
    ) STRICT""",
    "CREATE INDEX note_domain ON note(domain)",
    """CREATE TABLE change(
        domain INTEGER NOT NULL REFERENCES domain_now(id),
        position INTEGER NOT NULL,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        before TEXT NOT NULL,
        after TEXT NOT NULL,
        last_seen_before TEXT NOT NULL,
        first_seen_after TEXT NOT NULL,
        established_at TEXT NOT NULL,
        facts TEXT NOT NULL,
        PRIMARY KEY (domain, position)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX change_established ON change(established_at)",
    """CREATE TABLE visit(
        actor TEXT PRIMARY KEY,
        at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "ALTER TABLE queue ADD COLUMN reason TEXT",
)

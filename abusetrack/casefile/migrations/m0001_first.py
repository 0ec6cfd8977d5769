"""The record, the names and reports, what was asked, whom we write to."""

from __future__ import annotations

STATEMENTS = (
    # -- the file itself
    """CREATE TABLE meta(
        key TEXT PRIMARY KEY,
        value ANY NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE origin(
        n INTEGER PRIMARY KEY,
        id BLOB NOT NULL UNIQUE CHECK (length(id) = 16)
    ) STRICT""",
    # -- facts: never changed, never deleted
    """CREATE TABLE fact(
        n INTEGER PRIMARY KEY,
        id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
        origin INTEGER NOT NULL REFERENCES origin(n),
        seq INTEGER NOT NULL,
        kind TEXT NOT NULL,
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        supersedes BLOB,
        content TEXT NOT NULL,
        sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
        UNIQUE (origin, seq)
    ) STRICT""",
    """CREATE INDEX fact_superseded ON fact(supersedes) WHERE supersedes IS NOT NULL""",
    """CREATE TABLE erasable(
        fact INTEGER NOT NULL REFERENCES fact(n),
        field TEXT NOT NULL,
        key BLOB NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (fact, field)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE evidence(
        n INTEGER PRIMARY KEY,
        sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
        media_type TEXT NOT NULL,
        size INTEGER NOT NULL,
        codec TEXT NOT NULL,
        body BLOB
    ) STRICT""",
    """CREATE TABLE audit(
        origin INTEGER NOT NULL REFERENCES origin(n),
        seq INTEGER NOT NULL,
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        subject TEXT NOT NULL,
        detail TEXT NOT NULL,
        prev BLOB NOT NULL,
        sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
        PRIMARY KEY (origin, seq)
    ) STRICT, WITHOUT ROWID""",
    # -- names and reports, folded from the facts
    """CREATE TABLE domain_now(
        id INTEGER PRIMARY KEY,
        domain TEXT NOT NULL UNIQUE,
        unicode TEXT NOT NULL,
        host_kind TEXT NOT NULL,
        suffix TEXT,
        suffix_kind TEXT,
        tld TEXT,
        label TEXT,
        reports INTEGER NOT NULL DEFAULT 0,
        confirmed_reports INTEGER NOT NULL DEFAULT 0,
        urls INTEGER NOT NULL DEFAULT 0,
        confirmed_urls INTEGER NOT NULL DEFAULT 0,
        first_reported TEXT NOT NULL,
        last_reported TEXT NOT NULL,
        first_confirmed TEXT,
        last_confirmed TEXT,
        kind TEXT,
        kind_reason TEXT NOT NULL DEFAULT 'no confirmed report',
        commercial INTEGER,
        disguised INTEGER,
        state TEXT NOT NULL DEFAULT 'unknown',
        states TEXT NOT NULL DEFAULT '["unknown"]',
        state_reason TEXT NOT NULL DEFAULT 'not looked up yet',
        registrar_key TEXT,
        registrar TEXT,
        registrar_iana_id INTEGER,
        registrar_reason TEXT NOT NULL DEFAULT 'not looked up yet',
        created TEXT,
        expires TEXT,
        hosting_country TEXT,
        hosting_verdict TEXT NOT NULL DEFAULT 'none',
        hosting_reason TEXT NOT NULL DEFAULT 'not looked up yet',
        asn INTEGER,
        as_name TEXT,
        cdn TEXT,
        persistent INTEGER,
        persistent_reason TEXT NOT NULL DEFAULT 'not judged yet',
        looked_up_at TEXT,
        as_of TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX domain_now_label ON domain_now(label)",
    "CREATE INDEX domain_now_state ON domain_now(state)",
    "CREATE INDEX domain_now_registrar ON domain_now(registrar)",
    "CREATE INDEX domain_now_registrar_key ON domain_now(registrar_key)",
    "CREATE INDEX domain_now_country ON domain_now(hosting_country)",
    "CREATE INDEX domain_now_confirmed ON domain_now(confirmed_reports)",
    "CREATE INDEX domain_now_last_reported ON domain_now(last_reported)",
    """CREATE TABLE host(
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        unicode TEXT NOT NULL,
        kind TEXT NOT NULL,
        domain INTEGER NOT NULL REFERENCES domain_now(id)
    ) STRICT""",
    "CREATE INDEX host_domain ON host(domain)",
    """CREATE TABLE url(
        id INTEGER PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 16),
        host INTEGER NOT NULL REFERENCES host(id)
    ) STRICT""",
    "CREATE INDEX url_host ON url(host)",
    """CREATE TABLE report(
        fact INTEGER PRIMARY KEY REFERENCES fact(n),
        url INTEGER NOT NULL REFERENCES url(id),
        domain INTEGER NOT NULL REFERENCES domain_now(id),
        reference BLOB NOT NULL,
        received_at TEXT NOT NULL,
        source TEXT NOT NULL,
        list INTEGER NOT NULL REFERENCES fact(n),
        assessment INTEGER REFERENCES fact(n),
        outcome TEXT NOT NULL DEFAULT 'not yet assessed',
        kind TEXT NOT NULL DEFAULT 'unknown',
        commercial INTEGER,
        disguised INTEGER,
        assessed_at TEXT
    ) STRICT""",
    "CREATE INDEX report_url ON report(url, reference)",
    "CREATE INDEX report_domain ON report(domain, url, reference)",
    # -- what was asked
    """CREATE TABLE subject(
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
    ) STRICT""",
    """CREATE TABLE observation(
        fact INTEGER PRIMARY KEY REFERENCES fact(n),
        subject INTEGER NOT NULL REFERENCES subject(id),
        question TEXT NOT NULL,
        asked_at TEXT NOT NULL,
        outcome TEXT NOT NULL,
        batch INTEGER NOT NULL,
        evidence INTEGER REFERENCES evidence(n)
    ) STRICT""",
    "CREATE INDEX observation_subject ON observation(subject, question, asked_at, batch)",
    """CREATE TABLE prefix_now(
        first BLOB NOT NULL CHECK (length(first) = 16),
        last BLOB NOT NULL CHECK (length(last) = 16),
        question TEXT NOT NULL,
        asked_at TEXT NOT NULL,
        fact INTEGER NOT NULL REFERENCES observation(fact),
        PRIMARY KEY (first, last, question)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE queue(
        host INTEGER PRIMARY KEY REFERENCES host(id),
        domain INTEGER NOT NULL REFERENCES domain_now(id),
        due_at TEXT,
        done_at TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        lease_owner TEXT,
        lease_until TEXT
    ) STRICT""",
    "CREATE INDEX queue_due ON queue(due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX queue_lease ON queue(domain) WHERE lease_owner IS NOT NULL",
    # -- whom we write to, and what was written
    """CREATE TABLE contact(
        party_key TEXT NOT NULL,
        role TEXT NOT NULL,
        origin TEXT NOT NULL,
        party_name TEXT NOT NULL,
        email TEXT,
        form TEXT,
        phone TEXT,
        source TEXT NOT NULL,
        as_of TEXT NOT NULL,
        comment TEXT NOT NULL,
        confirmed_by TEXT,
        confirmed_at TEXT,
        fact INTEGER NOT NULL REFERENCES fact(n),
        PRIMARY KEY (party_key, role, origin, source)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE counter(
        name TEXT PRIMARY KEY,
        value INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE notice(
        fact INTEGER PRIMARY KEY REFERENCES fact(n),
        origin INTEGER NOT NULL REFERENCES origin(n),
        reference TEXT NOT NULL,
        role TEXT NOT NULL,
        party_key TEXT NOT NULL,
        exported_at TEXT NOT NULL,
        status TEXT NOT NULL,
        status_at TEXT NOT NULL,
        UNIQUE (reference, origin)
    ) STRICT""",
    """CREATE TABLE notice_row(
        notice INTEGER NOT NULL REFERENCES notice(fact),
        position INTEGER NOT NULL,
        domain TEXT NOT NULL,
        PRIMARY KEY (notice, position)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX notice_row_domain ON notice_row(domain, notice)",
    """CREATE TABLE notice_event(
        fact INTEGER PRIMARY KEY REFERENCES fact(n),
        notice INTEGER NOT NULL REFERENCES notice(fact)
    ) STRICT""",
    "CREATE INDEX notice_event_notice ON notice_event(notice)",
    """CREATE TABLE notice_file(
        notice INTEGER NOT NULL REFERENCES notice(fact),
        name TEXT NOT NULL,
        evidence INTEGER NOT NULL REFERENCES evidence(n),
        PRIMARY KEY (notice, name)
    ) STRICT, WITHOUT ROWID""",
    *(
        f"""CREATE TRIGGER {table}_never_{verb} BEFORE {verb} ON {table}
        BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed or deleted'); END"""
        for table in ("fact", "audit")
        for verb in ("UPDATE", "DELETE")
    ),
)

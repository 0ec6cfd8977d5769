"""Search by any part of a name or text; order and filter by any column of the list."""

from __future__ import annotations

# A fact's searched texts: its number, shifted, and which field. References of reports are
# many and alike, and stand in an index of their own.
_CODE = (
    "CASE {0}.field WHEN 'note' THEN 1 WHEN 'access_note' THEN 2 WHEN 'their_reference' THEN 3 END"
)
_NOTES = "('note', 'access_note', 'their_reference')"

_SORTED = ("unicode", "asn", "kind", "reports", "looked_up_at", "tld", "suffix_kind", "persistent")

STATEMENTS = (
    # -- names
    """CREATE VIEW host_name(id, name, unicode) AS
        SELECT id, name, nullif(unicode, name) FROM host""",
    """CREATE VIRTUAL TABLE name_search USING fts5(
        name, unicode, content='host_name', content_rowid='id', tokenize='trigram', columnsize=0
    )""",
    "INSERT INTO name_search(rowid, name, unicode) SELECT id, name, unicode FROM host_name",
    """CREATE TRIGGER host_searched AFTER INSERT ON host BEGIN
        INSERT INTO name_search(rowid, name, unicode)
            VALUES (new.id, new.name, nullif(new.unicode, new.name));
    END""",
    """CREATE TRIGGER host_not_searched AFTER DELETE ON host BEGIN
        INSERT INTO name_search(name_search, rowid, name, unicode)
            VALUES ('delete', old.id, old.name, nullif(old.unicode, old.name));
    END""",
    """CREATE TRIGGER host_searched_anew AFTER UPDATE OF name, unicode ON host BEGIN
        INSERT INTO name_search(name_search, rowid, name, unicode)
            VALUES ('delete', old.id, old.name, nullif(old.unicode, old.name));
        INSERT INTO name_search(rowid, name, unicode)
            VALUES (new.id, new.name, nullif(new.unicode, new.name));
    END""",
    "CREATE INDEX host_unicode ON host(unicode) WHERE unicode <> name",
    "CREATE INDEX host_literal ON host(kind) WHERE kind IN ('ipv4', 'ipv6')",
    # -- texts that can be erased; with the row goes every trace of it in the index
    *(
        f"""CREATE VIRTUAL TABLE {name}_search USING fts5(
            text, content='', tokenize='trigram', columnsize=0
        )"""
        for name in ("reference", "note")
    ),
    *(
        f"INSERT INTO {name}_search({name}_search, rank) VALUES ('secure-delete', 1)"
        for name in ("reference", "note")
    ),
    """INSERT INTO reference_search(rowid, text)
        SELECT fact, text FROM erasable WHERE field = 'reference'""",
    f"""INSERT INTO note_search(rowid, text)
        SELECT fact << 3 | {_CODE.format("erasable")}, text FROM erasable
        WHERE field IN {_NOTES}""",
    """CREATE TRIGGER reference_searched AFTER INSERT ON erasable WHEN new.field = 'reference' BEGIN
        INSERT INTO reference_search(rowid, text) VALUES (new.fact, new.text);
    END""",
    """CREATE TRIGGER reference_erased AFTER DELETE ON erasable WHEN old.field = 'reference' BEGIN
        INSERT INTO reference_search(reference_search, rowid, text)
            VALUES ('delete', old.fact, old.text);
    END""",
    f"""CREATE TRIGGER note_searched AFTER INSERT ON erasable WHEN new.field IN {_NOTES} BEGIN
        INSERT INTO note_search(rowid, text)
            VALUES (new.fact << 3 | {_CODE.format("new")}, new.text);
    END""",
    f"""CREATE TRIGGER note_erased AFTER DELETE ON erasable WHEN old.field IN {_NOTES} BEGIN
        INSERT INTO note_search(note_search, rowid, text)
            VALUES ('delete', old.fact << 3 | {_CODE.format("old")}, old.text);
    END""",
    # -- the list
    *(f"CREATE INDEX domain_now_{name} ON domain_now({name})" for name in _SORTED),
    """CREATE INDEX domain_now_last_confirmed ON domain_now(last_confirmed)
        WHERE last_confirmed IS NOT NULL""",
    "ALTER TABLE report ADD COLUMN legal_category TEXT",
    """UPDATE report SET legal_category =
        (SELECT content ->> '$.legal_category' FROM fact WHERE n = report.assessment)
        WHERE assessment IS NOT NULL""",
    """CREATE INDEX report_category ON report(legal_category, domain)
        WHERE legal_category IS NOT NULL""",
    """CREATE TABLE saved_filter(
        name TEXT PRIMARY KEY,
        query TEXT NOT NULL,
        saved_at TEXT NOT NULL,
        saved_by TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
)

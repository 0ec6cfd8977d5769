"""The tables of the hub, its roles, and how it is brought up to date.

Only types and statements that engines speaking PostgreSQL's protocol have in common.
``docs/team.md`` describes the tables.
"""

from __future__ import annotations

import os

from abusetrack.errors import InputError
from abusetrack.hub.server import Connection, Cursor, run
from abusetrack.hub.team_key import TeamKey

SCHEMA = "abusetrack"
ANALYST, READER = "abusetrack_analyst", "abusetrack_reader"

# Each is a version of the hub; never edited once released.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE abusetrack.workstation(
            origin bytea PRIMARY KEY,
            facts bigint NOT NULL,
            facts_tip bytea NOT NULL,
            audit bigint NOT NULL,
            audit_tip bytea NOT NULL,
            about bytea,
            seen_at timestamp with time zone NOT NULL
        )""",
        """CREATE TABLE abusetrack.fact(
            origin bytea NOT NULL REFERENCES abusetrack.workstation(origin),
            seq bigint NOT NULL,
            body bytea NOT NULL,
            PRIMARY KEY (origin, seq)
        )""",
        """CREATE TABLE abusetrack.fact_text(
            origin bytea NOT NULL,
            seq bigint NOT NULL,
            field varchar(64) NOT NULL,
            body bytea,
            PRIMARY KEY (origin, seq, field)
        )""",
        """CREATE TABLE abusetrack.evidence(
            id bytea PRIMARY KEY,
            body bytea
        )""",
        """CREATE TABLE abusetrack.audit(
            origin bytea NOT NULL REFERENCES abusetrack.workstation(origin),
            seq bigint NOT NULL,
            body bytea NOT NULL,
            PRIMARY KEY (origin, seq)
        )""",
        """CREATE TABLE abusetrack.claim(
            domain bytea PRIMARY KEY,
            holder bytea NOT NULL,
            body bytea NOT NULL,
            expires_at timestamp with time zone NOT NULL
        )""",
    ),
)
VERSION = len(MIGRATIONS)

# What each role may do; the tables belong to who made the hub. An analyst adds, blanks what
# was erased, and counts on; nobody but the owner removes a fact.
_GRANTS = (
    f"GRANT USAGE ON SCHEMA abusetrack TO {ANALYST}, {READER}",
    f"GRANT SELECT ON ALL TABLES IN SCHEMA abusetrack TO {ANALYST}, {READER}",
    f"""GRANT INSERT ON abusetrack.workstation, abusetrack.fact, abusetrack.fact_text,
        abusetrack.evidence, abusetrack.audit TO {ANALYST}""",
    f"GRANT UPDATE ON abusetrack.workstation TO {ANALYST}",
    f"GRANT UPDATE (body) ON abusetrack.fact_text TO {ANALYST}",
    f"GRANT UPDATE (body) ON abusetrack.evidence TO {ANALYST}",
    f"GRANT INSERT, UPDATE, DELETE ON abusetrack.claim TO {ANALYST}",
)


def init(connection: Connection, key: TeamKey) -> bool:
    """Make the hub, or bring one up to date; return whether there was none.

    Raises:
        InputError: there is one of another team, or of a newer abusetrack.
        ExternalError: the user may not do that.
    """

    def work(cursor: Cursor) -> bool:
        is_new = not _exists(cursor)
        if is_new:
            cursor.execute("CREATE SCHEMA abusetrack")
            cursor.execute(
                "CREATE TABLE abusetrack.hub(key varchar(32) PRIMARY KEY, value text NOT NULL)"
            )
            cursor.executemany(
                "INSERT INTO abusetrack.hub(key, value) VALUES (%s, %s)",
                [("team", os.urandom(8).hex()), ("key_mark", key.mark), ("version", "0")],
            )
        values = _values(cursor)
        _must_be_ours(values, key)
        version = int(values["version"])
        if version > VERSION:
            raise InputError(_NEWER)
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                cursor.execute(statement.encode())
        cursor.execute("UPDATE abusetrack.hub SET value = %s WHERE key = 'version'", [str(VERSION)])
        for role in (ANALYST, READER):
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE ROLE {role}".encode())
        for grant in _GRANTS:
            cursor.execute(grant.encode())
        return is_new

    return run(connection, work)


def team_of(cursor: Cursor, key: TeamKey) -> str:
    """Return the hub's random id; see that it and this abusetrack fit each other.

    Raises:
        InputError: it is of another team, or one of the two is too old.
    """
    values = _values(cursor)
    _must_be_ours(values, key)
    version = int(values["version"])
    if version > VERSION:
        raise InputError(_NEWER)
    if version < VERSION:
        raise InputError(
            "The hub is of an older abusetrack; have 'abusetrack hub init' run by who made it."
        )
    return values["team"]


_NEWER = "The hub was made by a newer abusetrack; install that version to work with it."


def _exists(cursor: Cursor) -> bool:
    cursor.execute("SELECT 1 FROM information_schema.schemata WHERE schema_name = %s", [SCHEMA])
    return cursor.fetchone() is not None


def _values(cursor: Cursor) -> dict[str, str]:
    cursor.execute("SELECT key, value FROM abusetrack.hub")
    return {str(key): str(value) for key, value in cursor.fetchall()}


def _must_be_ours(values: dict[str, str], key: TeamKey) -> None:
    if values.get("key_mark") != key.mark:
        raise InputError(
            "The team key does not fit this hub; take the one that 'hub init' wrote for it."
        )

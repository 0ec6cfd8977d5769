"""The dictionary that evidence is compressed with, so that the file can be read without us."""

from __future__ import annotations

from importlib import resources

_BODY = (resources.files("abusetrack.resources") / "data" / "evidence-1.dict").read_bytes()

STATEMENTS = (
    """CREATE TABLE dictionary(
        n INTEGER PRIMARY KEY,
        body BLOB NOT NULL
    ) STRICT""",
    f"INSERT INTO dictionary VALUES (1, x'{_BODY.hex()}')",
)

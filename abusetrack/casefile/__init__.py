"""The case file: one SQLite file that holds every fact, dated and with its source.

Open it with :func:`open_case_file`; the modules of this room (``reports``,
``observations``, ``projection``, ...) are the verbs, each a set of functions that
take the open :class:`CaseFile` first. ``docs/casefile.md`` describes the tables.
"""

from __future__ import annotations

from abusetrack.casefile.connection import (
    CaseFile,
    QueryStoppedError,
    is_encrypted,
    open_case_file,
)
from abusetrack.casefile.thread import CaseFileThread

__all__ = [
    "CaseFile",
    "CaseFileThread",
    "QueryStoppedError",
    "is_encrypted",
    "open_case_file",
]

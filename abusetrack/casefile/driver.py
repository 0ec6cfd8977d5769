"""The one place where the SQLite driver and sqlite-utils are loaded.

sqlcipher3 has exception classes of its own. sqlite-utils prefers a module called
``pysqlite3`` where there is one, so sqlcipher3 takes that name before sqlite-utils
is imported for the first time; then both speak of the same classes. sqlite-utils is
imported by whoever first writes: reading needs none of it.
"""

from __future__ import annotations

import importlib.abc
import sys
import threading
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlcipher3
from sqlcipher3 import dbapi2

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

sys.modules["pysqlite3"] = sqlcipher3
sys.modules["pysqlite3.dbapi2"] = dbapi2

Connection = Any  # sqlcipher3 publishes no types
Error: type[Exception] = dbapi2.Error
PlainConnection: Any = dbapi2.Connection
connect = dbapi2.connect

__all__ = ["Connection", "Error", "PlainConnection", "connect", "database", "migrations"]


def database(connection: Connection) -> Database:
    """Return sqlite-utils' view of a connection."""
    made: Database = _sqlite_utils().Database(connection, execute_plugins=False)
    return made


def migrations(name: str) -> Migrations:
    """Return an empty set of sqlite-utils' migrations."""
    made: Migrations = _sqlite_utils().Migrations(name)
    return made


class _Hidden(importlib.abc.MetaPathFinder):
    """Hides from one thread what sqlite-utils imports only to know its types.

    No value of ours is of numpy or pandas, and to import them takes longer than all else.
    """

    def __init__(self) -> None:
        self._thread = threading.get_ident()

    def find_spec(self, name: str, _path: Any, _target: Any = None) -> None:
        if name in {"numpy", "pandas"} and threading.get_ident() == self._thread:
            raise ModuleNotFoundError(name)


@cache
def _sqlite_utils() -> Any:
    hidden = _Hidden()
    sys.meta_path.insert(0, hidden)
    try:
        import sqlite_utils
    finally:
        sys.meta_path.remove(hidden)
    return sqlite_utils

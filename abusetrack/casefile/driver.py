"""The one place where the SQLite driver and sqlite-utils are loaded.

sqlcipher3 has exception classes of its own. sqlite-utils prefers a module called
``pysqlite3`` where there is one, so sqlcipher3 takes that name before sqlite-utils
is imported for the first time; then both speak of the same classes. It also imports
numpy and pandas to know their types, which takes longer than all else and no value
of ours has: they are hidden from it.
"""

from __future__ import annotations

import sys
from typing import Any

import sqlcipher3
from sqlcipher3 import dbapi2

sys.modules["pysqlite3"] = sqlcipher3
sys.modules["pysqlite3.dbapi2"] = dbapi2

_hidden = [name for name in ("numpy", "pandas") if name not in sys.modules]
sys.modules.update(dict.fromkeys(_hidden))  # type: ignore[arg-type]  # None: not to be found

from sqlite_utils import Database, Migrations  # noqa: E402  (after the driver has its name)

for _name in _hidden:
    del sys.modules[_name]

Connection = Any  # sqlcipher3 publishes no types
Error: type[Exception] = dbapi2.Error
PlainConnection: Any = dbapi2.Connection
connect = dbapi2.connect

__all__ = ["Connection", "Database", "Error", "Migrations", "PlainConnection", "connect"]

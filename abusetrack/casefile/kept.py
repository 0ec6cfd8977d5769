"""What several readings of one connection share, for as long as the file stays as it is."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from abusetrack.casefile import driver

if TYPE_CHECKING:
    from abusetrack.casefile.connection import Parameters

T = TypeVar("T")
_MOST_TABLES = 4
_MOST_VALUES = 16


class Kept:
    """Temporary tables and values made once; all are let go when the file changes.

    The tables are in memory (SQLCipher is built so), and go with the connection.
    """

    def __init__(self, connection: driver.Connection) -> None:
        self._connection = connection
        self._as_of: tuple[int, int] | None = None
        self._tables: OrderedDict[Hashable, str] = OrderedDict()
        self._values: OrderedDict[Hashable, object] = OrderedDict()
        self._number = 0

    def table(self, sql: str, params: Parameters, columns: str) -> str:
        """Return the name of a table that holds what ``sql`` gives, under these columns."""
        self._renew()
        key = (sql, repr(params))
        if key not in self._tables:
            while len(self._tables) >= _MOST_TABLES:
                self._drop(self._tables.popitem(last=False)[1])
            self._tables[key] = self._make(sql, params, columns)
        self._tables.move_to_end(key)
        return self._tables[key]

    def value(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what ``make`` gives, made once for a key."""
        self._renew()
        if key not in self._values:
            made = make()
            while len(self._values) >= _MOST_VALUES:
                self._values.popitem(last=False)
            self._values[key] = made
        self._values.move_to_end(key)
        return cast("T", self._values[key])

    def _make(self, sql: str, params: Parameters, columns: str) -> str:
        self._number += 1
        name = f"temp.kept_{self._number}"
        with self._writing():
            self._connection.execute(f"CREATE TEMP TABLE kept_{self._number}({columns})")
            try:
                self._connection.execute(f"INSERT INTO {name} {sql}", params)
            except BaseException:  # stopped, for instance
                self._connection.execute(f"DROP TABLE {name}")
                raise
        self._as_of = self._now()  # what was written is our own
        return name

    def _drop(self, name: str) -> None:
        with self._writing():
            self._connection.execute(f"DROP TABLE {name}")

    def _renew(self) -> None:
        """Let go of everything if the file was changed, here or by another connection."""
        now = self._now()
        if now == self._as_of:
            return
        self._values.clear()
        while self._tables:
            self._drop(self._tables.popitem()[1])
        self._as_of = now

    def _now(self) -> tuple[int, int]:
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return version, self._connection.total_changes

    def _writing(self) -> _Writing:
        return _Writing(self._connection)


class _Writing:
    """Temporary tables count as writing, which a reading connection refuses by itself."""

    def __init__(self, connection: driver.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        (self._before,) = self._connection.execute("PRAGMA query_only").fetchone()
        self._connection.execute("PRAGMA query_only = OFF")

    def __exit__(self, *_: Any) -> None:
        self._connection.execute(f"PRAGMA query_only = {int(self._before)}")

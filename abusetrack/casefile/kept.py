"""What several readings of one connection share, for as long as the file stays as it is."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from abusetrack.casefile import driver

T = TypeVar("T")
_MOST = 24


class Kept:
    """Values made once; all are let go when the file changes, here or by another connection."""

    def __init__(self, connection: driver.Connection) -> None:
        self._connection = connection
        self._as_of: tuple[int, int] | None = None
        self._values: OrderedDict[Hashable, object] = OrderedDict()

    def value(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what ``make`` gives, made once for a key."""
        as_of = self._renew()
        if key in self._values:
            self._values.move_to_end(key)
            return cast("T", self._values[key])
        made = make()
        if self._renew() == as_of:  # otherwise it may be half of before and half of after
            self._values[key] = made
            while len(self._values) > _MOST:
                self._values.popitem(last=False)
        return made

    def _renew(self) -> tuple[int, int]:
        """Let go of everything if the file was changed; return as of when it is."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        now = version, self._connection.total_changes
        if now != self._as_of:
            self._values.clear()
            self._as_of = now
        return now

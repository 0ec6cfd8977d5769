"""Ids of facts: UUID version 7 (RFC 9562), in order of making."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LOW_62 = (1 << 62) - 1


class Uuid7:
    """Makes ids that never run backwards, also where the clock does."""

    def __init__(self) -> None:
        self._last = 0

    def start_after(self, last: bytes) -> None:
        """Make no id that sorts before ``last``: the clock may have been set back since."""
        self._last = max(self._last, int.from_bytes(last, "big"))

    def next(self, now: datetime) -> bytes:
        """Return the 16 bytes of a new id for the instant ``now``."""
        milliseconds = (now - _EPOCH) // _MILLISECOND
        if milliseconds <= self._last >> 80:
            self._last += 1  # random enough: each started from 74 random bits
        else:
            random = secrets.randbits(74)
            # 48 bits of time, 4 of version, 12 random, 2 of variant, 62 random.
            high = milliseconds << 16 | 7 << 12 | random >> 62
            self._last = high << 64 | 2 << 62 | random & _LOW_62
        return self._last.to_bytes(16, "big")

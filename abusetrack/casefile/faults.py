"""What SQLite's errors mean to the user, by primary result code; anything else is a bug."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from abusetrack.casefile import driver
from abusetrack.errors import CaseFileError, StorageFullError

# Primary and extended result codes: https://www.sqlite.org/rescode.html
BUSY, LOCKED, READONLY, INTERRUPT, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB = (
    5, 6, 8, 9, 10, 11, 13, 14, 26,
)  # fmt: skip
_IOERR_READ, _IOERR_SHORT_READ = IOERR | 1 << 8, IOERR | 2 << 8

_UNWRITABLE = (
    "The case file {path} cannot be written: the disk is full, or the file or its folder is "
    "read-only. Nothing was half-written; make room or allow writing, then try again."
)
_DAMAGED = (
    "The case file {path} is damaged; restore it from a backup, or run `abusetrack check` to see "
    "what is wrong."
)
_IN_USE = (
    "The case file {path} is being changed by another program; nothing was changed, try again in "
    "a moment."
)
_UNREADABLE = (
    "The disk reported an error while reading the case file {path}; nothing was changed. Check "
    "the disk, and restore a backup if it stays so."
)
_SENTENCES: dict[int, tuple[type[CaseFileError], str]] = {
    BUSY: (CaseFileError, _IN_USE),
    LOCKED: (CaseFileError, _IN_USE),
    READONLY: (StorageFullError, _UNWRITABLE),
    IOERR: (StorageFullError, _UNWRITABLE),
    FULL: (StorageFullError, _UNWRITABLE),
    CANTOPEN: (StorageFullError, _UNWRITABLE),
    CORRUPT: (CaseFileError, _DAMAGED),
    NOTADB: (CaseFileError, _DAMAGED),
}


class InUseError(CaseFileError):
    """Somebody else has the file open that must be held alone; nothing was changed."""


class QueryStoppedError(CaseFileError):
    """A query was stopped by :meth:`CaseFile.interrupt`; nothing was changed."""


def known_fault(error: Exception, path: Path) -> CaseFileError | None:
    """Return the error to show for what SQLite raised, or None where it is a bug."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    if code & 0xFF == INTERRUPT:
        return QueryStoppedError("The query was stopped.")
    if code in {_IOERR_READ, _IOERR_SHORT_READ}:
        return CaseFileError(_UNREADABLE.format(path=path))
    if code & 0xFF not in _SENTENCES:
        return None
    kind, sentence = _SENTENCES[code & 0xFF]
    return kind(sentence.format(path=path))


@contextmanager
def spoken(path: Path) -> Iterator[None]:
    """Turn the driver's known errors into our own; let bugs pass."""
    try:
        yield
    except driver.Error as error:
        fault = known_fault(error, path)
        if fault is None:
            raise
        raise fault from error

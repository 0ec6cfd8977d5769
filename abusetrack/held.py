"""Files that this process has open as case files; nobody here may open and close them besides.

Whoever closes any descriptor of a file lets go of every lock that his process has on that
file, whichever part of the program took it (POSIX fcntl; "How To Corrupt An SQLite Database
File", 2.2). Another process would then take the case file for one that nobody uses, and
throw away its write-ahead log with what was acknowledged in it.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path

from abusetrack.errors import InputError

_BESIDE = ("", "-wal", "-shm", "-journal")

_Identity = tuple[int, int]  # device and inode


@dataclass(slots=True)
class _Held:
    path: Path
    times: int = 0
    descriptor: int | None = None  # kept open for as long as the file is held


_held: dict[_Identity, _Held] = {}
_one_at_a_time = threading.RLock()


def hold(path: Path) -> _Identity:
    """Note that a connection to the file is being opened; return what lets go of it.

    Raises:
        OSError: there is no such file.
    """
    with _one_at_a_time:
        identity = _identity(path)
        entry = _held.setdefault(identity, _Held(path.absolute()))
        entry.times += 1
        return identity


def let_go(identity: _Identity) -> None:
    """Note that a connection was closed; with the last one, nothing is kept open any more."""
    with _one_at_a_time:
        entry = _held[identity]
        entry.times -= 1
        if entry.times == 0:
            del _held[identity]
            if entry.descriptor is not None:
                os.close(entry.descriptor)


def first_bytes(path: Path, number: int) -> bytes:
    """Return the first bytes of a file, without touching the locks on it.

    Raises:
        OSError: it cannot be read.
    """
    with _one_at_a_time:
        entry = _held.get(_identity(path))
        if entry is None:
            with path.open("rb") as file:
                return file.read(number)
        if entry.descriptor is None:
            entry.descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        os.lseek(entry.descriptor, 0, os.SEEK_SET)
        return os.read(entry.descriptor, number)


def refuse(path: Path) -> None:
    """Refuse to read what is an open case file, or stands beside one.

    Raises:
        InputError: it is.
    """
    with _one_at_a_time:
        held = [entry.path for entry in _held.values()]
    for one in held:
        for suffix in _BESIDE:
            try:
                same = path.samefile(one.with_name(one.name + suffix))
            except OSError:
                continue
            if same:
                raise InputError(
                    f"{path.name} is the case file that is open, or belongs to it; choose "
                    "another file."
                )


def _identity(path: Path) -> _Identity:
    found = path.stat()
    return found.st_dev, found.st_ino

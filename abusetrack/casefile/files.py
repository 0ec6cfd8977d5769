"""The file on the disk: made, keyed, connected to, copied, held alone, put in place.

A connection of this module is a bare one, below :class:`CaseFile`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from abusetrack import held
from abusetrack.casefile import driver
from abusetrack.casefile.faults import BUSY, LOCKED, NOTADB, InUseError, known_fault, spoken
from abusetrack.casefile.keys import RawKey, derive, head_of, is_plain, salt_of
from abusetrack.errors import CaseFileError, StorageFullError, WrongPassphraseError

BUSY_SECONDS = 60.0  # a long import of another process is waited for
_ASK_AGAIN_SECONDS = 0.02
_ALONE_SECONDS = 2.0  # but not where the file must be ours alone: a window may stay open for days
_PAGE = 512  # the smallest page size: a file below it holds no page
BESIDE = ("-wal", "-shm", "-journal")  # what SQLite keeps beside an open file


_WRONG = (
    "The passphrase does not open the case file {path}; type it again, mind upper and lower case."
)
_NEEDED = "{path} is an encrypted case file, or no case file at all; give its passphrase."
_NEEDLESS = "The case file {path} is not encrypted; open it without a passphrase."
NO_CASE_FILE = "{path} is not a case file; check the path."


def is_encrypted(path: Path) -> bool:
    """Say whether the file looks like an encrypted case file, so needs a passphrase."""
    try:
        size = path.stat().st_size
        return size >= _PAGE and not is_plain(head_of(path))
    except OSError:
        return False  # opening it will say what is wrong


def create_empty(path: Path) -> None:
    """Make an empty file that only its owner can read.

    Raises:
        FileExistsError: there is something of that name.
        StorageFullError: it cannot be made.
    """
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        if isinstance(error, FileExistsError) and path.parent.is_dir():
            raise
        raise StorageFullError(
            f"{path} cannot be made: {error.strerror}. Nothing was written; choose another folder."
        ) from error


def remove(path: Path) -> None:
    """Remove a case file and what stands beside it."""
    for suffix in ("", *BESIDE):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def key_for(
    path: Path, passphrase: str | None, key: RawKey | None, *, may_be_empty: bool
) -> RawKey | None:
    """Decide between plain and encrypted by the file's first bytes; derive the key."""
    try:
        head, size = head_of(path), path.stat().st_size
    except OSError as error:
        raise CaseFileError(
            f"The case file {path} cannot be read: {error.strerror}; check the path and its rights."
        ) from error
    if size == 0 and may_be_empty:
        return key or (derive(passphrase, salt_of(path)) if passphrase else None)
    if size < _PAGE:  # a full disk may leave half a page behind the last whole one
        raise CaseFileError(NO_CASE_FILE.format(path=path))
    if is_plain(head):
        if passphrase or key:
            raise WrongPassphraseError(_NEEDLESS.format(path=path))
        return None
    if key is None and not passphrase:
        raise WrongPassphraseError(_NEEDED.format(path=path))
    return key or derive(passphrase or "", head)


class _HeldConnection(driver.PlainConnection):  # type: ignore[misc]  # it has no types
    """Says when it is closed, so that the file's locks are minded until then."""

    holds: Callable[[], None] | None = None

    def close(self) -> None:
        """Close it; nobody but SQLite may have touched the file until now."""
        super().close()
        let_go, self.holds = self.holds, None
        if let_go is not None:
            let_go()


def _held_connection(path: Path, *words: Any, **options: Any) -> driver.Connection:
    try:
        identity = held.hold(path)
    except OSError:  # it went just now; SQLite says it as of any other
        return driver.connect(*words, **options)
    try:
        connection = driver.connect(*words, factory=_HeldConnection, **options)
    except BaseException:
        held.let_go(identity)
        raise
    connection.holds = partial(held.let_go, identity)
    return connection


def connect(path: Path, key: RawKey | None, *, read_only: bool) -> driver.Connection:
    """Open a bare connection with the pragmas that hold for every one.

    Raises:
        WrongPassphraseError: the key does not open it.
    """
    mode = "ro" if read_only else "rw"
    connection = _held_connection(
        path, f"{path.as_uri()}?mode={mode}", uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )
    try:
        connection.execute("PRAGMA cipher_log = off")  # first: a wrong key is told on stderr
        if key is not None:
            connection.execute(f"PRAGMA key = \"x'{key.hexadecimal}'\"")
        _read_once(connection, path, key)
        for pragma in (
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "cache_size = -16384",  # KiB; no import was quicker with more
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _read_once(connection: driver.Connection, path: Path, key: RawKey | None) -> None:
    """Read the first page, which a wrong key makes unreadable; other pragmas read it too."""
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except driver.Error as error:
        if key is not None and getattr(error, "sqlite_errorcode", 0) & 0xFF == NOTADB:
            raise WrongPassphraseError(_WRONG.format(path=path)) from error
        raise


def write_ahead(connection: driver.Connection) -> None:
    """Let the file be written ahead, waiting for whoever is making or opening it just now.

    SQLite answers at once here, whatever the timeout: it takes two that want to change
    the mode for a deadlock (its busy handler is not asked where a read lock is raised).
    """
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except driver.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF != BUSY or time.monotonic() > give_up:
                raise
        time.sleep(_ASK_AGAIN_SECONDS)


def copy(source: driver.Connection, target: Path, key: RawKey | None) -> None:
    """Copy what is committed to a new file under the same key, page by page.

    Raises:
        FileExistsError: there is something of that name.
        StorageFullError: it cannot be written; nothing is left behind.
    """
    create_empty(target)
    try:
        with spoken(target):
            copy = connect(target, key, read_only=False)
            try:
                with _as_full(target):
                    source.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")  # a copy is one file
            finally:
                copy.close()
    except BaseException:
        remove(target)
        raise


@contextmanager
def _as_full(target: Path) -> Iterator[None]:
    """Say what a copy fails of: neither backup nor export tells by the code of its error."""
    try:
        yield
    except driver.Error as error:
        if known_fault(error, target) is None:
            raise StorageFullError(_NO_COPY.format(path=target)) from error
        raise


_NO_COPY = (
    "The copy {path} cannot be written, because its disk is full or fails. Nothing is left of it; "
    "make room or choose another folder."
)


def export(source: driver.Connection, target: Path, key: RawKey | None) -> None:
    """Copy what is committed to a new file under another key, row by row.

    Raises:
        FileExistsError: there is something of that name.
        StorageFullError: it cannot be written; nothing is left behind.
    """
    create_empty(target)
    try:
        with spoken(target):
            opened = "" if key is None else f"x'{key.hexadecimal}'"
            source.execute("ATTACH DATABASE ? AS target KEY ?", [str(target), opened])
            try:
                with _as_full(target):
                    source.execute("SELECT sqlcipher_export('target')").fetchall()
                for pragma in ("user_version", "application_id"):  # not copied with the rest
                    number = source.execute(f"PRAGMA main.{pragma}").fetchone()[0]
                    source.execute(f"PRAGMA target.{pragma} = {number}")
            finally:
                source.execute("DETACH DATABASE target")
    except BaseException:
        remove(target)
        raise


_ALONE = (
    "The case file {path} is open in another window or program; close it there first. Nothing was "
    "changed."
)


@contextmanager
def alone(path: Path, key: RawKey | None) -> Iterator[driver.Connection]:
    """Hold the file alone, in one piece: no other connection, no write-ahead log.

    Raises:
        InUseError: somebody else has it open.
    """
    with spoken(path):
        connection = connect(path, key, read_only=False)
        try:
            connection.execute(f"PRAGMA busy_timeout = {int(_ALONE_SECONDS * 1000)}")
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            try:
                connection.execute("PRAGMA journal_mode = DELETE")
                connection.execute("BEGIN EXCLUSIVE")
                connection.execute("COMMIT")  # the lock is kept
            except driver.Error as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF in {BUSY, LOCKED}:
                    raise InUseError(_ALONE.format(path=path)) from error
                raise
            yield connection
        finally:
            connection.close()


def put_in_place(new: Path, path: Path, *, keep: Path | None) -> None:
    """Let ``new`` take the place of ``path``, which is kept under the name ``keep`` if given.

    At every instant there is a whole file at ``path``. Nobody may have either one open.

    Raises:
        StorageFullError: it cannot be done; nothing was changed.
    """
    try:
        if keep is not None:
            os.link(path, keep)
        for suffix in BESIDE:  # left by a crash, of the file that goes
            with suppress(FileNotFoundError):
                beside = path.with_name(path.name + suffix)
                if keep is None:
                    beside.unlink()
                else:
                    beside.rename(keep.with_name(keep.name + suffix))
        new.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise StorageFullError(
            f"{path} cannot be replaced: {error.strerror}. The file that was there is unchanged."
        ) from error


def sync_folder(folder: Path) -> None:
    """Write a folder's names to the disk, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def time_of_name(now: datetime) -> str:
    """Return a time as it stands in names of files: UTC, sorts as text."""
    return f"{now:%Y%m%dT%H%M%SZ}"

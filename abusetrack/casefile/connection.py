"""Opening a case file, and the connection that every verb of this room works on."""

from __future__ import annotations

import functools
import hmac
import secrets
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from abusetrack.casefile import driver, files
from abusetrack.casefile.encoding import stamp
from abusetrack.casefile.faults import READONLY, QueryStoppedError, spoken
from abusetrack.casefile.files import is_encrypted
from abusetrack.casefile.ids import Uuid7
from abusetrack.casefile.kept import Kept
from abusetrack.casefile.keys import RawKey
from abusetrack.casefile.migrations import apply, schema_version
from abusetrack.errors import (
    CaseFileError,
    NewerCaseFileError,
    StorageFullError,
)
from abusetrack.records import Clock

__all__ = ["CaseFile", "QueryStoppedError", "is_encrypted", "open_case_file"]

APPLICATION_ID = 0x41627573  # "Abus"
_AT_ONCE = 5_000  # numbers read; a query can be stopped between them

T = TypeVar("T")
Parameters = Sequence[Any] | Mapping[str, Any]


class CaseFile:
    """An open case file, bound to the thread that opened it.

    Made by :func:`open_case_file`. Facts, audit rows and everything derived are
    written by the modules of this room inside :meth:`transaction`; other rooms
    read with :meth:`query`.
    """

    def __init__(
        self,
        path: Path,
        connection: driver.Connection,
        *,
        clock: Clock,
        actor: str,
        key: RawKey | None,
        read_only: bool,
    ) -> None:
        self.path = path
        self.clock = clock
        self.actor = actor
        self.read_only = read_only
        self.ids = Uuid7()
        self.key = key
        self._connection = connection
        self._closed = False
        self._stopped = False
        self._kept = Kept(connection)
        self.origin, self.origin_id, self._url_key = self._identity()

    def _identity(self) -> tuple[int, bytes, bytes]:
        own = dict(self.rows("SELECT key, value FROM meta WHERE key IN ('origin', 'url_key')"))
        number = self.value("SELECT n FROM origin WHERE id = ?", [own["origin"]])
        return number, own["origin"], own["url_key"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; twice is harmless."""
        if not self._closed:
            self._closed = True
            self._connection.close()

    @property
    def encrypted(self) -> bool:
        """Whether the file is encrypted."""
        return self.key is not None

    @property
    def log_key(self) -> bytes:
        """The key of the ids under which names stand in the log; only this file has it."""
        return hmac.digest(self._url_key, b"log", "sha256")

    def opener(
        self, *, path: Path | None = None, read_only: bool = False
    ) -> Callable[[], CaseFile]:
        """Return a call that opens this file, or a copy of it, in whatever thread calls it.

        The raw key goes along, so that no passphrase is asked or derived again.
        """
        return functools.partial(
            open_case_file,
            path or self.path,
            clock=self.clock,
            actor=self.actor,
            key=self.key,
            create=False,
            read_only=read_only,
        )

    def interrupt(self) -> None:
        """Stop the query that runs now, from any thread; it raises ``QueryStoppedError``."""
        if not self._closed:
            self._connection.interrupt()

    def stop(self) -> None:
        """Break off whatever reads, from any thread: each further query is stopped as well."""
        self._stopped = True
        self.interrupt()

    def _execute(self, sql: str, params: Parameters) -> Any:
        if self._stopped:
            raise QueryStoppedError("The query was stopped.")
        return self._connection.execute(sql, params)

    # -- reading

    def query(self, sql: str, params: Parameters = ()) -> list[dict[str, Any]]:
        """Return the rows of a reading statement as dicts.

        Raises:
            ValueError: the statement would write.
        """
        with spoken(self.path):
            self._connection.execute("PRAGMA query_only = ON")
            try:
                cursor = self._execute(sql, params)
                names = [column[0] for column in cursor.description or ()]
                return [dict(zip(names, row, strict=True)) for row in cursor]
            except driver.Error as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF == READONLY:
                    raise ValueError("query() only reads") from error
                raise
            finally:
                if not self.read_only:
                    self._connection.execute("PRAGMA query_only = OFF")

    def rows(self, sql: str, params: Parameters = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a statement."""
        with spoken(self.path):
            rows: list[tuple[Any, ...]] = self._execute(sql, params).fetchall()
            return rows

    def each(self, sql: str, params: Parameters = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a statement one by one, for results too long to hold."""
        with spoken(self.path):
            yield from self._execute(sql, params)

    def numbers(self, sql: str, params: Parameters = ()) -> Iterator[list[int]]:
        """Yield the one column of a statement, some thousands of rows at a time."""
        with spoken(self.path):
            cursor = self._execute(sql, params)
            while rows := cursor.fetchmany(_AT_ONCE):
                yield [number for (number,) in rows]

    def value(self, sql: str, params: Parameters = ()) -> Any:
        """Return the first column of the first row; None where there is no row."""
        rows = self.rows(sql, params)
        return rows[0][0] if rows else None

    def kept_value(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what ``make`` reads from this file, made once while the file stays as it is."""
        with spoken(self.path):
            return self._kept.value(key, make)

    # -- writing, by the modules of this room

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold one IMMEDIATE transaction; inside another one, a savepoint.

        Everything is committed to the disk when the block ends, or nothing where it raises.
        """
        with spoken(self.path):
            if self._connection.in_transaction:
                with driver.database(self._connection).atomic():
                    yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                if self.value("PRAGMA user_version") != schema_version():
                    raise NewerCaseFileError(_NEWER.format(path=self.path))
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                _roll_back(self._connection)
                raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold one read transaction: everything inside is read as of its beginning."""
        with spoken(self.path):
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                _roll_back(self._connection)

    def execute(self, sql: str, params: Parameters = ()) -> int:
        """Run a writing statement; return how many rows it changed."""
        with spoken(self.path):
            return int(self._connection.execute(sql, params).rowcount)

    def executemany(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Run a writing statement once per row."""
        with spoken(self.path):
            self._connection.executemany(sql, rows)

    def truncate_log(self) -> bool:
        """Bring the write-ahead log into the file and empty it; return whether that was done.

        Not while others still read it, and not on a full disk; it is done when the last
        connection closes.
        """
        try:
            busy, _, _ = self.rows("PRAGMA wal_checkpoint(TRUNCATE)")[0]
        except StorageFullError:
            return False
        return not busy

    # -- small services to the modules of this room

    def now(self) -> str:
        """Return the clock's time as it is written."""
        return stamp(self.clock.now())

    def start_origin(self, origin: bytes) -> None:
        """Go on under an origin of its own, inside the caller's transaction."""
        self.execute("INSERT INTO origin(id) VALUES (?)", [origin])
        self.execute("UPDATE meta SET value = ? WHERE key = 'origin'", [origin])
        self.origin, self.origin_id, self._url_key = self._identity()

    def digest(self, text: str) -> bytes:
        """Return 16 bytes that stand for ``text`` in this file only: a keyed digest."""
        return hmac.digest(self._url_key, text.encode("utf-8", "surrogatepass"), "sha256")[:16]

    def copy_to(self, target: Path) -> None:
        """Write a consistent copy to ``target``, under the same key.

        Raises:
            FileExistsError: there is something of that name.
            StorageFullError: it cannot be written; nothing is left behind.
        """
        files.copy(self._connection, target, self.key)

    def export_plain(self, target: Path) -> None:
        """Write a consistent copy without a passphrase to ``target``.

        Raises:
            FileExistsError: there is something of that name.
            StorageFullError: it cannot be written; nothing is left behind.
        """
        files.export(self._connection, target, None)


def open_case_file(
    path: Path | str,
    *,
    clock: Clock,
    actor: str,
    passphrase: str | None = None,
    key: RawKey | None = None,
    create: bool = True,
    read_only: bool = False,
) -> CaseFile:
    """Open the case file ``path``; make it where ``create`` is set and there is none.

    A new file is encrypted where a passphrase is given. ``key`` comes from
    :meth:`CaseFile.opener` and takes the place of the passphrase. An older file is
    copied beside itself before it is brought up to date.

    Raises:
        WrongPassphraseError: the passphrase is wrong, missing, or given for a plain file.
        NewerCaseFileError: a newer abusetrack wrote it.
        StorageFullError: the disk is full, or the file or folder is read-only.
        CaseFileError: there is no such file, or it is no case file.
    """
    path = Path(path).absolute()
    made = False
    if not path.exists():
        if not create or read_only:
            raise CaseFileError(f"There is no case file {path}; check the path.")
        with suppress(FileExistsError):  # another process made it just now
            files.create_empty(path)
            made = True
    try:
        key = files.key_for(path, passphrase, key, may_be_empty=create and not read_only)
        return _open(path, key, clock=clock, actor=actor, read_only=read_only)
    except BaseException:
        if made:
            files.remove(path)
        raise


def _open(path: Path, key: RawKey | None, *, clock: Clock, actor: str, read_only: bool) -> CaseFile:
    with spoken(path):
        connection = files.connect(path, key, read_only=read_only)
        try:
            version = _examine(connection, path)
            if read_only:
                if version < schema_version():
                    raise CaseFileError(_OLDER.format(path=path))
                connection.execute("PRAGMA query_only = ON")
            else:
                files.write_ahead(connection)
                if version < schema_version():
                    _bring_up_to_date(connection, path, key, clock)
            return CaseFile(
                path, connection, clock=clock, actor=actor, key=key, read_only=read_only
            )
        except BaseException:
            connection.close()
            raise


_NEWER = (
    "The case file {path} was written by a newer abusetrack; install that version to work with it."
)
_OLDER = "The case file {path} is of an older abusetrack; open it once for writing first."


def _examine(connection: driver.Connection, path: Path) -> int:
    """Return the schema version; 0 for an empty file. Refuse what is not ours, or newer."""
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_ID and (tables or application or version):
        raise CaseFileError(files.NO_CASE_FILE.format(path=path))
    if version > schema_version():
        raise NewerCaseFileError(_NEWER.format(path=path))
    return version


def _bring_up_to_date(
    connection: driver.Connection, path: Path, key: RawKey | None, clock: Clock
) -> None:
    """Apply what is pending, all or nothing; copy an existing file first."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _examine(connection, path)  # another process may have been quicker
        if version < schema_version():
            if version:
                _copy_beside(path, version, key, clock)
            apply(connection)
            if not version:
                _found(connection, clock)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {schema_version()}")
        connection.execute("COMMIT")
    except BaseException:
        _roll_back(connection)
        raise


def _roll_back(connection: driver.Connection) -> None:
    if connection.in_transaction:  # an error may have ended it already
        connection.execute("ROLLBACK")


def _copy_beside(path: Path, version: int, key: RawKey | None, clock: Clock) -> None:
    """Copy the committed state, through a reader of its own; an earlier copy is kept."""
    target = path.with_name(f"{path.name}.version-{version}-{clock.now():%Y%m%dT%H%M%SZ}")
    reader = files.connect(path, key, read_only=True)
    try:
        with suppress(FileExistsError):
            files.copy(reader, target, key)
    finally:
        reader.close()


def _found(connection: driver.Connection, clock: Clock) -> None:
    """Give a new file its identity: a random origin, and the key of its digests."""
    origin = secrets.token_bytes(16)
    connection.execute("INSERT INTO origin(n, id) VALUES (1, ?)", [origin])
    connection.executemany(
        "INSERT INTO meta(key, value) VALUES (?, ?)",
        [
            ("origin", origin),
            ("url_key", secrets.token_bytes(32)),
            ("created_at", stamp(clock.now())),
        ],
    )

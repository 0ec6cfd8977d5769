"""The PostgreSQL server of the hub: how it is reached, and transactions that are tried again.

Only what any engine that speaks its protocol can do: plain tables, standard SQL,
serializable transactions, each tried again from its beginning where the server could not
put it in order with others (SQLSTATE 40001).
"""

from __future__ import annotations

import ipaddress
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import psycopg
from psycopg import conninfo, errors

from abusetrack.errors import ExternalError, InputError
from abusetrack.settings import HubSettings, Settings

Cursor = psycopg.Cursor[tuple[object, ...]]
Connection = psycopg.Connection[tuple[object, ...]]
Result = TypeVar("Result")

_TRIES = 12  # of a transaction
_CONNECT_SECONDS = 15
_ALLOWED = {"host", "hostaddr", "port", "user", "dbname", "sslmode"}
_UNREADABLE = (
    "hub.server cannot be used: write postgresql://USER@HOST:PORT/DATABASE, with one host and "
    "without a password; 'abusetrack hub join' takes that from a file."
)
_AGAIN = (errors.SerializationFailure, errors.DeadlockDetected, errors.UniqueViolation)


def options(settings: Settings, password: str | None) -> dict[str, object]:
    """Return libpq's connection parameters; encrypted and verified beyond this machine.

    Raises:
        InputError: no server is set, or its address cannot be read or holds a password.
    """
    hub: HubSettings = settings.hub
    if not hub.server:
        raise InputError(
            "No hub is set; set hub.server to postgresql://USER@HOST:PORT/DATABASE first."
        )
    try:
        found: dict[str, object] = dict(conninfo.conninfo_to_dict(hub.server))
    except psycopg.ProgrammingError as error:
        raise InputError(_UNREADABLE) from error
    hosts = [str(found.get(name, "")) for name in ("host", "hostaddr")]
    if not hosts[0] or found.keys() - _ALLOWED or any("," in host for host in hosts):
        raise InputError(_UNREADABLE)
    if password is not None:
        found["password"] = password
    if not all(_is_here(host) for host in hosts if host):
        found["sslmode"] = "verify-full"
        found["sslrootcert"] = str(settings.path(hub.tls_root)) if hub.tls_root else "system"
    return found | {
        "connect_timeout": _CONNECT_SECONDS,
        "application_name": "abusetrack",
        "keepalives_idle": 30,
        "tcp_user_timeout": 60_000,
    }


def _is_here(host: str) -> bool:
    if host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def connected(settings: Settings, password: str | None) -> Iterator[Connection]:
    """Hold a connection to the hub.

    Raises:
        InputError: no hub is set.
        ExternalError: it cannot be reached, refuses, or went away; nothing was lost.
    """
    parameters = options(settings, password)
    with spoken(), psycopg.connect(**parameters) as connection:  # type: ignore[arg-type]
        yield connection


@contextmanager
def spoken() -> Iterator[None]:
    """Turn the driver's errors into sentences."""
    try:
        yield
    except errors.InsufficientPrivilege as error:
        raise ExternalError(
            "The hub does not let this user do that; ask who runs it for the role analyst."
        ) from error
    except (errors.UndefinedTable, errors.InvalidSchemaName) as error:
        raise InputError(
            "There is no hub in that database yet; have it made with 'abusetrack hub init'."
        ) from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise ExternalError(f"{_why(error)} Nothing was lost; sync again later.") from error
    except psycopg.Error as error:
        raise ExternalError(
            f"The hub answered with an error ({error.sqlstate or type(error).__name__}). Nothing "
            "was lost; tell who runs it."
        ) from error


def _why(error: Exception) -> str:
    """Say what is wrong with the connection, without what the server said of whom."""
    text = str(error).lower()
    for words, sentence in _REASONS:
        if words in text:
            return sentence
    return "The hub cannot be reached or went away in the middle."


_REASONS = (
    ("password authentication failed", "The hub refused the password of this user."),
    ("no password supplied", "The hub wants a password, and none is known."),
    ("certificate", "The hub's certificate is not to be trusted; check hub.tls_root."),
    ("does not support ssl", "The hub does not speak TLS, which it must beyond this machine."),
    ("does not exist", "The hub knows no such user or database."),
    ("pg_hba.conf", "The hub does not let this user in from here."),
)


def run(
    connection: Connection, work: Callable[[Cursor], Result], *, reads_only: bool = False
) -> Result:
    """Run ``work`` in one serializable transaction, from its beginning again where need be.

    Raises:
        ExternalError: the hub cannot be reached, or had no time for it in many tries.
    """
    connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
    connection.read_only = reads_only
    with spoken():
        for tried in range(_TRIES):
            try:
                with connection.transaction(), connection.cursor() as cursor:
                    return work(cursor)
            except _AGAIN:
                time.sleep(random.uniform(0, 0.02 * 2 ** min(tried, 7)))
    raise ExternalError("The hub has too much to do just now; nothing was lost, sync again later.")

"""Shared fixtures; the socket guard that holds for every test."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from abusetrack.casefile import notices
from abusetrack.records import (
    Contact,
    ContactOrigin,
    Draft,
    ExportedFile,
    NoticeRow,
    Role,
    Rung,
    SiteKind,
)
from abusetrack.settings import HubSettings, Settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# It connects in a way that the guard below does not see; the tests of it let it in again.
sys.modules["uvloop"] = None  # type: ignore[assignment]


class SocketGuard:
    """Fails any test that touches an address it may not.

    Loopback is allowed unless ``only`` names the allowed (address, port) pairs;
    ``touched`` collects what was reached for.
    """

    def __init__(self) -> None:
        self.active = False
        self.only: set[tuple[str, int]] | None = None
        self.touched: list[tuple[str, int]] = []
        self.violations: list[str] = []

    def reset(self) -> None:
        self.active, self.only = True, None
        self.touched.clear()
        self.violations.clear()

    def hook(self, event: str, args: tuple[object, ...]) -> None:
        if not self.active:
            return
        if event in {"socket.connect", "socket.sendto"}:
            address = args[1]
            if isinstance(address, tuple) and len(address) >= 2:
                self._check(str(address[0]), int(address[1]))
        elif event == "socket.getaddrinfo":
            host = args[0]
            text = host.decode() if isinstance(host, bytes) else str(host or "")
            if text not in {"", "localhost", "None"} and not _is_address(text):
                self._refuse(f"the system resolver was asked for {text!r}")

    def _check(self, host: str, port: int) -> None:
        self.touched.append((host, port))
        if not _is_loopback(host):
            self._refuse(f"a packet was sent to {host}:{port}")
        if self.only is not None and (host, port) not in self.only:
            self._refuse(f"{host}:{port} is not a configured endpoint")

    def _refuse(self, what: str) -> None:
        self.violations.append(what)
        raise PermissionError(f"socket guard: {what}")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    return _is_address(host) and ipaddress.ip_address(host.partition("%")[0]).is_loopback


_GUARD = SocketGuard()
sys.addaudithook(_GUARD.hook)


@pytest.fixture(autouse=True)
def socket_guard() -> Iterator[SocketGuard]:
    """Only loopback, for every test; a test may narrow it with ``socket_guard.only``."""
    _GUARD.reset()
    yield _GUARD
    _GUARD.active = False
    assert not _GUARD.violations, _GUARD.violations


class FakeClock:
    """A clock that stands still until moved."""

    def __init__(self, now: datetime = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def move(self, **delta: float) -> None:
        self._now += timedelta(**delta)


@pytest.fixture
def clock() -> FakeClock:
    """A clock at 2026-03-01 12:00 UTC."""
    return FakeClock()


@pytest.fixture
def export_notice(clock):
    """Export a notice on domains to a party, as text alone; return its reference."""

    def export(case, *domains, party="iana:9999", role=Role.REGISTRAR, **fields):
        reference = fields.pop("reference", None) or notices.next_reference(case, "AT")
        contact = Contact(
            party, fields.pop("name", "Registrar of Tests"), role, "abuse@registrar.example", None,
            None, ContactOrigin.AUTOMATIC, "table.csv", clock.now(), confirmed_by="Ann",
            confirmed_at=clock.now(),
        )  # fmt: skip
        rows = tuple(
            NoticeRow(
                domain=domain, unicode=domain, hosts=(domain,), registrar=contact.party_name,
                iana_id=9999, statuses=(), registration_source="https://rdap.example/",
                registration_asked_at=clock.now(), evidence_sha256="00" * 32,
                kind=SiteKind.DEDICATED, confirmed_urls=1, first_confirmed=clock.now(),
                last_confirmed=clock.now(), legal_category="A", law="1",
                reference=f"{reference}/{number}",
            )
            for number, domain in enumerate(domains or ("a.example",), start=1)
        )  # fmt: skip
        days = fields.pop("reply_by_days", 5)
        fields = {"template": "registrar/first shipped 1", "rung": Rung.FIRST} | fields
        draft = Draft(
            reference, role, contact, "Subject", "Body", rows, clock.now(), practice=False, **fields
        )
        reply_by = clock.now() + timedelta(days=days)
        file = ExportedFile(f"{reference}.txt", "text/plain", reference.encode())
        return notices.record_export(case, draft, [file], reply_by=reply_by)

    return export


# The variable names the folder of another version's programs: docs/team.md, "Which engines".
_GIVEN = os.environ.get("ABUSETRACK_TEST_POSTGRES")
_WHERE = [Path(_GIVEN)] if _GIVEN else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
_BINARIES = _WHERE[-1] if _WHERE else None


@dataclass(frozen=True)
class Engine:
    """A running server: where it listens, and its superuser's parameters."""

    port: int
    folder: Path

    def admin(self, database: str = "postgres"):
        import psycopg  # which few tests need

        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname=database, autocommit=True
        )

    def settings(self, database: str, user: str = "postgres") -> Settings:
        server = f"postgresql://{user}@127.0.0.1:{self.port}/{database}"
        return Settings(hub=HubSettings(server=server))


@pytest.fixture(scope="session")
def engine():
    """Start the server that the machine has; as the user postgres where we are root."""
    if _BINARIES is None:
        pytest.skip("no PostgreSQL is installed (Debian: postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="abusetrack-pg-"))
    as_user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    if as_user:
        shutil.chown(folder, "postgres", "postgres")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    data = folder / "data"
    run = {"check": True, "cwd": folder, "stdout": subprocess.DEVNULL, **as_user}
    subprocess.run(
        [_BINARIES / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync",
         "--locale=C", "-E", "UTF8"], **run,
    )  # fmt: skip
    options = (
        f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        " -c fsync=off -c shared_buffers=32MB"
    )
    subprocess.run(
        [_BINARIES / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"],
        **run,
    )
    yield Engine(port, folder)
    subprocess.run([_BINARIES / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **run)
    shutil.rmtree(folder, ignore_errors=True)

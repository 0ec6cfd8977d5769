"""A real PostgreSQL on loopback, and workstations with something to exchange."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from abusetrack.casefile import (
    assessments,
    content,
    folding,
    notes,
    observations,
    open_case_file,
    reports,
    retention,
)
from abusetrack.hub import schema
from abusetrack.hub.server import connected
from abusetrack.hub.sync import sync
from abusetrack.hub.team_key import TeamKey
from abusetrack.records import (
    AddressFacts,
    Assessment,
    AssessmentOutcome,
    ContentState,
    ContentStatus,
    Discarded,
    Domain,
    Evidence,
    Host,
    HostKind,
    Kind,
    LookupAnswer,
    Observation,
    Outcome,
    Question,
    Report,
    SiteKind,
    SuffixKind,
    Target,
)
from abusetrack.settings import HubSettings, Settings

_WHERE = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
_BINARIES = _WHERE[0] if _WHERE else None


@dataclass(frozen=True)
class Engine:
    """A running server: where it listens, and its superuser's parameters."""

    port: int
    folder: Path

    def admin(self, database: str = "postgres") -> psycopg.Connection:
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


@pytest.fixture
def key():
    return TeamKey.make()


@pytest.fixture
def hub(engine, key):
    """A hub of its own for one test: settings that lead to it."""
    name = f"hub_{os.urandom(6).hex()}"
    with contextlib.closing(engine.admin()) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    settings = engine.settings(name)
    with connected(settings, None) as connection:
        schema.init(connection, key)
    yield settings
    with contextlib.closing(engine.admin()) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def desk(tmp_path, clock):
    """Open a case file of a name, as an analyst of that name."""
    with contextlib.ExitStack() as stack:

        def make(name: str, **options):
            options = {"clock": clock} | options
            return stack.enter_context(open_case_file(tmp_path / name, actor=name, **options))

        yield make


@pytest.fixture
def exchange(hub, key):
    """Make one exchange of a case file with the hub."""

    def go(case, settings=hub, key=key):
        with connected(settings, None) as connection:
            return sync(case, connection, key, case.actor)

    return go


@pytest.fixture
def work(clock):
    """Let an analyst do some of everything, by a seed."""

    def go(case, seed: int, rounds: int = 6) -> None:
        dice = random.Random(seed)
        clock = case.clock
        for _ in range(rounds):
            dice.choice(_DEEDS)(case, dice, clock)
            if hasattr(clock, "move"):
                clock.move(minutes=dice.randint(1, 90))

    return go


def _name(dice) -> str:
    return f"site{dice.randint(0, 9)}.example"


def _report(name: str, number: int, at) -> Report:
    domain = Domain(name, name, "example", SuffixKind.ICANN)
    url = f"https://{name}/{number}?q"
    target = Target(url, url, Host(name, name, HostKind.NAME, domain))
    return Report(target, reference=f"R{number}", received_at=at, source="public", note="seen")


def _take(case, dice, clock) -> None:
    listed = [_report(_name(dice), dice.randint(0, 5), clock.now()) for _ in range(3)]
    reports.add(case, listed, [], Discarded(), label="list.csv")


def _known(case, dice) -> str | None:
    names = [name for (name,) in case.rows("SELECT domain FROM domain_now ORDER BY domain")]
    return dice.choice(names) if names else None


def _assess(case, dice, clock) -> None:
    if name := _known(case, dice):
        outcome = dice.choice([AssessmentOutcome.CONFIRMED, AssessmentOutcome.NOT_ILLEGAL])
        is_bad = outcome is AssessmentOutcome.CONFIRMED
        kind = SiteKind.DEDICATED if is_bad else SiteKind.UNKNOWN
        found = Assessment(
            outcome, assessed_at=clock.now(), assessed_by=case.actor, kind=kind,
            access_note="a way in" if is_bad else None,
        )  # fmt: skip
        assessments.add(case, name, found)


def _note(case, dice, _clock) -> None:
    if name := _known(case, dice):
        notes.add(case, name, f"{case.actor} was here {dice.randint(0, 99)}")


def _look_up(case, dice, clock) -> None:
    if name := _known(case, dice):
        body = b"answer %d " % dice.randint(0, 3) * 40
        asked = Observation(
            name, Kind.DNS, Question.A, asked_at=clock.now(), source="resolver 192.0.2.53:53",
            outcome=Outcome.OK, facts=AddressFacts((f"192.0.2.{dice.randint(1, 9)}",)),
            evidence=Evidence("text/plain", body, hashlib.sha256(body).hexdigest()),
        )  # fmt: skip
        domain = Domain(name, name, "example", SuffixKind.ICANN)
        host = Host(name, name, HostKind.NAME, domain)
        observations.store_many(case, [LookupAnswer(host, (asked,))])


def _see_content(case, dice, clock) -> None:
    if name := _known(case, dice):
        state = dice.choice([ContentState.GONE, ContentState.PRESENT])
        content.add(case, name, ContentStatus(state, clock.now(), case.actor))


_DEEDS = (_take, _take, _assess, _note, _look_up, _see_content)


@pytest.fixture
def erase_old():
    """Erase what is older than a day."""

    def go(case) -> bool:
        before = case.clock.now() - timedelta(days=1)
        return retention.erase(case, retention.due(case, before), reason="retention", before=before)

    return go


# Digests mean something in one file only.
_OWN = ("hex(digest)", "hex(url.digest)", "hex(reference)")


@pytest.fixture
def state_of():
    """Everything that two case files have to have in common after an exchange."""

    def read(case) -> dict[str, object]:
        views = {}
        for table, sql in folding.VIEWS.items():
            for column in _OWN:
                sql = sql.replace(column, "''")
            views[table] = sorted(map(repr, case.rows(sql)))
        return views | {
            "facts": sorted(case.rows("SELECT id, seq, kind, at, actor, content FROM fact")),
            "texts": sorted(case.rows("SELECT fact.id, field, text FROM erasable"
                                      " JOIN fact ON fact.n = fact")),
            "evidence": sorted(case.rows("SELECT hex(sha256), size FROM evidence"
                                         " WHERE body IS NOT NULL")),
            "audit": sorted(case.rows("SELECT hex(sha256) FROM audit")),
        }  # fmt: skip

    return read

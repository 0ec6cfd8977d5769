"""A real PostgreSQL on loopback, and workstations with something to exchange."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import socket
import threading
from datetime import timedelta

import pytest

from abusetrack.casefile import (
    assessments,
    check,
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


@pytest.fixture
def converge(exchange, state_of):
    """Let two workstations exchange until they must agree; both are sound and the same."""

    def go(ann, bob) -> None:
        for case in (ann, bob, ann):
            exchange(case)
        assert state_of(ann) == state_of(bob)
        for case in (ann, bob):
            assert check.check(case).sound
            assert folding.rebuild(case) == []

    return go


@pytest.fixture
def between(engine, hub):
    """Stand between a workstation and the server: each connection goes to a function.

    It is given the sockets of the client and the server; what comes back are the settings
    that lead there.
    """
    listeners = []

    def start(pass_on) -> Settings:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client, socket.create_connection(("127.0.0.1", engine.port)) as server:
                    pass_on(client, server)

        threading.Thread(target=serve, daemon=True).start()
        database, port = hub.hub.server.rpartition("/")[2], listener.getsockname()[1]
        address = f"postgresql://postgres@127.0.0.1:{port}/{database}"
        return Settings(hub=HubSettings(server=address))

    yield start
    for listener in listeners:
        listener.close()

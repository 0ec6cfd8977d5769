"""Workstations that meet at a hub come to have the same, whatever is cut or killed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from abusetrack.casefile import check, folding, notes
from abusetrack.errors import CaseFileError, InputError
from abusetrack.hub import schema, workstations
from abusetrack.hub.server import connected, run
from abusetrack.hub.sync import behind
from abusetrack.hub.team_key import TeamKey
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.panels import PANELS, Surroundings


def test_five_workstations_come_to_the_same(desk, work, exchange, state_of):
    cases = [desk(f"desk{number}") for number in range(5)]
    for turn in range(4):
        for number, case in enumerate(cases):
            work(case, 100 * turn + number)
            if (turn + number) % 2:
                exchange(case)
    for case in cases + cases:
        exchange(case)
    states = [state_of(case) for case in cases]
    assert len(states[0]["facts"]) > 60
    for state in states[1:]:
        assert state == states[0]
    for case in cases:
        assert check.check(case).sound
        assert folding.rebuild(case) == []


def test_five_workstations_come_to_the_same_dashboards(desk, work, exchange, clock):
    cases = [desk(f"desk{number}") for number in range(5)]
    for turn in range(3):
        for number, case in enumerate(cases):
            work(case, 100 * turn + number, rounds=12)
            exchange(case)
    for case in cases:
        exchange(case)
    around = Surroundings(now=clock.now(), home="NL")
    first, *others = [
        [repr(kind.build(case, Filters(), around)) for kind in PANELS] for case in cases
    ]
    assert cases[0].value("SELECT count(*) FROM report WHERE outcome = 'confirmed'") > 3
    for other in others:
        assert other == first


def test_with_nothing_new_nothing_travels(desk, work, exchange):
    case = desk("Ann")
    work(case, 1)
    exchange(case)
    audit = case.value("SELECT count(*) FROM audit")
    again = exchange(case)
    assert (again.sent.facts, again.sent.audit_rows, again.sent.evidence) == (0, 0, 0)
    assert (again.arrived.facts, again.arrived.audit_rows) == (0, 0)
    assert case.value("SELECT count(*) FROM audit") == audit


def test_an_exchange_says_which_domains_to_judge(desk, work, exchange):
    ann, bob = desk("Ann"), desk("Bob")
    work(ann, 3, rounds=12)
    exchange(ann)
    arrived = exchange(bob).arrived
    assert set(arrived.domains) == {name for (name,) in ann.rows("SELECT domain FROM domain_now")}
    assert arrived.facts == ann.value("SELECT count(*) FROM fact")


def test_the_server_reads_no_name(desk, work, exchange, hub):
    ann = desk("Ann")
    work(ann, 5, rounds=20)
    notes.add(ann, ann.value("SELECT domain FROM domain_now"), "a word to find")
    exchange(ann)
    words = [b"site", b"example", b"a word to find", b"192.0.2", b"answer", b"public"]
    with connected(hub, None) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'abusetrack'"
            )
        ]
        assert len(tables) == 7
        for table in tables:
            for row in connection.execute(f"SELECT * FROM abusetrack.{table}"):
                for cell in row:
                    raw = cell if isinstance(cell, bytes) else str(cell).encode()
                    assert not any(word in raw for word in words), table


def test_an_erasure_reaches_all_and_stays(desk, work, exchange, erase_old, state_of, clock, hub):
    ann, bob, cyd = desk("Ann"), desk("Bob"), desk("Cyd")
    work(ann, 7, rounds=20)
    for case in (ann, bob):
        exchange(case)
    work(bob, 8)
    exchange(bob)
    clock.move(days=3)
    assert erase_old(bob)
    erased = [exchange(case).arrived.erased > 0 for case in (bob, ann, cyd, bob)]
    assert erased == [False, True, False, False]
    for case in (ann, bob, cyd):
        assert case.value("SELECT count(*) FROM erasable WHERE field = 'path'") == 0
        assert check.check(case).sound
        assert folding.rebuild(case) == []
    assert state_of(ann) == state_of(bob) == state_of(cyd)
    with connected(hub, None) as connection:
        left = connection.execute(
            "SELECT count(*) FROM abusetrack.fact_text WHERE field = 'path' AND body IS NOT NULL"
        ).fetchone()
    assert left == (0,)


class _Apart:
    """A clock that goes wrong by a fixed time."""

    def __init__(self, clock, **delta) -> None:
        self.clock, self.delta = clock, timedelta(**delta)

    def now(self):
        return self.clock.now() + self.delta

    def move(self, **delta) -> None:
        self.clock.move(**delta)


def test_clocks_an_hour_apart_do_no_harm(desk, work, exchange, state_of, clock):
    ann, bob = desk("Ann", clock=_Apart(clock, hours=-1)), desk("Bob", clock=_Apart(clock, hours=1))
    for turn in range(4):
        for number, case in enumerate((ann, bob)):
            work(case, 10 * turn + number)
            exchange(case)
    for case in (ann, bob):
        exchange(case)
    assert state_of(ann) == state_of(bob)
    assert folding.rebuild(ann) == folding.rebuild(bob) == []


def test_who_was_away_for_a_year_catches_up(desk, work, exchange, state_of, clock, erase_old):
    ann, bob = desk("Ann"), desk("Bob")
    work(bob, 1)
    exchange(bob)
    for week in range(52):
        work(ann, week, rounds=3)
        exchange(ann)
        if week % 5 == 0:
            work(bob, 100 + week, rounds=2)  # without a network
        if week == 30:
            assert erase_old(ann)
        clock.move(days=7)
    exchange(bob)
    exchange(ann)
    assert state_of(ann) == state_of(bob)
    for case in (ann, bob):
        assert check.check(case).sound
        assert folding.rebuild(case) == []


def _tamper(case, table: str, sql: str) -> None:
    triggers = case.rows(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", [table]
    )
    for name, _ in triggers:
        case.execute(f"DROP TRIGGER {name}")
    assert case.execute(sql) == 1
    for _, text in triggers:
        case.execute(text)


@pytest.mark.parametrize(
    ("table", "sql"),
    [
        ("audit", "UPDATE audit SET actor = 'Eve' WHERE seq = 2"),
        ("audit", "DELETE FROM audit WHERE seq = 2"),
        ("fact", "UPDATE fact SET actor = 'Eve' WHERE seq = 2"),
    ],
)
@pytest.mark.parametrize("first", [False, True])
def test_who_was_tampered_with_is_refused_and_named(desk, work, exchange, table, sql, first):
    ann, bob = desk("Ann"), desk("Bob")
    work(ann, 1, rounds=10)
    if first:
        exchange(ann)
    _tamper(ann, table, sql)
    before = exchange(bob).arrived.facts
    work(ann, 2)
    if first and table == "fact":
        exchange(ann)  # what was left before is not read again; 'check' does
        exchange(bob)
        assert not bob.value("SELECT count(*) FROM fact WHERE actor = 'Eve'")
        return
    with pytest.raises(CaseFileError, match=ann.origin_id.hex()[:8]):
        exchange(ann)
    if table == "audit" and first:
        assert exchange(bob).arrived.facts == 0  # nothing was left any more
    exchange(bob)
    assert not bob.value("SELECT count(*) FROM audit WHERE actor = 'Eve'")
    assert check.check(bob).sound
    assert before >= 0


def test_what_was_changed_on_the_hub_is_refused_and_named(desk, work, exchange, hub):
    ann, bob = desk("Ann"), desk("Bob")
    work(ann, 1, rounds=10)
    exchange(ann)
    with connected(hub, None) as connection:
        # Another fact of the same workstation in its place: whole, but not where it was sealed.
        connection.execute(
            "UPDATE abusetrack.fact SET body ="
            " (SELECT body FROM abusetrack.fact WHERE seq = 1) WHERE seq = 2"
        )
    with pytest.raises(InputError, match=r"fact 2 of Ann \("):
        exchange(bob)
    assert bob.value("SELECT count(*) FROM fact") == 0


def test_a_chain_that_was_changed_on_the_hub_reaches_nobody(desk, work, exchange, hub, state_of):
    ann, bob, cyd = desk("Ann"), desk("Bob"), desk("Cyd")
    work(ann, 1, rounds=10)
    for case in (ann, bob):
        exchange(case)
    before = state_of(bob)
    with connected(hub, None) as connection:
        connection.execute(
            "UPDATE abusetrack.audit SET body ="
            " (SELECT body FROM abusetrack.audit WHERE seq = 1) WHERE seq = 2"
        )
    with pytest.raises(InputError, match=r"audit row 2 of Ann \("):
        exchange(cyd)
    assert cyd.value("SELECT count(*) FROM fact") == 0
    exchange(bob)
    assert state_of(bob) == before


def test_a_copy_that_went_on_by_itself_is_refused(desk, work, exchange, tmp_path):
    ann = desk("Ann")
    work(ann, 1)
    ann.copy_to(tmp_path / "copy")
    work(ann, 2)
    exchange(ann)
    copy = desk("copy")
    notes.add(copy, copy.value("SELECT domain FROM domain_now"), "another story")
    with pytest.raises(InputError, match="another story"):
        exchange(copy)


def test_an_older_copy_of_itself_catches_up(desk, work, exchange, tmp_path, state_of):
    ann = desk("Ann")
    work(ann, 1)
    ann.copy_to(tmp_path / "copy")
    work(ann, 2)
    exchange(ann)
    copy = desk("copy")
    exchange(copy)
    assert state_of(copy) == state_of(ann)


def test_a_wrong_team_key_is_refused(desk, work, exchange):
    ann = desk("Ann")
    work(ann, 1)
    with pytest.raises(InputError, match="team key does not fit"):
        exchange(ann, key=TeamKey.make())


def test_a_newer_hub_is_refused(desk, work, exchange, hub):
    ann = desk("Ann")
    with connected(hub, None) as connection:
        connection.execute("UPDATE abusetrack.hub SET value = '99' WHERE key = 'version'")
    with pytest.raises(InputError, match="newer abusetrack"):
        exchange(ann)


def test_rivals_stand_as_a_conflict(desk, exchange, work, clock):
    from abusetrack.casefile import assessments
    from abusetrack.records import Assessment, AssessmentOutcome, SiteKind

    ann, bob = desk("Ann"), desk("Bob")
    work(ann, 1)
    exchange(ann)
    exchange(bob)
    domain = ann.value("SELECT domain FROM domain_now ORDER BY domain")
    seen: list[object] = []
    for case, outcome in ((ann, "confirmed"), (bob, "not illegal")):
        kind = SiteKind.DEDICATED if outcome == "confirmed" else SiteKind.UNKNOWN
        assessments.add(
            case, domain,
            Assessment(AssessmentOutcome(outcome), assessed_at=clock.now(), assessed_by=case.actor,
                       kind=kind),
        )  # fmt: skip
    for case in (ann, bob, ann):
        assert exchange(case).arrived.domains == (() if case is ann and not seen else (domain,))
        seen.append(case)
    for case in (ann, bob):
        confirmed = case.value(
            "SELECT confirmed_reports FROM domain_now WHERE domain = ?", [domain]
        )
        assert confirmed == 0


def test_how_far_behind_can_be_asked(desk, work, exchange, hub, key):
    ann, bob = desk("Ann"), desk("Bob")
    work(ann, 1)
    exchange(ann)
    work(bob, 2)
    with connected(hub, None) as connection:
        there = run(connection, lambda cursor: workstations.read(cursor, key), reads_only=True)
    standings = {origin: one.standing for origin, one in there.items()}
    assert behind(bob, standings) == (
        ann.value("SELECT count(*) FROM fact"),
        bob.value("SELECT count(*) FROM fact"),
    )
    assert [one.name for one in there.values()] == [f"Ann ({ann.origin_id.hex()[:8]})"]


def test_a_hub_is_made_once(hub, key):
    with connected(hub, None) as connection:
        assert schema.init(connection, key) is False
        with pytest.raises(InputError, match="team key"):
            schema.init(connection, TeamKey.make())

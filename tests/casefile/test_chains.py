from __future__ import annotations

import pytest

from abusetrack.casefile import audit, chains


@pytest.fixture
def grow(case):
    """Add rows to the chain."""

    def go(count: int) -> None:
        for number in range(count):
            audit.append(case, "act", "a.example", {"n": number})

    return go


def _unguarded(case, sql: str) -> None:
    for name, _ in case.rows(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
    ):
        case.execute(f"DROP TRIGGER {name}")
    assert case.execute(sql) > 0


def _stands(case) -> tuple[int, int]:
    return case.rows("SELECT seq, again FROM chain_verified")[0]


def test_a_step_verifies_what_is_new_and_some_of_what_is_older(case, grow):
    grow(5)
    assert chains.problem(case, again=2) is None
    assert _stands(case) == (5, 0)
    for again in (2, 4, 6, 0):
        grow(1)
        assert chains.problem(case, again=2) is None
        assert _stands(case) == (case.value("SELECT max(seq) FROM audit"), again)


def test_with_nothing_new_nothing_is_read(case, grow):
    grow(3)
    assert chains.problem(case) is None
    _unguarded(case, "UPDATE audit SET actor = 'Eve' WHERE seq = 1")
    assert chains.problem(case) is None
    grow(1)
    assert "broken at row 1 " in chains.problem(case)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit SET actor = 'Eve' WHERE seq = 7",
        "DELETE FROM audit WHERE seq = 7",
        "UPDATE audit SET prev = zeroblob(32) WHERE seq = 7",
        "DELETE FROM audit WHERE seq < 8",
    ],
)
def test_what_was_changed_after_it_was_verified_is_found_in_its_turn(case, grow, sql):
    grow(10)
    assert chains.problem(case, again=3) is None
    _unguarded(case, sql)
    found = []
    for _ in range(4):
        grow(1)
        found.append(chains.problem(case, again=3))
    first = next(one for one in found if one)
    assert case.origin_id.hex()[:8] in first
    assert found[-1]


def test_what_is_new_and_wrong_is_found_at_once(case, grow):
    grow(10)
    assert chains.problem(case, again=1) is None
    grow(4)
    _unguarded(case, "UPDATE audit SET detail = '{}' WHERE seq = 12")
    assert "broken at row 12 " in chains.problem(case, again=1)


def test_a_chain_that_was_cut_and_is_whole_does_not_fit(case, grow):
    grow(6)
    assert chains.problem(case) is None
    _unguarded(case, "DELETE FROM audit WHERE seq > 3")
    assert "up to row 6" in chains.problem(case)
    grow(9)
    assert case.origin_id.hex()[:8] in chains.problem(case)

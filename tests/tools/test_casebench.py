"""The benchmark's parts still run; what they measure is for ``make bench-casefile``."""

from __future__ import annotations

from pathlib import Path

import pytest

from abusetrack.casefile import check, folding, observations, open_case_file
from abusetrack.records import SystemClock

TOOLS = Path(__file__).resolve().parents[2] / "tools"


@pytest.fixture(params=["", "a passphrase"], ids=["plain", "encrypted"])
def made(request, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(TOOLS))
    from casebench import generate

    path, passphrase = tmp_path / "made", request.param
    taken = generate.templates(tmp_path, 5)
    with open_case_file(path, clock=SystemClock(), actor="t", passphrase=passphrase) as case:
        assert generate.fill(case, taken, 800, 2) == 1600
        assert check.check(case).problems == ()
        assert case.value("SELECT count(*) FROM domain_now") == 800
        assert case.value("SELECT count(*) FROM observation") == 1600
    return str(path), passphrase


def test_what_is_made_is_sound_and_can_be_measured(made):
    from casebench import measure

    for what, part in measure.WHAT.items():
        found = part(*made)
        assert len(found) >= 2, what
        assert all(value >= 0 for value in found.values()), what
    assert measure.bytes_of(*made)["observations"] == 1600


def test_many_names_are_made_as_the_store_would_have_written_them(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(TOOLS))
    from casebench import bulk, generate

    taken = generate.templates(tmp_path, 5)
    with open_case_file(tmp_path / "made", clock=SystemClock(), actor="t") as case:
        indexes = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' ORDER BY name"
        before = case.rows(indexes)
        monkeypatch.setattr(bulk, "_AT_ONCE", 300)
        assert bulk.fill(case, taken, 700, 3) == 2100
        assert case.rows(indexes) == before
        assert check.check(case).problems == ()
        assert folding.rebuild(case) == []
        assert case.value("SELECT count(*) FROM domain_now WHERE looked_up_at IS NOT NULL") == 700
        assert case.value("SELECT count(*) FROM prefix_now") > 0
        name = case.value("SELECT domain FROM domain_now WHERE id = 600")
        assert len(observations.history(case, name)) == 3


def test_the_list_is_one_that_is_taken_whole(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(TOOLS))
    from casebench import generate

    generate.write_list(tmp_path / "list.csv", 30)
    lines = (tmp_path / "list.csv").read_text().splitlines()
    assert len(set(lines)) == 31

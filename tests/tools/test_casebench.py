"""The benchmark's parts still run; what they measure is for ``make bench-casefile``."""

from __future__ import annotations

from pathlib import Path

import pytest

from abusetrack.casefile import check, open_case_file
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


def test_the_list_is_one_that_is_taken_whole(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(TOOLS))
    from casebench import generate

    generate.write_list(tmp_path / "list.csv", 30)
    lines = (tmp_path / "list.csv").read_text().splitlines()
    assert len(set(lines)) == 31

from __future__ import annotations

import pytest

from abusetrack.casefile import open_case_file, saved_figures
from abusetrack.errors import InputError


@pytest.fixture
def case(tmp_path, clock):
    with open_case_file(tmp_path / "case", clock=clock, actor="test") as opened:
        yield opened


def test_one_of_the_same_name_is_replaced(case):
    saved_figures.save(case, " monthly ", "1")
    saved_figures.save(case, "monthly", "2")
    assert saved_figures.names(case) == ["monthly"]
    assert saved_figures.load(case, "monthly") == "2"


def test_it_is_forgotten_once(case):
    saved_figures.save(case, "monthly", "1")
    assert saved_figures.remove(case, "monthly")
    assert not saved_figures.remove(case, "monthly")
    assert saved_figures.load(case, "monthly") is None


def test_it_needs_a_name(case):
    with pytest.raises(InputError, match="name"):
        saved_figures.save(case, "  ", "1")

"""Ten days at a desk on the practice internet; ``make soak`` plays the whole quarter."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from abusetrack.records import NoticeStatus, Role, Rung

TOOLS = Path(__file__).resolve().parents[2] / "tools"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_after_ten_days_every_figure_is_the_worlds(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(TOOLS)
    from quarter.__main__ import play

    true, counted, problems = play(tmp_path, days=10, first_day=20, size=16, seed=3)
    assert true.differences(counted) == []
    assert problems == []
    # It is a quarter with everything in it: nothing above was equal for want of it.
    rungs = Counter(rung for _role, rung in true.notices)
    assert set(rungs) == set(Rung)
    assert {role for role, _rung in true.notices} >= {Role.HOST, Role.REGISTRAR, Role.REGISTRY}
    assert set(true.marks) >= {
        NoticeStatus.SENT, NoticeStatus.ACKNOWLEDGED, NoticeStatus.ACTIONED,
        NoticeStatus.REFUSED, NoticeStatus.BOUNCED, NoticeStatus.WITHDRAWN,
    }  # fmt: skip
    assert true.actions
    assert true.returned
    assert true.transferred_after_notice
    assert true.hops
    assert true.withdrawn > 1
    assert len(true.parties_told_of_withdrawal) > 1

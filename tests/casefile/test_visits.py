from __future__ import annotations

from datetime import timedelta

from abusetrack.casefile import open_case_file, visits


def test_each_person_has_a_mark_of_their_own_that_never_goes_back(case, path, clock):
    assert visits.last(case) is None
    visits.mark(case, clock.now())
    visits.mark(case, clock.now() - timedelta(days=1))
    assert visits.last(case) == clock.now()
    with open_case_file(path, clock=clock, actor="Bob") as other:
        assert visits.last(other) is None

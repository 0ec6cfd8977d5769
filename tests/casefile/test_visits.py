from __future__ import annotations

from datetime import timedelta

from abusetrack.casefile import open_case_file, reports, visits
from abusetrack.casefile.visits import Visit


def test_each_person_has_a_mark_of_their_own_that_never_goes_back(
    case, path, clock, report, discarded
):
    assert visits.last(case) is None
    reports.add(case, [report("https://a.example/")], [], discarded, label="list")
    seen = visits.now(case)
    assert seen == Visit(clock.now(), 2)  # the list and its report
    visits.mark(case, seen)
    visits.mark(case, Visit(clock.now() - timedelta(days=1), 1))
    assert visits.last(case) == seen
    with open_case_file(path, clock=clock, actor="Bob") as other:
        assert visits.last(other) is None

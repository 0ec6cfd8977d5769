from __future__ import annotations

from abusetrack.metrics.filters import Filters
from abusetrack.metrics.kinds import NOT_AGREED, kinds
from abusetrack.records import SiteKind


def test_kinds_are_of_domains_by_the_month_of_their_first_report(case, report):
    report("example.com", commercial=True)
    report("example.com", commercial=True)
    report("example.net", kind=SiteKind.COMPROMISED, commercial=False)
    report("example.org", day=40)
    report("example.edu", kind=SiteKind.FORUM)
    report("example.edu", kind=SiteKind.DEDICATED)
    found = kinds(case, Filters())
    assert found.domains == 4
    assert dict(found.kinds) == {"dedicated": 2, "compromised": 1, NOT_AGREED: 1}
    assert (found.commercial.yes, found.commercial.stated, found.commercial.unstated) == (1, 2, 2)
    assert found.commercial.share == 0.5
    assert found.disguised.share is None
    assert [month for month, _ in found.months] == ["2026-03", "2026-04"]
    assert dict(found.months)["2026-04"] == (("dedicated", 1),)
    assert dict(found.commercial_months)["2026-03"].share == 0.5


def test_nothing_has_no_kinds(case):
    found = kinds(case, Filters())
    assert (found.domains, found.kinds, found.months) == (0, (), ())

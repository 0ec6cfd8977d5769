"""Beside the size of a party: how often reports came again after a notice, how soon it acted.

So that size is not mistaken for fault.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from abusetrack.casefile import CaseFile
from abusetrack.casefile.encoding import canonical, moment
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.survival import survival
from abusetrack.metrics.takedown import Clock, by_party, domain_clock


@dataclass(frozen=True, slots=True)
class Conduct:
    """What followed the notices to one registrar or registry."""

    told: int  # domains that it was sent a notice about
    again: int  # of these, with a confirmed report received after the first notice was sent
    median_days: float | None  # from notice sent to removal; None: fewer than half removed


def conduct(case: CaseFile, filters: Filters) -> dict[str, Conduct]:
    """Return what followed, by the party's key."""
    clocks = by_party(domain_clock(case, filters, Clock.NOTICE))
    subjects = {one.subject for cases in clocks.values() for one in cases.about}
    newest = {
        domain: moment(last)
        for domain, last in case.rows(
            "SELECT domain_now.domain, max(received_at) FROM report"
            " JOIN domain_now ON domain_now.id = report.domain WHERE outcome = 'confirmed'"
            " AND domain_now.domain IN (SELECT value FROM json_each(?)) GROUP BY 1",
            [canonical(sorted(subjects))],
        )
    }
    told: dict[str, list[bool]] = defaultdict(list)
    medians: dict[str, float | None] = {}
    for (key, _name), cases in clocks.items():
        if key is None:
            continue
        told[key] += [newest[one.subject] > one.start for one in cases]
        found = survival(cases)
        medians[key] = found.median if found else None
    return {key: Conduct(len(again), sum(again), medians[key]) for key, again in told.items()}

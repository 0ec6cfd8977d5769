"""Beside the size of a party: how often reports came again after a notice, how soon it acted.

So that size is not mistaken for fault.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from abusetrack.casefile import CaseFile
from abusetrack.metrics import columns
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.takedown import Clock, by_party, domain_clock, estimates


@dataclass(frozen=True, slots=True)
class Conduct:
    """What followed the notices to one registrar or registry."""

    told: int  # domains that it was sent a notice about
    again: int  # of these, with a confirmed report received after the first notice was sent
    median_days: float | None  # from notice sent to removal; None: fewer than half removed


def conduct(case: CaseFile, filters: Filters) -> dict[str, Conduct]:
    """Return what followed, by the party's key."""
    return case.kept_value(("conduct", filters), lambda: _conduct(case, filters))


def _conduct(case: CaseFile, filters: Filters) -> dict[str, Conduct]:
    newest = _newest(case)
    medians = {one.key: one.survival.median for one in estimates(case, filters, Clock.NOTICE)}
    found = {}
    for (key, _), cases in by_party(domain_clock(case, filters, Clock.NOTICE)).items():
        if key is not None:
            again = newest(cases.subject) > cases.start
            found[key] = Conduct(len(again), int(again.sum()), medians[key])
    return found


def _newest(case: CaseFile) -> Callable[[Any], Any]:
    """Return what says when the newest confirmed report of each of some domains came."""
    import numpy as np

    reports = columns.reports(case)
    rows = reports.chosen(Filters())
    domain = reports.domain[rows]
    begins = np.flatnonzero(np.diff(domain, prepend=-1))
    newest = np.maximum.reduceat(reports.received[rows], begins) if len(begins) else begins
    domain = domain[begins]
    return lambda wanted: newest[np.searchsorted(domain, wanted)]

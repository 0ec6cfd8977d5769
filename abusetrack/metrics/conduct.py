"""Beside the size of a party: how often reports came again after a notice, how soon it acted.

So that size is not mistaken for fault.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from abusetrack.casefile import CaseFile
from abusetrack.metrics import columns
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
    newest = _newest(case)
    told: dict[str, list[bool]] = defaultdict(list)
    medians: dict[str, float | None] = {}
    for (key, _name), cases in clocks.items():
        if key is None:
            continue
        told[key] += (newest(cases.subject) > cases.start).tolist()
        found = survival(cases)
        medians[key] = found.median if found else None
    return {key: Conduct(len(again), sum(again), medians[key]) for key, again in told.items()}


def _newest(case: CaseFile) -> Callable[[Any], Any]:
    """Return what says when the newest confirmed report of each of some domains came."""
    import numpy as np

    reports = columns.reports(case)
    rows = reports.chosen(Filters())
    domain = reports.domain[rows]
    begins = np.flatnonzero(np.diff(domain, prepend=-1))
    newest = np.maximum.reduceat(reports.received[rows], begins) if len(begins) else begins
    return lambda wanted: newest[np.searchsorted(domain[begins], wanted)]

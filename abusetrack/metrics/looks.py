"""What was seen of domains and pages, and when: as columns, because there are millions.

A subject is a number (of a domain or of a URL); times are microseconds since 1970, UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from abusetrack.metrics.columns import NEVER

# How a look found its subject: up, or ended in one of two ways.
UP, REMOVED, EXPIRED = 0, 1, 2

# What a check of a domain says. "Gone" in the DNS needs a second look or the registry's word.
CHECKED_UP, GONE_BY_REGISTRY, GONE_IN_DNS, RAN_OUT = 0, 1, 2, 3

_APART = 3_600_000_000  # microseconds


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """All looks, by subject and in order of time; ``bounds`` says where each subject's begin."""

    subjects: Any
    bounds: Any
    at: Any
    end: Any  # UP, REMOVED or EXPIRED


def of_checks(domain: Any, at: Any, said: Any, late: Any) -> Looks:
    """Return what checks of domains say.

    The columns are by domain and in order of time: when it was checked, what that said, and
    whether its registration had run out by then.

    What the DNS alone says (no delegation, no such name, parking name servers) counts once
    a check at least an hour later, or the registry, says so as well; until then it is left
    out.
    """
    import numpy as np

    before = np.zeros(len(said), dtype=bool)
    before[1:] = (said[:-1] == RAN_OUT) & (domain[1:] == domain[:-1])
    sure = _confirmed(domain, at, said)
    gone = (said == GONE_BY_REGISTRY) | sure
    end = np.where(gone, np.where(late | before, EXPIRED, REMOVED), UP)
    kept = (said != GONE_IN_DNS) | sure
    return of_columns(domain[kept], at[kept], end[kept])


def _confirmed(domain: Any, at: Any, said: Any) -> Any:
    """Return which of the looks at the DNS were borne out by a later one."""
    import numpy as np

    sure = np.zeros(len(said), dtype=bool)
    for first in np.flatnonzero(said == GONE_IN_DNS).tolist():
        for later in range(first + 1, len(said)):
            if domain[later] != domain[first] or said[later] in (CHECKED_UP, RAN_OUT):
                break
            if said[later] == GONE_BY_REGISTRY or at[later] - at[first] >= _APART:
                sure[first] = True
                break
    return sure


def of_columns(subject: Any, at: Any, end: Any) -> Looks:
    """Return looks from their columns, by subject and in order of time."""
    import numpy as np

    begins = np.flatnonzero(np.diff(subject, prepend=-1))
    return Looks(subject[begins], np.append(begins, len(subject)), at, end)


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What looks say from each start on, by the number of the start.

    ``rows`` are the starts that make a case; the other columns are of these alone.
    """

    rows: Any
    last_up: Any
    first_gone: Any  # NEVER where open
    end: Any
    down_before: int
    unchecked: int


def run(subject: Any, start: Any, looks: Looks, *, seen_up: bool) -> Run:
    """Run a clock from each start over what was seen of its subject.

    Unless ``seen_up`` says that the report itself tells so, a subject that no check saw
    up is no case: when it went is not known.
    """
    import numpy as np

    total = len(looks.at)
    if not total:
        nothing = np.zeros(0, np.int64)
        return Run(nothing, nothing, nothing, nothing, 0, len(subject))
    place = np.searchsorted(looks.subjects, subject).clip(max=len(looks.subjects) - 1)
    known = looks.subjects[place] == subject
    low = np.where(known, looks.bounds[place], 0)
    high = np.where(known, looks.bounds[place + 1], 0)
    first = _first_from(start, looks.at, low, high)
    unchecked = first == high
    ended = looks.end != UP
    inside = first.clip(max=total - 1)
    earlier = first > low
    down = np.where(earlier, ended[first - 1], ended[inside] & (not seen_up)) & ~unchecked
    rows = np.flatnonzero(~unchecked & ~down)
    first, high, start = first[rows], high[rows], start[rows]
    number = np.arange(total)
    next_end = np.minimum.accumulate(np.where(ended, number, total)[::-1])[::-1]
    gone = next_end[first]
    closed = gone < high
    at_gone = gone.clip(max=total - 1)
    last = np.where(closed, gone, high) - 1
    return Run(
        rows,
        np.where(last >= first, looks.at[last], start),
        np.where(closed, looks.at[at_gone], NEVER),
        np.where(closed, looks.end[at_gone], UP),
        int(down.sum()),
        int(unchecked.sum()),
    )


def _first_from(wanted: Any, at: Any, low: Any, high: Any) -> Any:
    """Return where in ``[low, high)`` of ``at`` each wanted time or a later one stands first."""
    import numpy as np

    while (open_ := low < high).any():
        middle = (low + high) // 2
        before = open_ & (at[middle.clip(max=len(at) - 1)] < wanted)
        low = np.where(before, middle + 1, low)
        high = np.where(open_ & ~before, middle, high)
    return low

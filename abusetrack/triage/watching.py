"""Check again what is due, for as long as wished; what is due stands in the case file.

Leases in the case file keep a watch in a terminal, one from a timer and the window from
asking the same name twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from abusetrack.casefile import CaseFile, CaseFileThread, queue, told
from abusetrack.triage.batch import Progress, ResolveResult
from abusetrack.triage.context import Context
from abusetrack.triage.refresh import refresh
from abusetrack.triage.resolving import resolve

T = TypeVar("T")

_LONGEST_NAP = timedelta(minutes=5)  # others may queue names, and mark notices, meanwhile
_AT_A_TIME = 200


async def watch(
    context: Context,
    db: CaseFileThread,
    opener: Callable[[], CaseFile],
    *,
    once: bool = False,
    on_progress: Callable[[Progress], None] = lambda _progress: None,
    on_round: Callable[[ResolveResult], None] = lambda _result: None,
) -> ResolveResult:
    """Look up what is due, then wait for the next; with ``once``, return after the first round.

    Cancel the task to stop: what came is stored, the rest stays due. Returns the sums.

    Raises:
        SettingsError: no resolver is set.
        CaseFileError: the case file cannot be written.
    """
    total = ResolveResult()
    planned_at: datetime | None = None
    while True:
        planned_at = await _in_db(db, partial(_replan, context, planned_at))
        result = await resolve(context, db, opener, recheck=True, on_progress=on_progress)
        total.done += result.done
        total.failures += result.failures
        total.left = result.left
        on_round(result)
        if once:
            return total
        await asyncio.sleep(await _in_db(db, lambda case: _nap(context, case)))


def replan(context: Context, case: CaseFile, *, after: datetime | None = None) -> datetime:
    """Say anew when domains are due of which the lookups alone could not say it; return now.

    Those are domains with a notice marked ``after`` a time (by default, since notices are
    followed daily), and those confirmed, or told of, after they were looked up.
    """
    now = context.clock.now()
    since = after or now - timedelta(days=context.settings.watch.daily_days)
    domains = list(dict.fromkeys([*told.marked_since(case, since), *queue.unplanned(case)]))
    for start in range(0, len(domains), _AT_A_TIME):
        refresh(context, case, domains[start : start + _AT_A_TIME])
    return now


def _replan(context: Context, after: datetime | None, case: CaseFile) -> datetime:
    return replan(context, case, after=after)


async def _in_db(db: CaseFileThread, work: Callable[[CaseFile], T]) -> T:
    return await asyncio.wrap_future(db.submit(work))


def _nap(context: Context, case: CaseFile) -> float:
    """Return the seconds until the next check, at least one."""
    at = queue.next_due(case)
    wait = _LONGEST_NAP if at is None else min(at - context.clock.now(), _LONGEST_NAP)
    return max(wait.total_seconds(), 1.0)

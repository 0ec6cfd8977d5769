"""What a merge or an exchange brought is judged anew: the past first, then now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from abusetrack.casefile import CaseFile
from abusetrack.triage.context import Context
from abusetrack.triage.refresh import refresh
from abusetrack.triage.replaying import replay

_CHUNK = 200  # domains judged at a time

Progress = Callable[[str, int, int], None]  # what is done, how many, of how many


def rejudge(context: Context, case: CaseFile, domains: Sequence[str], progress: Progress) -> None:
    """Judge domains of which facts came that were known elsewhere before."""
    total = len(domains)
    replay(context, case, domains, lambda done: progress("judging the past", done, total))
    for start in range(0, total, _CHUNK):
        refresh(context, case, domains[start : start + _CHUNK])
        progress("judging", min(start + _CHUNK, total), total)

"""What the status bar says of a batch of lookups: how fast it goes, and how long it will take."""

from __future__ import annotations

from functools import partial
from math import ceil

from PySide6.QtCore import QCoreApplication

from abusetrack.triage.batch import Progress
from abusetrack.ui.text import joined, one_line

_tr = partial(QCoreApplication.translate, "progress")
_SOONEST = 3.0  # seconds before a rate says anything
_FEWEST = 5  # names before it does


def text(progress: Progress, seconds: float, *, calm: bool = False, paused: bool = False) -> str:
    """Return the line for a batch that has run for so many seconds; if ``calm``, no numbers."""
    parts = [_tr("Paused") if paused else _tr("Looking up")]
    if calm:
        return parts[0]
    if not paused and seconds >= _SOONEST and progress.done >= _FEWEST:
        rate = progress.done / seconds
        parts.append(
            _tr("{n} a second").format(n=f"{rate:.0f}")
            if rate >= 1
            else _tr("{n} a minute").format(n=f"{rate * 60:.0f}")
        )
        left = (progress.total - progress.done) / rate
        if left >= 1:
            parts.append(_left(left))
    if progress.failed:
        parts.append(_tr("without an answer: {n}").format(n=f"{progress.failed:,}"))
    return joined(parts)


def waits_text(progress: Progress) -> str:
    """Say of each server that is left alone for how long, and why."""
    return "\n".join(
        (
            _tr("waiting {n} s for {server}: rate limited")
            if wait.rate_limited
            else _tr("waiting {n} s for {server}: its turn")
        ).format(n=ceil(wait.seconds), server=one_line(wait.server))
        for wait in progress.waits
    )


def _left(seconds: float) -> str:
    if seconds < 90:
        return _tr("about {n} s left").format(n=round(seconds))
    if seconds < 90 * 60:
        return _tr("about {n} min left").format(n=round(seconds / 60))
    return _tr("about {n} h left").format(n=round(seconds / 3600))

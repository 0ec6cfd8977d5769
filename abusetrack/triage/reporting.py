"""The report of a period: one file, PDF or HTML, without any domain name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from abusetrack import bulletin
from abusetrack.casefile import CaseFile
from abusetrack.errors import ExternalError, InputError
from abusetrack.metrics.filters import Filters, next_month
from abusetrack.triage.context import Context
from abusetrack.triage.figures import surroundings


def write_report(
    context: Context,
    case: CaseFile,
    filters: Filters,
    out: Path,
    *,
    panels: Sequence[str] = (),
) -> None:
    """Write the figures of the filters' period with their definitions; ``panels``: only these.

    Raises:
        InputError: the ending says neither PDF nor HTML.
        ExternalError: the file cannot be written.
    """
    ending = out.suffix.lower()
    if ending not in {".pdf", ".html"}:
        raise InputError("A report is written as .pdf or .html; name the file so.")
    contents = bulletin.compile_bulletin(
        case,
        filters,
        surroundings(context),
        organisation=context.settings.organisation.name,
        period=period_of(filters),
        practice=context.settings.practice,
        keys=panels,
    )
    made = (
        bulletin.pdf(contents, context.settings.notices.page_size)
        if ending == ".pdf"
        else bulletin.html(contents)
    )
    try:
        out.write_bytes(made)
    except OSError as error:
        raise ExternalError(f"{out} cannot be written: {error.strerror}.") from error


def period_of(filters: Filters) -> str:
    """Return the period in words: "2026-10" of a whole month, else its first and last day."""
    since, until = filters.since, filters.until
    if since is not None and until is not None and since.day == 1 and until == next_month(since):
        return f"{since:%Y-%m}"
    first = f"{since:%Y-%m-%d}" if since else "the beginning"
    last = f"{until - timedelta(days=1):%Y-%m-%d}" if until else "now"
    return f"{first} to {last}"

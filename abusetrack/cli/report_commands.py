"""report: the monthly report as PDF or HTML."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from abusetrack.cli.session import Session
from abusetrack.cli.stats_commands import filter_options, filters_of
from abusetrack.errors import InputError
from abusetrack.metrics.filters import next_month
from abusetrack.metrics.panels import PANELS
from abusetrack.triage import reporting

_KEYS = [kind.key for kind in PANELS]


@click.command("report")
@click.option("--month", help="Its month, like 2026-10. [default: the last whole one]")
@filter_options
@click.option(
    "--panel", "panels", multiple=True, type=click.Choice(_KEYS), help="Only this; may be repeated."
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="FILE.pdf or .html.",
)
@click.pass_obj
def report(
    session: Session,
    /,
    month: str | None,
    panels: tuple[str, ...],
    out: Path,
    **options: Any,
) -> None:
    """Write the figures of a month with their definitions; small cells and names are left out."""
    if month and (options["since"] or options["until"]):
        raise InputError("Give either --month, or --since and --until.")
    if not (options["since"] or options["until"]):
        first = _month(month, session.context.clock.now())
        options |= {"since": _day(first), "until": _day(next_month(first))}
    filters = filters_of(options)
    with session.case("counting") as case:
        reporting.write_report(session.context, case, filters, out, panels=panels)
    session.out.print(f"Written: {out}. It holds no domain names.")


def _month(text: str | None, now: datetime) -> datetime:
    if text is None:
        this = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return (this.replace(month=this.month - 1) if this.month > 1
                else this.replace(year=this.year - 1, month=12))  # fmt: skip
    match = re.fullmatch(r"(\d{4})-(\d\d)", text)
    if match is None or not 1 <= int(match[2]) <= 12 or match[1] == "0000":
        raise InputError("--month is written like 2026-10.")
    return datetime(int(match[1]), int(match[2]), 1, tzinfo=UTC)


def _day(at: datetime) -> str:
    return at.date().isoformat()


COMMANDS = (report,)

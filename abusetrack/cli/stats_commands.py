"""stats: the figures of the dashboards, on the command line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from abusetrack.bulletin.words import cell
from abusetrack.cli.session import Session, counted
from abusetrack.errors import InputError
from abusetrack.metrics.concentration import (
    COUNTED,
    TOP,
    Concentration,
    Figures,
    Row,
    concentration,
)
from abusetrack.metrics.filters import Filters
from abusetrack.metrics.panels import PANELS
from abusetrack.notices.formats.table import neutral
from abusetrack.records import SiteKind
from abusetrack.triage.figures import panel_csv, surroundings

_LISTED = 30
_NAMED = 3  # members of a family

_PANEL_KEYS = [kind.key for kind in PANELS if kind.key not in COUNTED]
_CHOICES = [*COUNTED, "takedown", *_PANEL_KEYS]

Command = TypeVar("Command", bound=Callable[..., Any])


def filter_options(command: Command) -> Command:
    """Give a command the options that :func:`filters_of` reads."""
    options = (
        click.option("--since", help="First confirmed report received on or after this day."),
        click.option("--until", help="And before this day."),
        click.option("--category", help="Legal category."),
        click.option("--commercial/--not-commercial", default=None),
        click.option("--kind", type=click.Choice([item.value for item in SiteKind])),
        click.option("--source", help="Who gave the report."),
        click.option("--country", help="Hosted there: two letters."),
        click.option("--registrar", help="Its key, as --json shows it."),
        click.option(
            "--now", is_flag=True, help="By what is known now, not by what was known at the time."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def filters_of(options: Mapping[str, Any]) -> Filters:
    """Read the options of :func:`filter_options`.

    Raises:
        InputError: a day is none.
    """
    return Filters(
        since=_day(options["since"]),
        until=_day(options["until"]),
        category=options["category"],
        commercial=options["commercial"],
        kind=SiteKind(options["kind"]) if options["kind"] else None,
        source=options["source"],
        country=options["country"].upper() if options["country"] else None,
        registrar=options["registrar"],
        at_the_time=not options["now"],
    )


@click.command()
@click.argument("by", type=click.Choice(_CHOICES), default="registrars", metavar="[WHAT]")
@filter_options
@click.option("--by-family", is_flag=True, help="Sister registrars as one (registrars only).")
@click.option("--csv", "csv_path", type=click.Path(path_type=Path), help="Write all rows there.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def stats(
    session: Session,
    /,
    by: str,
    by_family: bool,
    csv_path: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Show where the abuse concentrates, and what notices achieve; only confirmed reports count.

    WHAT is registrars, registries, "registrars or registries", networks, cdns or countries:
    a domain counts once, for what was seen nearest after its first confirmed report, at
    most seven days later. Or it is takedown, or a panel of the dashboards.
    """
    filters = filters_of(options)
    if by not in COUNTED:
        _show_panels(session, by, filters, csv_path, as_json=as_json)
        return
    families = None
    if by_family:
        if by != "registrars":
            raise InputError(
                "--by-family puts registrars together: use it with 'stats registrars'."
            )
        families = session.context.reference.registrars.families
    with session.case("counting") as case:
        found = concentration(case, by, filters, families=families)
    if csv_path is not None:
        _write(csv_path, _csv(found))
    if as_json:
        session.print_json(asdict(found) | {"few": found.few})
        return
    _print(session, found)


def _show_panels(
    session: Session, what: str, filters: Filters, csv_path: Path | None, *, as_json: bool
) -> None:
    chosen = [kind for kind in PANELS if what in {kind.key, kind.group.lower()}]
    around = surroundings(session.context)
    with session.case("counting") as case:
        panels = [kind.build(case, filters, around) for kind in chosen]
    if csv_path is not None:
        _write(csv_path, "\n".join(map(panel_csv, panels)))
    if as_json:
        session.print_json([asdict(panel) for panel in panels])
        return
    for panel in panels:
        session.out.print(panel.title)
        for name, value in panel.figures:
            session.out.print(f"  {name}: {value}")
        if panel.empty:
            session.out.print(f"  {panel.empty}")
        if panel.table.rows:
            table = session.table(*panel.table.headers)
            for row in panel.table.rows[:_LISTED]:
                cells = zip(row, panel.table.headers, strict=True)
                table.add_row(*(cell(value, header) for value, header in cells))
            session.out.print(table)
        for note in panel.notes:
            session.out.print(f"  {note}")


def _print(session: Session, found: Concentration) -> None:
    numbers = ("domains", "share", "URLs", "reports", "not confirmed")
    table = session.table(found.counted, *numbers, right=numbers)
    for row in found.rows[:_LISTED]:
        table.add_row(
            _named(row),
            str(row.domains),
            f"{row.share:.1%}",
            str(row.urls),
            str(row.reports),
            str(row.other_domains),
        )
    session.out.print(table)
    if len(found.rows) > _LISTED:
        session.out.print(f"and {len(found.rows) - _LISTED} more (--csv FILE or --json has all)")
    if found.domains == 0:
        session.out.print("No domain has a confirmed report yet; assess reports first.")
    else:
        _print_figures(session, found, found.figures)
    if found.other_domains:
        others = counted(found.other_domains, "domain")
        session.out.print(f"apart from these, {others} without a confirmed report (last column)")


def _print_figures(session: Session, found: Concentration, figures: Figures) -> None:
    sure = figures.top_interval
    between = f" (95 % interval {sure.low:.1%} to {sure.high:.1%})" if sure else ""
    session.out.print(
        f"{counted(found.domains, 'domain')} with confirmed reports; "
        f"the top {TOP} hold {figures.top_share or 0:.1%}{between}"
    )
    if figures.three_quarters is not None:
        session.out.print(f"the largest {figures.three_quarters} hold three quarters")
    if figures.hhi is not None:
        session.out.print(f"concentration index (HHI, 0 to 10,000): {figures.hhi:,.0f}")
    if found.before and found.before.top_share is not None:
        session.out.print(f"in the period before, the top {TOP} held {found.before.top_share:.1%}")
    if found.few:
        session.out.print("these are few domains: the shares say little")


def _named(row: Row) -> str:
    if not row.members:
        return row.name
    more = f" and {len(row.members) - _NAMED} more" if len(row.members) > _NAMED else ""
    return f"{row.name}: {', '.join(row.members[:_NAMED])}{more}"


def _csv(found: Concentration) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(
        ["key", "name", "domains", "urls", "reports", "share", "low", "high", "other_domains",
         "members"]
    )  # fmt: skip
    for row in found.rows:
        writer.writerow(
            [
                neutral(row.key or ""),
                neutral(row.name),
                row.domains,
                row.urls,
                row.reports,
                f"{row.share:.6f}",
                f"{row.interval.low:.6f}" if row.interval else "",
                f"{row.interval.high:.6f}" if row.interval else "",
                row.other_domains,
                neutral("; ".join(row.members)),
            ]
        )
    return text.getvalue()


def _day(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise InputError("Days are written like 2026-03-01.") from None


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error


COMMANDS = (stats,)

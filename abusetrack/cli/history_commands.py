"""timeline, since, content, note, amend."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from abusetrack.cli.session import Session, counted, moment_of
from abusetrack.errors import InputError
from abusetrack.records import Complaint, ContentState, SiteKind
from abusetrack.triage import remarks
from abusetrack.triage import since as news
from abusetrack.triage import timeline as timelines

_SHOWN = 20


@click.command()
@click.argument("domain")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def timeline(session: Session, domain: str, as_json: bool) -> None:
    """Show everything that happened to a domain: reports, findings, lookups, changes, notices."""
    with session.case() as case:
        found = timelines.timeline(session.context, case, domain)
    if as_json:
        session.print_json(timelines.as_json(found))
        return
    table = session.table("when", "what", "", "by")
    for entry in found.entries:
        table.add_row(f"{entry.at:%Y-%m-%d %H:%M}", entry.what.value, entry.text, entry.by)
        for line in entry.details:
            table.add_row("", "", f"  {line}", "")
    session.out.print(table)
    for check in found.checks:
        when = f"again {check.at:%Y-%m-%d %H:%M}" if check.at else "not planned"
        why = f" ({check.reason})" if check.reason else ""
        session.out.print(f"{check.host}: {when}{why}")
    session.out.print("Times are UTC.")


@click.command()
@click.option("--seen", is_flag=True, help="Then remember that you have seen all of it.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def since(session: Session, seen: bool, as_json: bool) -> None:
    """List what is new since you last said --seen: changes, answers and checks due, reports."""
    with session.case() as case:
        found = news.since(session.context, case)
        if seen:
            news.seen(case, found)
    if as_json:
        session.print_json(news.as_json(found))
        return
    mark = f"since {found.mark:%Y-%m-%d %H:%M} UTC" if found.mark else "since the beginning"
    _section(
        session,
        f"{counted(len(found.changes), 'change')} {mark}",
        [
            f"{change.established_at:%Y-%m-%d %H:%M}  {domain}: {change.kind.value}"
            f" ({change.subject}: {change.before} -> {change.after})"
            for domain, change in found.changes
        ],
    )
    _section(
        session,
        f"{counted(len(found.answers), 'answer')} overdue",
        [f"{item.reply_by:%Y-%m-%d}  {item.reference}  {item.party}" for item in found.answers],
    )
    _section(
        session,
        f"{counted(len(found.checks), 'check')} due",
        [f"{domain}: {check.host}  {check.reason}".rstrip() for domain, check in found.checks],
    )
    new = sum(number for _domain, number in found.reports)
    _section(
        session,
        f"{counted(new, 'new report')} on {counted(len(found.reports), 'domain')}",
        [f"{domain}: {number}" for domain, number in found.reports],
    )


def _section(session: Session, title: str, lines: Sequence[str]) -> None:
    session.out.print(title)
    for line in lines[:_SHOWN]:
        session.out.print(f"  {line}")
    if len(lines) > _SHOWN:
        session.out.print(f"  and {len(lines) - _SHOWN} more (--json lists all)")


@click.command()
@click.argument("subjects", nargs=-1, metavar="URL|DOMAIN...")
@click.option(
    "--from",
    "table",
    type=click.Path(path_type=Path),
    help="A CSV or XLSX instead: url or domain, status, and if need be seen at and source.",
)
@click.option("--status", type=click.Choice([item.value for item in ContentState]))
@click.option("--at", help="When it was seen so (ISO 8601, UTC if no zone). [default: now]")
@click.option("--source", default="", help="The person or system that says so. [default: you]")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def content(
    session: Session,
    subjects: tuple[str, ...],
    table: Path | None,
    status: str | None,
    at: str | None,
    source: str,
    as_json: bool,
) -> None:
    """Record whether content is still there, as a person or your own system saw it.

    abusetrack cannot find this out: it never touches reported content. A domain stands for
    all its reported URLs.
    """
    if bool(subjects) == (table is not None):
        raise InputError("Give URLs or domains with --status, or a table with --from.")
    if table is not None:
        if status or at or source:
            raise InputError("With --from, status, time and source stand in the table.")
        with session.case("recording what was seen") as case:
            count, complaints = remarks.say_content_of_list(session.context, case, table)
        said = f"content statuses recorded: {counted(count, 'URL')}"
        _tell(session, "urls", said, count, complaints, as_json)
        return
    if status is None:
        raise InputError("Say what was seen with --status.")
    moment = moment_of(at, "--at")
    if moment is not None and moment > session.context.clock.now():
        raise InputError("--at lies in the future; give the time when it was seen.")
    with session.case() as case:
        count, complaints = remarks.say_content(
            session.context, case, subjects, ContentState(status), at=moment, source=source
        )
    _tell(session, "urls", f"content {status}: {counted(count, 'URL')}", count, complaints, as_json)


@click.command()
@click.argument("domain")
@click.argument("words", metavar="TEXT")
@click.option("--replace", "replaces", help="The id of a note that this one stands in place of.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def note(session: Session, domain: str, words: str, replaces: str | None, as_json: bool) -> None:
    """Write a note on a domain; notes are erased when their time is over."""
    with session.case() as case:
        number = remarks.note(session.context, case, domain, words, replaces=replaces)
    if as_json:
        session.print_json({"note": number})
    else:
        session.out.print(f"noted ({number})")


@click.command()
@click.argument("subjects", nargs=-1, required=True, metavar="DOMAIN|URL...")
@click.option("--kind", type=click.Choice([item.value for item in SiteKind]))
@click.option("--category", help="Legal category, from the organisation's table.")
@click.option("--law", help="The law it falls under.")
@click.option("--severity", type=int)
@click.option("--commercial/--not-commercial", default=None)
@click.option("--disguised/--not-disguised", default=None)
@click.option("--access-note", help="How it is reached; never what is shown.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def amend(
    session: Session,
    subjects: tuple[str, ...],
    kind: str | None,
    category: str | None,
    law: str | None,
    severity: int | None,
    commercial: bool | None,
    disguised: bool | None,
    access_note: str | None,
    as_json: bool,
) -> None:
    """Change parts of what was found; the rest and the earlier finding stay.

    This settles a conflict between findings of two desks as well. To change the outcome
    itself, assess again.
    """
    given: dict[str, Any] = {
        "kind": SiteKind(kind) if kind else None,
        "legal_category": category,
        "law": law,
        "severity": severity,
        "commercial": commercial,
        "disguised": disguised,
        "access_note": access_note,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes:
        raise InputError("Say what to change, such as --kind or --category.")
    with session.case() as case:
        count, complaints = remarks.amend(session.context, case, subjects, changes)
    text = f"{counted(count, 'report')} amended"
    _tell(session, "amended_reports", text, count, complaints, as_json)


def _tell(
    session: Session,
    name: str,
    text: str,
    count: int,
    complaints: Sequence[Complaint],
    as_json: bool,
) -> None:
    if as_json:
        session.print_json({name: count, "complaints": [asdict(item) for item in complaints]})
    else:
        session.out.print(text)
        for item in complaints[:_SHOWN]:
            session.err.print(f"  {item.reason}: {item.text}")
    if complaints:
        sys.exit(1)


COMMANDS = (timeline, since, content, note, amend)

"""import, assess."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from abusetrack import intake
from abusetrack.casefile import CaseFile
from abusetrack.cli.session import Session, counted, moment_of
from abusetrack.errors import InputError
from abusetrack.records import (
    Arrival,
    Assessment,
    AssessmentOutcome,
    Complaint,
    DetectionMethod,
    SiteKind,
    XarfClass,
)
from abusetrack.triage import taking

_SHOWN = 20


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(allow_dash=True))
@click.option("--source", default="", help="Who gave it: public, partner, proactive, or a name.")
@click.option("--received", help="When it was received, ISO 8601; for rows that do not say.")
@click.option("--profile", default="", help="A saved source profile (date format, columns).")
@click.option("--bare", is_flag=True, help="Also take bare names found in running text.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; store nothing.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def import_(
    session: Session,
    files: tuple[str, ...],
    source: str,
    received: str | None,
    profile: str,
    bare: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take lists in: text, CSV, XLSX, mail; '-' reads text from stdin.

    Every row or candidate ends as new, repeated, duplicate or rejected with its line
    and reason. Images, archives and other media are discarded unread.
    """
    reading = taking.reading(
        session.context,
        source=source,
        received_at=moment_of(received, "--received"),
        profile=profile,
    )
    totals = []
    for name in files:
        taken = _read(name, reading)
        label = "stdin" if name == "-" else Path(name).name
        if dry_run:
            with session.case_to_read() as case:
                preview = taking.preview(case, taken)
            totals.append(_preview_json(label, preview))
            continue
        with session.case("taking the list in", create=True) as case:
            ticked = taken.unticked if bare else ()
            lost = _lost_findings(case, taken)
            result = taking.take(session.context, case, taken, label=label, ticked=ticked)
            totals.append(
                {
                    "file": label,
                    "new": result.new,
                    "repeated": result.repeated,
                    "duplicate": result.duplicate,
                    "rejected": result.rejected,
                    "discarded_unread": taken.discarded.total,
                    "findings_not_recorded": lost,
                    "columns_not_read": list(taken.unread_columns),
                    "bare_names_left": 0 if bare else len(taken.unticked),
                    "complaints": complaints_json(result.complaints),
                }
            )
    if as_json:
        session.print_json(totals)
        return
    for total in totals:
        _print_import(session, total)
    if dry_run:
        session.out.print("Nothing was stored (--dry-run).")


def _read(name: str, context: intake.Context) -> intake.Intake:
    if name == "-":
        return intake.read(sys.stdin.buffer.read(), filename="", context=context)
    return intake.read_path(Path(name), context=context)


def _preview_json(label: str, preview: taking.Preview) -> dict[str, object]:
    counts = {arrival.value: preview.count(arrival) for arrival in Arrival}
    return {
        "file": label,
        **counts,
        "rejected": len(preview.intake.complaints) + len(preview.intake.unticked),
        "discarded_unread": preview.intake.discarded.total,
        "findings_not_recorded": preview.lost_findings,
        "columns_not_read": list(preview.intake.unread_columns),
        "bare_names_left": len(preview.intake.unticked),
        "complaints": complaints_json(preview.intake.complaints),
    }


def _lost_findings(case: CaseFile, taken: intake.Intake) -> int:
    """Count the findings that come with duplicates, of which nothing is stored."""
    if all(report.assessment is None for report in taken.reports):
        return 0
    return taking.preview(case, taken).lost_findings


def complaints_json(complaints: Sequence[Complaint]) -> list[dict[str, object]]:
    """Return complaints as ``--json`` prints them."""
    return [{"line": c.line, "text": c.text, "reason": c.reason} for c in complaints]


def _print_import(session: Session, total: dict[str, Any]) -> None:
    session.out.print(
        f"{total['file']}: {total['new']} new, {total['repeated']} repeated, "
        f"{total['duplicate']} duplicate, {total['rejected']} rejected"
    )
    if total["discarded_unread"]:
        session.out.print(f"  attachments or media discarded unread: {total['discarded_unread']}")
    print_complaints(session, total["complaints"])
    if total["columns_not_read"]:
        session.err.print(
            f"  columns not read: {', '.join(total['columns_not_read'])}; "
            "a source profile can say what they are"
        )
    if total["bare_names_left"]:
        session.err.print("  Look at the bare names; import again with --bare to take them.")
    if total["findings_not_recorded"]:
        session.err.print(
            f"  findings of duplicates, not recorded: {total['findings_not_recorded']}; "
            "record them with 'abusetrack assess --from FILE'"
        )


def print_complaints(session: Session, complaints: Sequence[dict[str, object]]) -> None:
    """List what was not taken, the first twenty."""
    for item in complaints[:_SHOWN]:
        session.err.print(f"  line {item['line']}: {item['reason']}: {item['text']}")
    if len(complaints) > _SHOWN:
        session.err.print(f"  and {len(complaints) - _SHOWN} more (--json lists all)")


@click.command()
@click.argument("subjects", nargs=-1, metavar="[DOMAIN|URL]...")
@click.option("--from", "table", type=click.Path(path_type=Path), help="A CSV of findings instead.")
@click.option("--outcome", type=click.Choice([item.value for item in AssessmentOutcome]))
@click.option("--kind", type=click.Choice([item.value for item in SiteKind]), default="unknown")
@click.option("--category", help="Legal category, from the organisation's table.")
@click.option("--law", help="The law it falls under.")
@click.option("--severity", type=int)
@click.option("--commercial/--not-commercial", default=None)
@click.option("--disguised/--not-disguised", default=None)
@click.option("--access-note", help="How it is reached; never what is shown.")
@click.option(
    "--xarf-class",
    type=click.Choice([item.value for item in XarfClass]),
    help="For notices as XARF.",
)
@click.option(
    "--detection-method",
    type=click.Choice([item.value for item in DetectionMethod]),
    help="How it was found; for notices as XARF.",
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def assess(
    session: Session,
    subjects: tuple[str, ...],
    table: Path | None,
    outcome: str | None,
    kind: str,
    category: str | None,
    law: str | None,
    severity: int | None,
    commercial: bool | None,
    disguised: bool | None,
    access_note: str | None,
    xarf_class: str | None,
    detection_method: str | None,
    as_json: bool,
) -> None:
    """Record what an analyst found: of a URL, or of all reports of a domain."""
    if bool(subjects) == bool(table):
        raise InputError("Give domains or URLs with --outcome, or a table with --from.")
    with session.case("recording the findings") as case:
        if table is not None:
            count, complaints = taking.assess_list(session.context, case, table)
        elif outcome is None:
            raise InputError("Say what was found with --outcome.")
        else:
            assessment = Assessment(
                outcome=AssessmentOutcome(outcome),
                assessed_at=session.context.clock.now(),
                assessed_by=session.context.actor,
                kind=SiteKind(kind),
                legal_category=category,
                law=law,
                severity=severity,
                commercial=commercial,
                disguised=disguised,
                access_note=access_note,
                xarf_class=XarfClass(xarf_class) if xarf_class else None,
                detection_method=DetectionMethod(detection_method) if detection_method else None,
            )
            count, complaints = taking.assess(session.context, case, subjects, assessment)
    if as_json:
        session.print_json({"assessed_reports": count, "complaints": complaints_json(complaints)})
    else:
        session.out.print(f"{counted(count, 'report')} assessed")
        print_complaints(session, complaints_json(complaints))
    if complaints:
        sys.exit(1)


COMMANDS = (import_, assess)

"""Reading lists for the preview, and storing them: what the intake page runs in other threads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from abusetrack import intake
from abusetrack.casefile import CaseFile, reports
from abusetrack.errors import InputError
from abusetrack.intake import Intake
from abusetrack.records import Arrival, Report
from abusetrack.triage import taking
from abusetrack.triage.context import Context
from abusetrack.ui.models.preview_table import BARE, Group, PreviewRow
from abusetrack.ui.text import joined, minute

_tr = partial(QCoreApplication.translate, "intake")


@dataclass(frozen=True, slots=True)
class Source:
    """A list to be taken in: a file, or text that was pasted or typed."""

    label: str
    content: Path | str


@dataclass(frozen=True, slots=True)
class Origin:
    """Who gave the lists, and when."""

    source: str
    profile: str
    received_at: datetime | None  # None: now


@dataclass(frozen=True, slots=True)
class Reading:
    """Lists as read, and what each row would become."""

    sources: tuple[Source, ...]
    taken: tuple[tuple[str, Intake], ...]  # by label
    rows: tuple[PreviewRow, ...]
    discarded: int
    unread_columns: tuple[str, ...]
    lost_findings: int  # of duplicates: nothing of them is stored
    complaints: tuple[str, ...]  # of lists that could not be read at all


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of the lists that were stored."""

    new: int
    repeated: int
    duplicate: int
    rejected: int
    queued: int


def what_is_left_out(reading: Reading) -> Iterator[str]:
    """Yield a sentence for each sort of thing that was given and is not taken in."""
    if reading.discarded:
        yield _tr("Attachments and media discarded unread: {n}.").format(n=reading.discarded)
    if reading.unread_columns:
        names = ", ".join(reading.unread_columns)
        yield _tr("Columns not read: {names}.").format(names=names)
    if reading.lost_findings:
        yield _tr(
            "Findings of duplicates are not recorded: {n}; assess these domains instead."
        ).format(n=reading.lost_findings)


def read(context: Context, case: CaseFile, sources: Sequence[Source], origin: Origin) -> Reading:
    """Read lists and say what each row would become; nothing is stored.

    Raises:
        InputError: the profile is not known.
    """
    reading = taking.reading(
        context, source=origin.source, profile=origin.profile, received_at=origin.received_at
    )
    kept: list[Source] = []
    taken: list[tuple[str, Intake]] = []
    complaints: list[str] = []
    for source in sources:
        try:
            if isinstance(source.content, Path):
                found = intake.read_path(source.content, context=reading)
            else:
                found = intake.read(source.content, filename="", context=reading)
        except InputError as error:
            complaints.append(str(error))
        else:
            kept.append(source)
            taken.append((source.label, found))
    rows = tuple(_rows(case, taken))
    return Reading(
        sources=tuple(kept),
        taken=tuple(taken),
        rows=rows,
        discarded=sum(found.discarded.total for _label, found in taken),
        unread_columns=tuple(
            dict.fromkeys(name for _label, found in taken for name in found.unread_columns)
        ),
        lost_findings=sum(
            row.group is Arrival.DUPLICATE
            and row.report is not None
            and row.report.assessment is not None
            for row in rows
        ),
        complaints=tuple(complaints),
    )


def store(context: Context, case: CaseFile, reading: Reading, ticked: Sequence[Report]) -> Stored:
    """Store lists, each in one transaction; ``ticked`` are the bare names to be taken."""
    chosen = {id(report) for report in ticked}
    results = [
        taking.take(
            context,
            case,
            found,
            label=label,
            ticked=[report for report in found.unticked if id(report) in chosen],
        )
        for label, found in reading.taken
    ]
    return Stored(
        new=sum(item.new for item in results),
        repeated=sum(item.repeated for item in results),
        duplicate=sum(item.duplicate for item in results),
        rejected=sum(item.rejected for item in results),
        queued=sum(item.queued for item in results),
    )


def _rows(case: CaseFile, taken: Sequence[tuple[str, Intake]]) -> Iterator[PreviewRow]:
    """Yield bare names first: they wait for a decision; then each list by line."""
    for label, found in taken:
        yield from (_row(label, report, BARE) for report in found.unticked)
    arrived = iter(reports.preview(case, [item for _, found in taken for item in found.reports]))
    for label, found in taken:
        rows = [_row(label, item, next(arrived).arrival) for item in found.reports]
        rows += [
            PreviewRow(label, item.line, Arrival.REJECTED, item.text, item.reason, None)
            for item in found.complaints
        ]
        yield from sorted(rows, key=lambda row: row.line or 0)


def _row(label: str, report: Report, group: Group) -> PreviewRow:
    detail = joined([report.reference or "", minute(report.received_at)])
    return PreviewRow(label, report.line, group, report.target.url, detail, report)

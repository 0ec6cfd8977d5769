"""Take lists in: read, preview, store; and record what the analyst found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from abusetrack import intake
from abusetrack.casefile import CaseFile, assessments, reports
from abusetrack.errors import InputError
from abusetrack.intake import AssessmentRow, Intake
from abusetrack.names import Names
from abusetrack.records import Arrival, Assessment, Complaint, Refusal, Report
from abusetrack.settings import SourceProfile
from abusetrack.triage.context import Context
from abusetrack.triage.refresh import refresh_assessed

NOT_GIVEN = "not given"  # the source of a list of which nobody said whose it is
_NO_SUBJECT = "give a registrable domain or a whole URL"
_NOTHING_ASSESSED = "no report of this name or URL, or only such with a newer finding"


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of a list; nothing is stored yet."""

    intake: Intake
    arrivals: tuple[tuple[Arrival, Report], ...]  # of the reports, then of the unticked ones

    def count(self, arrival: Arrival) -> int:
        """How many of the reports would be this."""
        if arrival is Arrival.REJECTED:
            return len(self.intake.complaints)
        taken = self.arrivals[: len(self.intake.reports)]
        return sum(kind is arrival for kind, _report in taken)

    @property
    def lost_findings(self) -> int:
        """How many findings come with duplicates, of which nothing is stored."""
        return sum(
            kind is Arrival.DUPLICATE and report.assessment is not None
            for kind, report in self.arrivals
        )


def reading(
    context: Context,
    *,
    source: str = "",
    received_at: datetime | None = None,
    profile: str = "",
) -> intake.Context:
    """Say how lists are read: from whom, received when, by which saved profile.

    Raises:
        InputError: there is no such profile.
    """
    chosen: SourceProfile | None = None
    if profile:
        chosen = context.settings.sources.get(profile)
        if chosen is None:
            known = ", ".join(sorted(context.settings.sources)) or "none is saved"
            raise InputError(
                f"There is no source profile {profile!r} (saved: {known}); "
                f"add [sources.{profile}] to the settings or leave --profile out."
            )
    return intake.Context(
        names=context.names,
        received_at=received_at or context.clock.now(),
        source=source or (chosen.source if chosen else "") or NOT_GIVEN,
        actor=context.actor,
        profile=chosen,
    )


def preview(case: CaseFile, taken: Intake) -> Preview:
    """Say what each report would become."""
    arrived = reports.preview(case, taken.reports + taken.unticked)
    return Preview(taken, tuple((item.arrival, item.report) for item in arrived))


def take(
    context: Context,
    case: CaseFile,
    taken: Intake,
    *,
    label: str,
    ticked: Sequence[Report] = (),
) -> reports.ImportResult:
    """Store a list; ``ticked`` are the bare names the analyst chose from the unticked."""
    chosen = set(ticked)
    left_out = [
        Complaint(report.line or 0, report.target.text, "a bare name in running text, not ticked")
        for report in taken.unticked
        if report not in chosen
    ]
    result = reports.add(
        case,
        (*taken.reports, *ticked),
        (*taken.complaints, *left_out),
        taken.discarded,
        label=label,
    )
    assessed = {
        domain_of(report) for report in (*taken.reports, *ticked) if report.assessment is not None
    }
    refresh_assessed(context, case, assessed)
    return result


def domain_of(report: Report) -> str:
    """The name a report is counted under: its registrable domain, else its host."""
    host = report.target.host
    return host.domain.name if host.domain else host.name


def assess(
    context: Context, case: CaseFile, subjects: Iterable[str], assessment: Assessment
) -> tuple[int, list[Complaint]]:
    """Record one finding for names and URLs; return how many reports it touches, and what failed.

    A bare name assesses all reports of its registrable domain, a URL those of the URL.
    """
    rows = [
        AssessmentRow(subject, assessment, line) for line, subject in enumerate(subjects, start=1)
    ]
    return assess_rows(context, case, rows)


def assess_list(context: Context, case: CaseFile, path: Path) -> tuple[int, list[Complaint]]:
    """Record the findings of a CSV file."""
    data = intake.load(path)
    rows, complaints = intake.read_assessments(data, filename=path.name, context=reading(context))
    assessed, unknown = assess_rows(context, case, rows)
    return assessed, [*complaints, *unknown]


def assess_rows(
    context: Context, case: CaseFile, rows: Iterable[AssessmentRow]
) -> tuple[int, list[Complaint]]:
    """Record findings row by row in one transaction."""
    touched: set[str] = set()
    complaints: list[Complaint] = []
    count = 0
    with case.transaction():
        for row in rows:
            named = subject_of(context.names, row.subject)
            if isinstance(named, Refusal):
                complaints.append(Complaint(row.line, row.subject, named.value))
                continue
            if named is None:
                complaints.append(Complaint(row.line, row.subject, _NO_SUBJECT))
                continue
            subject, domain = named
            number = assessments.add(case, subject, row.assessment)
            if number == 0:
                complaints.append(Complaint(row.line, row.subject, _NOTHING_ASSESSED))
                continue
            count += number
            touched.add(domain)
        refresh_assessed(context, case, touched)
    return count, complaints


def subject_of(names: Names, text: str) -> tuple[str, str] | Refusal | None:
    """Return (subject, domain) of a domain name or a URL; why it is no name; None for a host.

    A bare host below its registrable domain is no subject: whether the finding is
    of the host or of the whole domain is not ours to guess.
    """
    target = names.target(text)
    if isinstance(target, Refusal):
        return target
    domain = target.host.domain.name if target.host.domain else target.host.name
    if not target.bare:
        return target.url, domain
    return (domain, domain) if target.host.name == domain else None

"""What goes into a reader and what comes out of it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from abusetrack.errors import InputError
from abusetrack.intake import scrub
from abusetrack.names import Names
from abusetrack.records import Assessment, Complaint, ContentStatus, Discarded, Report
from abusetrack.settings import SourceProfile

MAX_BYTES = 50 * 1024 * 1024
_SHOWN = 200  # characters of a text that are kept with a complaint

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, slots=True)
class Context:
    """How a list is read: by which names, received when, from whom, by which profile."""

    names: Names
    received_at: datetime
    source: str
    actor: str
    profile: SourceProfile | None = None

    def zone(self) -> tzinfo:
        """The time zone of dates without one: the profile's, else UTC.

        Raises:
            InputError: the profile names a zone that does not exist.
        """
        key = self.profile.zone if self.profile else "UTC"
        if key.upper() == "UTC":
            return UTC
        try:
            return ZoneInfo(key)
        except (ValueError, OSError, LookupError):
            raise InputError(
                f"The time zone {key!r} of the source profile is not known; "
                "give an IANA name such as Europe/Dublin."
            ) from None


@dataclass(frozen=True, slots=True)
class Intake:
    """What a list gave; each row or candidate is in exactly one of the first three.

    ``unticked`` are bare names found in running text, taken only when a person ticks
    them. ``discarded`` counts what was dropped unread; ``unread_columns`` are headers of
    columns beside the known ones that nothing was taken from.
    """

    reports: tuple[Report, ...]
    unticked: tuple[Report, ...]
    complaints: tuple[Complaint, ...]
    discarded: Discarded
    unread_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """One row of a list of assessments.

    ``subject`` is the host name or address of a bare name, else the normalised URL.
    """

    subject: str
    assessment: Assessment
    line: int


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One row of a list of content statuses; ``subject`` as in :class:`AssessmentRow`."""

    subject: str
    status: ContentStatus
    line: int


class RowError(ValueError):
    """A row cannot be taken; the message is the reason, without the row's text."""


class Ledger:
    """Collects what a reader finds, so that nothing is left unaccounted."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.zone = context.zone()
        self.complaints: list[Complaint] = []
        self._reports: list[Report] = []
        self._unticked: list[Report] = []
        self._discarded: Counter[str] = Counter()
        self._unread_columns: dict[str, None] = {}

    def take(self, report: Report, *, ticked: bool = True) -> None:
        """Account for a report."""
        (self._reports if ticked else self._unticked).append(report)

    def complain(self, line: int, text: str, reason: str) -> None:
        """Account for a row or candidate that is not taken."""
        self.complaints.append(Complaint(line, _shorten(text), reason))

    def leave_column(self, header: str) -> None:
        """Account for a column that nothing is taken from."""
        self._unread_columns[_shorten(header)] = None

    def discard(self, kind: str, count: int = 1) -> None:
        """Count parts dropped unread; ``kind`` is a field of ``Discarded``."""
        self._discarded[kind] += count

    def scrub(self, text: str) -> str:
        """Return ``text`` without encoded media, which is counted."""
        if len(text) < scrub.SHORTEST and scrub.HOLE not in text:  # most cells of a table
            return text
        text, dropped = scrub.scrub(text)
        if dropped:
            self._discarded.update(dropped)
        return text

    def intake(self) -> Intake:
        """Return everything collected, complaints by line."""
        return Intake(
            tuple(self._reports),
            tuple(self._unticked),
            tuple(sorted(self.complaints, key=lambda complaint: complaint.line)),
            Discarded(**self._discarded),
            tuple(self._unread_columns),
        )


def _shorten(text: str) -> str:
    shown = _CONTROL.sub(" ", scrub.shown(text)).strip()
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"

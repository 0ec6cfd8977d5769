"""What people say of content and of domains, besides their findings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ContentState(StrEnum):
    """What a person or the hotline's own system says of a URL; the app cannot find it out."""

    PRESENT = "present"
    GONE = "gone"
    MOVED = "moved"
    COULD_NOT_TELL = "could not tell"


@dataclass(frozen=True, slots=True)
class ContentStatus:
    """A content status of one reported URL, as somebody saw it at ``at``."""

    state: ContentState
    at: datetime
    source: str  # the person, or the system that said so


@dataclass(frozen=True, slots=True)
class Conflict:
    """Facts that replace the same earlier one, or stand beside each other, and differ.

    Never settled by the clock: a person settles it by a further fact.
    """

    what: str  # "assessment" or "note"
    subject: str  # id of the report, or the domain
    fields: tuple[str, ...]  # in which they differ
    versions: tuple[str, ...]  # ids of the rival facts

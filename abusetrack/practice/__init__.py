"""The practice internet: a synthetic world, and servers that answer about it on loopback."""

from __future__ import annotations

from abusetrack.practice.faults import Fault, Faults
from abusetrack.practice.model import Event, EventKind, Truth
from abusetrack.practice.servers import PracticeServers, PracticeThread, serve
from abusetrack.practice.world import Moment, World, build
from abusetrack.practice.writers import (
    write_answers,
    write_assessments,
    write_contacts,
    write_reports,
)

__all__ = [
    "Event",
    "EventKind",
    "Fault",
    "Faults",
    "Moment",
    "PracticeServers",
    "PracticeThread",
    "Truth",
    "World",
    "build",
    "serve",
    "write_answers",
    "write_assessments",
    "write_contacts",
    "write_reports",
]

"""What a batch of lookups tells of itself: how far it has come, and what it came to."""

from __future__ import annotations

from dataclasses import dataclass, field

from abusetrack.records import Wait


@dataclass(frozen=True, slots=True)
class Failure:
    """A name of which the addresses or the registration could not be learnt."""

    host: str
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch has come; ``total`` grows while names are added."""

    done: int
    total: int
    failed: int
    waits: tuple[Wait, ...] = ()  # servers that are left alone for now, the longest first


@dataclass(slots=True)
class ResolveResult:
    """What a batch came to."""

    done: int = 0
    failures: list[Failure] = field(default_factory=list)
    left: int = 0  # still queued

"""One thing seen again and again: where it became another, and where nothing was learnt.

Whatever failed (timed out, blocked, refused) is no sighting, so no change is ever made
of a failure: the last sighting before it stands until the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from abusetrack.records import Change, ChangeKind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sighting(Generic[T]):
    """A value as one lookup saw it."""

    value: T
    at: datetime
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step(Generic[T]):
    """From one value to another one; ``base`` is the first sighting of the old value."""

    base: Sighting[T]
    last: Sighting[T]
    first: Sighting[T]

    def change(self, kind: ChangeKind, subject: str, before: str, after: str) -> Change:
        """Return the step as a record."""
        return Change(
            kind=kind,
            subject=subject,
            before=before,
            after=after,
            last_seen_before=self.last.at,
            first_seen_after=self.first.at,
            established_at=self.first.at,
            facts=(*self.last.facts, *self.first.facts),
        )


def steps(
    sightings: Iterable[Sighting[T]], same: Callable[[T, T], bool | None]
) -> Iterator[Step[T]]:
    """Yield where the value became another one; ``sightings`` come oldest first.

    ``same`` compares with the first sighting of the value in force, so that slow drift
    adds up; None says that the two cannot be compared, and the later one is passed over.
    """
    base = last = None
    for sighting in sightings:
        if base is None or last is None:
            base = last = sighting
            continue
        alike = same(base.value, sighting.value)
        if alike:
            last = sighting
        elif alike is False:
            yield Step(base, last, sighting)
            base = last = sighting

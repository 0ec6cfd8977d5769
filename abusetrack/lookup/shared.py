"""Observations that serve several hosts; each is handed out as new once only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from abusetrack.records import Observation

SPENT = "the time for this name is spent"


@dataclass(slots=True)
class Shared:
    """An observation, and whether an answer has already brought it to the case file."""

    observation: Observation
    handed_out: bool = False


def hand_out(
    found: Iterable[Shared],
) -> tuple[tuple[Observation, ...], tuple[Observation, ...]]:
    """Split into what is new and what is known; call it when the answer is complete.

    What a cancelled name had found is so still new for the next that uses it.
    """
    new: list[Observation] = []
    known: list[Observation] = []
    for shared in found:
        (known if shared.handed_out else new).append(shared.observation)
        shared.handed_out = True
    return tuple(new), tuple(known)

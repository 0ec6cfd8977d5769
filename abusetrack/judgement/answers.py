"""Which answer speaks for a question: the newest real answer, else the newest failure."""

from __future__ import annotations

from collections.abc import Iterable

from abusetrack.records import Observation, Outcome, Question

ANSWERED = frozenset({Outcome.OK, Outcome.NOT_FOUND, Outcome.NO_DATA})


def newest(observations: Iterable[Observation]) -> dict[Question, Observation]:
    """Return one observation per question of one subject.

    A question that was answered once and then failed (timed out, rate limited) is
    still answered, as of the earlier time: the failure taught nothing new.
    """
    chosen: dict[Question, Observation] = {}
    for observation in observations:
        known = chosen.get(observation.question)
        if known is None or _rank(known) <= _rank(observation):
            chosen[observation.question] = observation
    return chosen


def _rank(observation: Observation) -> tuple[bool, float]:
    return observation.outcome in ANSWERED, observation.asked_at.timestamp()

"""What to do next about a domain, and how urgent it is: points that explain themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NextStep(StrEnum):
    """The next thing that somebody has to do."""

    WITHDRAW = "withdraw what was told of it: its assessment was revised"
    ANSWER_OVERDUE = "remind or escalate: an answer is overdue"
    SEND = "send the exported notice and mark it sent"
    CLEAR_GATE = "have the gate cleared"
    DRAFT = "draft a notice"
    ASSESS = "assess it"


@dataclass(frozen=True, slots=True)
class Weights:
    """Points for each thing that makes a domain urgent."""

    severity: float
    severity_scale: int
    severity_one_is_worst: bool
    confirmed: float
    commercial: float
    persistent: float
    waiting_day: float
    waiting_days: int
    withdrawal: float


@dataclass(frozen=True, slots=True)
class Urgency:
    """What the priority of one domain rests on."""

    severities: tuple[int, int] | None
    confirmed: bool
    commercial: bool
    persistent: bool
    waiting_since: datetime | None
    withdrawal: bool = False  # somebody may act on what no longer stands


@dataclass(frozen=True, slots=True)
class Points:
    """Some points, and what for."""

    text: str
    points: float


def judge_priority(urgency: Urgency, weights: Weights, *, as_of: datetime) -> tuple[Points, ...]:
    """Return the points of a domain; their sum is its priority."""
    return tuple(_points(urgency, weights, as_of))


def _points(urgency: Urgency, weights: Weights, as_of: datetime) -> Iterator[Points]:
    if urgency.severities is not None:
        scale = weights.severity_scale
        low, high = urgency.severities
        number = low if weights.severity_one_is_worst else high
        grade = scale + 1 - number if weights.severity_one_is_worst else number
        share = min(max(grade, 0), scale) / scale
        yield Points(f"severity {number} of {scale}", weights.severity * share)
    for holds, text, points in (
        (urgency.withdrawal, "a withdrawal waits", weights.withdrawal),
        (urgency.confirmed, "confirmed", weights.confirmed),
        (urgency.commercial, "commercial", weights.commercial),
        (urgency.persistent, "persistently abusive", weights.persistent),
    ):
        if holds:
            yield Points(text, points)
    if urgency.waiting_since is not None:
        days = max((as_of - urgency.waiting_since).days, 0)
        counted = min(days, weights.waiting_days)
        word = "day" if days == 1 else "days"
        yield Points(f"waiting for {days} {word}", weights.waiting_day * counted)

"""Builders of observations under reserved names."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from abusetrack.records import Kind, Observation, Outcome, Question

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

_KINDS = {
    Question.REGISTRY_RDAP: Kind.REGISTRATION,
    Question.REGISTRAR_RDAP: Kind.REGISTRATION,
    Question.WHOIS: Kind.REGISTRATION,
    Question.ORIGIN: Kind.NETWORK,
    Question.ORIGIN_TABLE: Kind.NETWORK,
    Question.NETWORK_RDAP: Kind.NETWORK,
    Question.GEO: Kind.NETWORK,
    Question.CDN: Kind.NETWORK,
}


@pytest.fixture
def noon():
    return NOON


@pytest.fixture
def observe():
    def build(question, outcome=Outcome.OK, facts=None, *, hours=0, source="somewhere", detail=""):
        observation = Observation(
            subject="site.example",
            kind=_KINDS.get(question, Kind.DNS),
            question=question,
            asked_at=NOON,
            source=source,
            outcome=outcome,
            detail=detail,
            facts=facts,
        )
        return replace(observation, asked_at=NOON + timedelta(hours=hours))

    return build

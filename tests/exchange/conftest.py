"""The desk of the tests of triage, with partners."""

from __future__ import annotations

from dataclasses import replace

import pytest

from abusetrack.casefile import notices as stored_notices
from abusetrack.records import (
    Assessment,
    AssessmentOutcome,
    Level,
    NoticeStatus,
    PartnerKind,
    Role,
    SiteKind,
)
from abusetrack.settings import PartnerSettings
from abusetrack.triage import drafting, taking
from abusetrack.triage.addressing import Wish
from tests.triage.conftest import case, context, sites, take  # noqa: F401  (fixtures)
from tests.triage.conftest import desk as plain_desk  # noqa: F401

LEVELS = {level.value: PartnerSettings(level=level) for level in Level}
PARTNERS = {
    **LEVELS,
    "police": PartnerSettings(kind=PartnerKind.AUTHORITY, level=Level.URL, tlp="red"),
}


@pytest.fixture
def desk(plain_desk):  # noqa: F811
    """An organisation that may export, and a partner for each level."""
    settings = plain_desk.settings.model_copy(update={"partners": PARTNERS})
    return replace(plain_desk, settings=settings)


@pytest.fixture
def told(desk, case, sites, tmp_path, clock):  # noqa: F811
    """The registrar was told of example.com and example.net; returns the reference."""
    drafts = drafting.plan(desk, case, Wish(role=Role.REGISTRAR)).drafts
    (item,) = drafting.export(desk, case, drafts, tmp_path / "out", ["txt"])
    stored_notices.mark(case, item.draft.reference, NoticeStatus.SENT)
    clock.move(hours=1)
    return item.draft.reference


@pytest.fixture
def revise(desk, case):  # noqa: F811
    """Find that a domain is not illegal after all, or is again."""

    def run(domain, outcome=AssessmentOutcome.NOT_ILLEGAL, kind=SiteKind.DEDICATED):
        found = Assessment(outcome, desk.clock.now(), "test", kind, "A", "Law 1")
        taking.assess(desk, case, [domain], found)

    return run

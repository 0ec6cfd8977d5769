from __future__ import annotations

from datetime import UTC, datetime

from abusetrack.casefile import gates, protected
from abusetrack.records import ProtectedCategory, ProtectedName
from abusetrack.triage import dossier
from abusetrack.ui.facts import sections

THEN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _shown(found):
    (section,) = [part for part in sections(found, THEN) if part.title == "Whom to address"]
    return {fact.name: (fact.value, fact.note) for fact in section.facts}


def test_the_panel_says_whom_to_address_and_why_not(filled):
    with filled.case() as case:
        gates.open_again(case, ["amber.test"])
        protected.add(case, [ProtectedName("amber.test", ProtectedCategory.PARTNER, "A partner")])
        facts = _shown(dossier.stored(filled.context, case, "amber.test"))
    assert facts["Gate"][0] == "open: nothing about it leaves"
    assert facts["Protected"] == ("amber.test", "partner A partner")
    value, note = facts["To registrar"]
    assert value == "blocked"
    assert "amber.test is a protected name (partner of A partner)" in note.splitlines()
    assert "To reseller" not in facts  # there is none


def test_a_gate_that_nobody_asks_for_is_not_shown(filled):
    with filled.case() as case:
        facts = _shown(dossier.stored(filled.context, case, "amber.test"))
    assert "Gate" not in facts
    assert "Protected" not in facts

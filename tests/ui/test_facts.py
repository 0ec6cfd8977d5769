from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from abusetrack.records import Reason, Registrar, RegistryRecord, Verdict
from abusetrack.triage import dossier
from abusetrack.ui.facts import Fact, Section, sections
from abusetrack.ui.text import Masker
from abusetrack.ui.widgets.delegates import NoteRole
from abusetrack.ui.widgets.facts_view import FactsView

THEN = datetime(2026, 3, 1, 12, tzinfo=UTC)
REGISTRAR = Registrar(
    key="iana:9999",
    name="Example Names",
    iana_id=9999,
    abuse_email=None,
    abuse_phone=None,
    source="https://rdap.registry.example/",
    asked_at=THEN,
    identified_by="IANA ID by name, from IANA's list",
    family="Example Group",
    oddities=("IANA lists this ID under another name",),
)
REGISTRY = RegistryRecord("test", "Example Registry", None, "a folder", THEN)


def _facts(found):
    return {
        fact.name: (fact.value, fact.note)
        for section in sections(found, THEN)
        for fact in section.facts
    }


def test_calm_leaves_out_the_numbers_of_reasons_and_counts_but_no_day(filled):
    with filled.case() as case:
        found = dossier.stored(filled.context, case, "amber.test")
    reason = Reason("repeated", "confirmed reports on 1,234 days, from 2026-03-01 (policy: 3)")
    found = replace(found, verdict=Verdict(True, (reason,), THEN))
    calm = {
        fact.name: (fact.value, fact.note)
        for section in sections(found, THEN, calm=True)
        for fact in section.facts
    }
    assert calm["Persistent"][1] == "confirmed reports on … days, from 2026-03-01 (policy: …)"
    assert calm["Reports"] == ("… of … URLs", _facts(found)["Reports"][1])
    assert _facts(found)["Reports"][0] == "2 of 2 URLs"


def test_the_registrar_is_shown_with_how_it_was_identified_and_the_registry_beside_it(filled):
    with filled.case() as case:
        found = dossier.stored(filled.context, case, "amber.test")
    registration = replace(found.view.registration, registrar=REGISTRAR)
    found = replace(found, view=replace(found.view, registration=registration), registry=REGISTRY)
    facts = _facts(found)
    value, note = facts["Registrar"]
    assert value == "Example Names (IANA ID 9999)"
    assert note.splitlines()[1:] == [REGISTRAR.identified_by, *REGISTRAR.oddities]
    assert facts["Family"][0] == "Example Group"
    assert facts["Registry"][0] == "Example Registry"
    assert "record of .test" in facts["Registry"][1]


def test_a_name_that_is_gone_is_shown_so(filled):
    with filled.case() as case:
        found = dossier.stored(filled.context, case, "amber.test")
    assert "Gone" not in _facts(found)
    gone = Verdict(True, (Reason("gone", "denied twice", ()),), THEN)
    assert _facts(replace(found, gone=gone))["Gone"] == ("yes", "denied twice")


def test_a_note_of_two_lines_is_shown_on_two_lines_and_masked(qtbot):
    view = FactsView()
    qtbot.addWidget(view)
    note = "one amber.test\ntwo\u202e"
    masker = Masker.of(["amber.test"], keep=1, revealed=False)
    view.show_sections([Section("Hosting", (Fact("Address", "192.0.2.7", note),))], masker)
    first, second = view.topLevelItem(0).child(0).data(1, NoteRole).split("\n")
    assert "amber" not in first
    assert second == "two\\u202e"

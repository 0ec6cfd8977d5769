"""What stands, what was replaced, and what two desks found apart from each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from abusetrack.casefile import (
    assessments,
    check,
    facts,
    findings,
    folding,
    open_case_file,
    projection,
    reports,
)
from abusetrack.casefile.encoding import id_text
from abusetrack.casefile.facts import NewFact
from abusetrack.records import AssessmentOutcome, SiteKind

URL = "https://www.a.example/1"


@pytest.fixture
def filled(case, report, discarded):
    reports.add(
        case, [report(URL, "R1"), report("https://a.example/2")], [], discarded, label="list"
    )
    return case


def found(case):
    return [
        (item.assessment.kind, item.assessment.severity, item.replaced)
        for item in findings.history(case, "a.example")
    ]


def test_every_finding_stays_and_the_last_one_stands(filled, confirmed):
    assessments.add(filled, URL, confirmed(SiteKind.FORUM))
    assessments.add(filled, URL, confirmed(SiteKind.DEDICATED))
    assert found(filled) == [(SiteKind.FORUM, None, True), (SiteKind.DEDICATED, None, False)]
    assert check.check(filled).sound


def test_an_amendment_changes_what_it_names_and_keeps_the_rest(filled, confirmed, clock):
    first = confirmed(SiteKind.FORUM, law="Law 1", severity=2, access_note="by the shop")
    assessments.add(filled, URL, first)
    clock.move(hours=1)
    assert assessments.amend(filled, "a.example", {"kind": SiteKind.DEDICATED, "severity": 1}) == 1
    (stored, other) = reports.of_domain(filled, "a.example")
    now = stored.report.assessment or other.report.assessment
    assert now == replace(
        first,
        kind=SiteKind.DEDICATED,
        severity=1,
        assessed_at=clock.now(),
        assessed_by=filled.actor,
    )
    assert projection.read(filled, "a.example").kind is SiteKind.DEDICATED
    rows = filled.query("SELECT action, subject, detail FROM audit ORDER BY seq DESC LIMIT 1")
    assert rows == [
        {
            "action": "amend",
            "subject": "a.example",
            "detail": '{"kind":"dedicated","reports":1,"severity":1}',
        }
    ]


def test_the_audit_of_an_amendment_holds_no_note(filled, confirmed):
    assessments.add(filled, URL, confirmed())
    assessments.amend(filled, URL, {"access_note": "a secret way"})
    (stored, *_) = [s for s in reports.of_domain(filled, "a.example") if s.report.assessment]
    assert stored.report.assessment.access_note == "a secret way"
    rows = filled.query("SELECT detail, subject FROM audit")
    assert not [row for row in rows if "secret" in str(row) or "//" in str(row)]


def test_what_was_never_assessed_cannot_be_amended(filled):
    assert assessments.amend(filled, "a.example", {"severity": 1}) == 0
    assert assessments.amend(filled, "z.example", {"severity": 1}) == 0


def apart(case, confirmed, *versions):
    """Write assessments of one report as desks do that do not know of each other."""
    ((raw,),) = case.rows("SELECT fact.id FROM report JOIN fact ON n = fact LIMIT 1")
    with case.transaction():
        for version in versions:
            content = {
                "report": id_text(raw),
                "outcome": version.outcome.value,
                "kind": version.kind.value,
                "assessed_at": version.assessed_at,
                "assessed_by": version.assessed_by,
            }
            before = case.value("SELECT id FROM fact WHERE kind = 'assessment' ORDER BY n LIMIT 1")
            (fact,) = facts.append(case, [NewFact("assessment", content, supersedes=before)])
            assessments.fold(case, facts.read(case, [fact.n]))


def test_rivals_are_a_conflict_and_only_what_they_agree_on_holds(filled, confirmed, clock):
    assessments.add(filled, URL, confirmed(SiteKind.UNKNOWN))
    clock.move(hours=1)
    later = replace(confirmed(SiteKind.DEDICATED), assessed_at=clock.now(), assessed_by="Bo")
    apart(filled, confirmed, confirmed(SiteKind.FORUM), later)
    (conflict,) = findings.conflicts(filled, "a.example")
    assert (conflict.what, conflict.fields, len(conflict.versions)) == ("assessment", ("kind",), 2)
    row = projection.read(filled, "a.example")
    assert (row.confirmed_reports, row.kind) == (1, SiteKind.UNKNOWN)


@pytest.mark.parametrize("later", [True, False])
def test_a_disputed_outcome_is_not_confirmed_whoever_came_later(filled, confirmed, clock, later):
    assessments.add(filled, URL, confirmed())
    denied = replace(confirmed(), outcome=AssessmentOutcome.NOT_ILLEGAL)
    versions = (confirmed(), denied) if later else (denied, confirmed())
    apart(filled, confirmed, *versions)
    assert projection.read(filled, "a.example").confirmed_reports == 0
    (stored,) = [s for s in reports.of_domain(filled, "a.example") if s.report.assessment]
    assert stored.report.assessment.outcome is AssessmentOutcome.NOT_ASSESSED
    assert findings.conflicts(filled, "a.example")[0].fields == ("outcome",)


def test_a_further_finding_settles_it(filled, confirmed, clock):
    assessments.add(filled, URL, confirmed())
    apart(filled, confirmed, confirmed(SiteKind.FORUM), confirmed(SiteKind.DEDICATED))
    clock.move(hours=1)
    settled = replace(confirmed(SiteKind.FORUM), assessed_at=clock.now())
    assert assessments.add(filled, URL, settled) == 1
    assert findings.conflicts(filled, "a.example") == ()
    assert projection.read(filled, "a.example").kind is SiteKind.FORUM
    assert folding.rebuild(filled) == []
    assert findings.conflicts(filled, "a.example") == ()
    assert check.check(filled).sound


def test_the_same_finding_of_two_desks_is_no_conflict(filled, confirmed):
    assessments.add(filled, URL, confirmed())
    apart(filled, confirmed, confirmed(SiteKind.FORUM), confirmed(SiteKind.FORUM))
    assert findings.conflicts(filled, "a.example") == ()
    assert projection.read(filled, "a.example").kind is SiteKind.FORUM


def test_one_url_that_two_desks_took_in_and_judged_otherwise_is_in_dispute(
    filled, report, confirmed, discarded
):
    assessments.add(filled, URL, confirmed())
    assert projection.read(filled, "a.example").confirmed_reports == 1
    with filled.transaction():  # as another desk did, that was merged in
        (listed,) = facts.append(filled, [NewFact("list", {})])
        kept = filled.value("SELECT n FROM fact WHERE kind = 'report' ORDER BY n LIMIT 1")
        (original,) = facts.read(filled, [kept])
        content = {k: v for k, v in original.content.items() if k != "erasable"}
        (copy,) = facts.append(
            filled, [NewFact("report", content | {"list": id_text(listed.id)}, original.texts)]
        )
        reports.fold(filled, facts.read(filled, [copy.n]))
    denied = replace(confirmed(), outcome=AssessmentOutcome.OUTSIDE_REMIT)
    with filled.transaction():
        assessments.attach(filled, [(copy.n, copy.id, None, denied)])
    projection.recount(filled)
    row = projection.read(filled, "a.example")
    assert (row.reports, row.confirmed_reports, row.kind) == (2, 0, None)
    assert row.first_confirmed is None
    assert findings.conflicts(filled, "a.example")[0].fields == ("outcome",)

    def outcomes():
        found = {
            item.report.assessment.outcome
            for item in reports.of_domain(filled, "a.example")
            if item.report.assessment
        }
        rows = filled.rows("SELECT DISTINCT outcome FROM report WHERE assessment IS NOT NULL")
        assert {outcome.value for outcome in found} == {outcome for (outcome,) in rows}
        return found

    # What one desk confirms and another denies stands in no notice and counts in no figure.
    assert outcomes() == {AssessmentOutcome.NOT_ASSESSED, AssessmentOutcome.OUTSIDE_REMIT}
    before = filled.query("SELECT fact, outcome FROM report ORDER BY fact")
    with filled.transaction():
        known = [n for (n,) in filled.rows("SELECT n FROM fact WHERE kind = 'assessment'")]
        assessments.fold(filled, facts.read(filled, known))
    assert filled.query("SELECT fact, outcome FROM report ORDER BY fact") == before
    assessments.amend(filled, URL, {"outcome": AssessmentOutcome.CONFIRMED})
    assert outcomes() == {AssessmentOutcome.CONFIRMED}
    assert projection.read(filled, "a.example").confirmed_reports == 1


def test_an_older_case_file_gets_its_findings(path, clock, report, confirmed, discarded):
    with open_case_file(path, clock=clock, actor="Ann") as case:
        reports.add(case, [report(URL)], [], discarded, label="list")
        assessments.add(case, URL, confirmed(SiteKind.FORUM))
        assessments.add(case, URL, confirmed(SiteKind.DEDICATED))
        before = case.query("SELECT * FROM finding ORDER BY fact")
        from abusetrack.casefile.migrations import m0002_history

        backfill = next(s for s in m0002_history.STATEMENTS if s.startswith("INSERT INTO finding"))
        with case.transaction():
            case.execute("DELETE FROM finding")
            case.execute(backfill)
        assert case.query("SELECT * FROM finding ORDER BY fact") == before

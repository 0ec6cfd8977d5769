from __future__ import annotations

import pytest

from abusetrack.casefile import (
    assessments,
    check,
    content,
    findings,
    folding,
    gates,
    notes,
    protected,
    reports,
    undoing,
)
from abusetrack.records import (
    Assessment,
    AssessmentOutcome,
    ContentState,
    ContentStatus,
    ProtectedCategory,
    ProtectedName,
    SiteKind,
)

NAME = "a.example"


@pytest.fixture
def filled(case, report, discarded):
    reports.add(
        case,
        [report("https://a.example/1"), report("https://a.example/2"), report("https://b.test/1")],
        [],
        discarded,
        label="list",
    )
    return case


def confirmed(clock, kind=SiteKind.DEDICATED, note=None):
    return Assessment(
        outcome=AssessmentOutcome.CONFIRMED,
        assessed_at=clock.now(),
        assessed_by="Ann",
        kind=kind,
        legal_category="A",
        law="law",
        access_note=note,
    )


def status(clock, state=ContentState.GONE):
    return ContentStatus(state, clock.now(), "Ann")


def done(case, clock, work):
    _, what = undoing.watched(case, work=work)
    clock.move(hours=1)
    assert what is not None
    assert what.possible
    return what


def held(case):
    """Return everything that holds of the domain, as each room says it."""
    return (
        [(f.report, f.assessment) for f in findings.history(case, NAME) if not f.replaced],
        [note.text for note in notes.of_domain(case, NAME)],
        [(one.url, one.status) for one in content.latest(case, NAME)],
        [(g.country, g.status, g.cleared_by) for g in gates.of_domain(case, NAME)],
        [(p.name, p.category, p.party) for p in protected.everything(case)],
        case.rows("SELECT reports, confirmed_reports FROM domain_now ORDER BY domain"),
    )


WORK = {
    "finding": lambda case, clock: assessments.add(case, NAME, confirmed(clock, SiteKind.FORUM)),
    "amendment": lambda case, _clock: assessments.amend(case, NAME, {"kind": SiteKind.FORUM}),
    "content": lambda case, clock: content.add(case, NAME, status(clock, ContentState.PRESENT)),
    "cleared": lambda case, _clock: gates.clear(case, [NAME], cleared_by="Police", reference="1"),
    "opened": lambda case, _clock: gates.open_again(case, [NAME]),
    "note": lambda case, _clock: notes.add(case, NAME, "second"),
    "protected": lambda case, _clock: protected.add(
        case, [ProtectedName(NAME, ProtectedCategory.PARTNER, "")]
    ),
}


@pytest.mark.parametrize("work", WORK.values(), ids=WORK)
def test_what_held_before_holds_again_and_nothing_is_lost(filled, clock, work):
    case = filled
    assessments.add(case, NAME, confirmed(clock, note="behind a click"))
    notes.add(case, NAME, "first")
    content.add(case, NAME, status(clock))
    gates.clear(case, [NAME], cleared_by="Office", reference="R-1")
    protected.add(case, [ProtectedName(NAME, ProtectedCategory.OWN, "us")])
    clock.move(hours=1)
    before, facts = held(case), case.value("SELECT count(*) FROM fact")
    what = done(case, clock, lambda case: work(case, clock))
    assert held(case) != before
    undone = undoing.take_back(case, what)
    assert held(case) == before
    assert (undone.domains, undone.outdated) == ((NAME,), 0)
    assert case.value("SELECT count(*) FROM fact") == facts + 2 * undone.facts
    assert case.value("SELECT action FROM audit ORDER BY seq DESC LIMIT 1") == "undo"
    assert check.check(case).sound
    assert folding.rebuild(case) == []


@pytest.mark.parametrize("work", [w for k, w in WORK.items() if k != "amendment"])
def test_where_nothing_held_nothing_holds_again(filled, clock, work):
    case = filled
    before = held(case)
    what = done(case, clock, lambda case: work(case, clock))
    assert held(case) != before
    undoing.take_back(case, what)
    (outcomes, *others), (_, *others_before) = held(case), before
    assert {finding.outcome for _, finding in outcomes} <= {AssessmentOutcome.NOT_ASSESSED}
    assert others == others_before
    assert folding.rebuild(case) == []
    assert check.check(case).sound


def test_protection_taken_away_comes_back(filled, clock):
    protected.add(filled, [ProtectedName(NAME, ProtectedCategory.OWN, "us")])
    before = held(filled)
    undoing.take_back(filled, done(filled, clock, lambda case: protected.remove(case, NAME)))
    assert held(filled) == before


def test_a_replaced_note_comes_back_with_its_text(filled, clock):
    first = notes.add(filled, NAME, "first")
    what = done(filled, clock, lambda case: notes.add(case, NAME, "instead", replaces=first))
    undoing.take_back(filled, what)
    assert [note.text for note in notes.of_domain(filled, NAME)] == ["first"]


def test_what_changed_since_is_left_as_it_is(filled, clock):
    what = done(filled, clock, lambda case: assessments.add(case, NAME, confirmed(clock)))
    assessments.add(filled, "https://a.example/1", confirmed(clock, SiteKind.FORUM))
    undone = undoing.take_back(filled, what)
    assert (undone.facts, undone.outdated) == (1, 1)
    kinds = {f.assessment.kind for f in findings.history(filled, NAME) if not f.replaced}
    assert kinds == {SiteKind.FORUM, SiteKind.UNKNOWN}


def test_what_the_audit_does_not_know_how_to_undo_says_so(filled, report, discarded):
    def work(case):
        return reports.add(case, [report("https://c.test/1")], [], discarded, label="list")

    _, what = undoing.watched(filled, work=work)
    assert what is not None
    assert not what.possible


def test_reading_is_nothing_that_was_done(filled):
    assert undoing.watched(filled, work=held)[1] is None

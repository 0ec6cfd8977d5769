from __future__ import annotations

import pytest

from abusetrack.casefile import assessments, gates, notes, protected
from abusetrack.errors import InputError
from abusetrack.records import ContentState, GateStatus, ProtectedCategory, SiteKind
from abusetrack.triage import timeline
from abusetrack.ui.sayings import say, sayings

NOTE, CONTENT, AMEND, CLEAR, OPEN, PROTECT, FREE = range(7)


@pytest.fixture
def tell(filled, finding, qapp):
    with filled.case() as case:
        assessments.add(case, "amber.test", finding)

        def tell(number, **values):
            return say(sayings()[number], filled.context, case, "amber.test", values)

        tell.case, tell.context = case, filled.context
        yield tell


def test_each_thing_said_is_stored_and_stands_in_the_history(tell):
    assert tell(NOTE, note="seen before") is None
    assert tell(CONTENT, state=ContentState.GONE) == 2
    assert tell(AMEND, kind=SiteKind.FORUM, commercial=None) == 2
    tell(CLEAR, cleared_by="an office", reference="R 1")
    assert gates.of_domain(tell.case, "amber.test")[0].status is GateStatus.CLEARED
    tell(OPEN)
    assert gates.of_domain(tell.case, "amber.test")[0].status is GateStatus.OPEN
    tell(PROTECT, category=ProtectedCategory.PARTNER, party="a partner")
    assert [item.name for item in protected.everything(tell.case)] == ["amber.test"]
    tell(FREE)
    assert protected.everything(tell.case) == ()
    assert [note.text for note in notes.of_domain(tell.case, "amber.test")] == ["seen before"]
    told = timeline.timeline(tell.context, tell.case, "https://amber.test/")
    texts = " | ".join(entry.text for entry in told.entries)
    for part in (
        "seen before",
        "content gone",
        "confirmed, forum",
        "confirmed, dedicated (replaced",
    ):
        assert part in texts


@pytest.mark.parametrize(
    ("number", "values", "sentence"),
    [
        (NOTE, {}, "empty"),
        (CONTENT, {}, "Choose"),
        (AMEND, {}, "Change something"),
        (CLEAR, {"reference": "R 1"}, "who cleared"),
        (PROTECT, {}, "why"),
        (FREE, {}, "not protected"),
    ],
)
def test_what_cannot_be_said_is_refused_and_nothing_is_stored(tell, number, values, sentence):
    before = tell.case.value("SELECT count(*) FROM fact")
    with pytest.raises(InputError, match=sentence):
        tell(number, **values)
    assert tell.case.value("SELECT count(*) FROM fact") == before


def test_what_was_never_assessed_cannot_be_amended(filled, qapp):
    with filled.case() as case, pytest.raises(InputError, match="nothing of this domain"):
        say(sayings()[AMEND], filled.context, case, "birch.example", {"law": "x"})

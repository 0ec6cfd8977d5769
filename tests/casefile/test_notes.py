from __future__ import annotations

import uuid

import pytest

from abusetrack.casefile import check, facts, notes, reports, search
from abusetrack.casefile.facts import NewFact
from abusetrack.casefile.filters import ListQuery
from abusetrack.errors import InputError


@pytest.fixture
def filled(case, report, discarded):
    reports.add(case, [report("https://a.example/1")], [], discarded, label="list")
    return case


def texts(case, **options):
    return [note.text for note in notes.of_domain(case, "a.example", **options)]


def test_a_note_stands_until_it_is_replaced_and_stays_readable(filled, clock):
    first = notes.add(filled, "a.example", "call them")
    clock.move(hours=1)
    notes.add(filled, "a.example", "second matter")
    second = notes.add(filled, "a.example", "called", replaces=first)
    assert texts(filled) == ["second matter", "called"]
    assert texts(filled, replaced=True) == ["call them", "second matter", "called"]
    (note,) = [n for n in notes.of_domain(filled, "a.example") if n.id == second]
    assert (note.replaces, note.actor, note.at) == (first, "Ann", clock.now())
    assert check.check(filled).sound


def test_the_text_is_erasable_and_in_no_other_row(filled):
    notes.add(filled, "a.example", "a secret matter")
    rows = filled.query("SELECT content FROM fact") + filled.query("SELECT * FROM audit")
    assert "secret" not in str(rows)
    filled.execute("DELETE FROM erasable WHERE field = 'note' AND text LIKE '%secret%'")
    assert texts(filled) == [None]


@pytest.mark.parametrize(
    ("domain", "text", "replaces"),
    [
        ("a.example", "  \n", None),
        ("z.example", "hello", None),
        ("a.example", "hello", "nonsense"),
        ("a.example", "hello", str(uuid.UUID(int=7))),
    ],
    ids=["empty", "unknown domain", "no id", "unknown note"],
)
def test_what_cannot_be_is_refused(filled, domain, text, replaces):
    with pytest.raises(InputError):
        notes.add(filled, domain, text, replaces=replaces)
    assert texts(filled, replaced=True) == []


def test_a_note_is_replaced_once(filled):
    first = notes.add(filled, "a.example", "one")
    notes.add(filled, "a.example", "two", replaces=first)
    with pytest.raises(InputError):
        notes.add(filled, "a.example", "three", replaces=first)


def test_two_in_place_of_one_are_a_conflict_until_one_is_replaced(filled):
    first = notes.add(filled, "a.example", "one")
    here = notes.add(filled, "a.example", "here", replaces=first)
    with filled.transaction():  # as another desk did, that was merged in
        (there,) = facts.append(
            filled,
            [
                NewFact(
                    "note",
                    {"domain": "a.example"},
                    {"note": "there"},
                    supersedes=uuid.UUID(first).bytes,
                )
            ],
        )
        notes.fold(filled, facts.read(filled, [there.n]))
    assert sorted(texts(filled)) == ["here", "there"]
    (conflict,) = notes.conflicts(filled, "a.example")
    assert here in conflict.versions
    notes.add(filled, "a.example", "both", replaces=here)
    assert notes.conflicts(filled, "a.example") == ()


def test_a_note_is_found_by_its_text_until_erased(filled):
    notes.add(filled, "a.example", "they answer on Mondays")

    def found():
        return [hit.where for hit in search.first(filled, ListQuery(text="on monday"), 9).hits]

    assert found() == [search.Where.NOTE]
    filled.execute("DELETE FROM erasable WHERE field = 'note'")
    assert found() == []

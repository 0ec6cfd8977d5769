from __future__ import annotations

import re

import pytest
import sqlcipher3

from abusetrack.casefile import assessments, audit, check, observations, open_case_file, reports
from abusetrack.errors import CaseFileError
from abusetrack.records import AddressFacts, Question


@pytest.fixture
def filled(case, report, discarded, answer, observe, confirmed):
    reports.add(
        case, [report(f"https://a.example/{i}", f"R{i}") for i in range(4)], [], discarded,
        label="x",
    )  # fmt: skip
    assessments.add(case, "a.example", confirmed(access_note="n"))
    facts = AddressFacts(("192.0.2.1",))
    for body in (b"one" * 50, b"two" * 50):
        observations.store(
            case, answer("a.example", observe("a.example", Question.A, facts, body=body))
        )
    return case


@pytest.fixture
def tamper(filled, path, clock):
    """Change the closed file behind the triggers' back, then check it."""

    def change(*statements):
        filled.close()
        with sqlcipher3.connect(str(path)) as raw:
            for trigger in ("fact_never_UPDATE", "fact_never_DELETE", "audit_never_UPDATE",
                            "audit_never_DELETE"):  # fmt: skip
                raw.execute(f"DROP TRIGGER {trigger}")
            for statement in statements:
                assert raw.execute(statement).rowcount > 0
        raw.close()
        with open_case_file(path, clock=clock, actor="Ann") as case:
            return check.check(case)

    return change


def test_a_sound_file(filled):
    report = check.check(filled)
    assert report.sound
    assert report.problems == ()
    assert report.head == audit.head(filled)
    assert (report.facts, report.evidence, report.audit_rows) == (11, 2, 2)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE fact SET content = replace(content, '\"line\"', '\"lime\"') || ' ' WHERE n = 3",
         "The content of fact 3 "),
        ("UPDATE fact SET actor = 'Eve' WHERE n IN (3, 5)", "The content of fact 3 "),
        ("UPDATE fact SET at = '2020' WHERE n = 4", "The content of fact 4 "),
        ("UPDATE fact SET supersedes = zeroblob(16) WHERE n = 4", "The content of fact 4 "),
        ("UPDATE fact SET seq = 100 WHERE seq = 11", "Before fact 11 .* a fact is missing"),
        ("UPDATE erasable SET text = 'other' WHERE fact = 3 AND field = 'reference'",
         "The reference of fact 3 is not what was written"),
        ("DELETE FROM erasable WHERE fact = 3 AND field = 'path'", "The path of fact 3 is gone"),
        ("UPDATE evidence SET body = zeroblob(10) WHERE n = 2", "Evidence 2 "),
        ("UPDATE evidence SET body = NULL WHERE n = 2", "Evidence 2 "),
        ("UPDATE observation SET evidence = 1 WHERE evidence = 2",
         "evidence of fact 11 is missing or another"),
        ("UPDATE observation SET evidence = NULL WHERE evidence = 2",
         "evidence of fact 11 is missing or another"),
        ("UPDATE audit SET actor = 'Eve' WHERE seq = 1", "broken at row 1 "),
        ("UPDATE audit SET detail = '{}' WHERE seq = 2", "broken at row 2 "),
        ("DELETE FROM audit WHERE seq = 1", "broken at row 2 "),
        ("DELETE FROM report WHERE url = 1", None),
    ],
)  # fmt: skip
def test_what_was_changed_is_found_and_named(tamper, statement, words):
    report = tamper(statement)
    if words is None:  # derived rows can be folded anew from the facts
        assert report.sound
        return
    assert not report.sound
    (problem,) = report.problems
    assert re.search(words, problem)


def test_a_row_that_names_nothing_is_found(tamper):
    report = tamper("UPDATE url SET host = 99 WHERE id = 1")
    assert report.problems == ("Row 1 of url names a row of host that is not there.",)


def test_several_problems_are_all_told(tamper):
    report = tamper("UPDATE fact SET at = '' WHERE n = 1", "UPDATE audit SET at = '' WHERE seq = 1")
    assert len(report.problems) == 2


def test_no_message_holds_a_reported_name(tamper):
    report = tamper(
        "UPDATE fact SET at = '' WHERE n = 3", "UPDATE erasable SET text = 'x' WHERE fact = 3"
    )
    assert "a.example" not in " ".join(report.problems)


def flip(path, marker, clock, passphrase=None):
    """Flip one bit of the closed file and say whether it is found."""
    data = bytearray(path.read_bytes())
    place = data.index(marker) if isinstance(marker, bytes) else int(len(data) * marker)
    data[place] ^= 1
    path.write_bytes(data)
    with open_case_file(path, clock=clock, actor="Ann", passphrase=passphrase) as case:
        return check.check(case)


def test_a_flipped_bit_in_a_fact_is_found(filled, path, clock):
    filled.close()
    assert not flip(path, b'"received_at"', clock).sound


@pytest.mark.parametrize("place", [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95])
def test_a_flipped_bit_anywhere_in_an_encrypted_file_is_found(
    tmp_path, clock, report, discarded, place
):
    path = tmp_path / "secret"
    with open_case_file(path, clock=clock, actor="Ann", passphrase="sesame") as case:
        reports.add(case, [report("a.example")], [], discarded, label="x")
        assert check.check(case).sound
    try:
        problems = flip(path, place, clock, "sesame").problems
    except CaseFileError as error:  # a page that opening reads
        problems = (str(error),)
    assert problems


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fact SET content = '{' WHERE n = 3",
        "UPDATE fact SET content = '[]' WHERE n = 3",
        "UPDATE fact SET id = zeroblob(16) WHERE n = 3",
        "UPDATE evidence SET codec = 'other' WHERE n = 1",
    ],
)
def test_whatever_stands_there_the_check_comes_to_an_end(tamper, statement):
    assert not tamper(statement).sound

"""Whole WHOIS answers: ours pin the floors, the recorded ones measure where they are at hand."""

from __future__ import annotations

import importlib.util
import json
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abusetrack.lookup.whois_layout import MAX_TEXT
from abusetrack.lookup.whois_parse import parse
from abusetrack.records import Outcome

ROOT = Path(__file__).parents[2]
WRITTEN = Path(__file__).parent / "data" / "whois" / "answers.jsonl"
RECORDED = ROOT.parent / "shared" / "data" / "whois-dev.jsonl"
SENTENCES = tomllib.loads((WRITTEN.parent / "sentences.toml").read_text("utf-8"))
NEVER_FREE = SENTENCES.pop("never free")
ANSWERS = [json.loads(line) for line in WRITTEN.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def accuracy():
    spec = importlib.util.spec_from_file_location(
        "whois_accuracy", ROOT / "tools" / "whois_accuracy.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_written_answers_are_read(accuracy):
    counts = accuracy.score(ANSWERS)
    assert len(ANSWERS) >= 80
    assert counts.below() == []
    assert counts.wrong == []
    assert all(counts.asserted[field] for field in accuracy.FIELDS)


@pytest.mark.parametrize("outcome", SENTENCES)
def test_sentences_are_understood(outcome):
    meant = Outcome(outcome)
    said = {text: parse(text, "shop.test").outcome for text in SENTENCES[outcome]}
    assert {text: told for text, told in said.items() if told is not meant} == {}


def test_what_is_not_about_the_name_never_says_that_it_is_free():
    said = {text: parse(text, "shop.test").outcome for text in NEVER_FREE}
    assert [text for text, told in said.items() if told is Outcome.NOT_FOUND] == []


@pytest.mark.parametrize("outcome", sorted(set(SENTENCES) - {"not found"}))
def test_no_beginning_of_a_sentence_says_that_a_name_is_free(outcome):
    for text in SENTENCES[outcome]:
        for end in range(len(text)):
            assert parse(text[:end], "shop.test").outcome is not Outcome.NOT_FOUND


def test_recorded_answers_are_read(accuracy):
    if not RECORDED.exists():
        pytest.skip("the recorded WHOIS answers are not beside the checkout")
    counts = accuracy.score(accuracy.rows(RECORDED))
    assert counts.below() == []


def test_the_script_fails_below_the_floors(accuracy, tmp_path, monkeypatch, capsys):
    row = {"id": "1", "domain": "shop.test", "text": "Registrar: Alpha\nNo match"}
    for truth, code in (({"registrar": ["Alpha"]}, 0), ({"registrar": ["Beta"]}, 1)):
        path = tmp_path / "answers.jsonl"
        path.write_text(json.dumps(row | {"truth": {"state": "registered", **truth}}))
        monkeypatch.setattr("sys.argv", ["whois_accuracy", str(path)])
        assert accuracy.main() == code
    printed = capsys.readouterr()
    assert "registrar: 0.0% right" in printed.err
    assert "Alpha" not in printed.out + printed.err


@pytest.mark.parametrize("row", ANSWERS, ids=[row["id"] for row in ANSWERS])
def test_a_cut_answer_never_turns_into_its_opposite(row):
    state = row["truth"]["state"]
    lines = row["text"].splitlines(keepends=True)
    for count in range(len(lines)):
        for text in ("".join(lines[:count]), "".join(lines[:count])[:-3]):
            outcome = parse(text, row["domain"]).outcome
            if state != "registered" and not state.startswith("other"):
                assert outcome is not Outcome.OK
            if state != "available":
                assert outcome is not Outcome.NOT_FOUND


@pytest.mark.parametrize("row", ANSWERS, ids=[row["id"] for row in ANSWERS])
def test_line_ends_and_margins_of_the_transport_change_nothing(row):
    plain = parse(row["text"], row["domain"])
    assert parse(row["text"].replace("\n", "\r\n"), row["domain"]) == plain
    assert parse("\r\n" + row["text"] + "\0", row["domain"]) == plain


_LINES = [line for row in ANSWERS for line in row["text"].splitlines()]


@given(st.lists(st.sampled_from(_LINES) | st.text(max_size=80), max_size=40), st.integers(0, 3000))
def test_any_mixture_of_lines_is_read(lines, cut):
    reading = parse("\n".join(lines)[:cut], "shop.test")
    assert (reading.facts is not None) == (reading.outcome is Outcome.OK)


@given(st.text(max_size=400), st.text(max_size=30))
def test_any_text_is_read(text, domain):
    reading = parse(text, domain)
    assert (reading.facts is not None) == (reading.outcome is Outcome.OK)


@given(
    st.sampled_from(["", "Status: ", "Created: ", "Name servers:\n  ", "Registrar: "]),
    st.text(min_size=1, max_size=6),
    st.sampled_from([MAX_TEXT // 2, 4 * MAX_TEXT]),
    st.booleans(),
)
def test_huge_answers_are_read(start, piece, size, lines):
    line = start + piece * (200 if lines else size)
    reading = parse("\n".join([line] * (size // len(line) + 1)), "shop.test")
    assert (reading.facts is not None) == (reading.outcome is Outcome.OK)

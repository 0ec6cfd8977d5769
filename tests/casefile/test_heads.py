from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlcipher3

from abusetrack.casefile import dump, heads, merge, open_case_file
from abusetrack.errors import InputError


def test_earlier_heads_are_met_again_in_everything_later(case, live, tmp_path, clock):
    noted = [heads.of(case)]
    live(case)
    noted.append(heads.of(case))
    with open_case_file(tmp_path / "other", clock=clock, actor="Bob") as other:
        live(other, "B")
        dump.write(other, tmp_path / "dump")
    merge.merge(case, tmp_path / "dump")
    noted.append(heads.of(case))
    live(case, "later ")
    assert [len(one.origins) for one in noted] == [1, 1, 2]
    assert [heads.compare(case, one) for one in noted] == [(), (), ()]
    assert heads.decode(heads.encode(noted[2])) == noted[2]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE fact SET sha256 = zeroblob(32) WHERE seq = 5", "one of the first .* another one"),
        ("DELETE FROM fact WHERE seq > 20", "facts are missing"),
        ("UPDATE audit SET sha256 = zeroblob(32)", "does not lead over the head of row"),
        ("DELETE FROM audit WHERE seq > 2", "does not lead over the head of row"),
    ],
)
def test_what_was_changed_before_is_found(case, live, path, clock, statement, words):
    live(case)
    noted = heads.of(case)
    case.close()
    with sqlcipher3.connect(str(path)) as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            if "_never_" in name:
                raw.execute(f"DROP TRIGGER {name}")
        raw.execute(statement)
    raw.close()
    with open_case_file(path, clock=clock, actor="Ann") as again:
        (problem,) = heads.compare(again, noted)
    assert re.search(words, problem)


def test_a_case_file_that_is_not_there(case, live):
    live(case)
    found = heads.of(case)
    elsewhere = replace(found.origins[0], origin="ab" * 16)
    problem = heads.compare(case, heads.Heads(found.at, (elsewhere,)))[0]
    assert problem.startswith("Nothing of case file abababab is here")


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"format":"abusetrack heads 1"}', "\x00"]
)
def test_what_are_no_heads_is_refused(text):
    with pytest.raises(InputError, match="no heads that abusetrack wrote"):
        heads.decode(text)

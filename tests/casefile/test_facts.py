from __future__ import annotations

import hashlib
import hmac
import json
import uuid

import pytest
import sqlcipher3
from hypothesis import given
from hypothesis import strategies as st

from abusetrack.casefile import facts, open_case_file
from abusetrack.casefile.encoding import canonical
from abusetrack.casefile.facts import NewFact


@pytest.fixture
def write(case):
    def writer(*new: NewFact):
        with case.transaction():
            return facts.append(case, new)

    return writer


def test_facts_come_back_in_the_order_asked_for(case, write):
    written = write(NewFact("a", {"x": 1}), NewFact("b", {"x": [2]}, {"note": "psst"}))
    second, first = facts.read(case, [written[1].n, written[0].n])
    assert (first.kind, first.content, first.texts) == ("a", {"x": 1}, {})
    assert second.text("note") == "psst"
    assert second.text("nothing") is None
    assert not second.erased
    assert (second.actor, second.at) == ("Ann", case.clock.now())
    assert uuid.UUID(first.id).version == 7


def test_numbers_are_gapless_and_ids_ascend(case, write):
    write(NewFact("a", {}), NewFact("a", {}))
    write(NewFact("a", {}))
    rows = case.rows("SELECT seq, id FROM fact ORDER BY n")
    assert [seq for seq, _ in rows] == [1, 2, 3]
    assert rows == sorted(rows)


def test_a_failed_transaction_leaves_no_gap(case, write):
    with pytest.raises(ZeroDivisionError), case.transaction():
        facts.append(case, [NewFact("a", {"x": 1 // len(facts.append(case, []))})])
    write(NewFact("a", {}))
    assert case.value("SELECT seq FROM fact") == 1


def test_an_outsider_can_recompute_the_hash_and_the_mark(case, write):
    write(NewFact("a", {"x": "\N{SNOWMAN}"}, {"note": "psst"}, supersedes=bytes(16)))
    row = case.query("SELECT fact.*, origin.id AS whose FROM fact JOIN origin ON origin.n = origin")
    (fact,) = row
    header = [fact["id"].hex(), fact["whose"].hex(), fact["seq"], fact["kind"], fact["at"],
              fact["actor"], fact["supersedes"].hex(), json.loads(fact["content"])]  # fmt: skip
    text = json.dumps(header, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).digest() == fact["sha256"]
    ((key, text),) = case.rows("SELECT key, text FROM erasable")
    mark = hmac.new(key, text.encode(), "sha256").hexdigest()
    assert json.loads(fact["content"])["erasable"] == {"note": mark}
    assert "psst" not in fact["content"]


def test_every_text_has_a_key_of_its_own(case, write):
    write(NewFact("a", {}, {"note": "same", "path": "same"}), NewFact("a", {}, {"note": "same"}))
    assert case.value("SELECT count(DISTINCT key) FROM erasable") == 3


def test_an_erased_text_is_known_to_be_gone(case, write):
    (written,) = write(NewFact("a", {}, {"note": "psst"}))
    case.execute("DELETE FROM erasable")
    (fact,) = facts.read(case, [written.n])
    assert fact.erased
    assert fact.text("note") is None


@pytest.mark.parametrize("table", ["fact", "audit"])
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET actor = 'Eve'", "DELETE FROM {}", "REPLACE INTO {} SELECT * FROM {}"],
)
def test_facts_and_audit_are_never_changed(case, write, table, statement):
    from abusetrack.casefile import audit

    write(NewFact("a", {}))
    audit.append(case, "do", "", {})
    with pytest.raises(sqlcipher3.IntegrityError, match="never changed or deleted"):
        case.execute(statement.format(table, table))
    assert case.value(f"SELECT count(*) FROM {table}") == 1


def test_hostile_text_is_stored_and_comes_back(case, write):
    nasty = "a\ud800b\0c"
    (written,) = write(NewFact("a", {"x": nasty}, {"note": nasty}))
    (fact,) = facts.read(case, [written.n])
    assert (
        fact.content["x"]
        == fact.text("note")
        == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"
    )


def test_with_the_clock_set_back_ids_go_on_and_times_are_as_it_said(case, clock, path, write):
    write(NewFact("a", {}))
    clock.move(days=-400)
    with open_case_file(path, clock=clock, actor="Ann") as again, again.transaction():
        facts.append(again, [NewFact("a", {})])
    write(NewFact("a", {}))
    rows = case.rows("SELECT seq, id, at FROM fact ORDER BY n")
    assert [seq for seq, _, _ in rows] == [1, 2, 3]
    assert [one for _, one, _ in rows] == sorted(one for _, one, _ in rows)
    assert [at[:4] for _, _, at in rows] == ["2026", "2025", "2025"]


@given(st.text(), st.text(), st.text(), st.text(), st.none() | st.just(b"\x01" * 16))
def test_a_hash_is_that_of_the_canonical_list(origin, kind, at, actor, supersedes):
    """Also where a part that comes from elsewhere holds quotes."""
    content = {"note": "psst"}
    told = facts.hash_of(b"\x07" * 16, origin, 3, kind, at, actor, supersedes, canonical(content))
    whole = ["07" * 16, origin, 3, kind, at, actor, supersedes and supersedes.hex(), content]
    assert told == hashlib.sha256(canonical(whole).encode()).digest()

from __future__ import annotations

import pytest

from abusetrack.casefile import check, folding


@pytest.fixture
def lived_in(case, live):
    live(case)
    return case


def dump_of(case):
    return {table: sorted(map(repr, case.rows(sql))) for table, sql in folding.VIEWS.items()}


def test_what_is_folded_is_what_the_facts_say(lived_in):
    before = dump_of(lived_in)
    numbers = lived_in.rows("SELECT id, domain FROM domain_now ORDER BY id")
    assert folding.rebuild(lived_in) == []
    assert dump_of(lived_in) == before
    assert all(before[table] for table in ("report", "observation", "prefix_now", "notice_file"))
    assert lived_in.rows("SELECT id, domain FROM domain_now ORDER BY id") == numbers
    assert check.check(lived_in).sound


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("report", "DELETE FROM report WHERE fact = (SELECT max(fact) FROM report)"),
        ("report", "UPDATE report SET outcome = 'not illegal' WHERE outcome = 'confirmed'"),
        ("domain_now", "UPDATE domain_now SET reports = 70 WHERE domain = 'a.example'"),
        ("domain_now", "UPDATE domain_now SET suffix = 'test' WHERE domain = 'a.example'"),
        ("host", "UPDATE host SET unicode = 'other.example' WHERE name = 'a.example'"),
        ("url", "UPDATE url SET digest = zeroblob(16) WHERE id = 1"),
        ("observation", "DELETE FROM observation WHERE question = 'MX'"),
        ("observation", "UPDATE observation SET outcome = 'not found'"),
        ("prefix_now", "UPDATE prefix_now SET asked_at = '2020'"),
        ("contact", "UPDATE contact SET email = 'eve@mail.example'"),
        ("contact", "UPDATE contact SET confirmed_by = 'Eve' WHERE confirmed_by IS NULL"),
        ("contact", "DELETE FROM contact"),
        ("trait", "DELETE FROM trait"),
        ("party_note", "DELETE FROM party_note"),
        ("contact_outcome", "DELETE FROM contact_outcome"),
        ("no_send", "DELETE FROM no_send"),
        ("replacement", "UPDATE replacement SET rights = '[]'"),
        ("gate", "UPDATE gate SET status = 'open'"),
        ("protected", "UPDATE protected SET name = 'c.example'"),
        ("approval", "UPDATE approval SET actor = 'Eve'"),
        ("notice", "UPDATE notice SET status = 'refused'"),
        ("notice_row", "DELETE FROM notice_row WHERE position = 1"),
        ("notice_event", "DELETE FROM notice_event"),
        ("notice_answer", "DELETE FROM notice_answer"),
        ("notice_quality", "UPDATE notice_quality SET quality = 'duplicate'"),
        ("notice_file", "DELETE FROM notice_file"),
        ("subject", "UPDATE subject SET name = 'c.example' WHERE name = 'a.example'"),
    ],
)
def test_what_was_changed_is_said_and_mended(lived_in, table, statement):
    before = dump_of(lived_in)
    with lived_in.transaction():
        assert lived_in.execute(statement)
    different = folding.rebuild(lived_in)
    assert table in {one.table for one in different}
    assert all(one.rows for one in different)
    assert dump_of(lived_in) == before
    assert folding.rebuild(lived_in) == []

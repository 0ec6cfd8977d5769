from __future__ import annotations

import re
from pathlib import Path

from abusetrack.casefile import driver, folding
from abusetrack.casefile.migrations import apply

PAGE = Path(__file__).parents[2] / "docs" / "casefile.md"


def test_every_table_has_its_paragraph(case):
    paragraphs = re.split(r"\n\s*\n", PAGE.read_text(encoding="utf-8"))
    described = {match[1] for text in paragraphs if (match := re.match(r"\*\*(\w+)\*\*", text))}
    tables = {
        row["name"]
        for row in case.query(
            "SELECT name FROM pragma_table_list"
            " WHERE type IN ('table', 'virtual') AND name NOT LIKE 'sqlite%'"
        )
    }
    assert described == tables


def test_every_column_is_named(case):
    words = set(re.findall(r"\w+", PAGE.read_text(encoding="utf-8")))
    columns = {
        f"{row['table_name']}.{row['name']}"
        for row in case.query(
            "SELECT t.name AS table_name, c.name FROM pragma_table_list AS t,"
            " pragma_table_info(t.name) AS c WHERE t.type = 'table' AND t.name NOT LIKE '%sqlite%'"
        )
    }
    assert {name for name in columns if name.partition(".")[2] not in words} == set()


def kinds() -> set[str]:
    package = PAGE.parent.parent / "abusetrack" / "casefile"
    source = "".join(file.read_text(encoding="utf-8") for file in package.rglob("*.py"))
    return set(re.findall(r'NewFact\(\s*"([^"]+)"', source))


def test_every_kind_of_fact_is_described():
    page = PAGE.read_text(encoding="utf-8")
    assert len(kinds()) >= 8
    assert {kind for kind in kinds() if f"| `{kind}` |" not in page} == set()


def test_every_kind_of_fact_can_be_folded():
    assert kinds() <= {one.kind for one in folding.FOLDS}


def test_every_folded_table_is_compared():
    page = PAGE.read_text(encoding="utf-8")
    named = re.search(r"\*Folded\* tables \((.+?)\)", page, re.DOTALL)[1]
    assert set(re.findall(r"`(\w+)`", named)) == folding.VIEWS.keys()


_OLDER = """
INSERT INTO origin VALUES (1, zeroblob(16));
INSERT INTO domain_now(id, domain, unicode, host_kind, first_reported, last_reported, as_of)
    VALUES (1, 'old.test', 'old.test', 'name', '', '', '');
INSERT INTO host VALUES (1, 'www.old.test', 'www.old.test', 'name', 1);
INSERT INTO url VALUES (1, zeroblob(16), 1);
INSERT INTO fact SELECT n, randomblob(16), 1, n, 'x', '', '', NULL, content, zeroblob(32)
    FROM (SELECT 1 AS n, '{}' AS content UNION SELECT 2, '{"legal_category":"A1"}');
INSERT INTO report(fact, url, domain, reference, received_at, source, list, assessment)
    VALUES (1, 1, 1, x'', '', '', 1, 2);
INSERT INTO erasable VALUES (1, 'reference', x'', 'H-77'), (1, 'note', x'', 'a note');
"""


def test_an_older_file_gets_its_index_filled():
    db = driver.connect(":memory:")
    apply(db, stop_before="m0003_search")
    db.executescript(_OLDER)
    apply(db)
    for table, text, rowid in (
        ("name_search", "w.ol", 1), ("reference_search", "H-7", 1), ("note_search", "not", 9),
    ):  # fmt: skip
        sql = f"SELECT rowid FROM {table} WHERE {table} MATCH ?"
        assert db.execute(sql, [f'"{text}"']).fetchall() == [(rowid,)]
    assert db.execute("SELECT legal_category FROM report").fetchall() == [("A1",)]

from __future__ import annotations

import re
from pathlib import Path

from abusetrack.casefile import folding

PAGE = Path(__file__).parents[2] / "docs" / "casefile.md"


def test_every_table_has_its_paragraph(case):
    paragraphs = re.split(r"\n\s*\n", PAGE.read_text(encoding="utf-8"))
    described = {match[1] for text in paragraphs if (match := re.match(r"\*\*(\w+)\*\*", text))}
    tables = {
        row["name"]
        for row in case.query(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
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

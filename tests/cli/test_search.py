from __future__ import annotations

import csv
import io
import json

import pytest

LIST = (
    "url,source,reference\n"
    "https://www.amber.example/x,public,H-2026-0001\n"
    "https://amberlight.example/,partner,H-2026-0002\n"
    "https://birch.example/,public,H-2026-0003\n"
)


@pytest.fixture
def desk(abusetrack):
    (abusetrack.folder / "list.csv").write_text(LIST, encoding="utf-8")
    abusetrack.here("import", abusetrack.folder / "list.csv", "--json")
    abusetrack.here(
        "assess", "https://birch.example/", "--outcome", "confirmed", "--category", "A1", "--json"
    )
    return abusetrack


def domains(found):
    return [hit["domain"] for hit in found["hits"]]


def test_search_as_an_analyst_does(desk):
    found = desk.here("search", "hxxps://www.AMBER[.]example/x", "--json")
    assert domains(found) == ["amber.example"]
    assert found["hits"][0]["found_in"] == "name"
    found = desk.here("search", "h-2026-0003", "--json")
    assert [(hit["domain"], hit["found_in"]) for hit in found["hits"]] == [
        ("birch.example", "reference")
    ]
    assert domains(desk.here("search", "--confirmed", "--json")) == ["birch.example"]
    assert domains(desk.here("search", "--category", "A1", "--notice", "none", "--json")) == [
        "birch.example"
    ]
    assert domains(desk.here("search", "amber", "--confirmed", "--json")) == []
    ordered = desk.here("search", "--sort", "domain", "--ascending", "--limit", "2", "--json")
    assert domains(ordered) == ["amber.example", "amberlight.example"]
    assert ordered["more"] is True


def test_filters_are_saved_inside_the_case_file(desk):
    desk.here("search", "amber", "--tld", "example", "--save", "mine", "--json")
    assert domains(desk.here("search", "--saved", "mine", "--json")) == [
        "amber.example",
        "amberlight.example",
    ]
    assert domains(desk.here("search", "light", "--saved", "mine", "--json")) == [
        "amberlight.example"
    ]
    assert desk.here("search", "--list", "--json") == {"mine": {"text": "amber", "tld": "example"}}
    assert desk.here("search", "--forget", "mine", "--json") == {}


def test_words_a_person_can_read(desk):
    done = desk.run("search", "amber")
    assert "start of the name" in done.stdout
    assert done.stdout.rstrip().endswith("2 domains")
    assert "Nothing found" in desk.run("search", "no such").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("search", "--saved", "nothing"), "No filter is saved"),
        (("search", "--forget", "nothing"), "No filter is saved"),
        (("search", "--asn", "ASX"), "like AS64500"),
        (("search", "--reported-since", "yesterday"), "2026-03-01"),
        (("export", "x.doc"), "ends in none of"),
        (("export", "x.csv", "--share", "public", "--columns", "domain"), "not for --share public"),
    ],
)
def test_mistakes_are_told_in_one_sentence(desk, words, said):
    done = desk.run(*words, check=False)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_export_writes_what_search_finds(desk):
    target = desk.folder / "out.csv"
    done = desk.here(
        "export", target, "--text", "amber", "--columns", "domain,references", "--sort", "domain",
        "--ascending", "--exact", "--json",
    )  # fmt: skip
    assert done["rows"] == 2
    _head, *rows = csv.reader(io.StringIO(target.read_text(encoding="utf-8"), newline=""))
    assert [row[:2] for row in rows] == [
        ["amber.example", "H-2026-0001"],
        ["amberlight.example", "H-2026-0002"],
    ]
    lines = desk.folder / "out.jsonl"
    desk.here("export", lines, "--share", "partner", "--json")
    first, *rows = (json.loads(line) for line in lines.read_text(encoding="ascii").splitlines())
    assert first["about"]["share"] == "partner"
    assert [row["domain"] for row in rows] == ["birch[.]example"]

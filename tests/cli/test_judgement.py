"""gate, protect, hops, links, worklist as analysts run them."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from abusetrack.cli import main

LIST = (
    "url,outcome,kind,legal category,law\n"
    "https://same.com/p,confirmed,dedicated,A,Law 1\n"
    "https://same.net/p,confirmed,dedicated,A,Law 1\n"
    "https://same.org/p,confirmed,dedicated,A,Law 1\n"
    "https://new.com/p,,,,\n"
)


@pytest.fixture
def desk(abusetrack):
    path = abusetrack.folder / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    abusetrack.here("import", path, "--json")
    return abusetrack


def say(desk, *words, code=0):
    options = ["--case", str(desk.case), "--config", str(desk.config)]
    result = CliRunner().invoke(main, [*options, *map(str, words)], env=desk.home)
    assert result.exit_code == code, result.output
    return result.output


def test_a_gate_is_cleared_listed_and_opened_again(desk):
    desk.config.write_text("[organisation]\npolice_gate = true\n", encoding="utf-8")
    assert [item["domain"] for item in desk.here("gate", "--open", "--json")] == [
        "same.com", "same.net", "same.org",
    ]  # fmt: skip
    cleared = desk.here(
        "gate", "same.com", "--cleared-by", "Police of Exampleland", "--reference", "P-7",
        "--expires", "2999-01-01", "--json",
    )  # fmt: skip
    assert cleared == [{"domain": "same.com", "open": False, "entries": []}]
    (listed,) = desk.here("gate", "--list", "--json")
    assert listed["entries"][0]["cleared_by"] == "Police of Exampleland"
    assert listed["entries"][0]["expires_at"] == "2999-01-01T00:00:00Z"
    shown = desk.here("show", "same.com", "--json")
    assert shown["gate"]["open"] is False
    assert {item["advice"] for item in desk.here("show", "same.net", "--json")["roles"]} == {
        "blocked"
    }
    assert "1 gate open" in say(desk, "gate", "same.com", "--open")
    assert "same.com: open" in say(desk, "gate", "--list")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["gate"], "--open or --list"),
        (["gate", "same.com"], "--cleared-by"),
        (["gate", "same.com", "--cleared-by", "P", "--open"], "either"),
        (["gate", "same.com", "--cleared-by", "P", "--country", "XYZ"], "two letters"),
        (["gate", "same.com", "--cleared-by", "P", "--at", "soon"], "2026-03-01"),
        (["gate", "never.org", "--cleared-by", "P"], "never reported"),
        (["links", "never.org"], "never reported"),
        (["protect", "add", "no name"], "no name that can be protected"),
        (["protect", "remove", "same.com"], "not protected"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_mistake_is_said_in_one_sentence(desk, words, sentence):
    assert sentence in say(desk, *words, code=2)


def test_names_are_protected_one_by_one_and_by_list(desk):
    say(desk, "protect", "add", "files.same.com", "--category", "partner", "--party", "A partner")
    path = desk.folder / "names.csv"
    path.write_text("Name;x\n", encoding="utf-8")
    assert "header line" in say(desk, "protect", "import", path, code=2)
    path.write_text("name,category,party\nsame.net,registry,R\nbad name,own,\n", encoding="utf-8")
    assert "Line 3" in say(desk, "protect", "import", path, code=2)
    assert len(desk.here("protect", "list", "--json")) == 1  # all or none
    path.write_text("name,category,party\nsame.net,registry,R\n", encoding="utf-8")
    assert "1 name" in say(desk, "protect", "import", path)
    shown = desk.here("show", "same.com", "--json")
    assert shown["protected"] == {
        "name": "files.same.com", "category": "partner", "party": "A partner",
    }  # fmt: skip
    say(desk, "protect", "remove", "files.same.com")
    assert desk.here("show", "same.com", "--json")["protected"] is None
    assert "same.net" in say(desk, "protect", "list")


def test_hops_links_and_the_work_list(desk):
    (hop,) = desk.here("hops", "--json")["hopping"]
    assert hop == {"string": "same", "endings": 3, "domains": ["same.com", "same.net", "same.org"]}
    assert "hopping: 1 string" in say(desk, "hops")
    found = desk.here("links", "same.com", "--json")
    assert [link["domain"] for link in found["links"]] == ["same.net", "same.org"]
    assert "same second-level string" in say(desk, "links", "https://same.com/x")
    work = desk.here("worklist", "--json")
    assert [item["domain"] for item in work][-1] == "new.com"
    assert {item["step"] for item in work} == {"draft a notice", "assess it"}
    assert "and 3 more" in say(desk, "worklist", "--limit", "1")
    shown = desk.here("show", "same.com", "--json")
    assert shown["persistent"] is True
    assert [reason["code"] for reason in shown["persistence"]["reasons"]] == ["hopping"]
    assert [link["domain"] for link in shown["links"]] == ["same.net", "same.org"]


def test_show_says_whom_to_address_in_words(desk):
    text = say(desk, "show", "same.com")
    assert "registrar: blocked (registrar not known" in text
    assert "would change:" in text

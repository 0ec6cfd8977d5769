"""timeline, since, content, note, amend, watch: as their users run them."""

from __future__ import annotations

import json
import re

import pytest

URL = "https://www.a.test/gallery/1"


@pytest.fixture
def filled(abusetrack, tmp_path):
    suffixes = tmp_path / "suffixes.dat"
    suffixes.write_text("// ===BEGIN ICANN DOMAINS===\ntest\n// ===END ICANN DOMAINS===\n")
    abusetrack.config.write_text(
        f'[names]\nextra_suffixes = "{suffixes.as_posix()}"\n[organisation]\nanalyst = "Ann"\n'
    )
    listed = tmp_path / "list.csv"
    listed.write_text(f"url,reference\n{URL},R1\nhttps://a.test/2,R2\nhttps://b.test/,R3\n")
    abusetrack.here("import", listed, "--source", "public", "--json")
    return abusetrack


def entries(desk, what):
    found = desk.here("timeline", "a.test", "--json")
    return [entry for entry in found["entries"] if entry["what"] == what]


def test_content_is_recorded_per_url_and_shown_with_who_and_when(filled):
    at = "2026-03-01T10:00:00Z"
    words = ("content", URL, "--status", "gone", "--at", at, "--source", "checker", "--json")
    assert filled.here(*words) == {"urls": 1, "complaints": []}
    assert filled.here("content", "a.test", "--status", "present", "--json")["urls"] == 2
    (first, *_rest) = entries(filled, "content")
    assert (first["at"], first["by"]) == (at, "checker")
    said = filled.here("show", "a.test", "--json")["content_statuses"]
    assert {item["status"] for item in said} == {"present"}
    assert {item["source"] for item in said} == {"Ann"}


def test_a_status_from_the_future_or_of_nothing_reported_is_refused(filled):
    refused = filled.run("content", URL, "--status", "gone", "--at", "2999-01-01", check=False)
    assert refused.returncode == 2
    assert "future" in refused.stderr
    unknown = filled.run("content", "https://z.test/", "--status", "gone", "--json", check=False)
    assert unknown.returncode == 1
    assert "nothing is reported" in unknown.stdout


def test_notes_stand_until_replaced(filled):
    first = filled.here("note", "a.test", "call them", "--json")["note"]
    filled.here("note", "a.test", "called", "--replace", first, "--json")
    (note,) = filled.here("show", "a.test", "--json")["notes"]
    assert (note["text"], note["by"]) == ("called", "Ann")
    assert [entry["text"] for entry in entries(filled, "note")] == [
        "call them (replaced since)", "called",
    ]  # fmt: skip


def test_an_amendment_keeps_the_earlier_finding_in_sight(filled):
    filled.here("assess", "a.test", "--outcome", "confirmed", "--kind", "forum", "--json")
    amended = filled.here("amend", "a.test", "--kind", "dedicated", "--severity", 2, "--json")
    assert amended == {"amended_reports": 2, "complaints": []}
    assert filled.here("show", "a.test", "--json")["kind"] == "dedicated"
    texts = [entry["text"] for entry in entries(filled, "finding")]
    assert texts == ["confirmed, forum (replaced since)"] * 2 + ["confirmed, dedicated"] * 2
    assert filled.here("show", "a.test", "--json")["conflicts"] == []
    nothing = filled.run("amend", "b.test", "--severity", 1, "--json", check=False)
    assert nothing.returncode == 1
    assert filled.run("amend", "a.test", check=False).returncode == 2


def test_since_lists_what_is_new_until_it_is_marked_as_seen(filled, tmp_path):
    first = filled.here("since", "--seen", "--json")
    assert first["mark"] is None
    assert {item["domain"]: item["reports"] for item in first["reports"]} == {
        "a.test": 2, "b.test": 1,
    }  # fmt: skip
    assert filled.here("since", "--json")["reports"] == []
    more = tmp_path / "more.txt"
    more.write_text("https://b.test/new\n")
    filled.here("import", more, "--json")
    assert filled.here("since", "--json")["reports"] == [{"domain": "b.test", "reports": 1}]
    other = filled.config.read_text().replace('"Ann"', '"Bob"')
    filled.config.write_text(other)
    assert filled.here("since", "--json")["mark"] is None


def test_in_words(filled):
    filled.here("content", URL, "--status", "gone", "--json")
    shown = filled.run("timeline", "a.test").stdout
    assert "reported: https://www.a.test, reference R1" in shown
    assert "content gone" in shown
    assert "gallery" not in shown  # paths are not for the screen's eye
    news = filled.run("since").stdout
    assert re.search(r"3 new reports on 2 domains", news)


def test_a_list_of_content_statuses_is_taken_in(filled, tmp_path):
    table = tmp_path / "seen.csv"
    table.write_text(
        f"url,status,seen at,source\n{URL},gone,2026-01-05,own system\n"
        "b.test,present,,\nnever.test,gone,,\nb.test,away,,\n"
    )
    done = filled.run("content", "--from", table, "--json", check=False)
    assert done.returncode == 1
    said = json.loads(done.stdout)
    assert said["urls"] == 2
    assert [(item["line"], item["text"]) for item in said["complaints"]] == [
        (5, "b.test"), (4, "never.test"),
    ]  # fmt: skip
    texts = [entry["text"] for entry in entries(filled, "content")]
    assert len(texts) == 1
    assert "gone" in texts[0]
    for words in (("content",), ("content", URL), ("content", URL, "--from", table)):
        assert filled.run(*words, check=False).returncode == 2


@pytest.mark.parametrize("words", [("timeline", "z.test"), ("note", "z.test", "x")])
def test_what_was_never_reported_is_said_so(filled, words):
    done = filled.run(*words, check=False)
    assert done.returncode == 2
    assert "was reported to this case file" in done.stderr


def test_a_watch_needs_a_resolver_and_says_which_setting(filled):
    done = filled.run("watch", "--once", check=False)
    assert done.returncode == 2
    assert "resolver.nameservers" in done.stderr

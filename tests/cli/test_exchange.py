from __future__ import annotations

import pytest


@pytest.fixture
def two(abusetrack):
    """Two case files of one installation; both took in the same list, one assessed it."""
    (abusetrack.folder / "a.csv").write_text(
        "url,reference\nhttps://one.example.com/x,R1\nhttps://two.example.com/y,R2\n",
        encoding="utf-8",
    )
    other = ("--case", str(abusetrack.folder / "other"))
    abusetrack.said("import", "a.csv")
    abusetrack.said(*other, "import", "a.csv")
    abusetrack.said(
        *other, "assess", "example.com", "--outcome", "confirmed", "--kind", "dedicated"
    )
    return other


def test_two_case_files_come_together(abusetrack, two):
    abusetrack.said(*two, "dump", "other.jsonl")
    assert abusetrack.here("merge", "other.jsonl", "--json") == {
        "facts": 5, "evidence": 0, "audit_rows": 2, "erased": 0, "domains": 1,
    }  # fmt: skip
    assert "nothing was changed" in abusetrack.said("merge", "other.jsonl").stdout
    abusetrack.said("dump", "own.jsonl")
    abusetrack.said(*two, "merge", "own.jsonl")
    for options in ((), two):
        shown = abusetrack.here(*options, "show", "example.com", "--json")
        assert (shown["reports"], shown["confirmed_reports"]) == (2, 2)
        rebuilt = abusetrack.here(*options, "check", "--rebuild", "--json")
        assert rebuilt["sound"]
        assert (rebuilt["rebuilt_differences"], rebuilt["rebuilt_tables"]) == (0, {})


def test_what_cannot_be_merged_is_said_in_one_sentence(abusetrack, two):
    abusetrack.said(*two, "dump", "other.jsonl")
    path = abusetrack.folder / "other.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("confirmed", "not illegal", 1))
    done = abusetrack.said("merge", "other.jsonl", code=2)
    assert "nothing was stored: line " in done.stderr
    assert "example.com" not in done.stderr
    assert "exists already" in abusetrack.said("dump", "other.jsonl", code=2).stderr

"""What strangers wrote does nothing to the terminal, and a bug gives no name away."""

from __future__ import annotations

import json
import os

import click
import pytest
from click.testing import CliRunner

from abusetrack.cli import main

HOSTILE = "\x1b]0;owned\x9b2J\u202ecod"
SIGNS = ("\x1b", "\x9b", "\u202e")


def test_a_file_name_and_a_complaint_do_nothing_to_the_terminal(abusetrack):
    path = abusetrack.folder / os.fsdecode(b"list\x1b[2J\nfake: 9 new\xff.txt")
    path.write_text(f"https://example.com/a\n{HOSTILE}.\u202eexample..com\n", encoding="utf-8")
    done = abusetrack.run("import", path)
    assert "list\\u001b[2J\\u000afake: 9 new\\udcff.txt: 1 new" in done.stdout
    assert not [sign for sign in SIGNS if sign in done.stdout + done.stderr]
    assert len(done.stdout.splitlines()) == 1
    again = abusetrack.run("import", path, "--json")
    assert again.stdout.isascii()
    assert json.loads(again.stdout)[0]["file"] == path.name


def test_a_contact_does_nothing_to_the_terminal_and_is_shown_when_confirmed(abusetrack):
    table = abusetrack.folder / "contacts.csv"
    table.write_text(
        f"iana_id,name,email,form\n9000001,Evil{HOSTILE} Ltd,abuse@registrar.example,\n",
        encoding="utf-8",
    )
    abusetrack.run("contacts", "import", table)
    listed = abusetrack.run("contacts", "list").stdout
    confirmed = abusetrack.run("contacts", "confirm", "iana:9000001").stdout
    assert not [sign for sign in SIGNS if sign in listed + confirmed]
    assert "\\u001b]0;owned" in listed
    assert "abuse@registrar.example" in confirmed


def test_an_empty_passphrase_makes_no_plain_case_file(abusetrack):
    (abusetrack.folder / "one.txt").write_text("https://example.com/\n", encoding="utf-8")
    done = abusetrack.run("import", "one.txt", env={"ABUSETRACK_PASSPHRASE": ""}, check=False)
    assert (done.returncode, abusetrack.case.exists()) == (2, False)
    assert "ABUSETRACK_PASSPHRASE is set but empty" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("resolve", "--older-than", "9" * 12 + "d"),
        ("import", "-", "--received", "0001-01-01T00:00+14:00"),
    ],
)
def test_times_beyond_the_calendar_are_told(abusetrack, words):
    (abusetrack.folder / "one.txt").write_text("https://example.com/\n", encoding="utf-8")
    abusetrack.run("import", "one.txt")
    done = abusetrack.run(*words, check=False, stdin="")
    assert done.returncode == 2


def test_a_bug_gives_no_name_away(abusetrack):
    @click.command()
    def boom():
        raise ValueError("marker.example.com")

    main.add_command(boom, "boom")
    try:
        result = CliRunner().invoke(main, [*abusetrack._options(), "boom"], env=abusetrack.home)
    finally:
        del main.commands["boom"]
    assert result.exit_code == 1
    assert "a bug in abusetrack" in result.output
    assert "marker" not in result.output
    logged = "".join(path.read_text(encoding="utf-8") for path in abusetrack.folder.rglob("*.log"))
    assert "ValueError" in logged
    assert "boom" in logged
    assert "marker" not in logged

"""watch as a timer starts it, and as somebody stops it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from abusetrack.casefile import check, open_case_file
from abusetrack.records import SystemClock

PAGE = Path(__file__).parents[2] / "docs" / "watch.md"


@pytest.fixture
def silent(abusetrack, tmp_path):
    """A resolver that hears every question and answers none; and a list that waits for it."""
    suffixes = tmp_path / "suffixes.dat"
    suffixes.write_text("// ===BEGIN ICANN DOMAINS===\ntest\n// ===END ICANN DOMAINS===\n")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
        heard.bind(("127.0.0.1", 0))
        heard.settimeout(60)
        port = heard.getsockname()[1]
        abusetrack.config.write_text(
            f'[names]\nextra_suffixes = "{suffixes.as_posix()}"\n'
            f'[resolver]\nnameservers = ["127.0.0.1:{port}"]\n'
        )
        listed = tmp_path / "list.csv"
        listed.write_text("".join(f"https://site{number}.test/\n" for number in range(5)))
        abusetrack.here("import", listed, "--json")
        yield heard


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals to handle")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_watch_that_is_stopped_leaves_everything_due(abusetrack, silent, number):
    process = subprocess.Popen(
        [sys.executable, "-m", "abusetrack", *abusetrack._options(), "watch"],
        stderr=subprocess.PIPE, text=True, env={**os.environ, **abusetrack.home},
    )  # fmt: skip
    silent.recv(2000)  # it is in the middle of a lookup
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the rest stays due" in said
    assert "Traceback" not in said
    with open_case_file(abusetrack.case, clock=SystemClock(), actor="") as case:
        assert case.value("SELECT count(*) FROM queue WHERE lease_owner IS NOT NULL") == 0
        assert case.value("SELECT count(*) FROM queue WHERE due_at IS NOT NULL") == 5
        assert check.check(case).sound


def test_the_commands_of_the_recipes_are_ones_that_there_are(abusetrack):
    page = PAGE.read_text(encoding="utf-8")
    found = re.findall(r"abusetrack(?:\.exe\\\")? (watch[ a-z-]*)", page)
    assert len([words for words in found if words == "watch --once"]) >= 3
    for words in found:
        abusetrack.said(*words.split(), "--help")

"""Whoever stops reading, on a pipe or on the network, ends no process without a word."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ALIVE = """
import socket
import abusetrack.cli.main
near, far = socket.socketpair()
far.close()
try:
    near.sendall(b"a question")
except BrokenPipeError:
    print("alive")
"""


def test_a_server_that_hangs_up_kills_no_process():
    words = [sys.executable, "-c", ALIVE]
    assert subprocess.run(words, capture_output=True, text=True).stdout == "alive\n"


@pytest.mark.parametrize("words", [("--help",), ("--version",)])
def test_a_reader_that_stops_ends_a_command_quietly(tmp_path, words):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "abusetrack", "--case", str(tmp_path / "case"), *words],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"XDG_STATE_HOME": str(tmp_path)},
        timeout=90,
    )
    os.close(writer)
    assert done.stderr == ""
    assert done.returncode == 1

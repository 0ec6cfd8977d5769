"""Killed at random moments in everything that writes; ``make soak`` does it ten times as often."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(os.name != "posix", reason="kill -9 is what this is about")
def test_killed_at_random_nothing_acknowledged_is_lost(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "soak", "--kills", "20", "--seed", "20260301"],
        env={
            **os.environ,
            "PYTHONPATH": str(TOOLS),
            "TMPDIR": str(tmp_path),
            "HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "lost or damaged" in done.stdout

"""The main job over 4,501 really reported names, asked on loopback only."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT.parent / "shared" / "data" / "volume" / "domains-with-facts.csv"


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not LIST.exists(), reason="the list of real names is not beside the checkout")
def test_every_real_name_equals_what_its_list_says():
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "real_input.py"), str(LIST)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert "| differences | 0 |" in done.stdout
    assert "| names in the list | 4501 |" in done.stdout

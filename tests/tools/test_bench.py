"""The benchmark's parts still run; what they measure is for ``make bench``."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"
NEEDED = ("asyncwhois", "ipwhois", "whois", "whoisit")
MISSING = [name for name in NEEDED if importlib.util.find_spec(name) is None]


@pytest.mark.skipif(bool(MISSING), reason=f"`make bench` installs {', '.join(MISSING)}")
@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs os.wait4 to measure processes")
def test_all_parts_run_and_report(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--names", "10", "--many", "12"],
        env={**os.environ, "PYTHONPATH": str(TOOLS), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    # 1: so few names meet no target.
    assert done.returncode in {0, 1}, done.stderr
    assert "Traceback" not in done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith("|")][2:]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    clients = [
        "today's script",
        "today's script, 32 threads",
        "today's script, 32 threads, first address only",
        "whoisit, registration only",
        "asyncwhois, registration only",
        "abusetrack import",
        "abusetrack resolve",
    ]
    assert [row[0] for row in cells] == clients * 2 + clients[-2:]
    assert [row[2] for row in cells] == ["10"] * 14 + ["12"] * 2
    assert done.stdout.count("- met: ") + done.stdout.count("- MISSED: ") == 5

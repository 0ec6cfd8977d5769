from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools"
sys.path.insert(0, str(TOOLS))

from windowbench.__main__ import Measured, report  # noqa: E402


def inside(*words):
    command = [sys.executable, "-m", "windowbench.inside", *(str(word) for word in words)]
    done = subprocess.run(command, cwd=TOOLS, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_missed_limit_is_said_and_fails(capsys):
    fine = Measured("quick", 1.0, 2.0, "ms")
    late = Measured("slow", 3.0, 2.0, "ms")
    assert report([fine, Measured("only told", 9.0, None, "ms")]) == 0
    assert "missed" not in capsys.readouterr().out
    assert report([fine, late]) == 1
    assert "slow | 3.0 ms | 2.0 ms **missed**" in capsys.readouterr().out


@pytest.fixture
def case(tmp_path):
    path = tmp_path / "case"
    words = [sys.executable, TOOLS / "bench_metrics.py", "--names", 300, "--file", path]
    subprocess.run([str(word) for word in [*words, "--only-fill"]], check=True, capture_output=True)
    return path


def test_a_start_is_timed_until_the_window_is_painted(case, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text("")
    assert inside("bare", 300)["painted"] > 0
    assert inside("start", case, config)["painted"] > 0


def test_every_step_through_the_list_is_timed(case):
    said = inside("scroll", case)
    assert said["rows"] == 300
    assert len(said["steps"]) == 700
    assert said["memory"] > 0

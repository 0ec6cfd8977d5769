"""Try an installed program: its command line, and its window."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_SECONDS = 60


def try_out(program: Path, *, on_server: bool = False) -> None:
    """Run a program's command line and its window; exits with what went wrong.

    ``on_server`` opens the window on an X server too, where xvfb-run is there.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        case = ("--case", "case.abusetrack", "--config", "config.toml")
        (folder / "config.toml").write_text("")
        run(program, "--version", folder=folder)
        run(program, "practice", "--reports", "reports.txt", folder=folder)
        run(program, *case, "import", "reports.txt", folder=folder)
        run(program, *case, "check", folder=folder)
        run(program, *case, "report", "--out", "report.pdf", folder=folder)
        _open([str(program), *case], folder, {"QT_QPA_PLATFORM": "offscreen"})
        if on_server and shutil.which("xvfb-run"):
            _open(["xvfb-run", "-a", str(program), *case], folder, {"QT_QPA_PLATFORM": "xcb"})
            print("its window opened on an X server")


def _open(words: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Start the window, wait until it says that it is shown, and ask it to close."""
    state = folder / "state"
    said = folder / "said.txt"
    home = {"HOME": str(folder), "XDG_STATE_HOME": str(state), "XDG_RUNTIME_DIR": str(folder)}
    with said.open("wb") as out:
        process = subprocess.Popen(
            words, cwd=folder, stdout=out, stderr=out, start_new_session=True,
            env={**os.environ, **home, **environment},
        )  # fmt: skip
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end and process.poll() is None:
            if any("the window is shown" in log.read_text("utf-8") for log in state.rglob("*.log")):
                break
            time.sleep(0.2)
        else:
            _stop(process, signal.SIGTERM)
            sys.exit(f"{words}: no window in {_SECONDS} s\n{said.read_text()}")
        _stop(process, signal.SIGTERM)
    for log in state.rglob("*.log"):
        log.unlink()


def _stop(process: subprocess.Popen[bytes], number: int) -> None:
    if os.name == "nt":
        process.terminate()
    else:
        os.killpg(process.pid, number)
    process.wait(_SECONDS)


def run(*words: object, folder: Path | None = None) -> None:
    """Run a program; where it fails, exit with what it said."""
    done = subprocess.run([str(word) for word in words], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}")

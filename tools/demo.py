"""Run the main job against the practice internet, then open the window or draw its pages.

Everything is written into ./demo: settings, reports, case file, drafts, pictures.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from abusetrack import practice

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "demo"


def main() -> int:
    """Return the exit code."""
    if DEMO.exists():
        shutil.rmtree(DEMO)
    DEMO.mkdir(mode=0o700)
    world = practice.build()
    practice.write_reports(world, DEMO / "reports.txt")
    practice.write_assessments(world, DEMO / "assessments.csv")
    practice.write_contacts(world, DEMO / "contacts.csv")
    with practice.PracticeThread(world, DEMO / "practice") as served:
        config = served.config_path
        _run(config, "import", DEMO / "reports.txt", "--source", "public")
        _run(config, "assess", "--from", DEMO / "assessments.csv")
        _run(config, "resolve", may_fail=True)
        _run(config, "stats", "registrars")
        _run(config, "contacts", "import", DEMO / "contacts.csv")
        _run(config, "contacts", "confirm", *_parties(config))
        _run(config, "draft", "--to", "registrar", "--out", DEMO / "drafts")
        _run(config, "check")
        print(f"\ncase file  {DEMO / 'case.abusetrack'}\ndrafts     {DEMO / 'drafts'}")
        return _window(config)


def _run(config: Path, *arguments: object, may_fail: bool = False) -> None:
    words = [str(argument) for argument in arguments]
    shown = words if len(words) < 8 else [*words[:6], "..."]
    print(f"\n$ abusetrack {' '.join(shown)}", flush=True)
    done = subprocess.run([*_command(config), *words], check=False)
    if done.returncode not in ({0, 1} if may_fail else {0}):
        sys.exit(f"'abusetrack {words[0]}' ended with exit code {done.returncode}")


def _parties(config: Path) -> list[str]:
    """The registrars whose contacts an analyst would now check one by one."""
    words = [*_command(config), "contacts", "list", "--used", "--unconfirmed", "--json"]
    listed = subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout
    return [contact["party"] for contact in json.loads(listed)]


def _command(config: Path) -> list[str]:
    case = DEMO / "case.abusetrack"
    return [sys.executable, "-m", "abusetrack", "--case", str(case), "--config", str(config)]


def _window(config: Path) -> int:
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if display or sys.platform in {"darwin", "win32"}:
        print("\nThe window is open; close it to end the practice internet.", flush=True)
        return subprocess.run(_command(config), check=False).returncode
    pictures = DEMO / "pages"
    done = subprocess.run(
        [
            sys.executable,
            str(ROOT / "tools" / "screenshots.py"),
            str(pictures),
            "--case",
            str(DEMO / "case.abusetrack"),
            "--config",
            str(config),
        ],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    if done.returncode:
        print("The window's pages could not be drawn; the rest of the demo is complete.")
        return 0
    print(f"pages      {pictures}  (no display: drawn instead of opened)")
    return 0


if __name__ == "__main__":
    sys.exit(main())

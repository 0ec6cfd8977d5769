"""Build the one-folder program with PyInstaller, and try it: ``make bundle``.

    python tools/bundle.py FOLDER [--try-window]

Built from the wheel in an environment of its own, so that what is in it is what an
installation has. ``--try-window`` also opens it under Xvfb, where xvfb-run is there.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import venv
from pathlib import Path

from trying import run, try_out

ROOT = Path(__file__).resolve().parent.parent
PYINSTALLER = "pyinstaller>=6.16,<7"
_START = "from abusetrack.__main__ import start\n\nstart()\n"
# Loaded by name, or read as files, so that no import tells of them.
_COLLECTED = (
    *("--collect-submodules", "abusetrack"),
    *("--collect-data", "abusetrack.resources"),
    *("--collect-data", "abusetrack.guide"),
    *("--collect-data", "publicsuffixlist"),
    *("--collect-data", "xarf"),
    *("--collect-data", "netaddr"),
    *("--hidden-import", "keyring.backends"),
    *("--hidden-import", "msgspec._utils"),
)


def main() -> int:
    """Return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--try-window", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        built = _build(Path(name))
        target = options.folder.absolute() / "abusetrack"
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(built, target, symlinks=True)
    program = target / ("abusetrack.exe" if os.name == "nt" else "abusetrack")
    try_out(program, on_server=options.try_window)
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    print(f"{target} works ({size / 2**20:.0f} MiB)")
    return 0


def _build(folder: Path) -> Path:
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(python, "-m", "pip", "install", "-q", f"{wheel}[keyring,hub]", PYINSTALLER)
    start = folder / "start.py"
    start.write_text(_START)
    run(
        *(python, "-m", "PyInstaller", "--noconfirm", "--onedir", "--log-level", "ERROR"),
        *("--name", "abusetrack", "--distpath", folder / "dist", "--workpath", folder / "work"),
        *("--specpath", folder, *_COLLECTED, start),
        folder=folder / "env",
    )
    built = folder / "dist" / "abusetrack"
    for name in ("desktop/abusetrack.desktop", "icons/app/abusetrack.svg"):
        shutil.copy(ROOT / "resources" / name, built)
    shutil.copy(ROOT / "LICENSE", built)
    return built


if __name__ == "__main__":
    sys.exit(main())

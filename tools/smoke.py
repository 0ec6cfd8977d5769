"""Build the wheel and try it in a clean environment, away from this checkout."""

from __future__ import annotations

import os
import sys
import tempfile
import venv
from pathlib import Path

from trying import run, try_out

ROOT = Path(__file__).resolve().parent.parent

# Resources are found, the command line works without loading Qt, a table is read.
_CHECK = """
import sys
from importlib import resources
from abusetrack.cli import main
from abusetrack.names import Names
assert not [name for name in sys.modules if name.startswith("PySide6")], "Qt was loaded"
files = resources.files("abusetrack.resources")
for name in (
    "data/private_suffixes.toml",
    "data/evidence-1.dict",
    "data/world.json",
    "templates/en/registrar/first.txt.jinja",
    "bulletin/page.html.jinja",
    "fonts/DejaVuSans.ttf",
    "icons/README.md",
    "icons/lucide/LICENSE.txt",
):
    assert (files / name).is_file(), name
assert (resources.files("abusetrack.guide") / "first-day.md").is_file()
assert Names().target("https://site.example.com/").host.domain.name == "example.com"
"""


def main() -> int:
    """Return the exit code."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheels = folder / "wheels"
        run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", wheels, ROOT)
        (wheel,) = wheels.glob("*.whl")
        venv.create(folder / "env", with_pip=True)
        scripts = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
        run(scripts / "python", "-m", "pip", "install", "-q", wheel)
        run(scripts / "python", "-c", _CHECK, folder=folder)
        try_out(scripts / "abusetrack")
    print("the wheel works in a clean environment")
    return 0


if __name__ == "__main__":
    sys.exit(main())

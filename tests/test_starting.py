"""What a start loads: nothing that only lookups, charts or other formats need."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

SEEN = "import json, sys; import {what}; print(json.dumps(sorted(sys.modules)))"
ONLY_WHEN_NEEDED = (
    "aiohttp", "dns", "jinja2", "numpy", "psycopg", "pyqtgraph", "reportlab", "scipy", "stix2",
)  # fmt: skip


@pytest.mark.parametrize("what", ["abusetrack.cli.main", "abusetrack.app"])
def test_a_start_loads_only_what_it_needs(what):
    words = [sys.executable, "-c", SEEN.format(what=what)]
    loaded = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    assert what in loaded
    assert not [name for name in ONLY_WHEN_NEEDED if name in loaded]


def test_no_plugin_of_another_package_is_loaded(tmp_path):
    told = tmp_path / "told"
    spy = (
        f"open({str(told)!r}, 'w').close()\ndef new_schema_validator(*_, **__): return 3 * (None,)"
    )
    (tmp_path / "spy.py").write_text(spy, "utf-8")
    info = tmp_path / "spy-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: spy\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[pydantic]\nspy = spy\n", "utf-8")
    plain = {name: value for name, value in os.environ.items() if "PYDANTIC" not in name}
    environment = plain | {"PYTHONPATH": str(tmp_path)}
    for first, seen in (("", True), ("import abusetrack; ", False)):
        words = [sys.executable, "-c", f"{first}import pydantic; pydantic.TypeAdapter(int)"]
        subprocess.run(words, check=True, env=environment)
        assert told.exists() is seen
        told.unlink(missing_ok=True)


def test_pydantic_is_there_before_pyside6_looks_into_every_import():
    """Loaded later, in a thread, it ended in an ImportError now and then."""
    code = (
        "import sys, abusetrack.app; order = list(sys.modules);"
        "first = order.index('PySide6');"
        "assert order.index('pydantic.type_adapter') < first;"
        "assert order.index('pydantic._internal._validators') < first"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)

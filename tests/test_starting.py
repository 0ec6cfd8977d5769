"""What a start loads: nothing that only lookups, charts or other formats need."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SEEN = "import json, sys; import {what}; print(json.dumps(sorted(sys.modules)))"
ONLY_WHEN_NEEDED = (
    "aiohttp", "dns", "numpy", "pyqtgraph", "reportlab", "scipy", "stix2", "psycopg",
)  # fmt: skip


@pytest.mark.parametrize("what", ["abusetrack.cli.main", "abusetrack.app"])
def test_a_start_loads_only_what_it_needs(what):
    words = [sys.executable, "-c", SEEN.format(what=what)]
    loaded = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    assert what in loaded
    assert not [name for name in ONLY_WHEN_NEEDED if name in loaded]

"""docs/metrics.md says what each panel counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from abusetrack.metrics.panels import PANELS
from abusetrack.metrics.survival import WITHIN

DOCS = Path(__file__).parents[3] / "docs" / "metrics.md"


@pytest.mark.parametrize("key", [kind.key for kind in PANELS])
def test_every_panel_stands_under_its_group(key):
    kind = next(kind for kind in PANELS if kind.key == key)
    sections = DOCS.read_text("utf-8").split("\n## ")
    section = next(text for text in sections if text.startswith(kind.group))
    assert f"`{key}`" in section


def test_every_column_of_numbers_is_explained():
    text = DOCS.read_text("utf-8")
    for words in ("HHI", "gone within", "median", "told of", "reported again after", "run out"):
        assert words.lower() in text.lower()
    assert WITHIN

"""The shipped data tables, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def shipped(name: str) -> dict[str, Any]:
    """Return the table ``name`` of the resources."""
    text = (resources.files("abusetrack.resources") / "data" / name).read_text("utf-8")
    return tomllib.loads(text)

"""Countries by region: the United Nations' M49 standard, as the shipped table has it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

DEFINITION = "sub-regions of the United Nations' M49 standard, as in the Unicode CLDR"


@dataclass(frozen=True, slots=True)
class Region:
    """A sub-region; ``within`` is the region it lies in."""

    m49: str
    name: str
    within: str


@dataclass(frozen=True, slots=True)
class Regions:
    """The table."""

    source: str
    of: dict[str, Region]  # country (two letters) -> its sub-region
    names: dict[str, str]  # country (two letters) -> its English name


@cache
def regions() -> Regions:
    """Read the shipped table once."""
    text = (resources.files("abusetrack.resources") / "data" / "regions.toml").read_text("utf-8")
    table = tomllib.loads(text)
    found = {
        code: Region(row["m49"], row["name"], row["within"])
        for row in table["region"]
        for code in row["countries"]
    }
    return Regions(table["source"], found, table["names"])

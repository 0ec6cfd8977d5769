"""Addresses that mean something else than a place: stop pages, sinkholes, parking.

The shipped table can be widened by files in the same form, or as JSON lists of
prefixes as the MISP project publishes them.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from ipaddress import IPv6Address, ip_network
from pathlib import Path
from typing import Any

from abusetrack.errors import SettingsError
from abusetrack.lookup.addresses import literal
from abusetrack.lookup.prefixes import PrefixTable

_MAX_FILE = 32 * 1024 * 1024
_SHIPPED = "stop_pages"


class Meaning(StrEnum):
    """What an address stands for; the value is the name of the table's entries."""

    STOP_PAGE = "stop_page"
    SINKHOLE = "sinkhole"
    PARKING = "parking"
    FILTERING = "filtering"  # the address of a resolver that filters


@dataclass(frozen=True, slots=True)
class Landmark:
    """An entry of a table, and which table."""

    meaning: Meaning
    name: str
    source: str

    def __str__(self) -> str:
        return f"{self.name} ({self.source})"


class Landmarks:
    """The shipped table, and the files of the settings by what they list."""

    def __init__(self, files: Mapping[Meaning, tuple[str, Iterable[Path]]]) -> None:
        """``files`` has the key of the setting and its paths.

        Raises:
            SettingsError: a file cannot be used; the message names the setting.
        """
        self._tables: dict[Meaning, PrefixTable[Landmark]] = {m: PrefixTable() for m in Meaning}
        # Of an address all meanings are asked for, one after the other.
        self._entries = lru_cache(maxsize=4096)(self._find)
        shipped = resources.files("abusetrack.resources") / "data" / f"{_SHIPPED}.toml"
        self._read_toml(shipped.read_text("utf-8"), _SHIPPED, tuple(Meaning))
        for meaning, (key, paths) in files.items():
            for path in paths:
                try:
                    self._read(path, meaning)
                except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                    raise SettingsError(
                        f"The table {path} cannot be used; check {key}: it takes TOML files with "
                        f"[[{meaning.value}]] entries (name, prefixes), or JSON files with a list "
                        "of prefixes."
                    ) from error

    def of(self, addresses: Iterable[str], *meanings: Meaning) -> Landmark | None:
        """Return what all of ``addresses`` stand for; None where one is just an address."""
        found: dict[Meaning, Landmark] | None = None
        for text in addresses:
            here = {m: entry for m, entry in self._entries(text).items() if m in meanings}
            found = here if found is None else {m: found[m] for m in found if m in here}
            if not found:
                return None
        return next(iter(found.values()), None) if found else None

    def _find(self, text: str) -> dict[Meaning, Landmark]:
        address = literal(text)
        if address is None:
            return {}
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        entries = ((m, table.get(address)) for m, table in self._tables.items())
        return {meaning: entry for meaning, entry in entries if entry is not None}

    def _read(self, path: Path, meaning: Meaning) -> None:
        if path.stat().st_size > _MAX_FILE:
            raise ValueError("too large")
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() != ".json":
            self._read_toml(text, path.stem, (meaning,))
            return
        value = json.loads(text)
        name = path.stem.replace("-", " ").replace("_", " ").strip()
        source = f"table {path.stem} {value.get('version', '')}".strip()
        if value.get("type") == "cidr":  # a list of names means nothing here
            self._add(Landmark(meaning, name, source), value["list"])

    def _read_toml(self, text: str, stem: str, meanings: Iterable[Meaning]) -> None:
        table = tomllib.loads(text)
        dated = table.get("date")
        source = f"table {stem} {dated.isoformat() if isinstance(dated, date) else ''}".strip()
        for meaning in meanings:
            entries: list[dict[str, Any]] = table.get(meaning.value, [])
            for entry in entries:
                name = entry["name"]
                if not isinstance(name, str) or not name.strip():
                    raise ValueError("an entry without a name")
                self._add(Landmark(meaning, name, source), entry.get("prefixes", ()))

    def _add(self, landmark: Landmark, prefixes: Iterable[str]) -> None:
        table = self._tables[landmark.meaning]
        for text in prefixes:
            table.set(ip_network(text, strict=False), landmark)

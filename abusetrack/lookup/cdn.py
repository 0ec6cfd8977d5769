"""Content delivery networks and reverse proxies, recognised by table.

A host behind one does not stand where its address says. Rules are AS numbers,
prefixes and suffixes of alias names; the shipped table can be widened by files in
the same form or as JSON lists of prefixes or names.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from abusetrack.errors import SettingsError
from abusetrack.lookup.addresses import Address
from abusetrack.lookup.prefixes import PrefixTable
from abusetrack.records import CdnFacts

_MAX_FILE = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CdnMatch:
    """Which table says so; no facts where no rule matches."""

    source: str
    facts: CdnFacts | None = None


@dataclass(slots=True)
class _Rules:
    asns: dict[int, tuple[str, str]] = field(default_factory=dict)
    suffixes: dict[str, tuple[str, str]] = field(default_factory=dict)
    prefixes: PrefixTable[tuple[str, str, str]] = field(default_factory=PrefixTable)

    def add(self, entry: dict[str, Any], source: str) -> None:
        name = entry["name"]
        if not isinstance(name, str) or not name.strip():
            raise ValueError("an entry without a name")
        for asn in entry.get("asns", ()):
            self.asns.setdefault(int(asn), (name, source))
        for suffix in entry.get("suffixes", ()):
            self.suffixes.setdefault(suffix.strip(".").lower(), (name, source))
        for text in entry.get("prefixes", ()):
            network = ip_network(text, strict=False)
            self.prefixes.set(network, (name, str(network), source))


class CdnTable:
    """All rules of the shipped table and of the settings' files; a shipped rule wins."""

    def __init__(self, paths: Iterable[Path] = ()) -> None:
        self._rules = _Rules()
        shipped = resources.files("abusetrack.resources") / "data" / "cdn.toml"
        self._default = self._read_toml(shipped.read_text("utf-8"), "cdn")
        for path in paths:
            try:
                if path.stat().st_size > _MAX_FILE:
                    raise ValueError("too large")
                text = path.read_text(encoding="utf-8-sig")
                if path.suffix.lower() == ".json":
                    self._read_list(text, path.stem)
                else:
                    self._read_toml(text, path.stem)
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                raise SettingsError(
                    f"The CDN table {path} cannot be used; check network.cdn_tables: it takes TOML "
                    "files with [[cdn]] entries (name, asns, prefixes, suffixes), or JSON files "
                    "with a list of prefixes or names."
                ) from error

    @property
    def suffixes(self) -> dict[str, str]:
        """The suffixes of alias names, each with the network it belongs to."""
        return {suffix: name for suffix, (name, _source) in self._rules.suffixes.items()}

    def by_address(self, address: Address, asns: Iterable[int]) -> CdnMatch:
        """Say which network ``address`` belongs to, by AS number, else by prefix."""
        for asn in asns:
            known = self._rules.asns.get(asn)
            if known is not None:
                return CdnMatch(known[1], CdnFacts(known[0], f"AS{asn}"))
        rule = self._rules.prefixes.get(address)
        if rule is not None:
            name, prefix, source = rule
            return CdnMatch(source, CdnFacts(name, prefix))
        return CdnMatch(self._default)

    def by_alias(self, chain: Iterable[str]) -> CdnMatch:
        """Say which network an alias chain leads into."""
        for alias in chain:
            labels = alias.split(".")
            for start in range(len(labels)):
                suffix = ".".join(labels[start:])
                known = self._rules.suffixes.get(suffix)
                if known is not None:
                    return CdnMatch(known[1], CdnFacts(known[0], f"alias *.{suffix}"))
        return CdnMatch(self._default)

    def _read_toml(self, text: str, name: str) -> str:
        table = tomllib.loads(text)
        dated = table.get("date")
        source = f"table {name} {dated.isoformat() if isinstance(dated, date) else ''}".strip()
        for entry in table["cdn"]:
            self._rules.add(entry, source)
        return source

    def _read_list(self, text: str, name: str) -> None:
        """Read a list as the MISP project publishes them: named by its file."""
        try:
            value = json.loads(text)
        except RecursionError:
            raise ValueError("nested too deep") from None
        if not isinstance(value["list"], list):
            raise TypeError("no list")
        source = f"table {name} {value.get('version', '')}".strip()
        key = "prefixes" if value.get("type") == "cidr" else "suffixes"
        title = name.replace("-", " ").replace("_", " ").strip()
        known = {cdn.casefold(): cdn for cdn, _source in self._rules.asns.values()}
        cdn = known.get(title.casefold(), title.title())
        self._rules.add({"name": cdn, key: value["list"]}, source)

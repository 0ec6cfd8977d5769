"""Name servers of parking services and sinkholes: the shipped table and the user's.

Files are TOML like the shipped one, or JSON lists of host names as the MISP project
publishes them. Lists of addresses may stand beside them: lookups read those.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path

from abusetrack.errors import SettingsError

_MAX_FILE = 32 * 1024 * 1024

Service = tuple[str, str]  # suffix of its name servers, its name


def read(parking: Iterable[Path], sinkholes: Iterable[Path] = ()) -> tuple[Service, ...]:
    """Read the shipped table and the files of the settings.

    Raises:
        SettingsError: a file cannot be read or has not the form; the message names it.
    """
    shipped = resources.files("abusetrack.resources") / "data" / "parking_ns.toml"
    found = list(_from_toml(shipped.read_text("utf-8"), "parking"))
    for kind, paths in (("parking", parking), ("sinkhole", sinkholes)):
        for path in paths:
            found += _file(path, kind)
    return tuple(found)


def _file(path: Path, kind: str) -> list[Service]:
    key = f"network.{kind}_tables"
    try:
        if path.stat().st_size > _MAX_FILE:
            raise ValueError("too large")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise SettingsError(f"The {kind} table {path} cannot be read; check {key}.") from error
    try:
        is_list = path.suffix.lower() == ".json"
        return list(_from_list(text, path.stem) if is_list else _from_toml(text, kind))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SettingsError(
            f"The {kind} table {path} is not usable; check {key}: it takes TOML files with "
            f"[[{kind}]] entries (name, name_servers, prefixes), or JSON files with a list of "
            "host names or prefixes."
        ) from error


def _from_toml(text: str, kind: str) -> Iterator[Service]:
    for entry in tomllib.loads(text)[kind]:
        name = entry["name"]
        if not isinstance(name, str) or not (entry.keys() & {"name_servers", "prefixes"}):
            raise ValueError("an entry without a name, or that lists nothing")
        yield from ((_suffix(suffix), name) for suffix in entry.get("name_servers", ()))


def _from_list(text: str, stem: str) -> Iterator[Service]:
    value = json.loads(text)
    listed = value["list"]
    if not isinstance(listed, list):
        raise TypeError("no list")
    if value.get("type") != "cidr":  # those are addresses
        yield from ((_suffix(suffix), f"list {stem}") for suffix in listed)


def _suffix(text: str) -> str:
    return text.strip().strip(".").lower()

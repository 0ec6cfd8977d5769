"""What helps to find a fault, as one ZIP: versions, settings without their words, sizes, the log.

Nothing in it names anybody: of settings only numbers and switches are told, of texts that
they are set; the log holds no names by itself.
"""

from __future__ import annotations

import io
import json
import os
import platform
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from msgspec import Struct

from abusetrack import __version__
from abusetrack.casefile.sizes import Sizes
from abusetrack.errors import InputError
from abusetrack.settings import Settings

_NAME = re.compile(r"[A-Za-z0-9._-]+")  # of a requirement, before its versions
_MOST = 1_000_000  # bytes of one file of the log


def collect(settings: Settings, log: Path, sizes: Sizes | str) -> dict[str, str]:
    """Return the files of the ZIP by name.

    Args:
        settings: those in use.
        log: the log file; older ones stand beside it with a number.
        sizes: of the case file, or why they are not known.
    """
    found = {
        "versions.json": _json(_versions()),
        "settings.json": _json(dict(_told(settings, Settings()))),
        "case-file.json": _json(sizes if isinstance(sizes, str) else dict(sizes)),
    }
    for path in sorted(log.parent.glob(f"{log.name}*")):
        text = path.read_text(encoding="utf-8", errors="replace")
        found[f"log/{path.name}"] = text[-_MOST:]
    return found


def write(place: Path, files: Mapping[str, str]) -> None:
    """Write the ZIP to a place where nothing stands.

    Raises:
        InputError: something stands there.
        OSError: it cannot be written.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    try:
        handle = os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise InputError(f"{place} exists already; name another file.") from None
    with os.fdopen(handle, "wb") as file:
        file.write(packed.getvalue())


def _versions() -> dict[str, str]:
    found = {
        "abusetrack": __version__,
        "python": platform.python_version(),
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
        "frozen": str(getattr(sys, "frozen", False)),
    }
    for name in _libraries():
        with suppress(metadata.PackageNotFoundError):  # an extra that is not used here
            found[name] = metadata.version(name)
    return found


def _libraries() -> list[str]:
    try:
        needed = metadata.requires("abusetrack") or []
    except metadata.PackageNotFoundError:  # a folder that was put there by hand
        return []
    return sorted({match[0] for text in needed if (match := _NAME.match(text))})


def _told(mine: Struct, usual: Struct, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield the settings that are not as they come: numbers and switches, texts as set."""
    for field in usual.__struct_fields__:
        value, otherwise = getattr(mine, field), getattr(usual, field)
        if isinstance(value, Struct) and isinstance(otherwise, Struct):
            yield from _told(value, otherwise, f"{prefix}{field}.")
        elif value != otherwise:
            told = isinstance(value, bool | int | float)
            yield f"{prefix}{field}", value if told else "set"


def _json(value: object) -> str:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=True) + "\n"

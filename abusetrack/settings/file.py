"""The settings file: read, checked and written; what is wrong is said with the key's full name.

Writing goes through tomlkit, so comments and order survive.
"""

from __future__ import annotations

import os
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from abusetrack.errors import SettingsError
from abusetrack.settings.tables import Settings


def load(path: Path, *, must_exist: bool = False) -> Settings:
    """Read settings from ``path``; defaults if there is no such file.

    Raises:
        SettingsError: the file cannot be read, is no TOML, or a value is wrong.
    """
    base = path.absolute().parent
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if must_exist:
            raise SettingsError(f"There is no settings file {path}; check --config.") from None
        return Settings(base=base)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError(f"The settings file {path} cannot be read: {reason}.") from error
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"The settings file {path} is not valid TOML: {error}.") from error
    try:
        return Settings(**values, base=base)
    except (ValidationError, TypeError) as error:
        raise SettingsError(f"{_sentence(error)} Mend it in {path}.") from error


def complaint(key: str, value: Any, *, title: str = "") -> str:
    """Return what is wrong with the value of ``table.key``, as a sentence; empty if nothing.

    The sentence names ``title``, if there is one, where the file's errors name the key.
    """
    try:
        Settings(**_nested({key: value}))
    except (ValidationError, TypeError) as error:
        return _sentence(error).replace(key, f'"{title}"' if title else key, 1)
    return ""


def changed(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """Return settings in which ``{"table.key": value}`` is otherwise; no file is written.

    Raises:
        SettingsError: a value is wrong.
    """
    values = settings.model_dump(exclude={"base"})
    for dotted, value in changes.items():
        *tables, key = dotted.split(".")
        place = values
        for name in tables:
            place = place[name]
        place[key] = value
    try:
        return Settings(**values, base=settings.base)
    except (ValidationError, TypeError) as error:
        raise SettingsError(_sentence(error)) from error


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for dotted, value in values.items():
        *tables, key = dotted.split(".")
        place = found
        for name in tables:
            place = place.setdefault(name, {})
        place[key] = value
    return found


def save(path: Path, changes: Mapping[str, Any]) -> Settings:
    """Write ``{"table.key": value}`` into the file, keeping its comments; return the result.

    Nothing is written when the result would not be valid. ``None`` removes a key.

    Raises:
        SettingsError: a value is wrong, or the file cannot be written.
    """
    load(path)
    text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    # Imported here: for reading, the standard library's is several times as quick.
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise SettingsError(f"The settings file {path} is not valid TOML: {error}.") from error
    for dotted, value in changes.items():
        *tables, key = dotted.split(".")
        place: Any = document
        for name in tables:
            if name not in place:
                place[name] = tomlkit.table()
            place = place[name]
        if value is None:
            place.pop(key, None)
        else:
            place[key] = value
    try:
        settings = Settings(**document.unwrap(), base=path.absolute().parent)
    except (ValidationError, TypeError) as error:
        raise SettingsError(f"{_sentence(error)} Nothing was saved.") from error
    _replace(path, tomlkit.dumps(document))
    return settings


def _replace(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError as error:
        raise SettingsError(
            f"The settings file {path} cannot be written: {error.strerror}."
        ) from error


_WHAT = {  # pydantic's kinds of error, in the words of TOML
    "tuple_type": 'a list is needed here, in brackets: ["first", "second"]',
    "dict_type": "a table is needed here",
    "model_type": "a table is needed here",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "string_type": "a text is needed here, in quotation marks",
    "float_parsing": "a number is needed here",
    "float_type": "a number is needed here",
    "int_parsing": "a whole number is needed here",
    "int_type": "a whole number is needed here",
    "path_type": "a path is needed here, in quotation marks",
}


def _sentence(error: ValidationError | TypeError) -> str:
    if isinstance(error, TypeError):
        return "The settings file has a key that is not known."
    return " ".join(_complaints(error))


def _complaints(error: ValidationError) -> Iterator[str]:
    for item in error.errors(include_url=False, include_input=False):
        key = ".".join(str(part) for part in item["loc"])
        what = item["msg"].removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            yield f"The setting {key} is not known."
        else:
            what = _WHAT.get(item["type"], what)
            yield f"The setting {key} is wrong: {what}."

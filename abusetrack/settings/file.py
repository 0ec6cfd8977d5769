"""The settings file: read, checked and written; what is wrong is said with the key's full name.

Writing goes through tomlkit, so comments and order survive.
"""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from abusetrack.errors import SettingsError
from abusetrack.settings.tables import COUNTRY, COUNTRY_OR_NONE, MAIL, PREFIX, Settings


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
        return of_tables(values, base)
    except SettingsError as error:
        raise SettingsError(f"{error} Mend it in {path}.") from None


def of_tables(values: Mapping[str, Any], base: Path) -> Settings:
    """Return the settings that the tables of a file in the folder ``base`` mean.

    Raises:
        SettingsError: keys are not known or values are wrong; all of them are named.
    """
    try:
        if "base" not in values:  # our own, no key of the file
            return msgspec.convert(values, Settings, dec_hook=_path).but({"base": base})
    except msgspec.ValidationError:
        pass
    raise SettingsError(" ".join(_complaints(values, Settings)))


def complaint(key: str, value: Any, *, title: str = "") -> str:
    """Return what is wrong with the value of ``table.key``, as a sentence; empty if nothing.

    The sentence names ``title``, if there is one, where the file's errors name the key.
    """
    wrong = " ".join(_complaints(_nested({key: value}), Settings))
    return wrong.replace(key, f'"{title}"' if title else key, 1)


def changed(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """Return settings in which ``{"table.key": value}`` is otherwise; no file is written.

    Raises:
        SettingsError: a value is wrong.
    """
    values = msgspec.to_builtins(settings, enc_hook=str)
    values.pop("base", None)
    return of_tables(_nested(changes, values), settings.base)


def _nested(values: Mapping[str, Any], into: Mapping[str, Any] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = dict(into or {})
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
        settings = of_tables(document.unwrap(), path.absolute().parent)
    except SettingsError as error:
        raise SettingsError(f"{error} Nothing was saved.") from None
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


def _path(_kind: type, value: Any) -> Path:
    if not isinstance(value, str | Path):
        raise ValueError("a path is needed here, in quotation marks")
    return Path(value)


_LETTERS = "two capital letters are needed, such as IE"
_WHAT = {  # how msgspec's messages begin, in the words of TOML; the longest counts
    "Expected `array`": 'a list is needed here, in brackets: ["first", "second"]',
    "Expected `object`": "a table is needed here",
    "Expected `bool`": "write true or false",
    "Expected `str`, got": "a text is needed here, in quotation marks",
    "Expected `float`, got": "a number is needed here",
    "Expected `int`, got": "a whole number is needed here",
    "Expected `float`": "a number {bound} is needed here",
    "Expected `int`": "a whole number {bound} is needed here",
    "Invalid enum value": "write one of {choices}",
    f"Expected `str` matching regex {COUNTRY!r}": _LETTERS,
    f"Expected `str` matching regex {COUNTRY_OR_NONE!r}": _LETTERS,
    f"Expected `str` matching regex {MAIL!r}": "this is not an e-mail address",
    f"Expected `str` matching regex {PREFIX!r}": "one to twelve letters and digits are needed",
}
_BOUNDS = {">=": "of at least", "<=": "of at most", ">": "above", "<": "below"}
_BOUND = re.compile(r"(?P<how>[<>]=?) (?P<limit>\S+)")
_PLACE = re.compile(r" - at `[^`]*`\Z")  # in a list; whole keys are said before it


def _complaints(values: Mapping[str, Any], table: type[Any], before: str = "") -> Iterator[str]:
    kinds = get_type_hints(table)
    for name, value in values.items():
        key, kind = f"{before}{name}", kinds.get(name)
        if kind is None or key == "base":
            yield f"The setting {key} is not known."
        elif isinstance(value, Mapping) and _is_table(kind):
            yield from _complaints(value, kind, f"{key}.")
        elif isinstance(value, Mapping) and any(map(_is_table, get_args(kind))):
            for one, inner in value.items():
                if isinstance(inner, Mapping):
                    yield from _complaints(inner, get_args(kind)[-1], f"{key}.{one}.")
                else:
                    yield f"The setting {key}.{one} is wrong: {_WHAT['Expected `object`']}."
        else:
            try:
                msgspec.convert({name: value}, table, dec_hook=_path)
            except msgspec.ValidationError as error:
                yield f"The setting {key} is wrong: {_what(str(error), kind)}."


def _is_table(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _what(said: str, kind: Any) -> str:
    said = _PLACE.sub("", said)
    start = max(filter(said.startswith, _WHAT), key=len, default="")
    bound = _BOUND.search(said)
    return _WHAT.get(start, "{said}").format(
        said=said,
        bound=f"{_BOUNDS[bound['how']]} {float(bound['limit']):g}" if bound else "",
        choices=", ".join(map(str, _choices(kind))),
    )


def _choices(kind: Any) -> tuple[Any, ...]:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(kind)
    parts = get_args(kind)
    return parts if get_origin(kind) is Literal or not parts else _choices(parts[0])

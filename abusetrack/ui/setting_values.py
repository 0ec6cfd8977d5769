"""What a setting is, told by its model, and how its value is written in a field and read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from abusetrack.settings import Settings, SourceProfile


class Kind(Enum):
    """How a value is written in a field."""

    YES_NO = auto()
    CHOICE = auto()
    WHOLE = auto()
    NUMBER = auto()
    TEXT = auto()
    PATH = auto()
    PAIR = auto()  # of whole numbers: 48, 120
    LINES = auto()  # one value a line
    PAIRS = auto()  # key = value, one a line
    TABLES = auto()  # TOML


MANY_LINES = frozenset({Kind.LINES, Kind.PAIRS, Kind.TABLES})


@dataclass(frozen=True, slots=True)
class Option:
    """One key of the settings file, with its tables: ``policy.hop_tlds``."""

    key: str
    kind: Kind
    default: Any
    choices: tuple[str, ...] = ()


def options() -> dict[str, Option]:
    """Return every option of the settings file by its key."""
    return {option.key: option for option in _leaves(Settings, Settings(), "")}


def of(settings: Settings, key: str) -> Any:
    """Return the value of an option."""
    value: Any = settings
    for name in key.split("."):
        value = getattr(value, name)
    return value


def written(option: Option, value: Any) -> str:
    """Return a value as it stands in a field."""
    if value is None:
        return ""
    match option.kind:
        case Kind.YES_NO:
            return "true" if value else "false"
        case Kind.NUMBER:
            return f"{value:g}"
        case Kind.PAIR:
            return ", ".join(map(str, value))
        case Kind.LINES:
            return "\n".join(map(str, value))
        case Kind.PAIRS:
            return "\n".join(f"{key} = {item}" for key, item in value.items())
        case Kind.TABLES:
            return _as_toml(value)
        case _:
            return str(value)


def read(option: Option, text: str) -> Any:
    """Return what a field's text means to the settings file; None is the default.

    What cannot be read is returned as it is: the settings say what is wrong with it.

    Raises:
        ValueError: it is no TOML, or no list of pairs.
    """
    text = text.strip()
    if not text and option.kind not in {Kind.TEXT, Kind.CHOICE}:
        return None
    match option.kind:
        case Kind.YES_NO:
            return text == "true"
        case Kind.WHOLE | Kind.NUMBER:
            return _number(text, whole=option.kind is Kind.WHOLE)
        case Kind.PAIR:
            return [_number(part.strip(), whole=True) for part in text.split(",")]
        case Kind.LINES:
            return [line.strip() for line in text.splitlines() if line.strip()]
        case Kind.PAIRS:
            return dict(_pair(line) for line in text.splitlines() if line.strip())
        case Kind.TABLES:
            return tomllib.loads(text)
        case _:
            return text


def _leaves(table: type[msgspec.Struct], values: msgspec.Struct, before: str) -> Iterator[Option]:
    for name, kind in get_type_hints(table).items():
        key = f"{before}{name}"
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            yield from _leaves(kind, getattr(values, name), f"{key}.")
        elif key != "base":  # our own, no key of the file
            choices = get_args(kind) if get_origin(kind) is Literal else ()
            yield Option(key, _kind(kind), getattr(values, name), choices)


_SIMPLE = {bool: Kind.YES_NO, int: Kind.WHOLE, float: Kind.NUMBER, str: Kind.TEXT}


def _kind(annotation: Any) -> Kind:
    if annotation in _SIMPLE:
        return _SIMPLE[annotation]
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return Kind.CHOICE
    if origin is tuple:
        return Kind.LINES if parts[-1] is Ellipsis else Kind.PAIR
    if origin is Mapping:
        return Kind.TABLES if SourceProfile in parts else Kind.PAIRS
    return Kind.PATH if Path in parts else Kind.TEXT


def _number(text: str, *, whole: bool) -> int | float | str:
    for number in (int,) if whole else (int, float):
        with suppress(ValueError):
            return number(text)
    return text


def _pair(line: str) -> tuple[str, str]:
    key, separator, value = line.partition("=")
    if not separator:
        raise ValueError("Write one pair a line: key = value.")
    return key.strip(), value.strip()


def _as_toml(value: Mapping[str, SourceProfile]) -> str:
    import tomlkit  # only where the dialog is opened

    tables = {name: msgspec.to_builtins(profile, enc_hook=str) for name, profile in value.items()}
    return tomlkit.dumps(tables).strip()

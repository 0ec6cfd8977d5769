"""How values are written: times, canonical JSON, text and numbers SQLite can hold."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, overload

_LARGEST = 2**63 - 1


@overload
def stamp(when: datetime) -> str: ...
@overload
def stamp(when: None) -> None: ...
def stamp(when: datetime | None) -> str | None:
    """Return ``when`` as ISO 8601 in UTC, always with microseconds and ``Z``: sorts as text.

    Raises:
        ValueError: the time has no zone.
    """
    if when is None:
        return None
    if when.tzinfo is None:
        raise ValueError("a time without a zone")
    if when.tzinfo is not UTC:
        when = when.astimezone(UTC)
    return when.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


@overload
def moment(text: str) -> datetime: ...
@overload
def moment(text: None) -> None: ...
def moment(text: str | None) -> datetime | None:
    """Return the time that :func:`stamp` wrote."""
    return None if text is None else datetime.fromisoformat(text)


def canonical(value: object) -> str:
    """Return ``value`` as canonical JSON: ASCII, keys sorted, no spaces, times by :func:`stamp`.

    Text is cleaned: what cannot be read back is not written.
    """
    text = _ENCODER.encode(value)
    if "\\ud" in text or "\\u0000" in text:  # a surrogate, perhaps a lone one
        text = _ENCODER.encode(_cleaned(json.loads(text)))
    return text


def _cleaned(value: object) -> object:
    if isinstance(value, dict):
        return {clean(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return clean(value) if isinstance(value, str) else value


def _default(value: object) -> object:
    if isinstance(value, datetime):
        return stamp(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_default)


def without_empty(values: dict[str, Any]) -> dict[str, Any]:
    """Drop what says nothing (None, empty text, empty list), so that content stays small."""
    return {key: value for key, value in values.items() if value or value in _SAYS_SOMETHING}


_SAYS_SOMETHING: tuple[object, ...] = (False, 0, {})  # though it is false


@overload
def clean(text: str) -> str: ...
@overload
def clean(text: None) -> None: ...
def clean(text: str | None) -> str | None:
    """Return ``text`` as SQLite holds it and gives it back.

    Lone surrogates and NUL, which ends a text for many a reader, become U+FFFD.
    """
    if text is None or (text.isascii() and "\0" not in text):
        return text
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "\N{REPLACEMENT CHARACTER}")


def column(value: object) -> object:
    """Return a record's value as a column holds it; None for a number beyond 64 bits.

    Raises:
        TypeError: no column holds values of this type.
    """
    match value:
        case None | bool():
            return value
        case StrEnum():
            return value.value
        case str():
            return clean(value)
        case int():
            return value if abs(value) <= _LARGEST else None
        case datetime():
            return stamp(value)
        case tuple():
            return canonical(value)
        case _:
            raise TypeError(f"{type(value).__name__} fits no column")


def escape_like(text: str) -> str:
    r"""Return a LIKE pattern (``ESCAPE '\'``) that finds ``text`` anywhere, literally."""
    for char in "\\%_":
        text = text.replace(char, "\\" + char)
    return f"%{text}%"


def id_text(raw: bytes) -> str:
    """Return the 16 bytes of an id in the usual form of a UUID."""
    return str(uuid.UUID(bytes=raw))

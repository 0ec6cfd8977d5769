"""Words of a language that do not stand in its templates: days, roles, what must be said."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

FILE = "words.toml"
ENGLISH = "en"


class Words(BaseModel):
    """One language's file; by default every word is said as it stands in the case file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    months: list[str] = Field(min_length=12, max_length=12)
    day: str = Field(pattern=r"^[^{}]*(\{(day|month|year)\}[^{}]*){3}$")
    said: dict[str, str] = Field(default_factory=dict)

    def say(self, text: str) -> str:
        """Return a word of the case file, or one that must be said, in this language."""
        return self.said.get(text, text)

    def on(self, at: datetime) -> str:
        """Return a day such as 6 March 2026, with spaces at which no line is broken."""
        day = at.astimezone(UTC)
        text = self.day.format(day=day.day, month=self.months[day.month - 1], year=day.year)
        return text.replace(" ", "\N{NO-BREAK SPACE}")


@dataclass(frozen=True, slots=True)
class Found:
    """The words of a language; ``complaint`` says which file of the user's cannot be used."""

    words: Words
    complaint: str = ""


def find(language: str, folder: Path | None = None) -> Found:
    """Return the words of a language: the user's, else the shipped ones, else English."""
    complaint = ""
    for place in _places(language, folder):
        if not place.is_file():
            continue
        try:
            return Found(Words.model_validate(tomllib.loads(place.read_text("utf-8"))), complaint)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
            if not isinstance(place, Path) or folder is None or folder not in place.parents:
                raise  # a shipped one is broken: a bug
            complaint = complaint or f"The words in {place} cannot be used: {_reason(error)}."
    raise AssertionError("English words are shipped")


def _places(language: str, folder: Path | None) -> Iterator[Traversable | Path]:
    shipped = resources.files("abusetrack.resources").joinpath("templates")
    for tongue in dict.fromkeys((language, ENGLISH)):
        if folder is not None:
            yield folder / tongue / FILE
        yield shipped.joinpath(tongue, FILE)


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        return f"{place}: {first['msg']}" if place else str(first["msg"])
    return str(error).rstrip(".")

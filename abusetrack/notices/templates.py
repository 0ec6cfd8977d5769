"""Notice templates: shipped ones, and a user's own that may stand in front of them.

A template is named ``ROLE/RUNG`` and stands in ``LANGUAGE/ROLE/RUNG.txt.jinja``. What it
makes has ``Subject: ...`` as its first line, then an empty line, then the body. A user's
folder is looked into first, file by file, so a single part can be replaced too; what a
language lacks is taken from English.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeGuard

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    FunctionLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.loaders import split_template_path
from jinja2.sandbox import ImmutableSandboxedEnvironment

from abusetrack.names.plain import field, fill
from abusetrack.notices import words
from abusetrack.notices.words import ENGLISH

_SUBJECT = "Subject: "
_LONGEST = 200_000  # characters; fifty rows make about 40,000

# What code in a template can raise: jinja2's own, and Python's for wrong values.
_FAULTS = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A filled-in template.

    ``template`` names it with language, origin and the hash of all templates that it may
    use. ``complaint`` says which template of the user's is broken and was left aside.
    """

    subject: str
    body: str
    template: str
    complaint: str = ""


def render(
    name: str, values: Mapping[str, object], folder: Path | None = None, language: str = ""
) -> Rendered:
    """Fill in the template ``name``, the one in ``folder`` if there is one.

    A broken one of the user's is named with file and line in the result's complaint, and
    the shipped one used in its place.
    """
    tongue = language if language in languages(folder) else ENGLISH
    path = f"{name}.txt.jinja"
    complaint = ""
    if folder is not None and _own(folder, tongue):
        try:
            return Rendered(
                *_split(_environment(tongue, folder).get_template(path).render(values)),
                f"{tongue}/{name} own {_digest(tongue, folder)}",
            )
        except _FAULTS as error:
            if (place := _place(error, folder, tongue, path)) is None:
                raise  # a shipped template is broken: a bug
            complaint = (
                f"The template {place} cannot be used: {_reason(error)}. Mend it there; the one "
                "that ships with abusetrack was used."
            )
    return Rendered(
        *_split(_shipped_environment(tongue).get_template(path).render(values)),
        f"{tongue}/{name} shipped {_digest(tongue)}",
        complaint,
    )


def languages(folder: Path | None = None) -> tuple[str, ...]:
    """Return the languages that there are templates in, English first."""
    shipped = {item.name for item in _root().iterdir() if item.is_dir()}
    own = {path.name for path in folder.iterdir() if path.is_dir()} if _is_there(folder) else set()
    return (ENGLISH, *sorted((shipped | own) - {ENGLISH}))


def _is_there(folder: Path | None) -> TypeGuard[Path]:
    return folder is not None and folder.is_dir()


def _own(folder: Path, language: str) -> list[Path]:
    """Return the user's template files that a language may use, in a fixed order."""
    roots = [folder / tongue for tongue in dict.fromkeys((language, ENGLISH))]
    patterns = ("**/*.jinja", words.FILE)
    return [path for root in roots for each in patterns for path in sorted(root.glob(each))]


def _digest(language: str, folder: Path | None = None) -> str:
    total = hashlib.sha256(_shipped_digest(language))
    if folder is not None:
        for path in _own(folder, language):
            name = path.relative_to(folder).as_posix().encode()
            total.update(name + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:12]


@lru_cache
def _shipped_digest(language: str) -> bytes:
    total = hashlib.sha256()
    for tongue in dict.fromkeys((language, ENGLISH)):
        for name, text in sorted(_walk(_root().joinpath(tongue))):
            total.update(f"{tongue}/{name}\0{text}\0".encode())
    return total.digest()


def _walk(place: Traversable, prefix: str = "") -> Iterator[tuple[str, str]]:
    for item in place.iterdir() if place.is_dir() else ():
        if item.is_dir():
            yield from _walk(item, f"{prefix}{item.name}/")
        else:
            yield prefix + item.name, item.read_text(encoding="utf-8")


def _root() -> Traversable:
    return resources.files("abusetrack.resources").joinpath("templates")


@lru_cache
def _shipped_environment(language: str) -> Environment:
    return _environment(language, None)


def _loader(language: str, folder: Path | None) -> BaseLoader:
    loaders: list[BaseLoader] = []
    for tongue in dict.fromkeys((language, ENGLISH)):
        if folder is not None:
            loaders.append(FileSystemLoader(folder / tongue))
        loaders.append(FunctionLoader(partial(_shipped, tongue)))
    return ChoiceLoader(loaders)


def _environment(language: str, folder: Path | None) -> Environment:
    environment = ImmutableSandboxedEnvironment(
        loader=_loader(language, folder),
        undefined=StrictUndefined,
        # Notices are plain text, where "&amp;" would be wrong and a tag means nothing.
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,  # a part ends its own last line
    )
    said = words.find(language, folder).words
    environment.filters |= {"fill": fill, "field": field, "para": _paragraph, "said": said.say}
    return environment


def _paragraph(text: str, lead: str = "") -> str:
    """Wrap the text of a filter block; the block's own line break is eaten by its tag."""
    return fill(text, lead) + "\n"


def _shipped(language: str, name: str) -> tuple[str, str | None, None] | None:
    file = _root().joinpath(language, *split_template_path(name))
    return (file.read_text(encoding="utf-8"), None, None) if file.is_file() else None


def _reason(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return f"there is no template {error.name}"
    text = error.message if isinstance(error, TemplateError) else str(error)
    return (text or type(error).__name__).rstrip(".")


def _split(text: str) -> tuple[str, str]:
    head, _, body = text.partition("\n")
    subject = head.removeprefix(_SUBJECT).strip()
    if not head.startswith(_SUBJECT) or not subject or not body.strip():
        raise ValueError("its first line must be 'Subject: ...', then an empty line, then the body")
    if len(text) > _LONGEST:
        raise ValueError(f"it makes a text of more than {_LONGEST} characters")
    plain = body.replace("\N{NO-BREAK SPACE}", " ")  # has kept dates in one line; no longer needed
    lines = [line.rstrip() for line in plain.strip("\n").split("\n")]
    return subject, "\n".join(lines) + "\n"


def _place(error: Exception, folder: Path, language: str, path: str) -> str | None:
    """Return file and line of the user's template in which ``error`` arose, if it was one."""
    if isinstance(error, TemplateSyntaxError) and error.filename:
        inside = _within(error.filename, folder)
        return f"{error.filename}, line {error.lineno}," if inside else None
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if _within(frame.filename, folder)
    ]
    if frames:
        return f"{frames[-1].filename}, line {frames[-1].lineno},"
    own = _own(folder, language)
    named = [file for file in own if file.as_posix().endswith(f"/{path}")]
    return f"{(named or own)[0]}, line 1," if own else None


def _within(filename: str | None, folder: Path) -> bool:
    return filename is not None and Path(filename).is_relative_to(folder)

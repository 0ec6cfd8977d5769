"""Notice templates: shipped ones, and a user's own that may stand in front of them.

A template is named ``ROLE/RUNG`` and stands in ``ROLE/RUNG.txt.jinja``. Its first
line is ``Subject: ...``, then an empty line, then the body. A user's folder is
looked into first, file by file, so a single part can be replaced too.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

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

from abusetrack.errors import InputError
from abusetrack.notices.plain import field, fill

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
    """A filled-in template. ``template`` names it with its origin and the hash of its text."""

    subject: str
    body: str
    template: str


def render(name: str, values: Mapping[str, object], folder: Path | None = None) -> Rendered:
    """Fill in the template ``name``, the one in ``folder`` if there is one.

    Raises:
        InputError: the user's template is broken; names the file and the line. The
            shipped one still works when ``folder`` is left out.
    """
    loader = _loader(folder)
    environment = _environment(loader)
    path = f"{name}.txt.jinja"
    try:
        subject, body = _split(environment.get_template(path).render(values))
        source, filename, _ = loader.get_source(environment, path)
    except _FAULTS as error:
        if (place := _place(error, folder, path)) is None:
            raise  # a shipped template is broken: a bug
        raise InputError(
            f"The template {place} cannot be used: {_reason(error)}. Mend it there, or "
            "move it away to use the one that ships with abusetrack."
        ) from error
    origin = "own" if folder is not None and _within(filename, folder) else "shipped"
    digest = hashlib.sha256(source.encode()).hexdigest()[:12]
    return Rendered(subject, body, f"{name} {origin} {digest}")


def _loader(folder: Path | None) -> BaseLoader:
    shipped = FunctionLoader(_shipped)
    return shipped if folder is None else ChoiceLoader([FileSystemLoader(folder), shipped])


def _environment(loader: BaseLoader) -> Environment:
    environment = ImmutableSandboxedEnvironment(
        loader=loader,
        undefined=StrictUndefined,
        # Notices are plain text, where "&amp;" would be wrong and a tag means nothing.
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"fill": fill, "field": field, "para": _paragraph}
    return environment


def _paragraph(text: str, lead: str = "") -> str:
    """Wrap the text of a filter block; the block's own line break is eaten by its tag."""
    return fill(text, lead) + "\n"


def _shipped(name: str) -> tuple[str, str | None, None] | None:
    file = resources.files("abusetrack.resources").joinpath("templates", *split_template_path(name))
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


def _place(error: Exception, folder: Path | None, path: str) -> str | None:
    """Return file and line of the user's template in which ``error`` arose, if it was one."""
    if folder is None:
        return None
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
    own = folder / path
    return f"{own}, line 1," if own.is_file() else None


def _within(filename: str | None, folder: Path) -> bool:
    return filename is not None and Path(filename).is_relative_to(folder)

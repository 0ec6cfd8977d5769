"""Plain text that stays text: what strangers wrote can be read, but does nothing.

Registrar names, statuses and references come from answers and lists that
strangers wrote. In a notice they are one line each: whatever could break a line,
turn its direction or hide in it is shown as an escape.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata

WIDTH = 72  # RFC 3676 suggests lines of at most 78; a quoted reply adds some

# Control, format (bidi, zero width), surrogate, private, unassigned, line and paragraph breaks.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Unseen as well, although listed as letters or marks: fillers, joiner, variation selectors.
_FILLERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0]"
)
_BREAKS = re.compile(r"[ \t\n]+")
_MARKS_IN_A_ROW = 4  # more than any language stacks


def visible(text: str, limit: int = 200) -> str:
    r"""Return ``text`` as one line of at most ``limit`` characters, nothing in it unseen.

    U+202E becomes ``\u202e``, a line feed ``\u000a``; spaces of any width become one
    space; what is longer ends in an ellipsis.
    """
    line = " ".join(seen(text[: limit + 1]).split())
    return line if len(text) <= limit >= len(line) else line[: limit - 1] + "…"


def seen(text: str) -> str:
    """Return ``text`` with everything unseen in it, line breaks too, shown as an escape."""
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if category == "Zs":
            shown.append(" ")
        elif category in _UNSEEN or marks > _MARKS_IN_A_ROW or _FILLERS.match(character):
            shown.append(escape(character))
        else:
            shown.append(character)
    return "".join(shown)


def escape(character: str) -> str:
    """Return a character as its number in hexadecimal, behind a backslash and u or U."""
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def one_line(text: str, limit: int = 1000) -> str:
    """Return the organisation's own ``text`` with its line breaks folded into spaces."""
    return visible(" ".join(text.split()), limit)


def fill(text: str, lead: str = "") -> str:
    """Wrap one paragraph to 72 columns behind ``lead``.

    No name or address is broken, nor a line at a no-break space (U+00A0).
    """
    wrapped = textwrap.fill(
        " ".join(_BREAKS.split(text)).strip(),
        WIDTH,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapped or lead.rstrip()


def field(text: str, label: str, indent: int = 3, width: int = 15) -> str:
    """Wrap a labelled value: the label in its own column, the value beside it."""
    return fill(text, " " * indent + label.ljust(width) + " ")


def slug(text: str, otherwise: str, limit: int = 40) -> str:
    """Return ``text`` as part of a file name that is safe on every system."""
    folded = unicodedata.normalize("NFKD", text[:500]).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[A-Za-z0-9]+", folded))[:limit].strip("-") or otherwise

"""What is shown of names, times and raw answers.

Text from outside stays text: nothing in it is hidden, turned or clickable. Names are
masked until revealed, so that a list can be worked on without reading them.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from PySide6.QtCore import QCoreApplication

from abusetrack.names import defang
from abusetrack.names.plain import visible as one_line

__all__ = [
    "Masker",
    "age",
    "copied",
    "day",
    "joined",
    "mask_name",
    "mask_url",
    "minute",
    "one_line",
    "plain_tip",
    "plain_url",
    "raw",
]

DOT = "•"
_MOST_DOTS = 8
RAW_BYTES = 128 * 1024  # of one answer on the screen
_RAW_LINE = 400  # longer lines are broken, because a text view lays them out slowly

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def raw(body: bytes, limit: int = RAW_BYTES) -> tuple[str, bool]:
    """Return an answer as text in which nothing is unseen, and whether all of it is there.

    Control, bidirectional and other unseen characters stand as escapes; line ends and
    tabs stay.
    """
    text = body[:limit].decode("utf-8", "replace").replace("\r\n", "\n")
    lines = []
    for line in text.split("\n"):
        shown = line if line.isascii() and line.isprintable() else "".join(map(_seen, line))
        lines += [shown[at : at + _RAW_LINE] for at in range(0, max(len(shown), 1), _RAW_LINE)]
    return "\n".join(lines), len(body) <= limit


def _seen(character: str) -> str:
    if character == "\t" or unicodedata.category(character) not in _UNSEEN:
        return character
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def copied(text: str) -> str:
    """Return text as it goes to the clipboard: every name and URL in it defanged."""
    return re.sub(r"\S+", lambda match: defang(match[0]), text)


def plain_tip(text: str) -> str:
    """Return a tooltip that shows ``text`` as it is: Qt takes what looks like markup for it."""
    return f"<span>{html.escape(text)}</span>" if text else ""


def mask_name(name: str, keep: int = 1) -> str:
    """Mask a host name: first letters and the last ``keep`` labels stay.

    An address keeps its first group, so that two rows stay apart.
    """
    if _is_address(name):
        first, separator, _rest = re.split(r"([.:])", name, maxsplit=1)
        return f"{first}{separator}{DOT * 6}"
    labels = name.split(".")
    keep = min(keep, len(labels) - 1)
    hidden = labels[: len(labels) - keep]
    return ".".join([*map(_mask_label, hidden), *labels[len(labels) - keep :]])


def _mask_label(label: str) -> str:
    return label[:1] + DOT * max(3, min(len(label) - 1, _MOST_DOTS))


def mask_url(url: str, keep: int = 1) -> str:
    """Mask a normalised URL: the scheme stays, the host is masked, path and query are hidden."""
    scheme, _, rest = url.partition("//")
    end = min((at for mark in "/?" if (at := rest.find(mark)) >= 0), default=len(rest))
    host, path = rest[:end], rest[end:]
    shown = scheme.replace("http", "hxxp", 1) + "//" if scheme else ""
    return shown + mask_name(host, keep) + (f"/{DOT * 3}" if path not in {"", "/"} else "")


def plain_url(url: str) -> str:
    """Return a normalised URL on one line; a bare name as the name it is."""
    return one_line(url.strip("/") if url.startswith("//") else url, 4000)


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Masker:
    """Hides the names of one case wherever they stand in a text, unless ``revealed``."""

    names: tuple[tuple[str, str], ...]
    revealed: bool

    @classmethod
    def of(cls, names: Iterable[str], *, keep: int, revealed: bool) -> Masker:
        """Make one for names that share their last ``keep`` labels."""
        masked = [(name, mask_name(name, keep)) for name in set(names) if name]
        defanged = [(defang(name), hidden) for name, hidden in masked if "." in name]
        return cls(_longest_first((*defanged, *masked)), revealed)

    def and_of(self, names: Iterable[str]) -> Masker:
        """Return one that also hides names of other cases, of which the last label stays."""
        others = Masker.of(names, keep=1, revealed=self.revealed)
        return Masker(_longest_first((*self.names, *others.names)), self.revealed)

    def __call__(self, text: str) -> str:
        """Return the text as it may be shown, on one line."""
        return self.within(one_line(text, 2000))

    def within(self, text: str) -> str:
        """Return a text of our own making, its names masked and its lines as they are."""
        if not self.revealed:
            for name, masked in self.names:
                text = re.sub(re.escape(name), masked, text, flags=re.IGNORECASE)
        return text


def _longest_first(names: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Order names so that none is hidden in part because another stands in it."""
    return tuple(sorted(names, key=lambda name: (-len(name[0]), name[0])))


def minute(moment: datetime | None) -> str:
    """Write a time to the minute, in UTC."""
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "—"


def day(moment: datetime | None) -> str:
    """Write a time to the day, in UTC."""
    return f"{moment:%Y-%m-%d}" if moment else "—"


def age(moment: datetime, now: datetime) -> str:
    """Say how long ago something was, in the largest unit of which there are two."""
    passed = max(now - moment, timedelta())
    for unit, words in _ages():
        if passed >= 2 * unit:
            return words.format(n=passed // unit)
    return QCoreApplication.translate("text", "just now")


def _ages() -> Iterator[tuple[timedelta, str]]:
    yield timedelta(days=365), QCoreApplication.translate("text", "{n} years ago")
    yield timedelta(days=30), QCoreApplication.translate("text", "{n} months ago")
    yield timedelta(days=1), QCoreApplication.translate("text", "{n} days ago")
    yield timedelta(hours=1), QCoreApplication.translate("text", "{n} hours ago")
    yield timedelta(minutes=1), QCoreApplication.translate("text", "{n} minutes ago")


def joined(parts: Sequence[str]) -> str:
    """Join parts that say something."""
    return " · ".join(part for part in parts if part)

"""Names: what analysts paste, turned into a host and its registrable domain.

The only place where names are normalised. A text gives a
:class:`~abusetrack.records.Target` or a named
:class:`~abusetrack.records.Refusal`; never an exception, whatever the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from abusetrack.names import text as texts
from abusetrack.names import urls
from abusetrack.names.hosts import parse_host
from abusetrack.names.suffixes import SuffixList
from abusetrack.names.text import defang
from abusetrack.records import Host, HostKind, Refusal, SuffixKind, Target

__all__ = ["Found", "Names", "defang", "part_of_name"]

MAX_TEXT = 8000
_CACHED_HOSTS = 65536

# What most lists hold: nothing to turn back, strip or encode.
_PLAIN = re.compile(
    r"(?:(https?)://)?([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)"
    r"((?:/[A-Za-z0-9\-._~/?=&+$*]*[A-Za-z0-9\-_~/=&+$*])?)"
)
_DATA_URI = re.compile(r"data:[^\s,]{0,300},", re.IGNORECASE)
_GAPS = re.compile(r"[ \t\xa0]")
_LINE = re.compile(r"\r\n|\r|\n")

# Running text: a token may hold several URLs, and other things in front of the first.
_TOKEN = re.compile(r"[^\s<>\"“”„«»|]+")
_URL_START = re.compile(r"[A-Za-z][A-Za-z0-9+.*_-]{0,30}:(?://|\\\\)")
_NEXT_URL = re.compile(r"[,;](?=[A-Za-z][A-Za-z0-9+.*_-]{0,30}:(?://|\\\\))")
_BETWEEN = re.compile(r"[,;=]")
_DOTTED = re.compile(r"\w\.\w|::|[0-9A-Fa-f]:[0-9A-Fa-f]")
_DEFANGED = re.compile(r"\w\[\.\]\w|[0-9A-Fa-f]?\[::?\][0-9A-Fa-f]?")
# Dots with spaces on both sides, from the first dot on: "see a.test . It" is two sentences.
_SPACED = re.compile(
    r"(?<!\S)((?:[A-Za-z][A-Za-z0-9+*_-]{0,30}://)?[\w-]{1,63})"
    r"((?:[ \t\xa0]{1,3}\.[ \t\xa0]{1,3}[\w-]{1,63}){1,20})"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate in running text.

    ``explicit``: a URL with a scheme or a defanged name, so somebody meant it. A bare
    name may be a file name or a missing space, and needs a person's word.
    """

    text: str
    line: int
    explicit: bool


class Names:
    """Reads names and URLs by one suffix list.

    Args:
        extra_suffixes: a file in the format of the Public Suffix List, added to it.

    Raises:
        SettingsError: that file cannot be read.
    """

    def __init__(self, extra_suffixes: Path | None = None) -> None:
        suffixes = SuffixList(extra_suffixes)

        @lru_cache(maxsize=_CACHED_HOSTS)
        def parse(text: str) -> Host | Refusal:
            return parse_host(text, suffixes)

        self._parse = parse

    def target(self, text: str) -> Target | Refusal:
        """Read one URL or name, defanged or not; a refusal says why it is none.

        A name under an unknown top-level domain is taken only from a URL with a scheme.
        """
        if len(text) <= MAX_TEXT and (match := _PLAIN.fullmatch(text)):
            scheme, name, tail = match.groups()
            host = self._parse(name)
            if isinstance(host, Host) and host.name == name and scheme and tail:
                return Target(text, text, host)
            pieces: urls.Pieces | Refusal = urls.Pieces(scheme or "", name, "", tail or "/")
        else:
            pieces = self._pieces(text)
        if isinstance(pieces, Refusal):
            return pieces
        host = self._parse(pieces.host)
        if isinstance(host, Refusal):
            return host
        unknown = host.domain is not None and host.domain.suffix_kind is SuffixKind.UNKNOWN
        if unknown and not pieces.scheme:
            return Refusal.UNKNOWN_TLD
        return Target(text, pieces.url(host.name), host)

    def host(self, text: str) -> Host | Refusal:
        """Read a name or an address, or the host of a URL."""
        target = self.target(text)
        return target if isinstance(target, Refusal) else target.host

    def find(self, text: str) -> Iterator[Found]:
        """Yield the candidates of running text, in order.

        An explicit candidate may still be refused by :meth:`target`; a bare one is
        yielded only if it is a target. ``data:`` URIs and e-mail addresses are no
        candidates. Linear in the length of the text.
        """
        start, number = 0, 0
        for number, match in enumerate(_LINE.finditer(text), start=1):
            yield from self._find_in_line(text[start : match.start()], number)
            start = match.end()
        yield from self._find_in_line(text[start:], number + 1)

    def _pieces(self, text: str) -> urls.Pieces | Refusal:
        if _DATA_URI.match(text[:400].lstrip(texts.BLANKS + "<('\"")):
            return Refusal.DATA_URI
        if len(text) > MAX_TEXT:
            return Refusal.TOO_LONG
        text = texts.unwrap(texts.refang(text))
        if not text:
            return Refusal.EMPTY
        return urls.split(text)

    def _find_in_line(self, line: str, number: int) -> Iterator[Found]:
        if "." not in line and ":" not in line and "dot" not in line.lower():
            return
        line = _SPACED.sub(lambda match: match[1] + _GAPS.sub("", match[2]), line)
        line = texts.join(line)
        for match in _TOKEN.finditer(line):
            yield from self._find_in_token(match[0], number)

    def _find_in_token(self, token: str, number: int) -> Iterator[Found]:
        plain = texts.refang(token)
        begin = _URL_START.search(plain)
        front = plain[: begin.start()] if begin else plain
        defanged = begin is None and _DEFANGED.search(token) is not None
        if _DATA_URI.search(front):
            return
        if defanged:
            yield from self._names_in(plain, number, explicit=True)
        elif _DOTTED.search(front):
            yield from self._names_in(front, number, explicit=False)
        if begin:
            for piece in _NEXT_URL.split(plain[begin.start() :]):
                yield Found(_unwrap(piece), number, explicit=True)

    def _names_in(self, token: str, number: int, *, explicit: bool) -> Iterator[Found]:
        for raw in _BETWEEN.split(token):
            if not _DOTTED.search(raw):
                continue
            piece = _unwrap(raw)
            head, colon, rest = piece.partition(":")
            if colon and "." not in head and _DOTTED.search(rest) and ":" not in rest:
                piece = rest  # "domain:foo[.]example"
            target = self.target(piece)
            if target is Refusal.MAIL_ADDRESS:
                continue
            if explicit or (isinstance(target, Target) and _is_likely(target)):
                yield Found(piece, number, explicit)


def part_of_name(text: str) -> str:
    """Return what to look for among names: lower case, refanged, of a URL its host.

    Any text gives one, because part of a name is no name yet.
    """
    plain = texts.unwrap(texts.refang(text[:MAX_TEXT]))
    pieces = urls.split(plain)
    of_url = isinstance(pieces, urls.Pieces) and (pieces.scheme or "." in pieces.host)
    found = pieces.host if isinstance(pieces, urls.Pieces) and of_url else plain
    return found.strip("[]").lower()


def _unwrap(text: str) -> str:
    """Strip what stands around a candidate; one that is refused for its length stays as it is."""
    return texts.unwrap(text) if len(text) <= MAX_TEXT else text


def _is_likely(target: Target) -> bool:
    """Whether a bare text found among others is worth showing; ``ab::cd`` and ``1.2.3.4`` are."""
    return target.host.kind is not HostKind.IPV6 or target.text.count(":") > 2

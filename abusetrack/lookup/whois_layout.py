"""The layout of a WHOIS answer (pure): which value stands under which of our fields.

There is no format. The shapes that registries use, mixed freely: "key: value",
"key.....: value", "key..... value", "[Key] value", a table of two columns, a heading with
its values on the lines below (indented or not), keys below a heading, blocks that each
describe another object, and sentences ("Record created on ..."). What a key means is
said by ``whois_keys``; here is only the geometry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from abusetrack.lookup import whois_dates
from abusetrack.lookup.tables import shipped
from abusetrack.lookup.whois_keys import Known, Part, known_below, known_key, part_of, spellings

MAX_TEXT = 16 * 1024  # characters; a record is over long before
MAX_LINE = 256
COMMENT = ("%", "#", ";", ">>>")

_KEYED = re.compile(r"([^\s:][^:]{0,79}?)[\s.]*:+(?!//)(?:\s|\.{2,})*(.*)$")
_DOTTED = re.compile(r"([^\s.:][^.:]{0,60})\.{3,} ?(.*)$")
_QUOTED = re.compile(r'"([^"]{1,60})"\s*:\s*"?([^"{}\[\]]{0,200}?)"?\s*,?$')
_SPACED = re.compile(
    r"domain(?:\s+name)?\s+[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}$", re.IGNORECASE
)
_PARTED = re.compile(r"([^:=|]{2,40}?)\s*(?:=|\||\s[-–—]\s)\s*(\S.*)$")
_BRACKETED = re.compile(r"(?:[a-z0-9]{1,2}[.)]? )?\[([^\[\]]{2,60})\]\s*(.*)$", re.IGNORECASE)
_TABLED = re.compile(r"(\S+(?: \S+){0,5})(?<![.,;])(?:\t[\t ]*| {2,})(\S.*)$")
_CLOCK = re.compile(r"\d:\d\d?$")
_BULLET = re.compile(r"^(?:\*{1,3}|-|&|•|o|\d{1,2}[a-z]?[.)]) +")
_HANDLE = re.compile(r"[A-Z0-9]+(?:[-_][A-Z0-9]+)+")
_RULE = re.compile(r"^[-=*_+~. ]{3,}$")
_WORDS_OF_A_KEY = 6
_LONGEST_HEADING = 60
_DATES = frozenset({"created", "updated", "expires"})
_LISTS = frozenset({"name_servers", "statuses"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One value under one of our fields; the lower ``rank`` is the better key."""

    field: str
    rank: int
    value: str
    part: Part
    bare: bool  # a key that other objects than the domain have too


@dataclass(slots=True)
class _Open:
    """A heading, or a key, whose values stand on the lines below."""

    known: Known | None
    part: Part
    name: str  # prefix of keys below it
    indent: int
    filled: bool = False
    deeper: bool = False  # only lines with a wider margin belong to it
    first: bool = True  # it stands first in its paragraph
    inner: int | None = None  # indent of its first line
    gap: bool = False  # a blank line has come


def lines_of(text: str) -> list[str]:
    """Return the lines of an answer, bounded: hostile ones must not hold up the others."""
    plain = text[:MAX_TEXT].replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    plain = plain.replace("：", ": ")  # the colon of Chinese answers
    return [line[:MAX_LINE].rstrip() for line in plain.split("\n")]


def is_comment(line: str) -> bool:
    """Tell whether the registry's own remarks begin here."""
    return line.lstrip().startswith(COMMENT)


@cache
def _repairs() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    table: list[dict[str, Any]] = shipped("whois_fields.toml")["repair"]
    return tuple(
        (entry["field"], entry.get("marker", ""), re.compile(entry["line"], re.IGNORECASE))
        for entry in table
    )


def entries(lines: list[str]) -> Iterator[Entry]:
    """Read every line and yield what it says of our fields."""
    whole = "\n".join(lines[:20]).lower()
    repairs = [(field, line) for field, marker, line in _repairs() if marker in whole]
    reader = _Reader()
    for line in lines:
        for field, pattern in repairs:
            match = pattern.match(line)
            if match is not None:
                yield Entry(field, 0, match[1], Part.DOMAIN, bare=False)
        if is_comment(line):
            continue
        yield from reader.read(line)


class _Reader:
    """What has to be remembered from line to line."""

    def __init__(self) -> None:
        self._open: _Open | None = None
        self._block = Part.DOMAIN  # by the first key since the last blank line
        self._fresh = True  # no key since the last blank line
        self._handle = False  # the block opens with a registrar's handle
        self._spaced = False  # one space is all that stands between keys and values

    def read(self, line: str) -> Iterator[Entry]:
        """Yield what one line says."""
        text = _BULLET.sub("", line.strip().strip("|").strip())
        if not text:
            self._blank()
            return
        if _RULE.match(text):
            return
        indent = len(line[: len(line) - len(line.lstrip())].expandtabs())
        self._dedent(indent)
        pair = _pair(text)
        fresh, self._fresh = self._fresh, False
        if pair is None:
            yield from self._plain(text, indent, fresh=fresh)
        elif pair[1]:
            yield from self._valued(*pair, indent, fresh=fresh)
        else:
            self._heading(pair[0], indent, fresh=fresh)

    def _blank(self) -> None:
        self._fresh, self._block, self._handle = True, Part.DOMAIN, False
        opened = self._open
        if opened is None:
            return
        servers = opened.known is not None and opened.known.field == "name_servers"
        if not opened.filled:
            opened.gap = not servers
        elif servers:
            opened.gap = True
        else:
            self._open = None

    def _dedent(self, indent: int) -> None:
        """Close a heading whose lines were indented, where one stands at its margin again."""
        opened = self._open
        if opened is None:
            return
        if opened.inner is None:
            opened.inner = indent
            if opened.part is Part.PERSON and not opened.first and indent <= opened.indent:
                self._open = None  # an empty key among others, no heading
        elif opened.inner > opened.indent >= indent:
            self._open = None

    def _heading(self, key: str, indent: int, *, fresh: bool) -> None:
        """Take a key without a value for the heading of the lines below it."""
        known, part = known_key(key), part_of(key)
        opened = self._open
        if opened is not None and part is None and (opened.part is Part.PERSON or known is None):
            # An empty key of the person, or one below a heading that means something there.
            known = known_below(opened.name, key)
            if known is None and (opened.part is not Part.DOMAIN or indent > opened.indent):
                opened.filled = True
                return
        name = _name(key, part)
        self._open = _Open(known, part or Part.DOMAIN, name, indent, first=fresh)

    def _valued(self, key: str, value: str, indent: int, *, fresh: bool) -> Iterator[Entry]:
        if self._open is not None and self._open.deeper and self._open.gap:
            self._open = None
        known, opened = known_key(key), self._open
        if fresh and (opened is None or opened.filled):
            self._block = part_of(key) or Part.DOMAIN
            self._handle = self._block is Part.REGISTRAR and bool(_HANDLE.fullmatch(value))
        if opened is not None:
            opened.filled = True
            below = known_below(opened.name, key) or _server_below(opened.known, key)
            if below is not None and (
                known is None or below.field == known.field or below.field != "name_servers"
            ):
                yield Entry(below.field, below.rank, value, opened.part, bare=False)
                return
            opened.gap = False
        if part_of(key) is Part.PERSON or (opened is not None and opened.part is Part.PERSON):
            yield Entry("person", 0, value, Part.PERSON, bare=False)
        if known is None:
            if self._handle and key.strip().lower() == "name":
                yield Entry("registrar_name", 0, value, Part.DOMAIN, bare=False)
            return
        part = self._block if opened is None else max(self._block, opened.part)
        if opened is not None and opened.known is not None and opened.part is Part.DOMAIN:
            self._open = None
        yield Entry(known.field, known.rank, value, part, bare=known.bare)
        if known.field in _LISTS:
            self._open = _Open(known, part, known.field, indent, filled=True, deeper=True)

    def _plain(self, text: str, indent: int, *, fresh: bool) -> Iterator[Entry]:
        """Read a line without a key: a heading, a row of a table, a sentence, or a value."""
        opened = self._open
        if len(text) <= _LONGEST_HEADING:
            known, part = known_key(text), part_of(text)
            heading = part is not None or (known is not None and known.field in _LISTS)
            if heading and (opened is None or opened.filled or indent <= opened.indent):
                name = _name(text, part)
                self._open = _Open(known, part or Part.DOMAIN, name, indent, first=fresh)
                return
        self._spaced = self._spaced or _SPACED.match(text) is not None
        table = _TABLED.match(text)
        column = known_key(table[1]) if table is not None else None
        if table is not None and column is not None:
            self._open = _Open(column, self._block, column.field, indent, filled=True, deeper=True)
            yield Entry(column.field, column.rank, table[2], self._block, bare=column.bare)
            return
        sentence = _sentence(text) or (_spaced(text) if self._spaced else None)
        if sentence is not None:
            known, value = sentence
            part = self._block if opened is None else max(self._block, opened.part)
            yield Entry(known.field, known.rank, value, part, bare=known.bare)
        elif opened is not None:
            yield from self._below(opened, text, indent)

    def _below(self, opened: _Open, text: str, indent: int) -> Iterator[Entry]:
        """Read a line without a key below a heading."""
        known, first, opened.filled = opened.known, not opened.filled, True
        if opened.part is Part.REGISTRAR:
            known = known or known_below("registrar", "text")
        if known is None:
            if opened.part is Part.PERSON:
                yield Entry("person", 1, text, Part.PERSON, bare=False)
            return
        inside = indent > opened.indent
        if known.field == "name_servers":
            strict = opened.gap or (opened.deeper and not inside)
            if not is_server_line(text, strict=strict):
                opened.filled = not first
                if not first and not text.lower().startswith("ip"):
                    self._open = None
                return
        elif known.field == "abuse_email" and "@" in text:
            pass  # an address may stand behind a telephone number
        elif (
            opened.gap
            or (known.field == "statuses" and not inside)
            or (known.field != "statuses" and not first)
        ):
            return
        yield Entry(known.field, known.rank, text, opened.part, bare=known.bare)


def _name(key: str, part: Part | None) -> str:
    """Return the prefix of keys below a heading."""
    return "registrar" if part is Part.REGISTRAR else (spellings(key) or [""])[0]


_SERVER = r"[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_-]{1,63}){1,8}\.?"
_SERVER_LINE = re.compile(rf"{_SERVER}(?:[\s,;(\[|-].{{0,300}})?$", re.IGNORECASE)
_SERVER_ONLY = re.compile(rf"{_SERVER}(?:[\s,;()\[\]]+[0-9a-f.:]{{0,45}}){{0,8}}$", re.IGNORECASE)


def is_server_line(text: str, *, strict: bool = False) -> bool:
    """Tell whether a line below "Name servers" begins with a host name."""
    pattern = _SERVER_ONLY if strict else _SERVER_LINE
    return pattern.match(text) is not None and not text.lower().startswith("www.")


def _server_below(known: Known | None, key: str) -> Known | None:
    """Return the name servers' key for what only below their heading is one ("Name")."""
    if known is None or known.field != "name_servers":
        return None
    return known if any(_SERVER_KEYS.fullmatch(name) for name in spellings(key)) else None


_SERVER_KEYS = re.compile(
    r"(host ?)?name|host|hostname|fqdn|server|dns|ns|(name ?)?server( name)?|"
    r"((primary|secondary|master|slave) ?)?(name ?)?(server|ns|dns)?( no)? ?\d{0,2}( name)?"
)


def _pair(text: str) -> tuple[str, str] | None:
    """Split a line into key and value, if it has a key."""
    match = _BRACKETED.match(text)
    if match is not None:
        return match[1].strip(), match[2].strip()
    match = _PARTED.match(text)
    if match is not None and (known_key(match[1]) or part_of(match[1])):
        return match[1], match[2]
    match = _QUOTED.match(text) or _KEYED.match(text)
    if match is None:
        match = _DOTTED.match(text)
        return None if match is None else (match[1].rstrip(), match[2].strip())
    key = match[1].rstrip(" .")
    if any(key.count(one) > key.count(two) for one, two in ("()", "[]")):
        return None  # the colon stands in brackets: an IPv6 address behind a name
    if "://" in text[: len(key) + 3] or "@" in key or _CLOCK.search(text[: match.start(2) + 2]):
        return None
    table = _TABLED.match(text)
    if table is not None and len(table[1]) < len(key) and known_key(key) is None:
        return None  # the colon belongs to the second column
    return key, match[2].strip()


def _spaced(text: str) -> tuple[Known, str] | None:
    """Read "Registrar Alpha Ltd" where the answer has no other mark between key and value."""
    words = text.split()
    for count in range(min(_WORDS_OF_A_KEY, len(words) - 1), 0, -1):
        known = known_key(" ".join(words[:count]))
        if known is not None and known.field not in _DATES:
            return known, " ".join(words[count:])
    return None


def _sentence(text: str) -> tuple[Known, str] | None:
    """Read "Record created on 2 January 2025": a known key, then a date."""
    if len(text) > 160 or not any(map(str.isdigit, text)):
        return None
    words = text.split(" ")
    for count in range(min(_WORDS_OF_A_KEY, len(words) - 1), 0, -1):
        known = known_key(" ".join(words[:count]))
        if known is not None and known.field in _DATES:
            value = " ".join(words[count:])
            if whois_dates.parse(value, day_first=True) is not None:
                return known, value
            return None
    return None

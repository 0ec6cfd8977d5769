"""Encoded media in text, removed before anything is read out of the text.

Found are ``data:`` URIs, uuencoded and yEnc blocks, and runs of base64 (also hex and
percent-encoded bytes), wrapped over lines or not. Each leaves one object replacement
character behind, so that a name or URL it stood in is not taken for a whole one. The
number of lines stays the same. Patterns have bounded repeats or no alternatives to go
back to, so the work is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections import Counter

HOLE = "\ufffc"

REMOVED = "[removed]"  # what a hole is shown as
_LONGEST_SHOWN = 20_000

_RUN = 129  # longer than any hash in hex
_RUN_IN_URL = 2000  # a URL may hold long tokens; no picture worth the name is shorter
SHORTEST = 40  # wrapped base64 has lines of 60 to 76; nothing shorter is encoded media

_DATA = re.compile(
    r"data:(?=[^,\s]{0,300}[/;])[^,\s\"'<>]{1,300},[^\s\"'<>]*"
    r"|data:(?=[^,\s]{0,60};[ \t]{0,3}base64)[^,]{1,80},[^\"'<>]{0,3}[^\s\"'<>]*",
    re.IGNORECASE,
)
_INLINE = re.compile(rf"[A-Za-z0-9+/_%\\=-]{{{_RUN},}}")
_PURE = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_ALNUM = re.compile(r"[A-Za-z0-9]")
_BLOCKISH = re.compile(rf"[A-Za-z0-9+/_-]{{{SHORTEST}}}|\bbegin[ -]|=ybegin ")
# What any of these needs; most texts shorter than a run have none of it.
_SUSPECT = re.compile(rf"data:|{_BLOCKISH.pattern}", re.IGNORECASE)
_UU_BEGIN = re.compile(r"\bbegin(?:-base64)? [0-7]{3,4} \S")
_YENC_BEGIN = re.compile(r"=ybegin ")
# Four or more chunks in a row on one line, and a shorter last one.
_CHUNK = rf"[A-Za-z0-9+/_-]{{{SHORTEST},}}"
_CHUNKS = re.compile(
    rf"(?<![^\s\"']){_CHUNK}(?:[ \t]{{1,4}}{_CHUNK}){{3,}}"
    r"(?:[ \t]{1,4}(?:[A-Za-z0-9+/_-]{12,}={0,2}|[A-Za-z0-9+/_-]{1,11}={1,2}(?!\w)))?={0,2}"
)
# How a block ends inside of markup or a sentence: ``AAAA"> and so on``.
_REST = re.compile(r"^[>\s]{0,20}[A-Za-z0-9+/_-]+(?:={0,2}(?=[\"'<>()\\])|={1,2}(?=\s))")
_UU_END = {"", "`", "end", "===="}
_EDGE = " \t\r\"'`+,;\\|"
_TOKEN_START = re.compile(r"[\s\"'<>]")


def scrub(text: str) -> tuple[str, Counter[str]]:
    """Return ``text`` with encoded media taken out, and how many of each kind there were."""
    text = text.replace(HOLE, " ")
    if len(text) < SHORTEST or (len(text) < _RUN and not _SUSPECT.search(text)):
        return text, Counter()
    dropped: Counter[str] = Counter()
    text, dropped["data_uris"] = _DATA.subn(HOLE, text)
    if _BLOCKISH.search(text):
        text, blocks = _drop_blocks(text)
        text, chunks = _CHUNKS.subn(HOLE, text)
        dropped["base64_runs"] = blocks + chunks
    runs = 0

    def drop(match: re.Match[str]) -> str:
        nonlocal runs
        if not _ALNUM.search(match[0]):  # a ruled line
            return match[0]
        if len(match[0]) < _RUN_IN_URL and _in_url(text, match):
            return match[0]
        runs += 1
        return HOLE

    text = _INLINE.sub(drop, text)
    dropped["base64_runs"] += runs
    return text, +dropped


def shown(text: str) -> str:
    """Return ``text`` for showing: without encoded media, also where URLs may hold it."""
    text, _dropped = scrub(text[:_LONGEST_SHOWN].replace(HOLE, REMOVED))
    return _INLINE.sub(REMOVED, text).replace(HOLE, REMOVED)


def _in_url(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 8000) : match.start()]
    token = _TOKEN_START.split(before)[-1]
    return "." in token or "://" in token or (token.endswith(":") and match[0].startswith("//"))


def _drop_blocks(text: str) -> tuple[str, int]:
    lines = text.split("\n")
    bodies = [line.lstrip("> \t").strip(_EDGE) for line in lines]
    count, at = 0, 0
    while at < len(lines):
        head, end = _block(lines, bodies, at)
        if end == at:
            at += 1
            continue
        count += 1
        lines[at:end] = [head + HOLE] + [""] * (end - at - 1)
        if end < len(lines):
            lines[end] = _REST.sub(HOLE, lines[end])
        at = end
    return "\n".join(lines), count


def _block(lines: list[str], bodies: list[str], at: int) -> tuple[str, int]:
    """Return what stands before a block on its first line, and the line after the block.

    That line is ``at`` itself where no block begins.
    """
    end = at + 1
    if match := _YENC_BEGIN.search(lines[at]):
        while end < len(lines) and not bodies[end - 1].startswith("=yend"):
            end += 1
        return lines[at][: match.start()], end
    if match := _UU_BEGIN.search(lines[at]):
        while end < len(lines) and (_is_uu(lines[end]) or _is_full(bodies[end])):
            end += 1
        while end < len(lines) and bodies[end] in _UU_END:
            end += 1
        return lines[at][: match.start()], end
    end = _base64_end(lines, bodies, at)
    if end > at:
        _drop_run_before(lines, at)
    return "", end


def _base64_end(lines: list[str], bodies: list[str], at: int) -> int:
    after_hole = at > 0 and lines[at - 1].rstrip().endswith(HOLE)
    if not _is_full(bodies[at]) and not (after_hole and _is_pure(bodies[at])):
        return at
    _before, run = _run_before(lines, at)
    full = int(run >= SHORTEST)
    width, length, end = len(bodies[at]), 0, at
    while end < len(lines):
        if _is_full(bodies[end]):
            full, length = full + 1, length + len(bodies[end])
        elif bodies[end] or end + 1 >= len(lines) or not _is_full(bodies[end + 1]):
            break  # a single empty line may stand between two
        end += 1
    last = end + 1 if full > 2 and end + 1 < len(lines) and not bodies[end] else end
    if last < len(lines) and _is_pure(bodies[last]):
        shorter = len(bodies[last]) < max(width, SHORTEST)
        if shorter and (last == end or bodies[last].endswith("=")):
            end = last + 1
    return end if full > 1 or length >= _RUN or after_hole else at


def _run_before(lines: list[str], at: int) -> tuple[int, int]:
    """Where, and how long, a run ends the text before a block: ``image: iVBORw0...``."""
    before = at - 1
    if before > 0 and not lines[before].strip(_EDGE):
        before -= 1
    if before < 0:
        return before, 0
    last = lines[before].rstrip(_EDGE).rpartition(" ")[2].lstrip(_EDGE)
    return before, len(last) if len(last) >= SHORTEST // 2 and _is_pure(last) else 0


def _drop_run_before(lines: list[str], at: int) -> None:
    before, run = _run_before(lines, at)
    if run:
        lines[before] = lines[before].rstrip(_EDGE)[:-run] + HOLE


def _is_pure(body: str) -> bool:
    return _PURE.fullmatch(body) is not None and _ALNUM.search(body) is not None


def _is_full(body: str) -> bool:
    """Whether a line is base64 as a wrapped block has it, perhaps in columns."""
    if len(body) < SHORTEST:
        return False
    tokens = body.split()
    return all(map(_is_pure, tokens)) and all(len(token) >= SHORTEST for token in tokens[:-1])


def _is_uu(line: str) -> bool:
    """Whether the first character tells the length of the rest (POSIX uuencode)."""
    line = line.rstrip("\r").lstrip("> ") if line.startswith("> ") else line.rstrip("\r")
    if not line or not all(" " <= c <= "`" for c in line):
        return False
    octets = (ord(line[0]) - 32) % 64
    return octets > 0 and abs(len(line) - 1 - (octets + 2) // 3 * 4) <= 2

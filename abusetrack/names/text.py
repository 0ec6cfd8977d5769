"""Defanged text: turned back, produced, and freed of what stands around it.

Defanging has no standard; these are the ways seen in reports. Square brackets stand
in no URL path unencoded (RFC 3986 section 3.3), so bracketed forms are turned back
everywhere; round and curly ones, and spaces around dots, only in the host.

Every pattern has bounded repeats, so all of this is linear in the length of the text.
"""

from __future__ import annotations

import re

BLANKS = " \t\r\n\x0b\x0c\x85\xa0\u2028\u2029\u200b\u200e\u200f\u2060\ufeff"  # and zero-width

_GAP = r"[ \t\xa0]{0,3}"
_SQUARE = re.compile(
    rf"{_GAP}\[(?:(?P<dot>\.|dot)|(?P<at>at|@))\]{_GAP}"
    r"|\[(?P<colons>:{1,2})\]|\[(?P<slash>/{1,2})\]|\[(?P<both>://)\]",
    re.IGNORECASE,
)
_AUTHORITY = re.compile(
    rf"{_GAP}(?:\((?:\.|dot)\)|\{{(?:\.|dot)\}}|\[\.|\.\]){_GAP}"
    r"|[ \t\xa0]{1,3}\.[ \t\xa0]{1,3}",
    re.IGNORECASE,
)
_AT = re.compile(rf"{_GAP}(?:\(at\)|\{{at\}}){_GAP}", re.IGNORECASE)
# In running text a bracketed dot counts only between two characters of a name.
_JOIN = re.compile(
    rf"(?<=\w){_GAP}(?P<form>\[(?:\.|dot)\]|\((?:\.|dot)\)|\{{(?:\.|dot)\}}|\[\.(?=\w))"
    rf"{_GAP}(?=\w)|(?<=\w){_GAP}(?P<at>[\[({{](?:at|@)[\])}}]){_GAP}(?=\w)",
    re.IGNORECASE,
)
_HTTP = re.compile(r"h(?:xx|tt|xt|tx|\*\*|__)p(s?)", re.IGNORECASE)

_OPENING = "\"'`“”„«»‹›‘’‚<({"
_CLOSING = "\"'`“”„«»‹›‘’‚>.,;:!?…。、|"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_LITERAL = re.compile(r"\[[0-9A-Fa-f:.%]+\]")


def refang(text: str) -> str:
    """Turn back the bracketed forms that may stand anywhere: ``[.] [dot] [:] [://] [/] [at]``."""
    return _SQUARE.sub(_plain, text) if "[" in text else text


def refang_authority(text: str) -> str:
    """Turn back what is a defanged dot or at sign in a host, and ordinary text elsewhere."""
    if text.isascii() and text.isalnum():
        return text
    return _AT.sub("@", _AUTHORITY.sub(".", text))


def refang_scheme(scheme: str) -> str:
    """Return ``scheme`` in lower case, ``hxxp`` and its likes as ``http``."""
    if match := _HTTP.fullmatch(scheme):
        return "http" + match[1].lower()
    scheme = scheme.lower()
    return "ftp" if scheme == "fxp" else scheme


def join(line: str) -> str:
    """Close the gaps around the defanged dots of running text; the dots stay defanged."""
    return _JOIN.sub(lambda match: "@" if match["at"] else "[.]", line)


def defang(text: str) -> str:
    """Make a URL or name harmless to click: ``hxxps://foo[.]example/path``."""
    scheme, slashes, rest = text.partition("://")
    if not slashes:
        scheme, rest = "", text
    elif refang_scheme(scheme) in {"http", "https"}:
        scheme = f"hxxp{scheme[4:]}://"
    else:
        scheme += "[:]//"
    start = 2 if rest.startswith("//") else 0
    end = min((at for mark in "/?#" if (at := rest.find(mark, start)) >= 0), default=len(rest))
    host, tail = rest[:end], rest[end:]
    if host.count(":") > 1:  # an IPv6 literal
        literal, bracket, port = host.rpartition("]")
        literal, port = (literal, bracket + port) if bracket else (host, "")
        host = literal.replace(":", "[:]") + port
    return scheme + host.replace(".", "[.]") + tail


def unwrap(text: str) -> str:
    """Strip quoting, brackets, quotes and the punctuation of a sentence around a name or URL."""
    text = text.strip(BLANKS)
    while True:
        before = text
        text = text.lstrip(">").lstrip(BLANKS).lstrip(_OPENING)
        if text[:4].upper() == "URL:":  # RFC 3986 appendix C
            text = text[4:]
        if text.startswith("[") and not _LITERAL.match(text):
            text = text[1:]
        text = trim(text).strip(BLANKS)
        if text == before:
            return text


def trim(text: str) -> str:
    """Strip closing punctuation from the end; a bracket only if nothing in ``text`` opens it."""
    surplus = {
        closing: text.count(closing) - text.count(opening) for closing, opening in _PAIRS.items()
    }
    end = len(text)
    while end:
        last = text[end - 1]
        if last in _PAIRS:
            if surplus[last] <= 0:
                break
            surplus[last] -= 1
        elif last not in _CLOSING:
            break
        end -= 1
    return text[:end]


def _plain(match: re.Match[str]) -> str:
    if match["dot"]:
        return "."
    if match["at"]:
        return "@"
    return match["colons"] or match["slash"] or match["both"]

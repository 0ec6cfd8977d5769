"""Single values of WHOIS answers: registrar names, statuses and name servers (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from abusetrack.lookup import texts

_NOTHING = re.compile(
    r"\W*(?:n/?a|none|null|nil|not (?:available|applicable|disclosed|known|set|defined|shown)|"
    r"unknown|no registrar\b.*|undefined|hidden|-+|\.+)\W*$|see at .*|\*+$",
    re.IGNORECASE,
)
_NO_STATUS = re.compile(r"\W*(?:n/?a|none|null|nil)?\W*$", re.IGNORECASE)
_LINK = re.compile(r"\s+\(?\s*<?(?:https?://|www\.)\S+\s*\)?$", re.IGNORECASE)
_NUMBER = re.compile(r"\s+\((?:R\d+-[A-Z]+|R-\d+|IANA[: ]*\d+)\)$")
_TAGS = re.compile(r"<[^<>]{0,200}>")
_URL = re.compile(r"\(?\s*<?(?:https?://|www\.)\S*", re.IGNORECASE)
_EXPLANATION = re.compile(r"\s*\([^()]*(?:\)|$)")
_REST = re.compile(r"\s+-(?:\s.*)?$")
_UNTIL = re.compile(r"\s+until\s.*$", re.IGNORECASE)  # a date is a field of its own
_EPP_WORD = re.compile(
    r"(?:ok|inactive|linked|(?:add|autorenew|renew|transfer|redemption)period|"
    r"pending(?:create|delete|renew|restore|transfer|update)|"
    r"(?:client|server)(?:hold|(?:delete|renew|transfer|update)prohibited))",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"[\s,;()\[\]|=+]+")
_GLUE = re.compile(r"[0-9a-f.:]+(?:/\d{1,3})?", re.IGNORECASE)
_FILLER = frozenset({"-", "/", "ns", "in", "p:", "s:", "ipv4:", "ipv6:", "not.defined"})


def value(text: object) -> str | None:
    """Return a value as one clean line; None where it says that there is none."""
    found = texts.clean(text) if isinstance(text, str) else None
    return None if found is None or _NOTHING.match(found) else found


def registrar(text: str) -> str | None:
    """Return a registrar's name without the link or the registry's number behind it."""
    found = value(_TAGS.sub("", text))
    if found is None:
        return None
    return value(_NUMBER.sub("", _LINK.sub("", found)).rstrip(" ,;"))


def statuses(given: Iterable[str]) -> tuple[str, ...]:
    """Return statuses in the registry's own words, without explanations and links.

    EPP statuses come in EPP spelling where only capitals differ: which words a registry
    uses is its own affair, and whoever compares them folds them.
    """
    found: dict[str, str] = {}
    for text in given:
        told = _EXPLANATION.sub("", _URL.sub("", _TAGS.sub("", text[:1024])))
        for part in re.split(r"[,;]", texts.clean(told) or ""):
            for status in _words(part.strip()):
                found.setdefault(status.casefold(), status)
    return tuple(found.values())


def _words(text: str) -> Iterable[str]:
    text = _UNTIL.sub("", text)
    short = _REST.sub("", text)
    words = short.split()
    if words and all(_EPP_WORD.fullmatch(word) for word in words):
        return [texts.epp_status(word) or word for word in words]
    return [] if _NO_STATUS.match(text) else [text]


def name_servers(given: Iterable[str], domain: str) -> tuple[str, ...]:
    """Return host names; glue addresses, states and the domain itself are left out."""
    names: dict[str, None] = {}
    for text in given:
        names.update(dict.fromkeys(_hosts(text, domain)))
    return tuple(names)


def _hosts(text: str, domain: str) -> Iterable[str]:
    found = []
    for token in _SPLIT.split(_TAGS.sub(" ", text)[:1024]):
        word = token.strip(" .-").lower()
        if not word or word in _FILLER or _GLUE.fullmatch(word):
            continue
        name = texts.host(word)
        if name is None or "." not in name or name.replace(".", "").isdigit():
            break  # what follows is a remark, as is all of "see at www.registry.test"
        if name != domain and not name.startswith("www."):
            found.append(name)
    return found

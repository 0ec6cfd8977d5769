"""Host labels that look made for one visitor: who asks for them again is seen to do so.

Whoever runs the name servers of such a name reads in the question whose visit it was.
Such hosts are looked up once, when reported, and not again; their domain is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HEX = re.compile(r"[0-9a-f]{16,}")
_DIGITS = re.compile(r"\d{10,}")
_LONG = re.compile(r"[a-z0-9]{16,}")
_SHORT = re.compile(r"(?=.*\d)(?=.*[a-z])[a-z0-9]{6,}")
_TURNS = re.compile(r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{7,}")
_MANY_TURNS = 4  # changes between letters and digits in a label of 16 and more
MANY_SIBLINGS = 20  # labels of one length with letters and digits, beside one another


def token_in(label: str) -> str:
    """Say what makes a label look like a token; empty if nothing does."""
    label = label.lower()
    if label.startswith("xn--"):
        return ""  # written so by IDNA, not by chance
    if _UUID.fullmatch(label):
        return "a UUID"
    if _DIGITS.fullmatch(label):
        return f"{len(label)} digits"
    if _HEX.fullmatch(label) and _TURNS.search(label):
        return f"{len(label)} hexadecimal digits"
    if _LONG.fullmatch(label):
        if len(_TURNS.findall(label)) >= _MANY_TURNS:
            return f"{len(label)} letters and digits in no order"
        if _CONSONANTS.search(label):
            return f"{len(label)} letters that make no word"
    return ""


def not_again(domain: str, hosts: Iterable[str]) -> dict[str, str]:
    """Return the hosts under ``domain`` that are not to be asked for again, each with why."""
    found: dict[str, str] = {}
    siblings: dict[tuple[str, int], list[str]] = defaultdict(list)
    for host in hosts:
        if not host.endswith(f".{domain}"):
            continue
        labels = host[: -len(domain) - 1].split(".")
        if token := next(filter(None, map(token_in, labels)), ""):
            found[host] = f"its label looks made for one visitor ({token})"
        elif _SHORT.fullmatch(labels[0]):
            siblings[host.partition(".")[2], len(labels[0])].append(host)
    for alike in siblings.values():
        if len(alike) >= MANY_SIBLINGS:
            why = f"one of {len(alike)} hosts side by side whose labels look made for one visitor"
            found.update(dict.fromkeys(alike, why))
    return found

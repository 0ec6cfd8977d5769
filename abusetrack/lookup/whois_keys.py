"""What a key of a WHOIS answer means (pure): by the table of whole keys, else by its words.

The table (``whois_fields.toml``) knows the keys in use. A key that it lacks is understood
where each of its words is known and all of them together mean one field: "Domain name
expiry date", "Fecha de vencimiento del dominio".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache

from abusetrack.lookup import texts
from abusetrack.lookup.tables import shipped

_ASIDE = re.compile(r"\([^()]{0,60}\)|<[^<>]{0,60}>|'s\b|’s\b")
_SPACES = re.compile(r"[\s._\-*#:'’]+")
_DATES = frozenset({"created", "updated", "expires"})
_OF_ANYTHING = frozenset({"created", "updated", "statuses"})
_BY_WORDS = 9  # the rank of a key that is understood by its words: behind all of the table
_MOST_WORDS = 8
_NUMBER = re.compile(r"\d{1,2}$")


class Part(IntEnum):
    """Whose data a line is: the domain's own, or another object's."""

    DOMAIN = 0
    REGISTRAR = 1
    OTHER = 2
    PERSON = 3


@dataclass(frozen=True, slots=True)
class Known:
    """A key that is understood; the lower ``rank`` is the better key."""

    field: str
    rank: int
    bare: bool  # a key that other objects than the domain have too


@lru_cache(maxsize=4096)
def known_key(key: str) -> Known | None:
    """Return what is known of a key as written in an answer."""
    names = spellings(key)
    for name in names:
        for field, rank, pattern in _fields():
            if pattern.fullmatch(name):
                return Known(field, rank, bare=_bare().fullmatch(name) is not None)
    if part_of(key) is Part.OTHER:  # "Server name" begins a record of its own
        return None
    return next((known for name in names if (known := _by_words(name))), None)


@lru_cache(maxsize=4096)
def known_below(heading: str, key: str) -> Known | None:
    """Return what a key means below a heading, where it means nothing by itself."""
    for name in spellings(key):
        for field, rank, pattern in _fields():
            if pattern.fullmatch(f"{heading}/{name}"):
                return Known(field, rank, bare=False)
    return None


@lru_cache(maxsize=4096)
def part_of(key: str) -> Part | None:
    """Return whose data a heading or the first key of a block announces."""
    for name in spellings(key):
        for part, pattern in _parts():
            if pattern.fullmatch(name):
                return part
    return None


def spellings(key: str) -> list[str]:
    """Return a key as compared; both halves of a bilingual one."""
    plain = texts.unaccented(_ASIDE.sub(" ", key.casefold()))
    halves = [plain, *plain.split("/")] if "/" in plain else [plain]
    return [name for half in halves if (name := _SPACES.sub(" ", half).strip(" ,"))]


def _by_words(name: str) -> Known | None:
    """Return what a key means whose words are all known, and speak of one field only."""
    words = name.split()
    meant = {_words().get(_NUMBER.sub("", word)) for word in words}
    if len(words) > _MOST_WORDS or None in meant:
        return None
    about = meant - {"domain", "date", "filler", "registration"}
    if not about and {"registration", "date"} <= meant:
        about = {"created"}
    of_registrar = about == {"registrar_name", "expires"}  # of its sponsorship: the next best
    if len(about) != 1 and not of_registrar:
        return None
    field = "expires" if of_registrar else str(about.pop())
    numbered = any(map(str.isdigit, name))
    if ("date" in meant and field not in _DATES) or (numbered and field != "name_servers"):
        return None
    bare = field in _OF_ANYTHING and not meant & {"domain", "registration"}
    return Known(field, _BY_WORDS + of_registrar, bare=bare)


@cache
def _fields() -> tuple[tuple[str, int, re.Pattern[str]], ...]:
    table = shipped("whois_fields.toml")["fields"]
    found = []
    for field, keys in table.items():
        if field != "bare":
            keys = [keys] if isinstance(keys, str) else keys
            found += [(field, rank, re.compile(key)) for rank, key in enumerate(keys)]
    return tuple(found)


@cache
def _bare() -> re.Pattern[str]:
    return re.compile(shipped("whois_fields.toml")["fields"]["bare"])


@cache
def _words() -> dict[str, str]:
    table = shipped("whois_fields.toml")["words"]
    return {word: meant for meant, words in table.items() for word in words.casefold().split()} | {
        "": "filler"  # a number that stands alone
    }


@cache
def _parts() -> tuple[tuple[Part, re.Pattern[str]], ...]:
    table = shipped("whois_fields.toml")["parts"]
    return tuple((Part[name.upper()], re.compile("|".join(keys))) for name, keys in table.items())

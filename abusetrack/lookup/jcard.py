"""Contacts in RDAP answers: entities and their jCards (RFC 7095), read leniently (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from abusetrack.lookup import texts

MAX_DEPTH = 6  # entities inside entities
MAX_ENTITIES = 200
MAX_ITEMS = 500


def as_list(value: object, oddities: list[str], what: str) -> list[object]:
    """Return ``value`` as a list; a single thing where a list belongs is an oddity."""
    if value is None:
        return []
    if isinstance(value, list):
        return value[:MAX_ITEMS]
    oddities.append(f"{what} is not a list")
    return [value]


class Card(NamedTuple):
    """What a jCard says; every value is clean text or None."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    url: str | None = None


class Entity(NamedTuple):
    """One entity of an answer, with those inside it."""

    roles: frozenset[str]
    handle: str | None
    card: Card
    raw: dict[str, object]
    inside: tuple[Entity, ...]

    def walk(self) -> Iterator[Entity]:
        """Give this entity and all inside it, outermost first."""
        yield self
        for entity in self.inside:
            yield from entity.walk()


_ENTITY_KEYS = frozenset({"roles", "vcardArray", "handle", "objectClassName", "entities"})


def read_entities(value: object, oddities: list[str]) -> tuple[Entity, ...]:
    """Read the entities of an object; what is no entity is an oddity."""
    return _read(value, oddities, MAX_DEPTH, [MAX_ENTITIES])


def _read(value: object, oddities: list[str], depth: int, left: list[int]) -> tuple[Entity, ...]:
    found = []
    if isinstance(value, dict) and not _ENTITY_KEYS & value.keys():
        value = list(value.values())  # entities under keys instead of a list
        oddities.append("entities is not a list")
    for item in as_list(value, oddities, "entities"):
        if not isinstance(item, dict):
            oddities.append("an entity is not an object")
            continue
        left[0] -= 1
        if depth == 0 or left[0] < 0:
            oddities.append("too many entities, or too deep")
            break
        found.append(
            Entity(
                frozenset(_roles(as_list(item.get("roles"), oddities, "roles"))),
                texts.clean(item.get("handle")),
                _card(item, oddities),
                item,
                _read(item.get("entities"), oddities, depth - 1, left),
            )
        )
    return tuple(found)


def _roles(given: list[object]) -> Iterator[str]:
    for item in given:
        text = texts.clean(item.get("value") if isinstance(item, dict) else item) or ""
        yield from (role for part in text.split(",") if (role := part.strip().lower()))


def find(entities: tuple[Entity, ...], role: str) -> Entity | None:
    """Return the outermost entity with ``role``: a whole level before what is inside it."""
    return next(find_all(entities, role), None)


def find_all(entities: tuple[Entity, ...], role: str) -> Iterator[Entity]:
    """Give the entities with ``role``, level by level."""
    level: list[Entity] = list(entities)
    while level:
        yield from (entity for entity in level if role in entity.roles)
        level = [inner for entity in level for inner in entity.inside]


def by_handle(entities: tuple[Entity, ...], handle: str) -> Entity | None:
    """Return an entity that has ``handle``, in any case, and says more than it."""
    for outer in entities:
        for entity in outer.walk():
            same = (entity.handle or "").casefold() == handle.casefold()
            if same and entity.card != Card():
                return entity
    return None


def _card(item: dict[str, object], oddities: list[str]) -> Card:
    array = item.get("vcardArray")
    if array is None:
        return Card()
    properties = _properties(array, oddities)
    if properties is None:
        oddities.append("a vcardArray without properties")
        return Card()
    values: dict[str, list[tuple[object, object]]] = {}
    for entry in properties[:MAX_ITEMS]:
        if isinstance(entry, list) and len(entry) >= 3 and isinstance(entry[0], str):
            parameters, value = (entry[1], entry[3]) if len(entry) > 3 else ({}, entry[2])
            values.setdefault(entry[0].lower(), []).append((parameters, value))
        else:
            oddities.append("a jCard property in an odd shape")
    return Card(
        name=_first_text(values.get("fn")) or _first_text(values.get("org")),
        email=_email(values.get("email", ()), oddities),
        phone=_phone(values.get("tel", ())),
        url=_first_text(values.get("url")),
    )


def _properties(array: object, oddities: list[str]) -> list[object] | None:
    """Return the properties of ["vcard", properties], or of what a server makes of it."""
    if isinstance(array, dict):
        oddities.append("a vcardArray is not a list")
        return [[key, {}, "text", value] for key, value in array.items()]
    if not isinstance(array, list) or not array:
        return None
    if len(array) > 1 and isinstance(array[0], str) and isinstance(array[1], list):
        return array[1]
    inner = array[0]
    if not isinstance(inner, list) or not inner:
        return None
    oddities.append("a vcardArray in an odd shape")
    if isinstance(inner[0], str) and inner[0].lower() == "vcard":
        return inner[1] if len(inner) > 1 and isinstance(inner[1], list) else None
    return array


def _text(value: object) -> str | None:
    """Return the first text in ``value``; a structured value is a list of texts."""
    for _ in range(3):
        if not isinstance(value, list):
            break
        value = next((part for part in value if part), None)
    return texts.clean(value)


def _first_text(entries: list[tuple[object, object]] | None) -> str | None:
    return next((text for _, value in entries or () if (text := _text(value))), None)


def _email(entries: list[tuple[object, object]] | tuple[()], oddities: list[str]) -> str | None:
    found: list[str] = []
    for _parameters, value in entries:
        for item in value if isinstance(value, list) else [value]:
            text = _text(item)
            addresses = [texts.mail(part) for part in re.split(r"[;,]", text or "")]
            # A wrong contact is worse than none: all of the value is addresses, or none is.
            if None not in addresses:
                found += [address for address in addresses if address]
            elif text is not None:
                oddities.append("an e-mail address that is none")
    return next((address for address in found if "abuse" in address.lower()), None) or next(
        iter(found), None
    )


def _phone(entries: list[tuple[object, object]] | tuple[()]) -> str | None:
    numbers: list[str] = []
    for parameters, value in entries:
        number = _text(value)
        if number is None or "fax" in str(parameters).lower()[:500]:
            continue
        number = number[4:] if number.lower().startswith("tel:") else number
        if any(c.isdigit() for c in number):
            numbers.append(number[:64])
    return next(iter(numbers), None)

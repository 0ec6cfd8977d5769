"""What an RDAP answer says (RFC 9083), read leniently (pure; never raises).

Real servers breach the format in many ways. What can be read around is read and
remembered among the oddities; what is no answer to our question is named so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from abusetrack.lookup import texts, whois_dates
from abusetrack.lookup.addresses import Address
from abusetrack.lookup.http_status import outcome_of
from abusetrack.lookup.jcard import Card, Entity, as_list, by_handle, find, find_all, read_entities
from abusetrack.lookup.rdap_blocks import block_of
from abusetrack.records import NetworkFacts, Outcome, RegistrationFacts

MAX_ODDITIES = 20
_LINK = re.compile(r"\(?\bhttps?://\S*")
_NOT_LETTER = re.compile(r"[^a-z]+")
_NO_ERROR = frozenset({"0", "200"})
_DOMAIN_KEYS = frozenset(
    {"ldhName", "unicodeName", "entities", "events", "status", "nameservers", "handle"}
)
# Registries list the space that is not theirs as one block; it has no holder.
# A handle has a digit; what has none is a word in its place ("REDACTED").
_HANDLE = re.compile(r"(?=[^\d]*\d)[A-Za-z0-9][A-Za-z0-9._-]{2,63}")
_WIDEST = {4: 8, 6: 12}
# Event (any case) -> our field, and which one counts if there are several.
_EVENTS: dict[str, tuple[str, Callable[[datetime, datetime], datetime]]] = {
    "registration": ("created", min),
    "last changed": ("updated", max),
    "last update": ("updated", max),
    "expiration": ("expires", max),
    "registrar expiration": ("sponsored", max),  # of the registrar's sponsorship: the next best
}


@dataclass(frozen=True, slots=True)
class Behind:
    """An entity given by handle only, that has or is the abuse contact."""

    handle: str
    is_holder: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of an answer; facts only with ``OK``."""

    outcome: Outcome
    detail: str = ""
    registration: RegistrationFacts | None = None
    network: NetworkFacts | None = None
    behind: Behind | None = None  # where the network's abuse contact is to be found


def load(body: bytes) -> object:
    """Read JSON.

    Raises:
        ValueError: it is none, or nested too deep; the message says which.
    """
    try:
        # A stray byte of another character set costs that character, not the answer.
        return json.loads(_plain(body))
    except RecursionError:
        raise ValueError("JSON nested too deep") from None
    except ValueError:
        raise ValueError("not JSON") from None


def _plain(body: bytes) -> str:
    text = body.decode(json.detect_encoding(body), errors="replace")
    return text.removeprefix("\ufeff").strip("\0 \t\r\n")


def parse_domain(value: object, domain: str) -> Reading:
    """Read the answer to a question for ``domain`` (A-labels)."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    refused = _not_an_answer(value, "domain")
    if refused is not None:
        return refused
    assert isinstance(value, dict)  # noqa: S101 - checked by _not_an_answer
    if not _DOMAIN_KEYS & value.keys():
        return Reading(Outcome.MALFORMED, "nothing about a domain in it")
    oddities = _class_oddities(value)
    if not _is_about(value, domain, oddities):
        return Reading(Outcome.MALFORMED, "the answer is about another name")
    entities = read_entities(value.get("entities"), oddities)
    registrar = find(entities, "registrar")
    abuse = _abuse(entities, registrar, oddities)
    reseller = find(entities, "reseller")
    times = _events(value, oddities)
    number = _iana_id(registrar, oddities) if registrar else None
    facts = RegistrationFacts(
        registrar_name=_registrar_name(registrar, number) if registrar else None,
        registrar_iana_id=number,
        registrar_url=(registrar.card.url or _link(registrar.raw, "about")) if registrar else None,
        abuse_email=abuse.card.email if abuse else None,
        abuse_phone=abuse.card.phone if abuse else None,
        reseller=reseller.card.name if reseller else None,
        registrant_handle=_registrant_handle(entities, value),
        created=times.get("created"),
        updated=times.get("updated"),
        expires=times.get("expires") or times.get("sponsored"),
        statuses=_statuses(value, oddities),
        name_servers=_name_servers(value, oddities),
        dnssec=_dnssec(value),
        whois_server=texts.host(value.get("port43")),
        related=_related(value, oddities),
        redacted=_redacted(value, oddities),
        oddities=_told_once(oddities),
    )
    return Reading(Outcome.OK, registration=facts)


def _registrant_handle(entities: tuple[Entity, ...], value: dict[str, object]) -> str | None:
    """Return the registrant's handle if it is one: published, and not a word in its place."""
    handle = next((entity.handle for entity in entities if "registrant" in entity.roles), None)
    hidden = any("registrant id" in name.lower() for name in _redacted(value, []))
    return None if hidden or handle is None or not _HANDLE.fullmatch(handle) else handle


def _registrar_name(registrar: Entity, iana_id: int | None) -> str | None:
    """Return the name; the handle stands in for it only where nothing else tells who it is."""
    name = registrar.card.name
    if name is not None and name.lower().startswith("redacted"):
        name = None
    return name or (registrar.handle if iana_id is None else None)


def parse_network(value: object, address: Address) -> Reading:
    """Read the answer to a question for the network of ``address``."""
    refused = _not_an_answer(value, "ip network")
    if refused is not None:
        return refused
    assert isinstance(value, dict)  # noqa: S101 - checked by _not_an_answer
    oddities = _class_oddities(value)
    prefix = block_of(value, address, oddities)
    if prefix is None:
        return Reading(Outcome.MALFORMED, "the answer is not about this address")
    if prefix.prefixlen < _WIDEST[prefix.version]:
        return Reading(Outcome.NOT_FOUND, f"nobody's: only {prefix} is listed")
    entities = read_entities(value.get("entities"), oddities)
    holder = find(entities, "registrant")
    abuse = _abuse(entities, holder, oddities)
    facts = NetworkFacts(
        prefix=str(prefix),
        handle=texts.clean(value.get("handle")),
        name=texts.clean(value.get("name")),
        holder=holder.card.name if holder else None,
        country=texts.country(value.get("country")),
        abuse_email=abuse.card.email if abuse else None,
        oddities=_told_once(oddities),
    )
    behind = None if facts.abuse_email else _by_handle_only(entities, holder)
    return Reading(Outcome.OK, network=facts, behind=behind)


def _by_handle_only(entities: tuple[Entity, ...], holder: Entity | None) -> Behind | None:
    """Return the handle behind which the abuse contact stands: its own, else the holder's.

    Address registries give the contact (``abuse-c``) of an organisation with the
    organisation, and may name both by handle only.
    """
    named = (holder and find(holder.inside, "abuse")) or find(entities, "abuse") or holder
    if named is None or named.handle is None or named.card != Card():
        return None
    return Behind(named.handle, is_holder=named is holder)


@dataclass(frozen=True, slots=True)
class Contact:
    """What the record of an entity says: its name, and the e-mail address for abuse."""

    outcome: Outcome
    detail: str = ""
    name: str | None = None
    email: str | None = None


def parse_entity(value: object, handle: str) -> Contact:
    """Read the answer to a question for the entity ``handle``.

    The e-mail address is that of an abuse contact inside, or the entity's own.
    """
    refused = _not_an_answer(value, "entity")
    if refused is not None:
        return Contact(refused.outcome, refused.detail)
    entities = read_entities([value], [])
    if not entities or (entities[0].handle or "").casefold() != handle.casefold():
        return Contact(Outcome.MALFORMED, "the answer is about another entity")
    entity = entities[0]
    abuse = find(entity.inside, "abuse")
    email = (abuse.card.email if abuse else None) or entity.card.email
    return Contact(Outcome.OK, "", entity.card.name, email)


def _not_an_answer(value: object, wanted: str) -> Reading | None:
    """Say why ``value`` is no object of the wanted class; None if it may be one."""
    if not isinstance(value, dict):
        return Reading(Outcome.MALFORMED, "not a JSON object")
    code = texts.clean(value.get("errorCode"))
    if code is not None:
        # An error body may come with any HTTP status, 200 included.
        outcome = outcome_of(int(code)) if code.isascii() and code.isdigit() else None
        title = texts.clean(value.get("title")) or ""
        if outcome in {None, Outcome.OK} or code == "0":
            outcome = Outcome.MALFORMED
        if code in _NO_ERROR and {"entities", "events"} & value.keys():
            return None  # "no error", beside an answer
        return Reading(outcome or Outcome.MALFORMED, f"error {code[:10]} {title[:120]}".strip())
    kind = texts.clean(_only(value.get("objectClassName")))
    if kind is not None and kind.lower() != wanted:
        return Reading(Outcome.MALFORMED, f"an object of class {kind[:40]}")
    return None


def _only(value: object) -> object:
    """Return what a list holds, if that is one thing."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _class_oddities(value: dict[str, object]) -> list[str]:
    return [] if texts.clean(value.get("objectClassName")) else ["objectClassName is missing"]


def _told_once(oddities: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(oddities))[:MAX_ODDITIES]


def _is_about(value: dict[str, object], domain: str, oddities: list[str]) -> bool:
    for key in ("ldhName", "unicodeName"):
        name = texts.host(_only(value.get(key)))
        if name is not None:
            return name == domain
    oddities.append("the answer does not repeat the name")
    return True


def _abuse(
    entities: tuple[Entity, ...], owner: Entity | None, oddities: list[str]
) -> Entity | None:
    """Find the abuse contact: inside its owner, else beside it, else anywhere.

    Where only a handle is given, the same handle may be spelt out elsewhere.
    """
    own = tuple(find_all(owner.inside, "abuse")) if owner else ()
    # What stands inside others is asked only where the owner names nobody: it may be theirs.
    beside = (each for each in entities if "abuse" in each.roles)
    named = (*own, *(beside if own else find_all(entities, "abuse")))
    found = next(
        (each for each in named if each.card.email),
        next((each for each in named if each.card.phone), next(iter(named), None)),
    )
    if found is None or found.card.email or found.card.phone:
        return found
    spelt_out = by_handle(entities, found.handle) if found.handle else None
    if spelt_out is None:
        oddities.append("the abuse contact is given by handle only")
    return spelt_out


def _iana_id(registrar: Entity, oddities: list[str]) -> int | None:
    given = [item for key, item in registrar.raw.items() if item and key.lower() == "publicids"]
    for item in as_list(given[0] if given else None, oddities, "publicIds"):
        if not isinstance(item, dict):
            oddities.append("a publicId is not an object")
            continue
        kind = _NOT_LETTER.sub("", (texts.clean(item.get("type")) or "").lower())
        if "ianaregistrarid" in kind or "registrarianaid" in kind:
            number = texts.iana_id(_whole(item.get("identifier")))
            if number is not None:
                return number
            oddities.append("an IANA registrar ID that is none")
    return None


def _whole(value: object) -> object:
    """Return a number such as 1234.0 as the whole number that it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _events(value: dict[str, object], oddities: list[str]) -> dict[str, datetime]:
    times: dict[str, datetime] = {}
    for item in as_list(value.get("events"), oddities, "events"):
        if not isinstance(item, dict):
            oddities.append("an event is not an object")
            continue
        known = _EVENTS.get((texts.clean(item.get("eventAction")) or "").lower())
        if known is None:
            continue
        field, choose = known
        time = whois_dates.parse(item.get("eventDate"))
        if time is None:
            oddities.append(f"a date of {field} that is none")
        else:
            times[field] = choose(times.get(field, time), time)
    return times


def _statuses(value: dict[str, object], oddities: list[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for item in as_list(value.get("status"), oddities, "status"):
        text = texts.clean(item.get("value") if isinstance(item, dict) else item) or ""
        for part in _LINK.sub("", text).split(","):
            status = texts.status(part)
            if status is not None:
                found[status] = None
    return tuple(found)


def _name_servers(value: dict[str, object], oddities: list[str]) -> tuple[str, ...]:
    names = []
    given = value.get("nameservers") or value.get("nameServers")
    for item in as_list(given, oddities, "nameservers"):
        if isinstance(item, str):
            oddities.append("a name server is not an object")
            name = texts.host(item)
        elif isinstance(item, dict):
            name = texts.host(item.get("ldhName")) or texts.host(item.get("unicodeName"))
        else:
            name = None
        if name is None:
            oddities.append("a name server without a name")
        else:
            names.append(name)
    return tuple(dict.fromkeys(names))


def _dnssec(value: dict[str, object]) -> bool | None:
    secure = _only(value.get("secureDNS"))
    if not isinstance(secure, dict):
        return None
    signed = secure.get("delegationSigned")
    if isinstance(signed, str):
        signed = {"true": True, "false": False}.get(signed.strip().lower())
    if isinstance(signed, bool):
        return signed
    return True if secure.get("dsData") or secure.get("keyData") else None


def _links(value: dict[str, object], rel: str, oddities: list[str]) -> list[dict[str, object]]:
    return [
        item
        for item in as_list(value.get("links"), oddities, "links")
        if isinstance(item, dict) and (texts.clean(_only(item.get("rel"))) or "").lower() == rel
    ]


def _link(value: dict[str, object], rel: str) -> str | None:
    return next(
        (text for i in _links(value, rel, []) if (text := texts.clean(i.get("href")))), None
    )


def _related(value: dict[str, object], oddities: list[str]) -> tuple[str, ...]:
    """Return the links to further RDAP answers, in order, as given."""
    found = []
    for item in _links(value, "related", oddities):
        href = texts.clean(item.get("href"))
        media_type = (texts.clean(item.get("type")) or "").lower()
        if href is None:
            oddities.append("a related link without href")
        elif "rdap" in media_type or (
            media_type in {"", "application/json"} and "/domain/" in href.lower()
        ):
            found.append(href)
    return tuple(dict.fromkeys(found))


def _redacted(value: dict[str, object], oddities: list[str]) -> tuple[str, ...]:
    """Return what was left out on purpose (RFC 9537), by name."""
    names = []
    for item in as_list(value.get("redacted"), oddities, "redacted"):
        name = item.get("name") if isinstance(item, dict) else item
        if isinstance(name, dict):
            name = name.get("type") or name.get("description")
        if (text := texts.clean(name)) is not None:
            names.append(text)
    return tuple(dict.fromkeys(names))

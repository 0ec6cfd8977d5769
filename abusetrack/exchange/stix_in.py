"""Reads STIX 2.1 of partners: indicators of domain names, what was revoked, our kind of notes.

Nothing is resolved or fetched. Objects of other types, and patterns that name anything but
one domain, are counted and left out.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from abusetrack.exchange.incoming import Incoming, Reader, objects, one_line, word
from abusetrack.exchange.namespaces import indicator_id
from abusetrack.records import NoticeStatus, PartnerSaid, Role, SiteKind

_PATTERN = re.compile(r"\[\s*domain-name:value\s*=\s*'([^'\\]{1,253})'\s*\]")
# The sentences of notes as stix_out writes them.
_NOTICE = re.compile(r"Notified ([a-zA-Z ]+?) (.{1,200}) on (\S{1,40}); outcome: ([a-z ]+)\.")
_KIND = re.compile(r"Kind of site: ([a-z /]+)\.")
_READ = frozenset({"indicator", "infrastructure", "note", "relationship", "url"})

_TEXTS = (
    "type", "id", "modified", "pattern", "valid_from", "content", "source_ref", "target_ref",
    "relationship_type", "value",
)  # fmt: skip
_MOST_TEXT = 4000  # characters; no pattern of one name, and hardly a URL, is as long
_MOST_REFS = 1000


def slim(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of an object that :func:`read` looks at, if they can be what they should.

    A text that is too long is left out whole: a part of a URL would be another URL.
    """
    kept: dict[str, Any] = {
        name: text for name in _TEXTS if 0 < len(text := word(item.get(name))) <= _MOST_TEXT
    }
    if item.get("revoked") is True:
        kept["revoked"] = True
    refs = item.get("object_refs")
    if isinstance(refs, list):
        kept["object_refs"] = [text for ref in refs[:_MOST_REFS] if (text := word(ref))]
    return kept


def read(document: object, reader: Reader) -> Incoming:
    """Return what a bundle says of domains."""
    by_id: dict[str, Mapping[str, Any]] = {}
    for item in objects(document, "objects"):
        kind, id_ = word(item.get("type")), word(item.get("id"))
        if kind in _READ and id_:
            by_id[id_] = max(by_id.get(id_, item), item, key=_version)
        elif kind not in {"domain-name", "identity", "marking-definition", "sighting",
                          "ipv4-addr", "ipv6-addr", "autonomous-system"}:  # fmt: skip
            reader.found.left_out[f"objects of type {one_line(kind, 40)!r}"] += 1
    about = _infrastructures(by_id)
    notes = _notes(by_id)
    urls = _urls(by_id)
    for id_, item in by_id.items():
        if item["type"] != "indicator":
            continue
        match = _PATTERN.fullmatch(word(item.get("pattern")))
        if match is None:
            reader.found.left_out["patterns that are not of one domain name"] += 1
            continue
        _indicator(id_, item, match[1], about, notes, urls, reader)
    return reader.found


def _version(item: Mapping[str, Any]) -> tuple[str, bool]:
    """Order the versions of an object: the newest holds, of two alike the one taken back."""
    return word(item.get("modified")).rstrip("Z"), item.get("revoked") is True


def _indicator(
    id_: str,
    item: Mapping[str, Any],
    name: str,
    about: Mapping[str, str],
    notes: Mapping[str, list[str]],
    urls: Mapping[str, list[str]],
    reader: Reader,
) -> None:
    domain, at = reader.domain(name), reader.moment(item.get("modified"))
    if domain is None or at is None:
        return
    if id_ == indicator_id(reader.own, domain):
        reader.found.left_out["what came from us"] += 1
        return
    if item.get("revoked") is True:
        reader.add(domain, PartnerSaid.WITHDRAWN, at, id_)
        return
    since = reader.moment(item.get("valid_from")) or at
    infrastructure = about.get(id_, "")
    said = notes.get(infrastructure, [])
    kind = next((match[1] for text in said if (match := _KIND.fullmatch(text))), None)
    known = kind if kind in set(SiteKind) else None
    reader.add(
        domain, PartnerSaid.REPORTED, since, id_,
        kind=SiteKind(known) if known else None, urls=tuple(urls.get(infrastructure, ())),
    )  # fmt: skip
    for text in said:
        _notice(domain, text, id_, reader)


def _notice(domain: str, text: str, id_: str, reader: Reader) -> None:
    match = _NOTICE.fullmatch(text)
    if match is None:
        return
    role, party, at, status = match.groups()
    moment = reader.moment(at)
    if role in set(Role) and status in set(NoticeStatus) and moment is not None:
        reader.add(
            domain, PartnerSaid.NOTIFIED, moment, f"{id_} {one_line(party)}",
            role=Role(role), party=one_line(party), status=NoticeStatus(status),
        )  # fmt: skip


def _infrastructures(by_id: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the infrastructure that each indicator indicates.

    One that several indicate is left out: what is said of it is said of none of their domains.
    """
    found = {
        word(item.get("source_ref")): word(item.get("target_ref"))
        for item in by_id.values()
        if item["type"] == "relationship" and item.get("relationship_type") == "indicates"
    }
    times = Counter(found.values())
    return {source: target for source, target in found.items() if times[target] == 1}


def _notes(by_id: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for item in by_id.values():
        refs = item.get("object_refs")
        if item["type"] == "note" and isinstance(refs, list):
            text = one_line(item.get("content"), 500)
            for ref in {word(ref) for ref in refs}:
                found[ref].append(text)
    return found


def _urls(by_id: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for item in by_id.values():
        if item["type"] == "relationship" and item.get("relationship_type") == "consists-of":
            target = by_id.get(word(item.get("target_ref")), {})
            value = target.get("value")
            if target.get("type") == "url" and isinstance(value, str):
                found[word(item.get("source_ref"))].append(value)
    return found

"""Reads MISP event JSON of partners: domains of attributes and objects, and what was deleted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from abusetrack.exchange.incoming import Incoming, Reader, objects, one_line, word
from abusetrack.exchange.namespaces import misp_domain_ids
from abusetrack.records import PartnerSaid, Role, SiteKind

_KINDS: Mapping[str, SiteKind] = {
    'domain-abuse:domain-access-method="criminal-registration"': SiteKind.DEDICATED,
    'domain-abuse:domain-access-method="compromised-webserver"': SiteKind.COMPROMISED,
}
_INFORMED: Mapping[str, Role] = {
    "action-taken:informed ISP/Hosting Service Provider": Role.HOST,
    "action-taken:informed Registrar": Role.REGISTRAR,
}
_SECONDS = re.compile(r"[0-9]{1,11}")
_DOMAINS = frozenset({"domain", "hostname"})


def read(document: object, reader: Reader) -> Incoming:
    """Return what an event says of domains."""
    event = document.get("Event", document) if isinstance(document, Mapping) else {}
    for item, deleted in _attributes(event):
        kind = word(item.get("type"))
        if kind not in _DOMAINS:
            reader.found.left_out[f"attributes of type {one_line(kind, 40)!r}"] += 1
            continue
        domain, at = reader.domain(item.get("value")), _at(item, event, reader)
        if domain is None or at is None:
            continue
        id_ = one_line(item.get("uuid"))
        if id_.casefold() in misp_domain_ids(reader.own, domain, str(item.get("value"))):
            reader.found.left_out["what came from us"] += 1
            continue
        if deleted:
            reader.add(domain, PartnerSaid.WITHDRAWN, at, id_)
            continue
        tags = {one_line(tag.get("name")) for tag in objects(item, "Tag")}
        reader.add(
            domain, PartnerSaid.REPORTED, at, id_,
            kind=next((_KINDS[tag] for tag in tags if tag in _KINDS), None),
        )  # fmt: skip
        for tag in sorted(tags & _INFORMED.keys()):
            reader.add(domain, PartnerSaid.NOTIFIED, at, f"{id_} {tag}", role=_INFORMED[tag])
    return reader.found


def _attributes(event: object) -> Iterator[tuple[Mapping[str, Any], bool]]:
    for item in objects(event, "Attribute"):
        yield item, item.get("deleted") is True
    for part in objects(event, "Object"):
        if word(part.get("name")) in {"domain-ip", "whois"}:
            for item in objects(part, "Attribute"):
                yield item, True in (item.get("deleted"), part.get("deleted"))


def _at(item: Mapping[str, Any], event: object, reader: Reader) -> datetime | None:
    """Return when an attribute was last changed; MISP writes seconds since 1970."""
    for place in (item, event):
        stamp = place.get("timestamp") if isinstance(place, Mapping) else None
        if isinstance(stamp, str | int) and _SECONDS.fullmatch(str(stamp)):
            return reader.moment(datetime.fromtimestamp(int(stamp), UTC).isoformat())
    return reader.moment(None)

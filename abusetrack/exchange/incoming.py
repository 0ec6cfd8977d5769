"""What a partner's file says, whatever its format; nothing of it is believed yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from abusetrack.names import Names
from abusetrack.records import Host, PartnerRecord, PartnerSaid, SiteKind

MOST_OBJECTS = 200_000


@dataclass(frozen=True, slots=True)
class Said:
    """What a file says of one domain."""

    record: PartnerRecord
    kind: SiteKind | None = None
    urls: tuple[str, ...] = ()  # exact addresses, where the partner gave them


@dataclass(slots=True)
class Incoming:
    """Everything that was read, and what was not, counted by reason."""

    said: list[Said] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def records(self) -> list[PartnerRecord]:
        """What goes into the case file."""
        return [item.record for item in self.said]


class Reader:
    """Reads values from outside: what is not of its kind is left out and counted."""

    def __init__(self, names: Names, partner: str, now: datetime) -> None:
        self.partner = partner
        self.found = Incoming()
        self._names = names
        self._now = now

    def domain(self, value: object) -> str | None:
        """Return the registrable domain of a name, or None."""
        host = self._names.host(value) if isinstance(value, str) else None
        if isinstance(host, Host):
            return host.domain.name if host.domain else host.name
        self.found.left_out["a name that is none"] += 1
        return None

    def moment(self, value: object) -> datetime | None:
        """Return a time of ISO 8601 with its zone; one in the future, or none, is not taken."""
        try:
            at = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            at = None
        if at is None or at.tzinfo is None or at > self._now:
            self.found.left_out["a time that is none, or in the future"] += 1
            return None
        return at.astimezone(UTC)

    def add(
        self,
        domain: str,
        what: PartnerSaid,
        at: datetime,
        id_: str,
        *,
        kind: SiteKind | None = None,
        urls: tuple[str, ...] = (),
        **more: Any,
    ) -> None:
        """Keep one thing that the partner said."""
        record = PartnerRecord(self.partner, domain, what, at, id_[:200], **more)
        self.found.said.append(Said(record, kind, urls))


def objects(value: object, key: str) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a list in a document, as far as they are objects."""
    listed = value.get(key) if isinstance(value, Mapping) else None
    for item in (listed if isinstance(listed, list) else [])[:MOST_OBJECTS]:
        if isinstance(item, Mapping):
            yield item


def one_line(value: object, most: int = 200) -> str:
    """Return a text from outside on one line, without what cannot be seen."""
    text = value if isinstance(value, str) else ""
    return "".join(c if c.isprintable() else " " for c in text)[:most].strip()

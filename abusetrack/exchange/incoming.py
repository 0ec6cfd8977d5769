"""What a partner's file says, whatever its format; nothing of it is believed yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from abusetrack.errors import InputError
from abusetrack.names import Names
from abusetrack.records import Host, HostKind, PartnerRecord, PartnerSaid, SiteKind

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

    def __init__(self, names: Names, partner: str, now: datetime, own: UUID) -> None:
        self.partner = partner
        self.found = Incoming()
        self.own = own  # our own namespace: what comes back from a partner says nothing new
        self._names = names
        self._now = now

    def domain(self, value: object) -> str | None:
        """Return the registrable domain of a name, or None."""
        host = self._names.host(value) if isinstance(value, str) else None
        if isinstance(host, Host) and (host.domain or host.kind is not HostKind.NAME):
            return domain_of(host)
        self.found.left_out["a name that is none"] += 1
        return None

    def moment(self, value: object) -> datetime | None:
        """Return a time of ISO 8601 with its zone; one in the future, or none, is not taken."""
        try:
            at = datetime.fromisoformat(value) if isinstance(value, str) else None
            at = at.astimezone(UTC) if at is not None and at.tzinfo is not None else None
        except (ValueError, OverflowError):  # the first and last day overflow in some zones
            at = None
        if at is None or at > self._now:
            self.found.left_out["a time that is none, or in the future"] += 1
            return None
        return at

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


def domain_of(host: Host) -> str:
    """Return what a host is a case of: its registrable domain, else itself."""
    return host.domain.name if host.domain else host.name


def objects(value: object, key: str) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a list in a document, as far as they are objects.

    Raises:
        InputError: there are more than any partner sends at once.
    """
    listed = value.get(key) if isinstance(value, Mapping) else None
    if not isinstance(listed, list):
        return
    if len(listed) > MOST_OBJECTS:
        raise InputError(f"There are more than {MOST_OBJECTS:,} objects in it; ask for less.")
    for item in listed:
        if isinstance(item, Mapping):
            yield item


def word(value: object) -> str:
    """Return a value from outside if it is a text, else "": lists are no keys."""
    return value if isinstance(value, str) else ""


def one_line(value: object, most: int = 200) -> str:
    """Return a text from outside on one line, without what cannot be seen."""
    return "".join(c if c.isprintable() else " " for c in word(value)[:most]).strip()

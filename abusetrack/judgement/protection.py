"""Names that nobody above host and platform is asked to act on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar


class Named(Protocol):
    """Something that goes by a domain name."""

    @property
    def name(self) -> str:
        """The name, as A-labels."""
        ...


Entry = TypeVar("Entry", bound=Named)


class NameSet(Generic[Entry]):
    """Finds the entry that a domain touches: its own, one above it, or one below it.

    Suspending ``partner.example`` would take ``files.partner.example`` along, and what
    stands under a protected name is the same party's.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._own: dict[str, Entry] = {}
        self._below: dict[str, Entry] = {}
        for entry in entries:
            name = entry.name.strip(".").lower()
            self._own.setdefault(name, entry)
            for parent in _parents(name):
                self._below.setdefault(parent, entry)

    def find(self, domain: str) -> Entry | None:
        """Return the entry that ``domain`` is, stands under, or has below it."""
        for name in (domain, *_parents(domain)):
            if name in self._own:
                return self._own[name]
        return self._below.get(domain)

    def at_or_below(self, domain: str) -> Entry | None:
        """Return the entry that ``domain`` is or has below it."""
        return self._own.get(domain) or self._below.get(domain)


def _parents(name: str) -> Iterable[str]:
    while "." in name:
        name = name.partition(".")[2]
        yield name

"""Who a registrar is: by IANA ID, else by registry and name; and whose sister it is.

A name alone is taken for an ID only where IANA's list, or the table of aliases, has it
exactly, once and accredited: nothing is guessed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from abusetrack.records import ListedRegistrar, RegistrarList

_ACCREDITED, _RESERVED = "accredited", "reserved"

# Reserved in IANA's list of registrar IDs for tests, monitoring, and registries that act as
# their own registrar: not one party but another one under every ending.
_RESERVED_IDS = frozenset(
    {1, 3, 8, 119, 365, 376, *range(9994, 10000), 10009, 4_000_001, 8_888_888}
)


def fold_party(name: str) -> str:
    """Fold a party's name for comparison: case, width, accents kept, punctuation dropped.

    A name of nothing but signs stays what it is.
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    # Marks are vowels in many scripts; Python's ``\w`` leaves them out.
    words = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in plain)
    return " ".join(words.split()) or plain.strip()


def registrar_key(iana_id: int | None, tld: str, name: str) -> str:
    """Return ``iana:ID``, or registry and folded name where no ID tells the party.

    Country-code registries accredit their own registrars, so the same name under two
    of them is two parties; generic ones share ICANN's.
    """
    if iana_id is not None and iana_id not in _RESERVED_IDS:
        return f"iana:{iana_id}"
    registry = tld if len(tld) == 2 or tld.startswith("xn--") else "gtld"
    return f"{registry}:{fold_party(name).replace(' ', '-')}"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who an answer means.

    ``by`` says where the name or the ID comes from if not from the answer itself;
    ``oddities`` is where the answer and IANA's list do not fit together.
    """

    name: str
    iana_id: int | None
    by: str = ""
    oddities: tuple[str, ...] = ()


class Registrars:
    """IANA's registrar IDs with the tables of aliases and of corporate families.

    Args:
        listed: IANA's list; an empty one maps no name and finds nothing odd.
        aliases: spelling to IANA ID; counts only where the list has the ID as accredited.
        families: IANA ID to the name of the family.
    """

    def __init__(
        self,
        listed: RegistrarList | None = None,
        aliases: Mapping[str, int] | None = None,
        families: Mapping[int, str] | None = None,
    ) -> None:
        listed = listed or RegistrarList()
        day = f" of {listed.as_of.date().isoformat()}" if listed.as_of else ""
        self._list = f"IANA's list{day}"
        self._by_id = {entry.iana_id: entry for entry in listed.registrars}
        self._ids: dict[str, set[int]] = {}
        for entry in listed.registrars:
            if _is(entry, _ACCREDITED):
                self._ids.setdefault(fold_party(entry.name), set()).add(entry.iana_id)
        self._aliases = {
            fold_party(spelling): iana_id
            for spelling, iana_id in (aliases or {}).items()
            if iana_id in self._by_id and _is(self._by_id[iana_id], _ACCREDITED)
        }
        self._families = {f"iana:{iana_id}": name for iana_id, name in (families or {}).items()}

    @property
    def families(self) -> Mapping[str, str]:
        """The name of the corporate family by registrar key."""
        return self._families

    def identify(self, iana_id: int | None, name: str | None, *, by_name: bool = True) -> Identity:
        """Say who an answer means that gives an ID, a name, or both.

        ``by_name`` lets a name alone lead to an ID.
        """
        if iana_id is None:
            return self._by_name(name or "") if by_name else Identity(name or "", None)
        entry = self._by_id.get(iana_id)
        if name is None:
            if entry is None or _is(entry, _RESERVED):
                return Identity(f"registrar with IANA ID {iana_id}", iana_id)
            return Identity(entry.name, iana_id, f"the name is from {self._list}")
        return Identity(name, iana_id, oddities=tuple(self._odd(iana_id, entry, name)))

    def _by_name(self, name: str) -> Identity:
        folded = fold_party(name)
        ids = self._ids.get(folded, set())
        if len(ids) == 1:
            return Identity(name, min(ids), f"by name, from {self._list}")
        if len(ids) > 1:
            return Identity(name, None, f"{self._list} has the name more than once")
        if (alias := self._aliases.get(folded)) is not None:
            listed = self._by_id[alias].name
            return Identity(name, alias, f'by the table of aliases; {self._list} has "{listed}"')
        return Identity(name, None)

    def _odd(self, iana_id: int, entry: ListedRegistrar | None, name: str) -> list[str]:
        if not self._by_id:
            return []
        if entry is None:
            return [f"{self._list} has no ID {iana_id}"]
        if _is(entry, _RESERVED):
            return []
        odd = []
        folded = fold_party(name)
        if folded != fold_party(entry.name) and self._aliases.get(folded) != iana_id:
            odd.append(f'{self._list} has the ID {iana_id} as "{entry.name}"')
        if not _is(entry, _ACCREDITED):
            odd.append(f"{self._list} has the ID {iana_id} as {entry.status.lower()}")
        return odd


def _is(entry: ListedRegistrar, status: str) -> bool:
    return entry.status.casefold() == status

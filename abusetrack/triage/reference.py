"""Reference data for judgements: read anew when it changed, and brought up to date.

IANA's lists are read from where lookups keep them; aliases and families of registrars
are tables that ship.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abusetrack.judgement.registrars import Registrars
from abusetrack.records import Clock, Domain, RegistryRecord, SuffixKind, UpdatedFile
from abusetrack.settings import Settings

if TYPE_CHECKING:
    from abusetrack.lookup.reference import ReferenceFiles


class Reference:
    """What is known of registrars and registries; asks nobody."""

    def __init__(self, settings: Settings, cache: Path | None = None) -> None:
        self._settings, self._cache = settings, cache
        self._stamp: tuple[int, int] | None = None
        self._registrars = Registrars()

    @cached_property
    def _files(self) -> ReferenceFiles:
        from abusetrack.lookup.reference import ReferenceFiles  # once something is asked of it

        return ReferenceFiles.of(self._settings, self._cache)

    @property
    def registrars(self) -> Registrars:
        """IANA's registrar IDs with the tables of aliases and families."""
        stamp = self._files.stamp()
        if stamp != self._stamp:
            self._stamp = stamp
            self._registrars = Registrars(
                self._files.registrars(),
                _table("registrar_aliases.toml")["aliases"],
                dict(_members(_table("registrar_families.toml"))),
            )
        return self._registrars

    @property
    def folder(self) -> Path | None:
        """The user's own folder of reference data; None where it is fetched."""
        return self._files.folder

    def files(self) -> list[tuple[str, datetime | None]]:
        """Return each list of the folder with its date."""
        records = [(f".{ending}", self._files.registry(ending)) for ending in self._files.endings()]
        dated = [(name, record.as_of if record else None) for name, record in records]
        return [("registrar IDs", self._files.registrars().as_of), *dated]

    def registry(self, domain: Domain) -> RegistryRecord | None:
        """Return who runs the ending of a domain; None where no record is there.

        Some registries run endings below a top-level domain, so the longest counts. What
        is above a private registry's ending knows nothing of the names below it.
        """
        endings = [domain.suffix]
        while "." in endings[-1] and domain.suffix_kind is not SuffixKind.PRIVATE_REGISTRY:
            endings.append(endings[-1].partition(".")[2])
        return next((found for e in endings if (found := self._files.registry(e))), None)


async def update(settings: Settings, clock: Clock) -> tuple[UpdatedFile, ...]:
    """Ask for all reference data again; nothing where it stands in the user's folder.

    Raises:
        SettingsError: no resolver is set, or a table cannot be used.
    """
    from abusetrack.lookup import Lookup

    async with Lookup(settings, clock) as lookup:
        await lookup.prepare()
        return await lookup.update_data()


def _table(name: str) -> dict[str, Any]:
    text = (resources.files("abusetrack.resources") / "data" / name).read_text("utf-8")
    return tomllib.loads(text)


def _members(table: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield (IANA ID, family); ``"7-9"`` stands for 7, 8 and 9."""
    for family in table["family"]:
        for entry in family["ids"]:
            first, _dash, last = str(entry).partition("-")
            for iana_id in range(int(first), int(last or first) + 1):
                yield iana_id, family["name"]

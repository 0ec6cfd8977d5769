"""What local tables say of an address: no question leaves for these.

Countries come from files in MaxMind's DB format (mmdb) that the user names, and from
a table that ships; origin AS from a second one that ships, where nobody else answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import maxminddb

from abusetrack.errors import SettingsError
from abusetrack.lookup import ranges, texts
from abusetrack.lookup.addresses import Address
from abusetrack.records import CountryFacts, OriginFacts, Outcome

# Where the makers of such files put the code: MaxMind and its kin, ip-location-db, ipinfo.
_PLACES = (("country", "iso_code"), ("country_code",), ("country",))


@dataclass(frozen=True, slots=True)
class CountryAnswer:
    """What one table says of an address."""

    source: str
    outcome: Outcome
    detail: str = ""
    facts: CountryFacts | None = None


@dataclass(frozen=True, slots=True)
class OriginAnswer:
    """What the shipped table says of who announces an address."""

    source: str
    outcome: Outcome
    detail: str = ""
    facts: OriginFacts | None = None


class CountryTables:
    """The tables of the settings, opened once, and the one that ships where ``shipped``."""

    def __init__(self, paths: Iterable[Path], *, shipped: bool = False) -> None:
        self._shipped = shipped
        self._tables: list[tuple[str, bool, maxminddb.Reader]] = []
        try:
            for path in paths:
                reader = _open(path)
                metadata = reader.metadata()
                built = datetime.fromtimestamp(metadata.build_epoch, UTC).date()
                source = f"table {path.stem} {built.isoformat()}"
                self._tables.append((source, metadata.ip_version == 6, reader))
        except SettingsError:
            self.close()
            raise

    def ask(self, address: Address) -> list[CountryAnswer]:
        """Return what each table says of ``address``: the settings' in order, then ours."""
        answers = [self._ask(*table, address) for table in self._tables]
        return answers + [_shipped_country(address)] if self._shipped else answers

    def close(self) -> None:
        """Close the files."""
        for _source, _both, reader in self._tables:
            reader.close()

    def _ask(
        self, source: str, has_ipv6: bool, reader: maxminddb.Reader, address: Address
    ) -> CountryAnswer:
        if address.version == 6 and not has_ipv6:
            return CountryAnswer(source, Outcome.NOT_FOUND, "the table has no IPv6 addresses")
        try:
            record = reader.get(address)
        except (maxminddb.InvalidDatabaseError, ValueError):
            return CountryAnswer(source, Outcome.MALFORMED, "the table is damaged")
        for place in _PLACES:
            value: object = record
            for key in place:
                value = value.get(key) if isinstance(value, dict) else None
            code = texts.country(value)
            if code is not None:
                return CountryAnswer(source, Outcome.OK, facts=CountryFacts(code))
        return CountryAnswer(source, Outcome.NOT_FOUND)


def shipped_origin(address: Address) -> OriginAnswer:
    """Return what the shipped table says of who announces ``address``.

    The prefix is the largest around the address that the table says one thing of.
    """
    table = ranges.shipped(ranges.ORIGINS)
    detail = f"a table of {table.dated.isoformat()}, asked because nobody else answered"
    found = table.find(address)
    if found is None:
        return OriginAnswer(table.source, Outcome.NOT_FOUND, detail)
    number, _space, name = found.text.partition(" ")
    facts = OriginFacts(str(found.prefix), (int(number),), name or None)
    return OriginAnswer(table.source, Outcome.OK, detail, facts)


def _shipped_country(address: Address) -> CountryAnswer:
    table = ranges.shipped(ranges.COUNTRIES)
    found = table.find(address)
    if found is None:
        return CountryAnswer(table.source, Outcome.NOT_FOUND)
    return CountryAnswer(table.source, Outcome.OK, facts=CountryFacts(found.text))


def _open(path: Path) -> maxminddb.Reader:
    try:
        return maxminddb.open_database(path)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        raise SettingsError(
            f"The country table {path} cannot be read; check geo.databases: it takes files in "
            "mmdb format."
        ) from error

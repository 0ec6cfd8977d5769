"""Countries by local tables in MaxMind's DB format (mmdb): no question leaves for these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import maxminddb

from abusetrack.errors import SettingsError
from abusetrack.lookup import texts
from abusetrack.lookup.addresses import Address
from abusetrack.records import CountryFacts, Outcome

# Where the makers of such files put the code: MaxMind and its kin, ip-location-db, ipinfo.
_PLACES = (("country", "iso_code"), ("country_code",), ("country",))


@dataclass(frozen=True, slots=True)
class CountryAnswer:
    """What one table says of an address."""

    source: str
    outcome: Outcome
    detail: str = ""
    facts: CountryFacts | None = None


class CountryTables:
    """The tables of the settings, opened once."""

    def __init__(self, paths: Iterable[Path]) -> None:
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
        """Return what each table says of ``address``, in the order of the settings."""
        return [self._ask(*table, address) for table in self._tables]

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


def _open(path: Path) -> maxminddb.Reader:
    try:
        return maxminddb.open_database(path)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        raise SettingsError(
            f"The country table {path} cannot be read; check geo.databases: it takes files in "
            "mmdb format."
        ) from error

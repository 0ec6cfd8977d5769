"""What local tables say of an address, noted once for all hosts that have it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from datetime import timedelta

from abusetrack.lookup.addresses import Address
from abusetrack.lookup.cdn import CdnTable
from abusetrack.lookup.geo import CountryTables
from abusetrack.lookup.shared import Shared
from abusetrack.records import Clock, Kind, Observation, Outcome, Question

KEPT = 4096  # addresses


class AddressTables:
    """Asks the tables; what they said serves further hosts for ``max_age``.

    Many hosts share an address, and a table says the same every time.
    """

    def __init__(
        self, cdn: CdnTable, countries: CountryTables, *, clock: Clock, max_age: timedelta
    ) -> None:
        self._cdn = cdn
        self._countries = countries
        self._clock = clock
        self._max_age = max_age
        self._kept: OrderedDict[tuple[Address, tuple[int, ...]], list[Shared]] = OrderedDict()

    def ask(self, address: Address, asns: Iterable[int]) -> list[Shared]:
        """Return one observation by the CDN tables and one by each country table."""
        key = (address, tuple(asns))
        now = self._clock.now()
        kept = self._kept.get(key)
        if kept is not None and timedelta() <= now - kept[0].observation.asked_at <= self._max_age:
            self._kept.move_to_end(key)
            return kept
        text, match = str(address), self._cdn.by_address(*key)
        # That no rule matches is an answer too.
        outcome = Outcome.OK if match.facts else Outcome.NOT_FOUND
        found = [
            Observation(
                text, Kind.NETWORK, Question.CDN, now, match.source, outcome, "", match.facts
            )
        ]
        found += [
            Observation(
                text, Kind.NETWORK, Question.GEO, now, says.source, says.outcome, says.detail,
                says.facts,
            )
            for says in self._countries.ask(address)
        ]  # fmt: skip
        self._kept[key] = shared = [Shared(observation) for observation in found]
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return shared
